// SPDX-License-Identifier: Apache-2.0
// Addresses that some sets cannot tell apart. Internal to compiler/diff.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "base/net/address_set.h"

namespace aclc {

struct AddressClass {
  AddressSet addresses;
  std::vector<uint32_t> in;  ///< the sets that hold them, by index, sorted
};

/// The classes of all addresses that are in some set.
inline std::vector<AddressClass> address_classes(const std::vector<AddressSet>& sets) {
  struct Event {
    Address at;
    bool ends;  ///< after the address
    uint32_t set;
  };
  std::vector<Event> events;
  for (uint32_t i = 0; i < sets.size(); ++i) {
    for (const AddressRange& r : sets[i].ranges()) {
      events.push_back({r.first, false, i});
      events.push_back({r.last, true, i});
    }
  }
  const auto position = [](const Event& e) { return std::pair(e.at, e.ends); };
  std::sort(events.begin(), events.end(), [&](const Event& a, const Event& b) { return position(a) < position(b); });
  std::map<std::vector<uint32_t>, std::vector<AddressRange>> classes;
  std::vector<uint32_t> open;  // sorted
  for (size_t i = 0; i < events.size(); ++i) {
    const Event& e = events[i];
    const auto place = std::lower_bound(open.begin(), open.end(), e.set);
    if (e.ends) {
      open.erase(place);
    } else {
      open.insert(place, e.set);
    }
    if (open.empty() || i + 1 == events.size() || position(events[i + 1]) == position(e)) continue;
    const Event& next = events[i + 1];
    const uint128 first = e.at.bits() + (e.ends ? 1 : 0);
    const uint128 last = next.at.bits() - (next.ends ? 0 : 1);
    if (e.ends && !next.ends && e.at.bits() + 1 == next.at.bits()) continue;  // nothing between them
    classes[open].push_back({Address::of(e.at.family, first), Address::of(e.at.family, last)});
  }
  std::vector<AddressClass> out;
  for (auto& [in, ranges] : classes) out.push_back({AddressSet::of(std::move(ranges)), in});
  return out;
}

}  // namespace aclc
