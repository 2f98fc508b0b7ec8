// SPDX-License-Identifier: Apache-2.0
// From what is there to what should be there: addresses, routes, peers. Pure, so that order and minimality can be tested.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc {

template <class T>
struct Changes {
  std::vector<T> remove;
  std::vector<T> add;
};

/// Both lists without repetition, in order.
template <class T>
Changes<T> changes(std::vector<T> have, std::vector<T> want) {
  for (auto* list : {&have, &want}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  Changes<T> out;
  std::set_difference(have.begin(), have.end(), want.begin(), want.end(), std::back_inserter(out.remove));
  std::set_difference(want.begin(), want.end(), have.begin(), have.end(), std::back_inserter(out.add));
  return out;
}

/// A peer as the tunnel knows it.
struct TunnelPeer {
  WireGuardKey key;
  std::string endpoint;  ///< empty: not known
  std::vector<Prefix> allowed_ips;
  uint16_t keepalive = 0;
};

struct PeerChange {
  WireGuardKey key;
  bool remove = false;
  std::string endpoint;     ///< empty: leave it
  std::vector<Prefix> allowed_ips;
  bool set_allowed_ips = false;
  uint16_t keepalive = 0;
  bool set_keepalive = false;
};

/// What leads from the tunnel's peers to the snapshot's; peers in which nothing changed do not occur. Removals come first, so that a
/// prefix that moves from one peer to another is free when its new owner takes it. A known peer's endpoint is set only where the
/// snapshot's own answer differs from `before`, since a tunnel learns better ones by itself.
std::vector<PeerChange> peer_changes(const std::vector<TunnelPeer>& have, const std::vector<SnapshotPeer>& want,
                                     const std::vector<SnapshotPeer>& before);

/// What of that must happen before a new policy comes into force: peers that go and prefixes that a peer loses, since the new policy may
/// give an address to somebody else. `have` is brought to what is there afterwards.
std::vector<PeerChange> withdrawals(std::vector<TunnelPeer>& have, const std::vector<SnapshotPeer>& want);

/// Routes into the tunnel: the mesh's own two ranges whole, and what peers serve beyond them. Default routes are left out: who leaves by
/// an exit node says so himself. So is what this node serves.
std::vector<Prefix> tunnel_routes(const Snapshot& snapshot);

/// The mesh's own ranges, 100.64.0.0/10 and fd7a:115c:a1e0::/48.
AddressSet mesh_ranges();

}  // namespace aclc
