// SPDX-License-Identifier: Apache-2.0
// The way to the internet by another node: which peers may carry it, and what routing has to know. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/snapshot/snapshot.h"

namespace aclc {

/// The main routing table.
inline constexpr uint32_t kMainTable = 254;

/// Which routing table packets of one family go by. A smaller priority is asked earlier.
struct RoutingRule {
  Family family = Family::kV4;
  uint32_t priority = 0;
  uint32_t table = kMainTable;
  uint32_t unless_mark = 0;    ///< not for packets with this mark; 0: for all
  bool only_specific = false;  ///< takes no default route from the table

  friend bool operator==(const RoutingRule&, const RoutingRule&) = default;
};

/// On the packets that carry the tunnel itself: they must not go into it.
inline constexpr uint32_t kTunnelMark = 0xac1c0000;
/// Our routing table for default routes; far above those that administrators number by hand.
inline constexpr uint32_t kExitTable = 0xac1c;

/// The snapshot's peers as the tunnel shall have them: only the chosen exit node keeps its default routes. A tunnel would send everything
/// to whichever peer has them last.
std::vector<SnapshotPeer> tunnel_peers(const Snapshot& snapshot, const std::string& exit_node);

/// Default routes that the exit node may carry here; none where it is no peer, or not one with such routes.
std::vector<Prefix> exit_routes(const Snapshot& snapshot, const std::string& exit_node);

/// Default routes that lead into the tunnel while an exit node is configured: of both families, whatever it carries. What it does not is
/// dropped there, as in the hosted client, rather than leave directly unnoticed.
std::vector<Prefix> captured_routes(const std::string& exit_node);

/// Why the configured exit node carries nothing; empty where it does, or none is configured.
std::string exit_trouble(const Snapshot& snapshot, const std::string& exit_node);

/// Everything but the tunnel's own packets goes by our table; with `allow_lan` the host's more specific routes come first. The mesh's
/// routes in the main table are found either way.
std::vector<RoutingRule> exit_rules(const std::vector<Family>& families, bool allow_lan);

}  // namespace aclc
