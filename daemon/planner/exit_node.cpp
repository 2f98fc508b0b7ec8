// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/exit_node.h"

#include <algorithm>

#include "base/nearest.h"

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

std::vector<Prefix> captured_routes(const std::string& exit_node) {
  if (exit_node.empty()) return {};
  return {*Prefix::parse("0.0.0.0/0"), *Prefix::parse("::/0")};
}

std::string exit_trouble(const Snapshot& snapshot, const std::string& exit_node) {
  if (exit_node.empty() || !exit_routes(snapshot, exit_node).empty()) return {};
  std::vector<std::string_view> others;
  for (const SnapshotPeer& peer : snapshot.peers) {
    if (peer.name == exit_node) return "the configured exit_node `" + exit_node + "` is no exit node in this snapshot; traffic for the internet is blocked";
    if (!exit_routes(snapshot, peer.name).empty()) others.push_back(peer.name);
  }
  const std::string_view near = nearest(exit_node, others);
  return "no peer is called `" + exit_node + "`, as the configured exit_node is; traffic for the internet is blocked" +
         (near.empty() ? "" : "; did you mean `" + std::string(near) + "`?");
}

std::vector<RoutingRule> exit_rules(const std::vector<Family>& families, bool allow_lan) {
  std::vector<RoutingRule> out;
  for (const Family family : families) {
    if (allow_lan) out.push_back({family, kLanPriority, kMainTable, 0, true});
    out.push_back({family, kExitPriority, kExitTable, kTunnelMark, false});
  }
  return out;
}

}  // namespace aclc
