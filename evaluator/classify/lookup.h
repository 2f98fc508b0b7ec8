// SPDX-License-Identifier: Apache-2.0
// The steps of a decision over checked tables (see program/format.h). Private to this folder and to the code that builds tables.
// Branches that depend on the packet are avoided: a wrong guess costs more than the work it would save.
#pragma once

#include <cstdint>

#include "evaluator/program/format.h"
#include "evaluator/program/hash.h"
#include "evaluator/program/program.h"

#define ACLC_INLINE inline __attribute__((always_inline))

namespace aclc::lookup {

using format::Key6;

ACLC_INLINE bool not_above(uint32_t a, uint32_t b) { return a <= b; }
ACLC_INLINE bool not_above(const Key6& a, const Key6& b) {
  return (static_cast<uint128>(a.hi) << 64 | a.lo) <= (static_cast<uint128>(b.hi) << 64 | b.lo);
}

ACLC_INLINE uint32_t bucket_match(const format::HostBucket4& b, uint32_t key) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= b.key[i] == key ? b.value[i] : 0;
  return value;
}
ACLC_INLINE uint32_t bucket_match(const format::HostBucket6& b, const Key6& key) {
  uint32_t value = 0;
  for (int i = 0; i < 3; ++i) value |= ((b.hi[i] ^ key.hi) | (b.lo[i] ^ key.lo)) == 0 ? b.value[i] : 0;
  return value;
}
// Buckets fill from the front, so a free last place means that the key is nowhere further on.
ACLC_INLINE bool bucket_full(const format::HostBucket4& b) { return b.value[3] != 0; }
ACLC_INLINE bool bucket_full(const format::HostBucket6& b) { return b.value[2] != 0; }

ACLC_INLINE uint32_t index_of(const AddressMap4View& map, uint32_t key) {
  const uint32_t low = key < map.low ? map.low : key;
  const uint32_t clamped = low > map.high ? map.high : low;
  return (clamped - map.low) >> map.shift;
}
ACLC_INLINE uint32_t index_of(const AddressMap6View& map, const Key6& key) {
  const uint128 k = static_cast<uint128>(key.hi) << 64 | key.lo;
  const uint128 lowest = static_cast<uint128>(map.low.hi) << 64 | map.low.lo;
  const uint128 highest = static_cast<uint128>(map.high.hi) << 64 | map.high.lo;
  const uint128 low = k < lowest ? lowest : k;
  const uint128 clamped = low > highest ? highest : low;
  return static_cast<uint32_t>((clamped - lowest) >> map.shift);
}

template <class View, class Key>
ACLC_INLINE uint32_t find_range(const View& map, const Key& key) {
  uint32_t at = map.index[index_of(map, key)];
  for (uint32_t step = map.steps; step-- > 0;) {
    const uint32_t next = at + (uint32_t{1} << step);
    at = not_above(map.starts[next], key) ? next : at;
  }
  return map.values[at];
}

template <class View, class Key>
ACLC_INLINE uint32_t first_bucket(const View& map, const Key& key) {
  return static_cast<uint32_t>(uint64_t{host_hash(key, map.seed)} * map.bucket_span >> 32);
}

template <class View, class Key>
ACLC_INLINE uint32_t find_host(const View& map, const Key& key, uint32_t bucket) {
  uint32_t value = bucket_match(map.hosts[bucket], key);
  for (uint32_t probe = 0; __builtin_expect(value == 0 && bucket_full(map.hosts[bucket]) && probe < map.max_probe, 0); ++probe) {
    value = bucket_match(map.hosts[++bucket], key);
  }
  return value;
}

template <class View, class Key>
ACLC_INLINE uint32_t find_address(const View& map, const Key& key) {
  uint32_t range = map.values[0];
  if (map.steps != 0) range = find_range(map, key);
  if (map.bucket_span == 0) return range;
  const uint32_t host = find_host(map, key, first_bucket(map, key));
  return host != 0 ? host : range;
}

ACLC_INLINE uint32_t find_atom(const uint32_t* maps, const uint32_t* tops, const uint32_t* pages, uint32_t map, uint16_t port) {
  return pages[tops[maps[map] + (port >> 8)] + (port & 0xff)];
}

ACLC_INLINE uint32_t find_in_short(const std::byte* at, uint32_t atom) {
  const auto* row = reinterpret_cast<const format::ShortRow*>(at);
  int32_t runs = 0;
  for (uint32_t i = 0; i < format::kShortRuns; ++i) runs += row->start[i] <= static_cast<int32_t>(atom);
  return runs == 0 ? 0 : row->answer[runs - 1];
}

inline uint32_t find_in_wide(const std::byte* at, uint32_t form, uint32_t atom) {
  if (form == static_cast<uint32_t>(format::RowForm::kDense)) {
    const auto* row = reinterpret_cast<const format::DenseRow*>(at);
    const auto* answers = reinterpret_cast<const uint32_t*>(at + sizeof(format::DenseRow));
    const uint32_t i = atom - row->first;
    return i < row->count ? answers[i] : 0;
  }
  const auto* row = reinterpret_cast<const format::LongRow*>(at);
  const auto* starts = reinterpret_cast<const int32_t*>(at + sizeof(format::LongRow));
  uint32_t found = 0;
  for (uint32_t step = row->steps; step-- > 0;) {
    const uint32_t next = found + (uint32_t{1} << step);
    found = starts[next] <= static_cast<int32_t>(atom) ? next : found;
  }
  return reinterpret_cast<const uint32_t*>(starts + (size_t{1} << row->steps))[found];
}

ACLC_INLINE uint32_t find_answer(const std::byte* rows, uint32_t ref, uint32_t atom) {
  const std::byte* at = rows + uint64_t{ref >> 2} * format::kRowUnit;
  const uint32_t form = ref & 3;
  if (__builtin_expect(form == 0, 1)) return find_in_short(at, atom);
  return find_in_wide(at, form, atom);
}

}  // namespace aclc::lookup
