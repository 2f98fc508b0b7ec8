// SPDX-License-Identifier: Apache-2.0
// The steps of a decision over checked tables (see program/format.h). Private to this folder and to the code that builds tables.
// Branches that depend on the packet are avoided: a wrong guess costs more than the work it would save.
#pragma once

#include <cstdint>

#include "evaluator/program/format.h"
#include "evaluator/program/hash.h"
#include "evaluator/program/program.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define ACLC_INLINE inline __attribute__((always_inline))

namespace aclc::lookup {

using format::Key6;

ACLC_INLINE bool not_above(uint32_t a, uint32_t b) { return a <= b; }
ACLC_INLINE bool not_above(const Key6& a, const Key6& b) {
  return (static_cast<uint128>(a.hi) << 64 | a.lo) <= (static_cast<uint128>(b.hi) << 64 | b.lo);
}

// Compilers like to make branches of these, and which slot matches cannot be guessed: hence the intrinsics and the masks.
ACLC_INLINE uint32_t bucket_match(const format::HostBucket4& b, uint32_t key) {
#ifdef __SSE2__
  const __m128i keys = _mm_load_si128(reinterpret_cast<const __m128i*>(b.key));
  const __m128i values = _mm_load_si128(reinterpret_cast<const __m128i*>(b.value));
  __m128i found = _mm_and_si128(_mm_cmpeq_epi32(keys, _mm_set1_epi32(static_cast<int>(key))), values);
  found = _mm_or_si128(found, _mm_unpackhi_epi64(found, found));
  const auto pair = static_cast<uint64_t>(_mm_cvtsi128_si64(found));
  return static_cast<uint32_t>(pair | pair >> 32);
#else
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= b.value[i] & (0u - static_cast<uint32_t>(b.key[i] == key));
  return value;
#endif
}
ACLC_INLINE uint32_t bucket_match(const format::HostBucket6& b, const Key6& key) {
  uint32_t value = 0;
  for (int i = 0; i < 3; ++i) {
    uint32_t same = ((b.hi[i] ^ key.hi) | (b.lo[i] ^ key.lo)) == 0;
    asm("" : "+r"(same));  // keeps the comparison a number
    value |= b.value[i] & (0u - same);
  }
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
  // Whether the bucket is full is asked first, since the answer is nearly always the same.
  for (uint32_t probe = 0; __builtin_expect(bucket_full(map.hosts[bucket]), 0) && value == 0 && probe < map.max_probe; ++probe) {
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
  uint32_t unknown = host == 0;
  asm("" : "+r"(unknown));
  return host | (range & (0u - unknown));
}

ACLC_INLINE uint32_t find_atom(const uint32_t* maps, const uint32_t* tops, const uint32_t* pages, uint32_t map, uint16_t port) {
  return pages[tops[maps[map] + (port >> 8)] + (port & 0xff)];
}

ACLC_INLINE uint32_t find_in_short(const std::byte* at, uint32_t atom) {
  const auto* row = reinterpret_cast<const format::ShortRow*>(at);
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(atom));
  const __m128i low = _mm_cmpgt_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(row->start)), wanted);
  const __m128i high = _mm_cmpgt_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(row->start + 4)), wanted);
  const auto above = static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi32(low, high)));
  // Two bits for each start; the last start is above every atom.
  return row->answer[static_cast<uint32_t>(__builtin_ctz(above)) / 2];
#else
  uint32_t runs = 0;
  for (uint32_t i = 0; i < format::kShortRuns; ++i) runs += row->start[i] <= static_cast<int32_t>(atom);
  return row->answer[runs];
#endif
}

inline uint32_t find_in_wide(const std::byte* at, uint32_t form, uint32_t atom) {
  if (form == static_cast<uint32_t>(format::RowForm::kDense)) {
    const auto* row = reinterpret_cast<const format::DenseRow*>(at);
    const auto* answers = reinterpret_cast<const uint32_t*>(at + sizeof(format::DenseRow));
    const uint32_t i = atom - row->first;
    return i < row->count ? answers[i] : 0;
  }
  if (form == static_cast<uint32_t>(format::RowForm::kRanked)) {
    const auto* row = reinterpret_cast<const format::RankedRow*>(at);
    const auto* words = reinterpret_cast<const format::RankedWord*>(at + sizeof(format::RankedRow));
    const uint32_t i = atom - row->first;
    if (i / 64 >= row->word_count) return 0;
    const format::RankedWord& word = words[i / 64];
    const uint64_t until = word.begins & (~uint64_t{0} >> (63 - i % 64));
    const uint32_t run = word.before + static_cast<uint32_t>(__builtin_popcountll(until));
    return reinterpret_cast<const uint32_t*>(words + row->word_count)[run];
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

// Fetches what find_answer will read first.
ACLC_INLINE void prefetch_row(const std::byte* rows, uint32_t ref, uint32_t atom) {
  const std::byte* at = rows + uint64_t{ref >> 2} * format::kRowUnit;
  __builtin_prefetch(at);
  // The words of a ranked row are a line or more away; where there is no such row the hint does no harm.
  if ((ref & 3) == static_cast<uint32_t>(format::RowForm::kRanked)) __builtin_prefetch(at + sizeof(format::RankedRow) + uint64_t{atom / 64} * 16);
}

ACLC_INLINE uint32_t find_answer(const std::byte* rows, uint32_t ref, uint32_t atom) {
  const std::byte* at = rows + uint64_t{ref >> 2} * format::kRowUnit;
  const uint32_t form = ref & 3;
  if (__builtin_expect(form == 0, 1)) return find_in_short(at, atom);
  return find_in_wide(at, form, atom);
}

}  // namespace aclc::lookup
