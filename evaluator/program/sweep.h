// SPDX-License-Identifier: Apache-2.0
// Walks overlapping intervals in order and shows every stretch between two borders with the intervals that cover it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace aclc {

template <class Number>
struct Interval {
  Number first;
  Number last;  ///< inclusive
  uint32_t id;
};

/// Calls visit(first, last, ids) for stretches that cover 0..highest without a gap; ids ascend and may be empty. Intervals of equal
/// id must not overlap. Stops early, and returns false, when `work` runs out.
template <class Number, class Visit>
bool sweep(std::vector<Interval<Number>> intervals, Number highest, uint64_t& work, Visit visit) {
  std::vector<Interval<Number>> closing = intervals;
  std::sort(intervals.begin(), intervals.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.id < b.id; });
  std::sort(closing.begin(), closing.end(), [](const auto& a, const auto& b) { return a.last != b.last ? a.last < b.last : a.id < b.id; });
  std::vector<uint32_t> active;
  std::vector<uint32_t> next;
  std::vector<uint32_t> opened;
  std::vector<uint32_t> closed;
  size_t open = 0;
  size_t close = 0;
  Number at = 0;
  for (;;) {
    opened.clear();
    while (open < intervals.size() && intervals[open].first == at) opened.push_back(intervals[open++].id);
    // An id that closes and opens again at one border stays.
    next.clear();
    auto gone = closed.begin();
    auto come = opened.begin();
    for (const uint32_t id : active) {
      while (gone != closed.end() && *gone < id) ++gone;
      if (gone != closed.end() && *gone == id) continue;
      while (come != opened.end() && *come < id) next.push_back(*come++);
      next.push_back(id);
    }
    next.insert(next.end(), come, opened.end());
    active.swap(next);
    Number end = highest;
    if (open < intervals.size()) end = std::min<Number>(end, static_cast<Number>(intervals[open].first - 1));
    if (close < closing.size()) end = std::min(end, closing[close].last);
    const uint64_t cost = active.size() + 1;
    if (cost > work) return false;
    work -= cost;
    visit(at, end, std::span<const uint32_t>(active));
    if (end == highest) return true;
    closed.clear();
    while (close < closing.size() && closing[close].last == end) closed.push_back(closing[close++].id);
    at = static_cast<Number>(end + 1);
  }
}

}  // namespace aclc
