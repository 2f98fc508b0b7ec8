// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/tunnel_filter.h"

#include <algorithm>

#include "base/net/protocol.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

// The policy's own no. Packets that are refused for what they are would make the answer as odd as they are.
bool is_refusal(const Decision& d) {
  return !d.accept && (d.reason == Reason::kNoRule || d.reason == Reason::kNotSelf || d.reason == Reason::kShieldsUp);
}

bool has_transport(const PacketHeaders& p) { return p.shape == PacketShape::kWhole || p.shape == PacketShape::kFirstFragment; }

uint8_t* put16(uint8_t* out, uint32_t v) {
  out[0] = static_cast<uint8_t>(v >> 8);
  out[1] = static_cast<uint8_t>(v);
  return out + 2;
}
uint8_t* put32(uint8_t* out, uint32_t v) { return put16(put16(out, v >> 16), v & 0xffff); }

}  // namespace

TunnelFilter::TunnelFilter(const PolicySlot& slot, TunnelOptions options)
    : slot_(slot), options_(std::move(options)), filter_(slot, options_.filter), traffic_(options_.counted_flows, options_.filter.seed) {}

void TunnelFilter::set_jailed(AddressSet jailed) {
  jailed_ = std::move(jailed);
  if (jailed_.empty() || jail_) return;
  FilterOptions shielded = options_.filter;
  shielded.always_shielded = true;
  jail_.emplace(slot_, std::move(shielded));
}

PacketFilter& TunnelFilter::filter_for(const Address& peer) { return jail_ && jailed_.contains(peer) ? *jail_ : filter_; }

bool TunnelFilter::is_for_service(const PacketHeaders& p) const {
  return p.protocol == kTcp && has_transport(p) &&
         std::any_of(services_.begin(), services_.end(), [&](const PeerService& s) { return s.address == p.dst && s.port == p.dst_port; });
}

bool TunnelFilter::may_log(const PacketHeaders& p, bool accepted, bool outbound, uint64_t now) {
  const bool has_addresses = has_transport(p) || p.shape == PacketShape::kLaterFragment;
  return scope_ && has_addresses && scope_->may_log(p, outbound) && (accepted ? accepts_ : drops_).take(now);
}

// The layout is the reference client's: kind, protocol, reason, then the ports of the refused packet, from its receiver to its sender.
std::span<const uint8_t> TunnelFilter::write_rejection(const PacketHeaders& p, Reason reason) {
  uint8_t* out = rejection_.data();
  out = put16(out, 0x4500);
  out = put16(out, kRejectionSize);
  out = put32(out, 0);
  out = put16(out, 64u << 8 | wire::kTsmp);
  uint8_t* const checksum = out;
  out = put16(out, 0);
  out = put32(out, static_cast<uint32_t>(p.dst.lo));
  out = put32(out, static_cast<uint32_t>(p.src.lo));
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += static_cast<uint32_t>(rejection_[i] << 8 | rejection_[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  put16(checksum, ~sum & 0xffff);
  *out++ = '!';
  *out++ = p.protocol;
  *out++ = reason == Reason::kShieldsUp ? 'S' : 'A';
  put16(put16(out, p.src_port), p.dst_port);
  return rejection_;
}

TunnelVerdict TunnelFilter::in(PacketBytes packet, uint64_t now) {
  const PacketHeaders p = parse_packet(packet);
  TunnelVerdict out{filter_for(p.src).check_in(p, packet, now), false, {}};
  Decision& d = out.decision;
  if (is_refusal(d)) {
    if (is_for_service(p)) d = {true, Reason::kPeerService, 0};
    else if (options_.tell_refused && p.dst.is_v4() && p.protocol == kTcp && has_transport(p) && is_tcp_open(p)) out.rejection = write_rejection(p, d.reason);
  }
  if (d.accept && p.shape != PacketShape::kEmpty) traffic_.add(p, false, packet.size());
  out.log = may_log(p, d.accept, false, now);
  return out;
}

TunnelVerdict TunnelFilter::out(PacketBytes packet, uint64_t now) {
  const PacketHeaders p = parse_packet(packet);
  const TunnelVerdict out{filter_for(p.dst).check_out(p, now), false, {}};
  const bool accepted = out.decision.accept;
  if (accepted && p.shape != PacketShape::kEmpty) traffic_.add(p, true, packet.size());
  return {out.decision, may_log(p, accepted, true, now), {}};
}

}  // namespace aclc
