// SPDX-License-Identifier: Apache-2.0
// Who answers a question: we, for the mesh's own names, or which upstream servers. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/dns/message.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc::dns {

struct Verdict {
  std::string answer;                ///< whole, where it is ours to give
  std::vector<std::string> servers;  ///< else whom to ask, in order: `192.0.2.1:53`, `[2001:db8::1]:53`
};

class Names {
 public:
  Names() = default;
  /// `fallback`: the host's own servers, asked where the policy names none.
  Names(const SnapshotDns& dns, const std::vector<std::string>& fallback);

  Verdict decide(const Query& query) const;

 private:
  std::map<std::string, std::vector<Address>> addresses_;  // by whole name, and by first label where that is unique
  std::map<std::string, std::string> by_address_;          // reverse name to whole name
  std::vector<std::pair<std::string, std::vector<std::string>>> routes_;  // longest suffix first
  std::vector<std::string> servers_;
};

/// With port 53 where it names none, IPv6 in brackets; empty where it is no address.
std::string server_text(const std::string& text);

}  // namespace aclc::dns
