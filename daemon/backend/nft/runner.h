// SPDX-License-Identifier: Apache-2.0
// Who carries scripts to the kernel: libnftables in production, a recorder in tests.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace aclc::nft {

class Runner {
 public:
  virtual ~Runner() = default;
  /// One script is one transaction: all of it, or nothing and the kernel's reason.
  virtual Result<Done> run(const std::string& script) = 0;
  /// Answers of `list` commands, as JSON. Elements of sets are fetched only on demand, since there may be 100 000.
  virtual Result<std::string> query(const std::string& command, bool with_elements = false) = 0;
  /// Changes with every transaction of anybody in this network namespace; 0: not known. Costs next to nothing, unlike a query, which
  /// fetches all elements of the table whatever it shows of them.
  virtual uint32_t ruleset_id() { return 0; }
};

/// In this process; a large script in a short-lived child, since libnftables needs kilobytes for each element and keeps them.
std::unique_ptr<Runner> libnftables_runner();

}  // namespace aclc::nft
