// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/element_change.h"

namespace aclc::nft {
namespace {

// In units of what adding an element to a new set costs. As measured, removing from a set with ranges is some 1/6 of that for each
// element in the set, and a change of a set in use copies it, at 1/50 for each element.
constexpr size_t kWalk = 6;
constexpr size_t kCopy = 50;

void compare(const std::vector<Box>& from, const std::vector<Box>& to, ElementChange& out) {
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    if (i < from.size() && j < to.size() && place(from[i]) == place(to[j])) {
      ++i, ++j;
    } else if (j == to.size() || (i < from.size() && place(from[i]) < place(to[j]))) {
      out.gone.push_back(&from[i++]);
    } else {
      out.come.push_back(&to[j++]);
    }
  }
}

ElementChange change_of(const SetPlan& set, uint64_t generation) {
  return {set.name + "_g" + std::to_string(generation), set.key, set.has_ranges(), {}, {}};
}

}  // namespace

std::vector<ElementChange> all_elements(const FilterBoxes& boxes, uint64_t generation) {
  std::vector<ElementChange> out;
  for (const SetPlan& set : sets_of(boxes)) {
    if (set.key == Key::kSelf) continue;
    ElementChange& change = out.emplace_back(change_of(set, generation));
    change.come.reserve(set.boxes->size());
    for (const Box& box : *set.boxes) change.come.push_back(&box);
  }
  return out;
}

std::optional<std::vector<ElementChange>> delta(const FilterBoxes& from, const FilterBoxes& to, uint64_t generation) {
  const auto old_sets = sets_of(from), new_sets = sets_of(to);
  if (old_sets.size() != new_sets.size() || from.v4.self != to.v4.self || from.v6.self != to.v6.self) return std::nullopt;
  std::vector<ElementChange> out;
  size_t cost = 0, anew = 0;
  for (size_t i = 0; i < old_sets.size(); ++i) {
    const SetPlan& before = old_sets[i];
    const SetPlan& after = new_sets[i];
    if (before.name != after.name) return std::nullopt;
    if (before.key == Key::kSelf) continue;
    anew += after.size();
    ElementChange change = change_of(before, generation);
    compare(*before.boxes, *after.boxes, change);
    if (change.gone.empty() && change.come.empty()) continue;
    if (change.has_ranges != after.has_ranges()) return std::nullopt;
    cost += change.gone.size() * (change.has_ranges ? 1 + before.size() / kWalk : 1) + change.come.size() + before.size() / kCopy;
    out.push_back(std::move(change));
  }
  // Few elements are worth a change in place even where that costs a little more: all others keep their counts.
  constexpr size_t kFew = 64;
  if (cost > anew + kFew) return std::nullopt;
  return out;
}

}  // namespace aclc::nft
