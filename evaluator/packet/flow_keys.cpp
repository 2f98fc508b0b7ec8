// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/flow_keys.h"

#include <utility>

#include "base/net/protocol.h"

namespace aclc {
namespace {

constexpr uint64_t kSecond = 1000;
constexpr uint64_t kTcpUnanswered = 120 * kSecond, kTcpEstablished = 432000 * kSecond, kTcpClosing = 120 * kSecond;
constexpr uint64_t kUdpUnanswered = 30 * kSecond, kUdpAnswered = 120 * kSecond;
constexpr uint64_t kIcmpLife = 30 * kSecond, kSctpLife = 210 * kSecond, kOtherLife = 600 * kSecond;
constexpr uint8_t kFragmentSpace = 0x80;

uint8_t space_of(Family family) { return family == Family::kV4 ? 4 : 6; }

uint64_t life_of(const Flow& flow) {
  switch (flow.key.protocol) {
    case kTcp: return flow.closing ? kTcpClosing : flow.answered ? kTcpEstablished : kTcpUnanswered;
    case kUdp: return flow.answered ? kUdpAnswered : kUdpUnanswered;
    case kSctp: return kSctpLife;
    case kIcmp:
    case kIpv6Icmp: return kIcmpLife;
    default: return kOtherLife;
  }
}

}  // namespace

FlowKey flow_key(const PacketHeaders& p, Direction direction) {
  FlowKey key{p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, p.src_port, p.dst_port, p.protocol, space_of(p.dst.family)};
  if (is_icmp(p)) {
    // An echo and its answer share an id; which side asked keeps both sides' echoes with the same id apart.
    key.local_port = p.icmp_id;
    const bool request_by_remote = direction == Direction::kIn ? !is_echo_reply(p) : is_echo_reply(p);
    key.remote_port = request_by_remote ? 1 : 0;
    if (direction == Direction::kOut) {
      std::swap(key.remote_hi, key.local_hi);
      std::swap(key.remote_lo, key.local_lo);
    }
    return key;
  }
  if (direction == Direction::kOut) {
    key = {p.dst.hi, p.dst.lo, p.src.hi, p.src.lo, p.dst_port, p.src_port, p.protocol, space_of(p.dst.family)};
  }
  return key;
}

FlowKey fragment_key(const PacketHeaders& p) {
  const auto high = static_cast<uint16_t>(p.fragment_id >> 16), low = static_cast<uint16_t>(p.fragment_id);
  const auto space = static_cast<uint8_t>(kFragmentSpace | space_of(p.dst.family));
  // IPv6 puts a packet together by addresses and id alone; the protocol in a later fragment may name an extension header.
  const uint8_t protocol = p.dst.is_v4() ? p.protocol : uint8_t{0};
  return {p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, high, low, protocol, space};
}

void touch_flow(Flow& flow, const PacketHeaders& p, Direction direction, uint64_t now) {
  const bool from_us = direction == Direction::kOut;
  if (from_us != flow.opened_by_us) flow.answered = true;
  if (p.protocol == kTcp) {
    if ((p.tcp_flags & (kTcpFin | kTcpRst)) != 0) flow.closing = true;
    if (is_tcp_open(p) && from_us == flow.opened_by_us) flow.closing = false;
  }
  flow.expires = now + life_of(flow);
}

}  // namespace aclc
