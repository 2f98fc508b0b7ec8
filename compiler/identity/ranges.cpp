// SPDX-License-Identifier: Apache-2.0
#include "compiler/identity/ranges.h"

#include <algorithm>

namespace aclc::identity {

namespace {

/// The next address in the order of addresses; the first of IPv6 follows the last of IPv4. False after the very last.
bool advance(Address& a) {
  if (a.is_v4()) {
    a = a.lo == UINT32_MAX ? Address::v6(0) : Address::v4(static_cast<uint32_t>(a.lo) + 1);
    return true;
  }
  if (a.bits() == ~uint128{0}) return false;
  a = Address::v6(a.bits() + 1);
  return true;
}

}  // namespace

RangeId RangeTable::add(const AddressRange& range) {
  const auto [known, is_new] = known_.try_emplace(hash_of(range), RangeId(ranges_.size()));
  if (is_new) ranges_.push_back(range);
  return known->second;
}

RangeId RangeTable::find(const AddressRange& range) const {
  const auto known = known_.find(hash_of(range));
  return known == known_.end() ? RangeId() : known->second;
}

Address RangeTable::build(size_t from, size_t to) {
  const size_t middle = from + (to - from) / 2;
  Start& at = starts_[middle];
  at.reaches = at.range.last;
  if (from < middle) at.reaches = std::max(at.reaches, build(from, middle));
  if (middle + 1 < to) at.reaches = std::max(at.reaches, build(middle + 1, to));
  return at.reaches;
}

void RangeTable::index() {
  starts_.clear();
  for (size_t i = 0; i < ranges_.size(); ++i) starts_.push_back({ranges_[i], {}, RangeId(i)});
  std::sort(starts_.begin(), starts_.end(), [](const Start& a, const Start& b) { return a.range < b.range; });
  if (!starts_.empty()) build(0, starts_.size());

  struct Event {
    Address at;
    ContentHash change;
    bool opens;
  };
  std::vector<Event> events;
  for (const AddressRange& r : ranges_) {
    events.push_back({r.first, hash_of(r), true});
    Address end = r.last;
    if (advance(end)) events.push_back({end, hash_of(r), false});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
  boundaries_.clear();
  regions_.clear();
  ContentHash open;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].opens) {
      open += events[i].change;
    } else {
      open -= events[i].change;
    }
    if (i + 1 < events.size() && events[i + 1].at == events[i].at) continue;
    boundaries_.push_back(events[i].at);
    RegionId id(size_t{0});
    if (open != ContentHash()) id = signatures_.try_emplace(open, RegionId(signatures_.size() + 1)).first->second;
    regions_.push_back(id);
  }
}

size_t RangeTable::place_of(const Address& a) const {
  return static_cast<size_t>(std::upper_bound(boundaries_.begin(), boundaries_.end(), a) - boundaries_.begin());
}

}  // namespace aclc::identity
