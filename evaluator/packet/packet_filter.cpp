// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/packet_filter.h"

#include "base/net/protocol.h"
#include "evaluator/classify/classify.h"
#include "evaluator/packet/flow_keys.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

constexpr uint32_t kTailscaleFlows = 512;
constexpr Decision accept_for(Reason reason) { return {true, reason, 0}; }
constexpr Decision drop_for(Reason reason) { return {false, reason, 0}; }

Packet packet_of(const PacketHeaders& p) { return {p.src, p.dst, p.protocol, p.dst_port}; }

bool any_agrees(const std::vector<AllowHook>& hooks, const PacketHeaders& p) {
  for (const AllowHook& hook : hooks) {
    if (hook.ask(hook.context, p)) return true;
  }
  return false;
}

// As Linux' connection tracking: a connection begins with its SYN, or where it is found in its middle, but not with an answer or its end.
bool may_begin(const PacketHeaders& p) { return is_tcp_open(p) || (p.tcp_flags & (kTcpAck | kTcpSyn | kTcpFin | kTcpRst)) == kTcpAck; }

}  // namespace

void PolicySlot::publish(FilterPolicy policy) {
  {
    const std::lock_guard lock(mutex_);
    policy_.program.swap(policy.program);  // the old one is freed by the argument, outside the lock
    policy_.node = policy.node;
    policy_.shields_up = policy.shields_up;
    version_.fetch_add(1, std::memory_order_release);
  }
}

FilterPolicy PolicySlot::current() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

PacketFilter::PacketFilter(const PolicySlot& slot, FilterOptions options)
    : slot_(slot),
      options_(std::move(options)),
      flows_(options_.mode == FilterMode::kTailscale ? kTailscaleFlows : options_.flows, options_.seed),
      fragments_(options_.fragments, options_.seed) {
  refresh();
}

void PacketFilter::refresh() {
  const bool was_up = policy_.shields_up;
  const bool had_policy = filter_ != nullptr;
  seen_version_ = slot_.version();  // before the copy: a publication in between is seen again, never missed
  policy_ = slot_.current();
  policy_.shields_up = policy_.shields_up || options_.always_shielded;
  filter_ = policy_.program ? &policy_.program->filter(policy_.node) : nullptr;
  // Raising the shields also ends what our side has open; leaving them up does not.
  if (had_policy && policy_.shields_up && !was_up) flows_.clear();
}

bool PacketFilter::is_local(const Address& dst) const {
  // Own messages pass exactly where the destination is local, whatever the rules say.
  return classify(*filter_, Packet{dst, dst, wire::kTsmp, 0}).allowed();
}

Decision PacketFilter::denied(const PacketHeaders& p, Reason reason) const {
  return any_agrees(options_.ingress_hooks, p) ? accept_for(Reason::kHook) : drop_for(reason);
}

// Steps 1 to 5, the same in both directions; none: go on.
std::optional<Decision> PacketFilter::precheck(const PacketHeaders& p) const {
  if (p.shape == PacketShape::kEmpty) return accept_for(Reason::kKeepalive);
  if (p.shape == PacketShape::kTooShort) return drop_for(Reason::kTooShort);
  if (p.shape == PacketShape::kUnknown) return drop_for(Reason::kUnknownProtocol);
  if (is_multicast(p.dst)) return drop_for(Reason::kMulticast);
  if (is_link_local_unicast(p.dst) && !is_metadata_service(p.dst) && !any_agrees(options_.link_local_hooks, p)) {
    return drop_for(Reason::kLinkLocalUnicast);
  }
  return std::nullopt;
}

Decision PacketFilter::by_rules(const PacketHeaders& p) const {
  if (policy_.shields_up) return denied(p, is_local(p.dst) ? Reason::kShieldsUp : Reason::kNotSelf);
  const Verdict verdict = classify(*filter_, packet_of(p));
  if (verdict.has_rule()) return {true, Reason::kRule, verdict.rule()};
  if (verdict.allowed()) return accept_for(Reason::kOwnMessage);
  return denied(p, is_local(p.dst) ? Reason::kNoRule : Reason::kNotSelf);
}

Flow* PacketFilter::known_flow(const PacketHeaders& p, uint64_t now) { return flows_.find(flow_key(p, Direction::kIn), now); }

bool PacketFilter::reply_of_ours(const PacketHeaders& p, Flow* flow, uint64_t now) const {
  if (flow == nullptr || !flow->opened_by_us) return false;
  if (options_.mode == FilterMode::kStrict) touch_flow(*flow, p, Direction::kIn, now);
  return true;
}

Decision PacketFilter::decide_compatible(const PacketHeaders& p, uint64_t now) {
  if (p.shape == PacketShape::kLaterFragment) return accept_for(Reason::kFragment);
  if (!is_local(p.dst)) return denied(p, Reason::kNotSelf);
  if (is_echo_reply(p) || is_icmp_error(p)) return accept_for(Reason::kIcmpReply);
  if (p.protocol == kTcp && !is_tcp_open(p)) return accept_for(Reason::kTcpNonSyn);
  if ((p.protocol == kUdp || p.protocol == kSctp) && reply_of_ours(p, known_flow(p, now), now)) return accept_for(Reason::kReply);
  if (p.protocol == wire::kTsmp) return accept_for(Reason::kOwnMessage);
  return by_rules(p);
}

Decision PacketFilter::strict_icmp(const PacketHeaders& p, PacketBytes bytes, uint64_t now) {
  if (is_echo_reply(p)) return reply_of_ours(p, known_flow(p, now), now) ? accept_for(Reason::kReply) : denied(p, Reason::kNoFlow);
  // The quoted packet went the other way.
  const auto quoted = parse_quoted(bytes, p);
  const bool known = quoted && quoted->src == p.dst && flows_.find(flow_key(*quoted, Direction::kOut), now) != nullptr;
  return known ? accept_for(Reason::kRelated) : denied(p, Reason::kNoFlow);
}

Decision PacketFilter::decide_strict(const PacketHeaders& p, PacketBytes bytes, uint64_t now) {
  if (p.shape == PacketShape::kLaterFragment) {
    const bool first_passed = fragments_.find(fragment_key(p), now) != nullptr;
    return first_passed ? accept_for(Reason::kFragment) : drop_for(Reason::kStrayFragment);
  }
  if (!is_local(p.dst)) return denied(p, Reason::kNotSelf);
  if (is_echo_reply(p) || is_icmp_error(p)) return strict_icmp(p, bytes, now);
  if (is_echo_request(p)) return recorded(p, by_rules(p), now);
  Flow* const flow = known_flow(p, now);
  if (reply_of_ours(p, flow, now)) return accept_for(Reason::kReply);
  if (flow == nullptr && p.protocol == kTcp && !may_begin(p)) return denied(p, Reason::kNoFlow);
  return recorded(p, by_rules(p), now);
}

Decision PacketFilter::recorded(const PacketHeaders& p, const Decision& decision, uint64_t now) {
  if (decision.accept) record(p, false, now);
  return decision;
}

void PacketFilter::record(const PacketHeaders& p, bool outbound, uint64_t now) {
  const Direction direction = outbound ? Direction::kOut : Direction::kIn;
  const FlowKey key = flow_key(p, direction);
  Flow* flow = flows_.find(key, now);
  if (flow == nullptr) {
    // The middle of a connection, or a reply, opens no flow of ours: it would let the other side in past its rule.
    if (outbound && p.protocol == kTcp && !is_tcp_open(p)) return;
    if (outbound && (is_echo_reply(p) || is_icmp_error(p))) return;
    flow = &flows_.insert(key, now);
    flow->opened_by_us = outbound;
  }
  touch_flow(*flow, p, direction, now);
}

Decision PacketFilter::check_in(const PacketHeaders& p, PacketBytes bytes, uint64_t now) {
  if (seen_version_ != slot_.version()) refresh();
  if (filter_ == nullptr) return drop_for(Reason::kNoPolicy);
  if (const auto early = precheck(p)) return *early;
  if (options_.mode == FilterMode::kTailscale) return decide_compatible(p, now);
  const Decision decision = decide_strict(p, bytes, now);
  if (decision.accept && p.shape == PacketShape::kFirstFragment) {
    fragments_.insert(fragment_key(p), now).expires = now + kFragmentLife;
  }
  return decision;
}

Decision PacketFilter::check_out(const PacketHeaders& p, uint64_t now) {
  if (seen_version_ != slot_.version()) refresh();
  if (filter_ == nullptr) return drop_for(Reason::kNoPolicy);
  if (const auto early = precheck(p)) return *early;
  if (p.shape == PacketShape::kLaterFragment) return accept_for(Reason::kFragment);
  if (options_.mode == FilterMode::kStrict) {
    record(p, true, now);
  } else if (p.protocol == kUdp || p.protocol == kSctp) {
    Flow& flow = flows_.insert(flow_key(p, Direction::kOut), now);
    flow.opened_by_us = true;
    flow.expires = UINT64_MAX;
  }
  return accept_for(Reason::kOutbound);
}

Decision PacketFilter::check_new(const Packet& packet) {
  if (seen_version_ != slot_.version()) refresh();
  if (filter_ == nullptr) return drop_for(Reason::kNoPolicy);
  PacketHeaders p;
  p.src = packet.src;
  p.dst = packet.dst;
  p.protocol = packet.protocol;
  p.dst_port = packet.port;
  p.shape = packet.src.family == packet.dst.family ? PacketShape::kWhole : PacketShape::kUnknown;
  if (p.protocol == wire::kNoProtocol || p.protocol == wire::kFragmentMark) p.shape = PacketShape::kUnknown;
  const auto early = precheck(p);
  return early ? *early : by_rules(p);
}

}  // namespace aclc
