// SPDX-License-Identifier: Apache-2.0
#include "base/net/ports.h"

#include <algorithm>

namespace aclc {
namespace {

// Appends r, which starts no earlier than anything in out.
void append(std::vector<PortRange>& out, const PortRange& r) {
  if (!out.empty() && r.first <= out.back().last + 1) {
    out.back().last = std::max(out.back().last, r.last);
  } else {
    out.push_back(r);
  }
}

}  // namespace

std::string PortRange::to_text() const {
  if (is_all()) return "*";
  if (first == last) return std::to_string(first);
  return std::to_string(first) + "-" + std::to_string(last);
}

PortSet PortSet::of(std::vector<PortRange> ranges) {
  std::sort(ranges.begin(), ranges.end());
  PortSet set;
  for (const PortRange& r : ranges) append(set.ranges_, r);
  return set;
}

void PortSet::add(const PortRange& r) {
  std::vector<PortRange> all = ranges_;
  all.push_back(r);
  *this = of(std::move(all));
}

PortSet PortSet::unite(const PortSet& o) const {
  std::vector<PortRange> all = ranges_;
  all.insert(all.end(), o.ranges_.begin(), o.ranges_.end());
  return of(std::move(all));
}

PortSet PortSet::subtract(const PortSet& o) const {
  PortSet out;
  for (const PortRange& a : ranges_) {
    uint32_t at = a.first;  // wider than a port: one past 65535 means nothing is left
    for (const PortRange& b : o.ranges_) {
      if (b.last < at || b.first > a.last) continue;
      if (at < b.first) out.ranges_.push_back({static_cast<uint16_t>(at), static_cast<uint16_t>(b.first - 1)});
      at = b.last + uint32_t{1};
    }
    if (at <= a.last) out.ranges_.push_back({static_cast<uint16_t>(at), a.last});
  }
  return out;
}

PortSet PortSet::intersect(const PortSet& o) const {
  PortSet out;
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

bool PortSet::contains(uint16_t p) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), p,
                                   [](const PortRange& r, uint16_t port) { return r.last < port; });
  return at != ranges_.end() && at->first <= p;
}

bool PortSet::contains(const PortSet& o) const { return o.subtract(*this).empty(); }

std::string PortSet::to_text() const {
  std::string out;
  for (const PortRange& r : ranges_) {
    if (!out.empty()) out += ',';
    out += r.to_text();
  }
  return out;
}

}  // namespace aclc
