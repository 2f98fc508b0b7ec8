// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/node.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>

#include "daemon/planner/changes.h"
#include "daemon/planner/exit_node.h"
#include "daemon/snapshot/store.h"
#include "daemon/telemetry/flow_record.h"

namespace aclc {
namespace {

constexpr const char* kLastGood = "last-good.snapshot";
constexpr const char* kDownMark = "down";
constexpr uint64_t kLongestTablePause = 300;
// A handshake costs both sides some 0.1 ms.
constexpr size_t kMostGreetedAtStart = 1000;
constexpr size_t kMostGreeted = 100;

uint64_t microseconds() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace

MeshNode::MeshNode(NodeConfig config, NodeIdentity identity, NodeHands hands)
    : config_(std::move(config)), identity_(std::move(identity)), hands_(std::move(hands)) {}

Result<Done> MeshNode::start(uint64_t now) {
  if (access(state_file(kDownMark).c_str(), F_OK) == 0) return Done{};
  return up(now);
}

Result<Done> MeshNode::up(uint64_t now) {
  if (up_) return Done{};
  if (const auto done = hands_.filter.prepare(); !done) return done;
  up_ = true;
  unlink(state_file(kDownMark).c_str());
  next_table_look_ = now;
  count_flows();
  retry_.reset();
  if (!policy_) return Done{};
  const auto done = go_on_with(policy_, now);
  if (!done) retry_.failed(now);
  return done;
}

Result<Done> MeshNode::down() {
  if (const auto done = write_file_whole(state_file(kDownMark), ""); !done) return done;
  forget_network();
  hands_.tunnel.close();
  up_ = false;
  closed_ = enforced_ = false;
  for (const char* topic : {"tunnel", "table", "network", "expiry", "exit-node"}) health_.recover(topic);
  return hands_.filter.remove();
}

void MeshNode::stop() {
  forget_network();
  hands_.tunnel.close();
}

Result<Done> MeshNode::resume(std::string newer, uint64_t now) {
  const auto from_disk = [&]() -> Result<std::shared_ptr<NodePolicy>> {
    auto sealed = read_file_limited(state_file(kLastGood), identity_.reader.limits.bytes);
    if (!sealed) return sealed.error();
    auto snapshot = open_snapshot(*sealed, identity_.reader);
    if (!snapshot) return snapshot.error();
    return make_policy(std::move(snapshot).value(), std::move(sealed).value(), {});
  };
  if (access(state_file(kLastGood).c_str(), F_OK) != 0 && errno == ENOENT) return newer.empty() ? Result<Done>(Done{}) : offer(std::move(newer), now);
  const auto last = from_disk();
  Result<Done> damage = Done{};
  if (last) {
    standing_ = {(*last)->snapshot.generation, (*last)->sealed};
  } else {
    damage = Failure{"the last good snapshot cannot be used: " + last.error().message};
    health_.degrade("state", damage.error().message + "; until a snapshot is applied and kept, an older one than before would be taken", now);
  }
  if (!newer.empty() && offer(std::move(newer), now)) return damage;
  if (!last) return damage;
  if (pending_ && pending_->sealed == (*last)->sealed) pending_.reset();
  // It was judged when it came; only time has passed, and what that means is for judge_expiry.
  const auto done = go_on_with(*last, now);
  if (!done) retry_.failed(now);
  return done;
}

void MeshNode::prepare_answers(uint64_t now) {
  if (!policy_ || policy_->program) return;
  if (const auto done = make_program(*policy_); done) health_.recover("answers");
  else health_.degrade("answers", done.error().message, now);
}

Result<std::shared_ptr<NodePolicy>> MeshNode::judge(std::string sealed) const {
  auto snapshot = open_snapshot(sealed, identity_.reader);
  if (!snapshot) return snapshot.error();
  if (const auto fine = may_follow(*snapshot, sealed, standing_); !fine) return fine.error();
  return make_policy(std::move(snapshot).value(), std::move(sealed), {});
}

Result<Done> MeshNode::offer(std::string sealed, uint64_t now) {
  const uint64_t start = microseconds();
  if (policy_ && enforced_ == up_ && sealed == policy_->sealed) {
    // What was newer has been taken back before it came into force.
    pending_.reset();
    health_.recover("pending");
    health_.recover("snapshot");
    return Done{};
  }
  auto next = judge(std::move(sealed));
  if (!next) {
    ++counts_.refused;
    health_.degrade("snapshot", next.error().message, now);
    return next.error();
  }
  health_.recover("snapshot");
  pending_ = std::move(next).value();
  retry_.reset();
  const auto done = bring_in(now);
  if (!done) {
    retry_.failed(now);
    return done;
  }
  counts_.last_apply_us = microseconds() - start;
  if (!store(now)) retry_.failed(now);
  return done;
}

Result<Done> MeshNode::bring_in(uint64_t now) {
  const auto next = pending_;
  const auto done = next->snapshot.has_expired(now) ? Result<Done>(Failure{"the snapshot has expired: by this host's clock, " + time_text(next->snapshot.expires * 1000) + " is past"})
                                                    : apply(next, now);
  if (!done) say_waits(*next, done.error().message, now);
  return done;
}

Result<Done> MeshNode::go_on_with(std::shared_ptr<NodePolicy> policy, uint64_t now) {
  kept_ = policy;
  const auto done = apply(policy, now);
  // What is newer and waits, too, is what people look for.
  if (!done && !pending_) say_waits(*policy, done.error().message, now);
  return done;
}

bool MeshNode::store(uint64_t now) {
  const auto done = write_file_whole(state_file(kLastGood), policy_->sealed);
  stored_ = done.ok();
  if (done) health_.recover("state");
  else health_.degrade("state", "the policy in force is not kept, and a restart would go on from an earlier one: " + done.error().message, now);
  return stored_;
}

void MeshNode::retry(uint64_t now) {
  if ((!pending_ && !kept_ && stored_) || !retry_.is_due(now)) return;
  bool fine = true;
  if (pending_) {
    const uint64_t start = microseconds();
    fine = bring_in(now).ok();
    if (fine) {
      counts_.last_apply_us = microseconds() - start;
      stored_ = false;
    }
  }
  if (kept_) fine = go_on_with(kept_, now).ok() && fine;
  if (!stored_) fine = store(now) && fine;
  if (fine) retry_.reset();
  else retry_.failed(now);
}

void MeshNode::say_waits(const NodePolicy& policy, const std::string& reason, uint64_t now) {
  health_.degrade("pending", "generation " + std::to_string(policy.snapshot.generation) + " waits and is tried again: " + reason, now);
}

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

Result<Done> MeshNode::lend(const std::string& name, const std::string& value, bool wanted) {
  if (!wanted) {
    settings_.erase(name);
    return Done{};
  }
  if (settings_.count(name) != 0) return Done{};
  auto lent = hands_.borrow_setting(name, value);
  if (!lent) return lent.error();
  settings_[name] = std::move(lent).value();
  return Done{};
}

Result<Done> MeshNode::sync_network(const Snapshot& snapshot) {
  HostNetwork& network = hands_.network;
  const std::string& interface = config_.interface;
  const auto have_addresses = network.addresses(interface);
  if (!have_addresses) return have_addresses.error();
  std::vector<Prefix> want;
  for (const Address& address : snapshot.addresses) want.push_back(Prefix::host(address));
  if (config_.dns != DnsMode::kOff) want.push_back(Prefix::host(Address::v4(0x64646464)));  // 100.100.100.100, the stub resolver's
  const Changes<Prefix> addresses = changes(*have_addresses, want);
  for (const Prefix& prefix : addresses.remove) {
    if (const auto done = network.remove_address(interface, prefix); !done) return done;
  }
  for (const Prefix& prefix : addresses.add) {
    if (const auto done = network.add_address(interface, prefix); !done) return done;
  }
  const auto have_routes = network.routes(interface);
  if (!have_routes) return have_routes.error();
  const Changes<Prefix> routes = changes(*have_routes, tunnel_routes(snapshot));
  for (const Prefix& prefix : routes.remove) {
    if (const auto done = network.remove_route(interface, prefix); !done) return done;
  }
  for (const Prefix& prefix : routes.add) {
    if (const auto done = network.add_route(interface, prefix); !done) return done;
  }
  const auto serves = [&](Family family) {
    return std::any_of(snapshot.routes.begin(), snapshot.routes.end(), [&](const Prefix& p) { return p.address.family == family; });
  };
  if (const auto done = lend("net/ipv4/ip_forward", "1", serves(Family::kV4)); !done) return done;
  if (const auto done = lend("net/ipv6/conf/all/forwarding", "1", serves(Family::kV6)); !done) return done;
  const bool masquerade = config_.masquerade && !snapshot.routes.empty();
  if (masqueraded_ != masquerade) {
    if (const auto done = hands_.filter.set_masquerade(masquerade); !done) return done;
    masqueraded_ = masquerade;
  }
  return sync_exit();
}

Result<Done> MeshNode::sync_exit() {
  HostNetwork& network = hands_.network;
  std::vector<Prefix> wanted = captured_routes(config_.exit_node);
  if (!network.has_ipv6(config_.interface)) std::erase_if(wanted, [](const Prefix& p) { return p.address.family == Family::kV6; });
  // Answers to the tunnel's own packets come from where its mark leads, not from where everything else goes now.
  if (const auto done = lend("net/ipv4/conf/all/rp_filter", "2", !wanted.empty()); !done) return done;
  const auto have = network.routes(config_.interface, kExitTable);
  if (!have) return have.error();
  const Changes<Prefix> routes = changes(*have, wanted);
  for (const Prefix& prefix : routes.add) {
    if (const auto done = network.add_route(config_.interface, prefix, kExitTable); !done) return done;
  }
  const auto have_rules = network.rules();
  if (!have_rules) return have_rules.error();
  const auto want_rules = exit_rules(wanted, config_.exit_node_allow_lan);
  for (const RoutingRule& rule : *have_rules) {
    if (std::find(want_rules.begin(), want_rules.end(), rule) != want_rules.end()) continue;
    if (const auto done = network.remove_rule(rule); !done) return done;
  }
  for (const RoutingRule& rule : want_rules) {
    if (std::find(have_rules->begin(), have_rules->end(), rule) != have_rules->end()) continue;
    if (const auto done = network.add_rule(rule); !done) return done;
  }
  for (const Prefix& prefix : routes.remove) {
    if (const auto done = network.remove_route(config_.interface, prefix, kExitTable); !done) return done;
  }
  return Done{};
}

void MeshNode::count_flows() {
  for (const char* name : {"net/netfilter/nf_conntrack_acct", "net/netfilter/nf_conntrack_timestamp"}) static_cast<void>(lend(name, "1", true));
}

void MeshNode::forget_network() {
  // Addresses and routes go with the interface; rules and settings are the host's.
  if (const auto rules = hands_.network.rules()) {
    for (const RoutingRule& rule : *rules) static_cast<void>(hands_.network.remove_rule(rule));
  }
  settings_.clear();
  masqueraded_.reset();
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
      static_cast<void>(sync_network(policy_->snapshot));
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
    if (const auto done = sync_network(snapshot); done) {
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

void MeshNode::judge_expiry(uint64_t now) {
  if (!policy_ || !policy_->snapshot.has_expired(now)) {
    health_.recover("expiry");
    // The clock was wrong and has been set right.
    if (closed_ && up_) {
      if (const auto done = change_policy(*policy_, now); !done) health_.degrade("table", done.error().message, now);
    }
    return;
  }
  if (config_.on_expiry == OnExpiry::kFailStatic) {
    health_.degrade("expiry", "the snapshot has expired; its policy stays in force (on_expiry: fail-static)", now);
    return;
  }
  health_.degrade("expiry", "the snapshot has expired; nothing but replies comes in (on_expiry: fail-closed)", now);
  if (closed_ || !up_) return;
  if (const auto done = change_policy(*policy_, now); !done) health_.degrade("table", done.error().message, now);
}

void MeshNode::judge_table(uint64_t now) {
  if (closed_ || !policy_) {
    // What denies all has to be there, too.
    if (hands_.filter.is_there()) {
      if (now >= next_table_look_) health_.recover("table");
      return;
    }
    const auto done = hands_.filter.prepare();
    ++counts_.restored;
    next_table_look_ = now + table_pause_;
    health_.degrade("table", done ? "somebody else had removed the table inet " + config_.table + "; it was put up again" : done.error().message, now);
    return;
  }
  const auto untouched = hands_.filter.is_untouched();
  if (untouched && *untouched) {
    if (now < next_table_look_) return;
    table_pause_ = 10;
    health_.recover("table");
    return;
  }
  // Whoever keeps changing it is not fought every second; but without the table everything would come in, which cannot wait.
  if (now < next_table_look_ && hands_.filter.is_there()) return;
  const auto done = hands_.filter.restore(policy_->boxes, config_.shields_up);
  masqueraded_.reset();
  if (done) static_cast<void>(sync_network(policy_->snapshot));
  ++counts_.restored;
  next_table_look_ = now + table_pause_;
  table_pause_ = std::min(table_pause_ * 2, kLongestTablePause);
  health_.degrade("table", done ? "somebody else had changed the table inet " + config_.table + "; it was put up again" : done.error().message, now);
}

void MeshNode::tick(uint64_t now) {
  if (!up_) return;
  judge_expiry(now);
  judge_table(now);
  retry(now);
  if (!policy_) return;
  if (hands_.tunnel.is_open()) {
    health_.recover("tunnel");
    if (health_.troubles().count("network") != 0 && sync_network(policy_->snapshot)) health_.recover("network");
    return;
  }
  health_.degrade("tunnel", "the tunnel is not there; starting it", now);
  if (kept_) return;  // `retry` does it, at its own pace
  if (const auto done = apply(std::make_shared<NodePolicy>(*policy_), now); !done) health_.degrade("tunnel", done.error().message, now);
}

}  // namespace aclc
