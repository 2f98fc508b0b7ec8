// SPDX-License-Identifier: Apache-2.0
#include "base/net/address_set.h"

#include <algorithm>

namespace aclc {
namespace {

uint128 last_bits(Family family) { return family == Family::kV4 ? uint128{UINT32_MAX} : ~uint128{0}; }

Address after(const Address& a) { return Address::of(a.family, a.bits() + 1); }
Address before(const Address& a) { return Address::of(a.family, a.bits() - 1); }
bool is_last(const Address& a) { return a.bits() == last_bits(a.family); }

// Whether b, which starts no earlier than a, overlaps a or follows it without a gap.
bool joins(const AddressRange& a, const AddressRange& b) {
  if (a.first.family != b.first.family) return false;
  return b.first <= a.last || (!is_last(a.last) && b.first == after(a.last));
}

// Appends r, which starts no earlier than anything in out.
void append(std::vector<AddressRange>& out, const AddressRange& r) {
  if (!out.empty() && joins(out.back(), r)) {
    out.back().last = std::max(out.back().last, r.last);
  } else {
    out.push_back(r);
  }
}

bool ends_before(const AddressRange& r, const Address& a) { return r.last < a; }

void append_prefixes(std::vector<Prefix>& out, const AddressRange& r) {
  const Family family = r.first.family;
  const int width = address_bits(family);
  uint128 at = r.first.bits();
  const uint128 last = r.last.bits();
  for (;;) {
    // The largest block that starts here, is aligned and does not pass the end.
    int host_bits = 0;
    while (host_bits < width) {
      const uint128 wider = host_bits + 1 == 128 ? ~uint128{0} : (uint128{1} << (host_bits + 1)) - 1;
      if ((at & wider) != 0 || last - at < wider) break;
      ++host_bits;
    }
    out.push_back({Address::of(family, at), static_cast<uint8_t>(width - host_bits)});
    const uint128 block_end = at | (host_bits == 128 ? ~uint128{0} : (uint128{1} << host_bits) - 1);
    if (block_end == last) return;
    at = block_end + 1;
  }
}

}  // namespace

AddressSet AddressSet::of(std::vector<AddressRange> ranges) {
  AddressSet set;
  if (!std::is_sorted(ranges.begin(), ranges.end())) std::sort(ranges.begin(), ranges.end());
  size_t kept = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (kept != 0 && joins(ranges[kept - 1], ranges[i])) {
      ranges[kept - 1].last = std::max(ranges[kept - 1].last, ranges[i].last);
    } else {
      ranges[kept++] = ranges[i];
    }
  }
  ranges.resize(kept);
  set.ranges_ = std::move(ranges);
  return set;
}

void AddressSet::add(const AddressRange& r) {
  if (ranges_.empty() || ranges_.back().first <= r.first) return append(ranges_, r);
  // [from, to) are the ranges that r overlaps or touches.
  auto from = std::lower_bound(ranges_.begin(), ranges_.end(), r.first, ends_before);
  if (from != ranges_.begin() && joins(*(from - 1), r)) --from;
  auto to = from;
  AddressRange joined = r;
  while (to != ranges_.end() && (to->first <= joined.first ? joins(*to, joined) : joins(joined, *to))) {
    joined.first = std::min(joined.first, to->first);
    joined.last = std::max(joined.last, to->last);
    ++to;
  }
  if (from == to) {
    ranges_.insert(from, joined);
  } else {
    *from = joined;
    ranges_.erase(from + 1, to);
  }
}

void AddressSet::add(const AddressSet& o) {
  if (o.ranges_.size() == 1) return add(o.ranges_.front());
  if (!o.empty()) *this = unite(o);
}

void AddressSet::remove(const AddressRange& r) {
  auto from = std::lower_bound(ranges_.begin(), ranges_.end(), r.first, ends_before);
  auto to = from;
  while (to != ranges_.end() && to->overlaps(r)) ++to;
  if (from == to) return;
  std::vector<AddressRange> rest;
  if (from->first < r.first) rest.push_back({from->first, before(r.first)});
  if (r.last < (to - 1)->last) rest.push_back({after(r.last), (to - 1)->last});
  from = ranges_.erase(from, to);
  ranges_.insert(from, rest.begin(), rest.end());
}

void AddressSet::remove(const AddressSet& o) {
  if (o.ranges_.size() == 1) return remove(o.ranges_.front());
  if (!o.empty()) *this = subtract(o);
}

AddressSet AddressSet::unite(const AddressSet& o) const {
  AddressSet out;
  out.ranges_.reserve(ranges_.size() + o.ranges_.size());
  auto a = ranges_.begin();
  auto b = o.ranges_.begin();
  while (a != ranges_.end() || b != o.ranges_.end()) {
    const bool from_a = b == o.ranges_.end() || (a != ranges_.end() && a->first <= b->first);
    append(out.ranges_, from_a ? *a++ : *b++);
  }
  return out;
}

AddressSet AddressSet::subtract(const AddressSet& o) const {
  AddressSet out;
  auto b = o.ranges_.begin();
  for (const AddressRange& a : ranges_) {
    while (b != o.ranges_.end() && b->last < a.first) ++b;
    Address at = a.first;
    bool left = true;
    for (auto c = b; c != o.ranges_.end() && c->first <= a.last; ++c) {
      if (at < c->first) out.ranges_.push_back({at, before(c->first)});
      if (a.last <= c->last) {
        left = false;
        break;
      }
      at = after(c->last);
    }
    if (left) out.ranges_.push_back({at, a.last});
  }
  return out;
}

AddressSet AddressSet::intersect(const AddressSet& o) const {
  AddressSet out;
  auto a = ranges_.begin();
  auto b = o.ranges_.begin();
  while (a != ranges_.end() && b != o.ranges_.end()) {
    if (a->overlaps(*b)) out.ranges_.push_back({std::max(a->first, b->first), std::min(a->last, b->last)});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return out;
}

bool AddressSet::contains(const Address& a) const { return contains(AddressRange{a, a}); }

bool AddressSet::contains(const AddressRange& r) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), r.first, ends_before);
  return at != ranges_.end() && at->first <= r.first && r.last <= at->last;
}

bool AddressSet::contains(const AddressSet& o) const {
  return std::all_of(o.ranges_.begin(), o.ranges_.end(), [this](const AddressRange& r) { return contains(r); });
}

bool AddressSet::overlaps(const AddressRange& r) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), r.first, ends_before);
  return at != ranges_.end() && at->overlaps(r);
}

bool AddressSet::overlaps(const AddressSet& o) const {
  auto a = ranges_.begin();
  auto b = o.ranges_.begin();
  while (a != ranges_.end() && b != o.ranges_.end()) {
    if (a->overlaps(*b)) return true;
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return false;
}

std::vector<Prefix> AddressSet::prefixes() const {
  std::vector<Prefix> out;
  for (const AddressRange& r : ranges_) append_prefixes(out, r);
  return out;
}

std::vector<std::string> AddressSet::texts() const {
  std::vector<std::string> out;
  out.reserve(ranges_.size());
  for (const AddressRange& r : ranges_) out.push_back(r.to_text());
  return out;
}

}  // namespace aclc
