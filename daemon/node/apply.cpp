// SPDX-License-Identifier: Apache-2.0
// From one policy to the next, in the order that node.h states.
#include <set>

#include "daemon/node/node.h"
#include "daemon/planner/changes.h"
#include "daemon/planner/exit_node.h"

namespace aclc {
namespace {

// A handshake costs both sides some 0.1 ms.
constexpr size_t kMostGreetedAtStart = 1000;
constexpr size_t kMostGreeted = 100;

}  // namespace

Result<Done> MeshNode::bring_up_tunnel(const Snapshot& snapshot) {
  if (hands_.tunnel.is_open()) return Done{};
  if (const auto done = hands_.tunnel.open(); !done) return done;
  ++counts_.tunnel_starts;
  wireguard::DeviceChange own;
  own.private_key = identity_.private_key;
  own.listen_port = config_.listen_port;
  own.mark = kTunnelMark;
  if (const auto done = hands_.tunnel.tunnel().change(own); !done) return done;
  return hands_.network.set_link(config_.interface, snapshot.mtu, true);
}

void MeshNode::greet(const std::vector<SnapshotPeer>& peers, const std::vector<TunnelPeer>& known, size_t most) {
  // Turning keepalives on sends one, which needs a handshake first; then they are set to what the snapshot says.
  std::set<std::string_view> keys;
  for (const TunnelPeer& peer : known) keys.insert(peer.key);
  wireguard::DeviceChange on, back;
  for (const SnapshotPeer& peer : peers) {
    if (peer.endpoints.empty() || peer.keepalive != 0 || on.peers.size() == most || keys.count(peer.key) != 0) continue;
    PeerChange change;
    change.key = peer.key;
    change.set_keepalive = true;
    change.keepalive = 25;
    on.peers.push_back(change);
    change.keepalive = 0;
    back.peers.push_back(change);
  }
  if (on.peers.empty()) return;
  // Best effort: whoever is not greeted finds out by himself.
  if (hands_.tunnel.tunnel().change(on)) static_cast<void>(hands_.tunnel.tunnel().change(back));
}

bool MeshNode::closes_at(const NodePolicy& policy, uint64_t now) const {
  return config_.on_expiry == OnExpiry::kFailClosed && policy.snapshot.has_expired(now);
}

Result<Done> MeshNode::change_policy(const NodePolicy& next, uint64_t now) {
  const bool close = closes_at(next, now);
  const auto done = close ? hands_.filter.deny_all() : hands_.filter.apply(next.boxes, config_.shields_up);
  if (done) {
    closed_ = close;
    enforced_ = true;
    counts_.last_was_delta = hands_.filter.last_was_delta();
  }
  return done;
}

Result<Done> MeshNode::apply(const std::shared_ptr<NodePolicy>& next, uint64_t now) {
  const bool again = policy_ && policy_->sealed == next->sealed;
  if (up_) {
    const Snapshot& snapshot = next->snapshot;
    const bool anew = !hands_.tunnel.is_open();
    if (const auto done = bring_up_tunnel(snapshot); !done) {
      hands_.tunnel.close();
      return done;
    }
    wireguard::Tunnel& tunnel = hands_.tunnel.tunnel();
    // Where peers stay as they are, the tunnel is not asked: with thousands of them its answer takes longer than all the rest.
    const bool same_peers = !anew && policy_ && peers_settled_ && snapshot.peers == policy_->snapshot.peers;
    peers_settled_ = same_peers;
    std::vector<SnapshotPeer> wanted, before;
    std::vector<TunnelPeer> known;
    wireguard::DeviceChange withdraw, grant;
    if (!same_peers) {
      auto state = tunnel.state();
      if (!state) return state.error();
      known = std::move(state->peers);
      wanted = tunnel_peers(snapshot, config_.exit_node);
      if (policy_) before = tunnel_peers(policy_->snapshot, config_.exit_node);
      withdraw.peers = withdrawals(known, wanted);
      grant.peers = peer_changes(known, wanted, before);
    }
    const auto put_back = [&] {  // best effort; `tick` tries again where the tunnel itself is gone
      if (same_peers) return;
      const auto there = tunnel.state();
      if (!there || !policy_) return;
      wireguard::DeviceChange back;
      back.peers = peer_changes(there->peers, before, wanted);
      static_cast<void>(tunnel.change(back));
      static_cast<void>(setup_.sync(policy_->snapshot));
    };
    const auto step = [&](const Result<Done>& done) {
      if (!done) put_back();
      return done.ok();
    };
    if (const auto done = tunnel.change(withdraw); !step(done)) return done;
    // While nothing is enforced yet but "deny all", peers come before the policy: their handshakes need not wait for it.
    const bool first = !policy_;
    if (first) {
      if (const auto done = tunnel.change(grant); !step(done)) return done;
    }
    if (const auto done = change_policy(*next, now); !step(done)) return done;
    if (!first) {
      if (const auto done = tunnel.change(grant); !done) {
        static_cast<void>(change_policy(*policy_, now));
        put_back();
        return done;
      }
    }
    peers_settled_ = true;
    greet(wanted, known, anew ? kMostGreetedAtStart : kMostGreeted);
    if (const auto done = setup_.sync(snapshot); done) {
      health_.recover("network");
    } else {
      // The policy is in force and peers are there: what is missing is reachability, which health shows and `tick` mends.
      health_.degrade("network", done.error().message, now);
    }
  }
  const std::string exit = exit_trouble(next->snapshot, config_.exit_node);
  if (exit.empty()) health_.recover("exit-node");
  else health_.degrade("exit-node", exit, now);
  if (!next->rules.faults.empty()) {
    health_.degrade("rules", std::to_string(next->rules.faults.size()) + " parts of rules cannot be read and allow nothing, first: " + next->rules.faults.front(), now);
  } else {
    health_.recover("rules");
  }
  if (!again) {
    previous_ = policy_;
    ++counts_.applied;
    applied_at_ = now;
  }
  policy_ = next;
  standing_ = {next->snapshot.generation, next->sealed};
  if (pending_ && pending_->sealed == policy_->sealed) pending_.reset();
  if (!pending_) health_.recover("pending");
  judge_expiry(now);
  kept_.reset();
  return Done{};
}

}  // namespace aclc
