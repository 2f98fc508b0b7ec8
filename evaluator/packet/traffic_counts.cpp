// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/traffic_counts.h"

#include <bit>

#include "base/check.h"

namespace aclc {
namespace {

FlowKey key_of(const PacketHeaders& p, bool outbound) {
  const Address& local = outbound ? p.src : p.dst;
  const Address& remote = outbound ? p.dst : p.src;
  FlowKey key{remote.hi, remote.lo, local.hi, local.lo, p.dst_port, p.src_port, p.protocol, static_cast<uint8_t>(p.dst.is_v4() ? 4 : 6)};
  if (!outbound) std::swap(key.remote_port, key.local_port);
  return key;
}

}  // namespace

// A quarter of the slots stays free, so that searches end soon.
TrafficCounts::TrafficCounts(uint32_t flows, uint64_t seed) : slots_(std::bit_ceil(uint64_t{flows} * 4 / 3 + 1)), most_(flows), seed_(seed) { ACLC_CHECK(flows > 0); }

void TrafficCounts::add(const PacketHeaders& packet, bool outbound, size_t bytes) {
  const FlowKey key = key_of(packet, outbound);
  size_t i = hash_of(key, seed_) & (slots_.size() - 1);
  while (slots_[i].used && !(slots_[i].key == key)) i = (i + 1) & (slots_.size() - 1);
  Slot& slot = slots_[i];
  if (!slot.used) {
    if (used_ == most_) {
      ++lost_;
      return;
    }
    ++used_;
    slot = {key, {}, true};
  }
  ++(outbound ? slot.traffic.packets_out : slot.traffic.packets_in);
  (outbound ? slot.traffic.bytes_out : slot.traffic.bytes_in) += bytes;
}

void TrafficCounts::take(const std::function<void(const FlowKey&, const Traffic&)>& give) {
  for (Slot& slot : slots_) {
    if (slot.used) give(slot.key, slot.traffic);
    slot.used = false;
  }
  used_ = 0;
}

}  // namespace aclc
