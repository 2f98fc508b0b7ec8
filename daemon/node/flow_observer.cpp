// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/flow_observer.h"

#include "base/net/protocol.h"
#include "evaluator/classify/classify.h"
#include "evaluator/packet/headers.h"

namespace aclc {
namespace {

constexpr size_t kRemembered = 65536;
constexpr std::string_view kPrefix = "aclcd ";

}  // namespace

std::string peer_of(const Snapshot& snapshot, const Address& address) {
  const SnapshotPeer* best = nullptr;
  int length = -1;
  for (const SnapshotPeer& peer : snapshot.peers) {
    for (const Prefix& prefix : peer.allowed_ips) {
      if (prefix.length <= length || !prefix.contains(address)) continue;
      best = &peer;
      length = prefix.length;
    }
  }
  return best == nullptr ? std::string() : best->name;
}

namespace {

Verdict verdict_on(const NodePolicy& policy, const FlowTuple& flow) {
  return classify(policy.program->filter(0), Packet{flow.src, flow.dst, flow.protocol, flow.dst_port});
}

// The tailnet's networks: its own ranges, and the routes of this node and of its peers.
LogScope scope_of(const NodePolicy* policy) {
  AddressSet routes;
  if (policy == nullptr) return LogScope(routes);
  const auto add = [&](const std::vector<Prefix>& prefixes) {
    for (const Prefix& prefix : prefixes) {
      if (prefix.length != 0) routes.add(prefix);
    }
  };
  add(policy->snapshot.routes);
  for (const SnapshotPeer& peer : policy->snapshot.peers) add(peer.allowed_ips);
  return LogScope(routes);
}

}  // namespace

bool FlowObserver::may_record(const PacketHeaders& packet) {
  if (const auto policy = node_.policy(); !scope_ || policy != scoped_) {
    scope_ = scope_of(policy.get());
    scoped_ = policy;
  }
  return scope_->may_log(packet, false);
}

FlowObserver::Grounds FlowObserver::grounds(const NodePolicy& policy, const FlowTuple& flow) {
  if (!policy.program) return {};
  const Verdict verdict = verdict_on(policy, flow);
  if (!verdict.has_rule()) return {};
  return {place_of_rule(policy, verdict.rule()), text_of_rule(policy, verdict.rule()), peer_of(policy.snapshot, flow.src), false};
}

void FlowObserver::remember(const FlowTuple& flow, Grounds grounds) {
  if (!let_in_.insert_or_assign(flow, std::move(grounds)).second) return;
  order_.push_back(flow);
  if (order_.size() <= kRemembered) return;
  let_in_.erase(order_.front());
  order_.pop_front();
}

FlowRecord FlowObserver::record_of(const FlowTuple& flow, FlowEvent event, uint64_t now_ms) const {
  FlowRecord record;
  record.time_ms = now_ms;
  record.event = event;
  record.flow = flow;
  if (node_.policy()) {
    record.peer = peer_of(node_.policy()->snapshot, flow.src);
    record.generation = node_.policy()->snapshot.generation;
  }
  return record;
}

void FlowObserver::on_packet(const LoggedPacket& logged, uint64_t now_ms) {
  if (logged.prefix.substr(0, kPrefix.size()) != kPrefix) return;
  const std::string_view what = logged.prefix.substr(kPrefix.size());
  const PacketHeaders p = parse_captured(logged.packet);
  if (p.shape == PacketShape::kTooShort || p.shape == PacketShape::kEmpty || !may_record(p)) return;
  const FlowTuple flow{p.src, p.dst, p.src_port, p.dst_port, p.protocol};
  FlowRecord record = record_of(flow, what == "accept" ? FlowEvent::kAccept : what == "cut" ? FlowEvent::kCut : FlowEvent::kDeny, now_ms);
  if (record.event == FlowEvent::kDeny) {
    record.reason = std::string(what);
  } else if (record.event == FlowEvent::kAccept) {
    const Grounds why = node_.policy() ? grounds(*node_.policy(), flow) : Grounds{};
    record.rule = why.rule;
    record.rule_text = why.text;
    remember(flow, why);
  } else {
    const auto known = let_in_.find(flow);
    if (known != let_in_.end() && known->second.told_cut) return;
    const Grounds why = known != let_in_.end() ? known->second : node_.previous() ? grounds(*node_.previous(), flow) : Grounds{};
    record.reason = "no-rule";
    record.rule = why.rule;
    record.rule_text = why.text;
    Grounds told = why;
    told.told_cut = true;
    remember(flow, std::move(told));
  }
  log_.write(record);
}

void FlowObserver::on_policy(uint64_t now_ms) {
  const auto policy = node_.policy();
  if (!policy || !policy->program) return;
  for (auto& [flow, why] : let_in_) {
    if (why.rule.empty()) continue;
    const bool allowed = verdict_on(*policy, flow).has_rule();
    if (!allowed && !why.told_cut) {
      FlowRecord record = record_of(flow, FlowEvent::kCut, now_ms);
      record.peer = why.peer;
      record.reason = "no-rule";
      record.rule = why.rule;
      record.rule_text = why.text;
      log_.write(record);
    }
    why.told_cut = !allowed;
  }
}

void FlowObserver::on_end(const FlowEnd& end, uint64_t now_ms) {
  PacketHeaders ends;
  ends.src = end.flow.src;
  ends.dst = end.flow.dst;
  if (!node_.policy() || !may_record(ends)) return;
  FlowRecord record = record_of(end.flow, FlowEvent::kEnd, now_ms);
  const auto known = let_in_.find(end.flow);
  if (known != let_in_.end()) record.peer = known->second.peer;
  if (record.peer.empty() || !node_.policy()->local.contains(end.flow.dst)) return;
  const Grounds why = known != let_in_.end() ? known->second : grounds(*node_.policy(), end.flow);
  record.rule = why.rule;
  record.rule_text = why.text;
  record.packets_in = end.packets_in;
  record.bytes_in = end.bytes_in;
  record.packets_out = end.packets_out;
  record.bytes_out = end.bytes_out;
  record.seconds = end.seconds;
  log_.write(record);
  if (known != let_in_.end()) let_in_.erase(known);
}

}  // namespace aclc
