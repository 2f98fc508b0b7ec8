// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/plane_builder.h"

#include <algorithm>

#include "evaluator/program/address_map.h"
#include "evaluator/program/rows.h"
#include "evaluator/program/sweep.h"

namespace aclc {
namespace {

constexpr uint32_t kRowSpace = uint32_t{1} << 30;  // row references have this many units

template <class Number>
Number number_of(const Address& a) {
  return static_cast<Number>(a.bits());
}

std::span<const AddressRange> of_family(std::span<const AddressRange> ranges, Family family) {
  const auto border = std::partition_point(ranges.begin(), ranges.end(), [](const AddressRange& r) { return r.first.is_v4(); });
  const auto v4 = static_cast<size_t>(border - ranges.begin());
  return family == Family::kV4 ? ranges.first(v4) : ranges.subspan(v4);
}

// Ids of intervals at the destination: the addresses that are local at all, then the entries of rules.
constexpr uint32_t kLocal = 0;

template <class Number>
BuildFault build_destinations(const FilterInput& input, Family family, PortMaps& maps, uint64_t& work, AddressValues<Number>& values) {
  std::vector<Interval<Number>> intervals;
  const auto local = of_family(input.destinations.ranges(), family);
  for (const AddressRange& r : local) intervals.push_back({number_of<Number>(r.first), number_of<Number>(r.last), kLocal});
  for (uint32_t e = 0; e < input.entries.size(); ++e) {
    // Both lists ascend; only what is local matters.
    const auto wanted = of_family(input.entries[e].addresses->ranges(), family);
    size_t i = 0;
    for (const AddressRange& w : wanted) {
      while (i < local.size() && local[i].last < w.first) ++i;
      for (size_t k = i; k < local.size() && local[k].first <= w.last; ++k) {
        intervals.push_back({number_of<Number>(std::max(w.first, local[k].first)), number_of<Number>(std::min(w.last, local[k].last)), e + 1});
        if (work-- == 0) return BuildFault::kTooMuchWork;
      }
    }
  }
  ListPool classes;
  std::vector<uint32_t> map_of_class;
  std::vector<uint32_t> entries;
  BuildFault fault = maps.add_class({}, work);  // class 0: not local
  map_of_class.push_back(0);
  const bool done = sweep(std::move(intervals), static_cast<Number>(~Number{0}), work, [&](Number first, Number, std::span<const uint32_t> ids) {
    const uint32_t c = classes.intern(ids);
    if (c == map_of_class.size() && fault == BuildFault::kNone) {
      entries.clear();
      for (const uint32_t id : ids.subspan(1)) entries.push_back(id - 1);
      map_of_class.push_back(static_cast<uint32_t>(maps.maps().size()));
      fault = maps.add_class(entries, work);
    }
    const uint32_t value = c < map_of_class.size() ? map_of_class[c] : 0;
    if (values.segments.empty() || values.segments.back().second != value) values.segments.push_back({first, value});
  });
  return done ? fault : BuildFault::kTooMuchWork;
}

template <class Number>
BuildFault build_sources(const FilterInput& input, Family family, Rows& rows, uint64_t max_bytes, uint64_t& work, AddressValues<Number>& values) {
  std::vector<Interval<Number>> intervals;
  std::vector<std::pair<Number, uint32_t>> hosts;
  for (uint32_t s = 0; s < input.sets.size(); ++s) {
    for (const AddressRange& r : of_family(input.sets[s].ranges(), family)) {
      if (r.first == r.last) {
        hosts.push_back({number_of<Number>(r.first), s});
      } else {
        intervals.push_back({number_of<Number>(r.first), number_of<Number>(r.last), s});
      }
    }
  }
  bool room = true;
  ListPool lists;
  struct Segment {
    Number first;
    uint32_t list;
  };
  std::vector<Segment> segments;
  const bool done = sweep(std::move(intervals), static_cast<Number>(~Number{0}), work, [&](Number first, Number, std::span<const uint32_t> sets) {
    if (!room) return;
    segments.push_back({first, lists.intern(sets)});
    const uint32_t row = rows.row_of(sets, max_bytes, work);
    room = row != Rows::kNoRow;
    values.segments.push_back({first, row});
  });
  if (!done || !room) return BuildFault::kTooMuchWork;
  std::sort(hosts.begin(), hosts.end());
  std::vector<uint32_t> own;
  std::vector<uint32_t> sets;
  size_t at = 0;
  for (size_t i = 0; i < hosts.size();) {
    const Number address = hosts[i].first;
    own.clear();
    for (; i < hosts.size() && hosts[i].first == address; ++i) own.push_back(hosts[i].second);
    while (at + 1 < segments.size() && segments[at + 1].first <= address) ++at;
    const std::span<const uint32_t> around = lists[segments[at].list];
    sets.clear();
    std::merge(own.begin(), own.end(), around.begin(), around.end(), std::back_inserter(sets));
    if (sets.size() > work) return BuildFault::kTooMuchWork;
    work -= sets.size();
    const uint32_t row = rows.row_of(sets, max_bytes, work);
    if (row == Rows::kNoRow) return BuildFault::kTooMuchWork;
    if (row != values.segments[at].second) values.hosts.push_back({address, row});
  }
  return rows.bytes().size() / format::kRowUnit >= kRowSpace || rows.bytes().size() > max_bytes ? BuildFault::kTooLarge : BuildFault::kNone;
}

// Neighbours with one value are one segment.
template <class Number>
void join_segments(AddressValues<Number>& values) {
  auto& segments = values.segments;
  segments.erase(std::unique(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a.second == b.second; }), segments.end());
}

template <class Number>
BuildFault build(const FilterInput& input, Family family, uint64_t max_bytes, uint64_t& work, std::vector<std::byte>& out) {
  PortMaps maps(input, family, max_bytes);
  AddressValues<Number> destinations;
  if (const BuildFault fault = build_destinations(input, family, maps, work, destinations); fault != BuildFault::kNone) return fault;
  Rows rows(maps.taken(), maps.atom_count());
  AddressValues<Number> sources;
  if (const BuildFault fault = build_sources(input, family, rows, max_bytes, work, sources); fault != BuildFault::kNone) return fault;
  join_segments(sources);

  format::PlaneHeader header{};
  std::copy(maps.kinds().begin(), maps.kinds().end(), header.kinds);
  header.kind_count = maps.kind_count();
  header.rule_count = static_cast<uint32_t>(input.rules.size());
  header.atom_count = maps.atom_count();
  SectionWriter writer(sizeof header);
  if (!write_address_map(std::move(sources), writer, header.sources)) return BuildFault::kTooLarge;
  if (!write_address_map(std::move(destinations), writer, header.destinations)) return BuildFault::kTooLarge;
  header.maps = writer.add(maps.maps());
  header.tops = writer.add(maps.tops());
  header.pages = writer.add(maps.pages());
  header.rows = writer.add(rows.bytes());
  out = std::move(writer).finish(header);
  return out.size() > max_bytes ? BuildFault::kTooLarge : BuildFault::kNone;
}

}  // namespace

BuildFault build_plane(const FilterInput& input, Family family, uint64_t max_bytes, uint64_t& work, std::vector<std::byte>& out) {
  return family == Family::kV4 ? build<uint32_t>(input, family, max_bytes, work, out) : build<uint128>(input, family, max_bytes, work, out);
}

}  // namespace aclc
