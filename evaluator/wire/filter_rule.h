// SPDX-License-Identifier: Apache-2.0
// The packet filter and SSH policy in the form that goes over the wire to a node (tailcfg's FilterRule and SSHRule).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/net/ports.h"

namespace aclc::wire {

struct DstPort {
  std::string ip;  ///< `*`, address, CIDR or range
  PortRange ports;
  friend bool operator==(const DstPort&, const DstPort&) = default;
};

/// Capability name and its values: a JSON array as text, or `null`.
using CapMap = std::vector<std::pair<std::string, std::string>>;

struct CapGrant {
  std::vector<std::string> dsts;  ///< CIDRs
  CapMap cap_map;
  friend bool operator==(const CapGrant&, const CapGrant&) = default;
};

/// Either dst_ports or cap_grants is used, never both.
struct FilterRule {
  std::vector<std::string> src_ips;
  std::vector<DstPort> dst_ports;
  std::vector<uint8_t> ip_proto;  ///< empty: TCP, UDP, ICMP, ICMPv6
  std::vector<CapGrant> cap_grants;
  friend bool operator==(const FilterRule&, const FilterRule&) = default;
};

struct SshRule {
  std::vector<std::string> principals;  ///< node addresses, sorted as text
  std::vector<std::pair<std::string, std::string>> ssh_users;  ///< login -> local user, sorted by login
  bool check = false;                   ///< hold and delegate, else accept
  std::vector<std::string> accept_env;
  std::vector<std::string> recorders;   ///< address:port
  bool enforce_recorder = false;
  friend bool operator==(const SshRule&, const SshRule&) = default;
};

}  // namespace aclc::wire
