// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/address_map.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "evaluator/program/hash.h"

namespace aclc {
namespace {

using format::HostBucket4;
using format::HostBucket6;
using format::Key6;

constexpr uint32_t kGoodProbe = 6;
constexpr uint32_t kWorstProbe = 48;
constexpr uint64_t kMostBuckets = uint64_t{1} << 28;
constexpr uint32_t kMostIndex = 1 << 16;

// numeric_limits knows nothing of __int128 under strict ISO modes.
template <class Number>
constexpr Number kHighest = static_cast<Number>(~Number{0});

uint32_t key_of(uint32_t n) { return n; }
Key6 key_of(uint128 n) { return {static_cast<uint64_t>(n >> 64), static_cast<uint64_t>(n)}; }

constexpr int slots(const HostBucket4&) { return 4; }
constexpr int slots(const HostBucket6&) { return 3; }
void put(HostBucket4& b, int slot, uint32_t key, uint32_t value) { b.key[slot] = key, b.value[slot] = value; }
void put(HostBucket6& b, int slot, const Key6& key, uint32_t value) { b.hi[slot] = key.hi, b.lo[slot] = key.lo, b.value[slot] = value; }

// Segments of one address become hosts, and their place goes to a neighbour: what is left is long and few.
template <class Number>
void split_hosts(AddressValues<Number>& values) {
  std::vector<std::pair<Number, uint32_t>> kept;
  std::vector<std::pair<Number, uint32_t>> singles;
  const auto& segments = values.segments;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    const bool single = last ? segments[i].first == kHighest<Number> : segments[i + 1].first - segments[i].first == 1;
    const bool moves = single && segments[i].second != 0 && (!kept.empty() || !last);
    if (moves) singles.push_back(segments[i]);
    if (moves && !kept.empty()) continue;
    // A first segment that moved takes the value of the next.
    const uint32_t value = moves ? segments[i + 1].second : segments[i].second;
    if (kept.empty() || kept.back().second != value) kept.push_back({segments[i].first, value});
  }
  values.segments = std::move(kept);
  if (singles.empty()) return;
  std::vector<std::pair<Number, uint32_t>> all(values.hosts.size() + singles.size());
  const auto earlier = [](const auto& a, const auto& b) { return a.first < b.first; };
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  std::merge(values.hosts.begin(), values.hosts.end(), singles.begin(), singles.end(), all.begin(), earlier);
  all.erase(std::unique(all.begin(), all.end(), same), all.end());  // of equals, what the caller called a host
  values.hosts = std::move(all);
}

// Places every host, or gives up where one would be too far from home.
template <class Bucket, class Number>
bool place(const std::vector<std::pair<Number, uint32_t>>& hosts, uint64_t seed, uint32_t span, uint32_t limit, std::vector<Bucket>& buckets,
           uint32_t& max_probe) {
  buckets.assign(size_t{span} + limit, Bucket{});
  max_probe = 0;
  for (const auto& [number, value] : hosts) {
    const auto key = key_of(number);
    const auto home = static_cast<uint32_t>(uint64_t{host_hash(key, seed)} * span >> 32);
    uint32_t probe = 0;
    for (;; ++probe) {
      if (probe > limit || size_t{home} + probe >= buckets.size()) return false;
      Bucket& bucket = buckets[home + probe];
      int slot = 0;
      while (slot < slots(bucket) && bucket.value[slot] != 0) ++slot;
      if (slot == slots(bucket)) continue;
      put(bucket, slot, key, value);
      break;
    }
    max_probe = std::max(max_probe, probe);
  }
  buckets.resize(size_t{span} + max_probe);
  return true;
}

template <class Bucket, class Number>
bool write_hosts(const std::vector<std::pair<Number, uint32_t>>& hosts, SectionWriter& out, format::AddressMap& map) {
  if (hosts.empty()) return true;
  constexpr int kSlots = sizeof(Bucket) == sizeof(HostBucket4) ? 4 : 3;
  std::vector<Bucket> buckets;
  // Small tables can be roomy; large ones are half full, so that fewer cache lines hold them.
  uint64_t span = hosts.size() < 4096 ? hosts.size() : hosts.size() * 2 / kSlots;
  span = std::max<uint64_t>(span, 1);
  uint64_t seed = 0x9e3779b97f4a7c15u;
  for (int attempt = 0; span <= kMostBuckets; ++attempt) {
    const uint32_t limit = attempt < 6 ? kGoodProbe : kWorstProbe;
    uint32_t max_probe = 0;
    if (place(hosts, seed, static_cast<uint32_t>(span), limit, buckets, max_probe)) {
      map.hosts = out.add(buckets);
      map.seed = seed;
      map.bucket_span = static_cast<uint32_t>(span);
      map.max_probe = max_probe;
      return true;
    }
    seed = (seed * 0xd1342543de82ef95u + 0x2545f4914f6cdd1du) | 1;
    if (attempt % 3 == 2) span += span / 2 + 1;
  }
  return false;
}

template <class Number>
void write_ranges(const std::vector<std::pair<Number, uint32_t>>& segments, SectionWriter& out, format::AddressMap& map) {
  using Key = decltype(key_of(Number{}));
  const size_t n = segments.size();
  Number low = 0;
  Number high = 0;
  std::vector<uint32_t> index = {0};
  if (n > 1) {
    low = segments[1].first - 1;
    high = segments[n - 1].first;
    const uint64_t most = std::clamp<uint64_t>(std::bit_ceil(n * 16), 16, kMostIndex);
    while ((high - low) >> map.shift >= most) ++map.shift;
    index.clear();
    uint32_t widest = 1;
    size_t at = 0;
    const auto buckets = static_cast<uint64_t>((high - low) >> map.shift) + 1;
    for (uint64_t b = 0; b < buckets; ++b) {
      const Number first = low + (static_cast<Number>(b) << map.shift);
      while (at + 1 < n && segments[at + 1].first <= first) ++at;
      index.push_back(static_cast<uint32_t>(at));
      const Number room = kHighest<Number> - first;
      const Number width = (static_cast<Number>(1) << map.shift) - 1;
      const Number last = first + std::min(room, width);
      size_t end = at;
      while (end + 1 < n && segments[end + 1].first <= last) ++end;
      widest = std::max(widest, static_cast<uint32_t>(end - at));
    }
    map.steps = static_cast<uint32_t>(std::bit_width(widest));
  }
  std::vector<Key> starts;
  std::vector<uint32_t> values;
  for (const auto& [start, value] : segments) {
    starts.push_back(key_of(start));
    values.push_back(value);
  }
  // A search may look past the end; what it finds there has the last value.
  const uint32_t last_value = values.back();
  for (size_t i = 0; i < size_t{1} << map.steps; ++i) {
    starts.push_back(key_of(kHighest<Number>));
    values.push_back(last_value);
  }
  const uint128 wide_low = low;
  const uint128 wide_high = high;
  map.low_hi = static_cast<uint64_t>(wide_low >> 64), map.low_lo = static_cast<uint64_t>(wide_low);
  map.high_hi = static_cast<uint64_t>(wide_high >> 64), map.high_lo = static_cast<uint64_t>(wide_high);
  map.starts = out.add(starts);
  map.values = out.add(values);
  map.index = out.add(index);
}

template <class Bucket, class Number>
bool write_any(AddressValues<Number> values, SectionWriter& out, format::AddressMap& map) {
  split_hosts(values);
  write_ranges(values.segments, out, map);
  return write_hosts<Bucket>(values.hosts, out, map);
}

}  // namespace

bool write_address_map(AddressValues<uint32_t> values, SectionWriter& out, format::AddressMap& map) {
  return write_any<HostBucket4>(std::move(values), out, map);
}

bool write_address_map(AddressValues<uint128> values, SectionWriter& out, format::AddressMap& map) {
  return write_any<HostBucket6>(std::move(values), out, map);
}

}  // namespace aclc
