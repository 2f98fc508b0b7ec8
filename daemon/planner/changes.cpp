// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/changes.h"

namespace aclc {
namespace {

const Prefix kMesh4{Address::v4(0x64400000), 10};
const Prefix kMesh6{Address::v6(uint128{0xfd7a115ca1e0} << 80), 48};

std::string first_endpoint(const SnapshotPeer& peer) { return peer.endpoints.empty() ? "" : peer.endpoints.front(); }

std::vector<Prefix> sorted(std::vector<Prefix> list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

}  // namespace

std::vector<PeerChange> peer_changes(const std::vector<TunnelPeer>& have, const std::vector<SnapshotPeer>& want,
                                     const std::vector<SnapshotPeer>& before) {
  std::map<WireGuardKey, const TunnelPeer*> known;
  for (const TunnelPeer& peer : have) known[peer.key] = &peer;
  std::map<WireGuardKey, const SnapshotPeer*> told;
  for (const SnapshotPeer& peer : before) told[peer.key] = &peer;
  std::map<WireGuardKey, const SnapshotPeer*> wanted;
  for (const SnapshotPeer& peer : want) wanted[peer.key] = &peer;

  std::vector<PeerChange> removed, out;
  for (const auto& [key, peer] : known) {
    if (wanted.count(key) != 0) continue;
    PeerChange& change = removed.emplace_back();
    change.key = key;
    change.remove = true;
  }
  for (const auto& [key, peer] : wanted) {
    PeerChange change;
    change.key = key;
    const auto there = known.find(key);
    const auto last = told.find(key);
    const std::string endpoint = first_endpoint(*peer);
    const bool told_otherwise = last == told.end() || first_endpoint(*last->second) != endpoint;
    if (there == known.end() || there->second->endpoint.empty() || told_otherwise) {
      if (there == known.end() || there->second->endpoint != endpoint) change.endpoint = endpoint;
    }
    const auto ips = sorted(peer->allowed_ips);
    change.set_allowed_ips = there == known.end() || sorted(there->second->allowed_ips) != ips;
    if (change.set_allowed_ips) change.allowed_ips = ips;
    change.set_keepalive = there == known.end() ? peer->keepalive != 0 : there->second->keepalive != peer->keepalive;
    change.keepalive = peer->keepalive;
    if (there == known.end() || change.set_allowed_ips || change.set_keepalive || !change.endpoint.empty()) out.push_back(std::move(change));
  }
  removed.insert(removed.end(), out.begin(), out.end());
  return removed;
}

std::vector<PeerChange> withdrawals(std::vector<TunnelPeer>& have, const std::vector<SnapshotPeer>& want) {
  std::map<WireGuardKey, const SnapshotPeer*> wanted;
  for (const SnapshotPeer& peer : want) wanted[peer.key] = &peer;
  std::vector<PeerChange> out;
  std::vector<TunnelPeer> left;
  for (TunnelPeer& peer : have) {
    const auto it = wanted.find(peer.key);
    if (it == wanted.end()) {
      out.push_back({peer.key, true, {}, {}, false, 0, false});
      continue;
    }
    const auto before = sorted(peer.allowed_ips), after = sorted(it->second->allowed_ips);
    std::vector<Prefix> kept;
    std::set_intersection(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(kept));
    if (kept.size() != before.size()) {
      out.push_back({peer.key, false, {}, kept, true, 0, false});
      peer.allowed_ips = kept;
    }
    left.push_back(std::move(peer));
  }
  have = std::move(left);
  return out;
}

AddressSet mesh_ranges() {
  AddressSet out;
  out.add(kMesh4);
  out.add(kMesh6);
  return out;
}

std::vector<Prefix> tunnel_routes(const Snapshot& snapshot) {
  std::vector<Prefix> out{kMesh4, kMesh6};
  for (const SnapshotPeer& peer : snapshot.peers) {
    for (const Prefix& prefix : peer.allowed_ips) {
      if (prefix.length == 0 || kMesh4.contains(prefix) || kMesh6.contains(prefix)) continue;
      if (std::find(snapshot.routes.begin(), snapshot.routes.end(), prefix) == snapshot.routes.end()) out.push_back(prefix);
    }
  }
  return sorted(std::move(out));
}

}  // namespace aclc
