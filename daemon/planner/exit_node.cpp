// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/exit_node.h"

#include <algorithm>

namespace aclc {
namespace {

// Before the kernel's own rules for the main table (32766), behind the local table (0).
constexpr uint32_t kLanPriority = 5200;
constexpr uint32_t kExitPriority = 5210;

bool is_default(const Prefix& prefix) { return prefix.length == 0; }

}  // namespace

std::vector<SnapshotPeer> tunnel_peers(const Snapshot& snapshot, const std::string& exit_node) {
  std::vector<SnapshotPeer> out = snapshot.peers;
  for (SnapshotPeer& peer : out) {
    if (exit_node.empty() || peer.name != exit_node) std::erase_if(peer.allowed_ips, is_default);
  }
  return out;
}

std::vector<Prefix> exit_routes(const Snapshot& snapshot, const std::string& exit_node) {
  std::vector<Prefix> out;
  for (const SnapshotPeer& peer : snapshot.peers) {
    if (exit_node.empty() || peer.name != exit_node) continue;
    for (const Prefix& prefix : peer.allowed_ips) {
      if (is_default(prefix)) out.push_back(prefix);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<RoutingRule> exit_rules(const std::vector<Prefix>& routes, bool allow_lan) {
  std::vector<RoutingRule> out;
  for (const Prefix& route : routes) {
    if (allow_lan) out.push_back({route.address.family, kLanPriority, kMainTable, 0, true});
    out.push_back({route.address.family, kExitPriority, kExitTable, kTunnelMark, false});
  }
  return out;
}

}  // namespace aclc
