// SPDX-License-Identifier: Apache-2.0
// Any bytes as packets, in a row through one filter: no read outside of them, what is accepted has been understood, and what stands around
// the filter changes no decision but for its service and its jail.
#include <cstdint>
#include <vector>

#include "evaluator/packet/tunnel_filter.h"
#include "evaluator/program/compile.h"

namespace {

aclc::FilterPolicy small_policy() {
  using namespace aclc;
  const std::vector<wire::FilterRule> rules{{{"*"}, {{"*", {0, 1023}}}, {}, {}}, {{"*"}, {{"*", PortRange::all()}}, {47, 132}, {}}};
  AddressSet local;
  local.add(Prefix{Address::v4(0x64400000), 10});
  local.add(Prefix{Address::v6(uint128{0xfd7a115ca1e0} << 80), 48});
  const NodeFilter node{"n", rules, local, {}};
  return {Program::load(ProgramBytes::copy(compile_program(std::span(&node, 1)).value().bytes)).value(), 0, false};
}

}  // namespace

// The input is packets with a length byte each; its first bit is the direction.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  static const FilterPolicy policy = small_policy();
  PolicySlot slot;
  slot.publish(policy);
  for (const FilterMode mode : {FilterMode::kStrict, FilterMode::kTailscale}) {
    FilterOptions options;
    options.mode = mode;
    options.flows = 8;
    options.fragments = 4;
    PacketFilter filter(slot, options);
    TunnelOptions around;
    around.filter = options;
    around.counted_flows = 4;
    TunnelFilter tunnel(slot, around);
    tunnel.set_log_scope(LogScope({}));
    uint64_t now = 0;
    for (size_t at = 0; at < size;) {
      const uint8_t head = data[at++];
      const size_t length = std::min<size_t>(head >> 1, size - at);
      const std::vector<uint8_t> packet(data + at, data + at + length);  // of its own, so that the sanitizer sees its ends
      at += length;
      const Decision d = (head & 1) != 0 ? filter.check_out(packet, now) : filter.check_in(packet, now);
      const PacketHeaders h = parse_packet(packet);
      const bool opaque = h.shape == PacketShape::kTooShort || h.shape == PacketShape::kUnknown;
      ACLC_CHECK(!(d.accept && opaque));
      ACLC_CHECK(d.reason != Reason::kRule || d.accept);
      const TunnelVerdict around_it = (head & 1) != 0 ? tunnel.out(packet, now) : tunnel.in(packet, now);
      ACLC_CHECK(around_it.decision.accept == d.accept && around_it.decision.reason == d.reason);
      ACLC_CHECK(around_it.rejection.empty() || (!d.accept && parse_packet(around_it.rejection).dst == h.src));
      const PacketHeaders first_bytes = parse_captured(packet);
      ACLC_CHECK(opaque || (first_bytes.src == h.src && first_bytes.dst_port == h.dst_port));
      now += 500;
    }
  }
  return 0;
}
