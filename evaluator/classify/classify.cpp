// SPDX-License-Identifier: Apache-2.0
#include "evaluator/classify/classify.h"

#include "evaluator/classify/bursts.h"
#include "evaluator/classify/lookup.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

uint32_t source_of(const Packet4& p) { return p.src; }
uint32_t destination_of(const Packet4& p) { return p.dst; }
format::Key6 source_of(const Packet6& p) { return {p.src_hi, p.src_lo}; }
format::Key6 destination_of(const Packet6& p) { return {p.dst_hi, p.dst_lo}; }

template <class Plane, class P>
ACLC_INLINE uint32_t decide(const Plane& plane, const P& packet) {
  const uint32_t maps = lookup::find_address(plane.destinations, destination_of(packet));
  const uint32_t row = lookup::find_address(plane.sources, source_of(packet));
  const uint32_t atom = lookup::find_atom(plane.maps, plane.tops, plane.pages, maps + plane.kinds[packet.protocol], packet.port);
  const uint32_t answer = lookup::find_answer(plane.rows, row, atom);
  if (__builtin_expect(packet.protocol == wire::kTsmp, 0)) return maps != 0 ? Verdict::kWithoutRule : 0;
  return answer;
}

constexpr size_t kBurst = 32;

// In stages, so that the cache misses of a burst overlap: first the sources' places are fetched, then their rows.
template <class Plane, class P>
ACLC_INLINE void decide_burst(const Plane& plane, const P* packets, Verdict* verdicts, size_t count) {
  uint32_t maps[kBurst];
  uint32_t atom[kBurst];
  uint32_t row[kBurst];
  for (size_t i = 0; i < count; ++i) __builtin_prefetch(plane.sources.hosts + lookup::first_bucket(plane.sources, source_of(packets[i])));
  for (size_t i = 0; i < count; ++i) {
    maps[i] = lookup::find_address(plane.destinations, destination_of(packets[i]));
    atom[i] = lookup::find_atom(plane.maps, plane.tops, plane.pages, maps[i] + plane.kinds[packets[i].protocol], packets[i].port);
  }
  for (size_t i = 0; i < count; ++i) {
    row[i] = lookup::find_address(plane.sources, source_of(packets[i]));
    lookup::prefetch_row(plane.rows, row[i], atom[i]);
  }
  for (size_t i = 0; i < count; ++i) {
    const uint32_t answer = lookup::find_answer(plane.rows, row[i], atom[i]);
    const bool own_message = packets[i].protocol == wire::kTsmp;
    verdicts[i] = Verdict(own_message ? (maps[i] != 0 ? Verdict::kWithoutRule : 0) : answer);
  }
}

template <class Plane, class P>
ACLC_INLINE void decide_each(const Plane& shared, std::span<const P> packets, std::span<Verdict> verdicts) {
  ACLC_CHECK(verdicts.size() >= packets.size());
  const Plane plane = shared;  // a copy that no store to `verdicts` can be suspected of changing
  if (plane.fits_cache) {
    for (size_t i = 0; i < packets.size(); ++i) verdicts[i] = Verdict(decide(plane, packets[i]));
    return;
  }
  for (size_t at = 0; at < packets.size(); at += kBurst) {
    const size_t left = packets.size() - at;
    decide_burst(plane, packets.data() + at, verdicts.data() + at, left < kBurst ? left : kBurst);
  }
}

}  // namespace

void bursts::decide_in_turn(const PlaneView<AddressMap4View>& plane, std::span<const Packet4> packets, std::span<Verdict> verdicts) {
  decide_each(plane, packets, verdicts);
}

void bursts::decide_in_turn(const PlaneView<AddressMap6View>& plane, std::span<const Packet6> packets, std::span<Verdict> verdicts) {
  decide_each(plane, packets, verdicts);
}

Verdict classify(const Filter& filter, const Packet4& packet) { return Verdict(decide(filter.v4(), packet)); }

Verdict classify(const Filter& filter, const Packet6& packet) { return Verdict(decide(filter.v6(), packet)); }

Verdict classify(const Filter& filter, const Packet& packet) {
  if (packet.src.family != packet.dst.family) return {};
  if (packet.src.is_v4()) {
    return classify(filter, Packet4{static_cast<uint32_t>(packet.src.lo), static_cast<uint32_t>(packet.dst.lo), packet.port, packet.protocol});
  }
  return classify(filter, Packet6{packet.src.hi, packet.src.lo, packet.dst.hi, packet.dst.lo, packet.port, packet.protocol});
}

void classify(const Filter& filter, std::span<const Packet4> packets, std::span<Verdict> verdicts) {
  if (filter.v4().abreast && bursts::can_abreast()) return bursts::decide_abreast(filter.v4(), packets, verdicts);
  bursts::decide_in_turn(filter.v4(), packets, verdicts);
}

void classify(const Filter& filter, std::span<const Packet6> packets, std::span<Verdict> verdicts) {
  bursts::decide_in_turn(filter.v6(), packets, verdicts);
}

}  // namespace aclc
