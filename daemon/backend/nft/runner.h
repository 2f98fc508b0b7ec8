// SPDX-License-Identifier: Apache-2.0
// Who talks to the kernel: libnftables and netlink in production, a recorder in tests.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/backend/nft/element_change.h"

namespace aclc::nft {

struct Count {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};
struct CountedBox {
  Box box;  ///< rule 0: the kernel does not know it
  Count count;
};

/// All tables are of family inet. What is asked of a table or set that is not there has an empty answer.
class Runner {
 public:
  virtual ~Runner() = default;
  /// One script of nft's language is one transaction: all of it, or nothing and the kernel's reason.
  virtual Result<Done> run(const std::string& script) = 0;
  /// As one transaction.
  virtual Result<Done> change_elements(const std::string& table, std::span<const ElementChange> changes) = 0;

  virtual Result<std::vector<std::string>> chains(const std::string& table) = 0;
  /// Those with names of their own.
  virtual Result<std::vector<std::string>> sets(const std::string& table) = 0;
  /// Equal where the rules are; counts do not matter.
  virtual Result<std::string> rules(const std::string& table, const std::string& chain) = 0;
  virtual Result<std::map<std::string, Count>> counters(const std::string& table) = 0;
  /// Of one set, in no order.
  virtual Result<std::vector<CountedBox>> elements(const std::string& table, const std::string& set, Key key, Family family) = 0;
  /// Changes with every transaction of anybody in this network namespace; 0: not known.
  virtual uint32_t ruleset_id() = 0;
};

std::unique_ptr<Runner> kernel_runner();

}  // namespace aclc::nft
