// SPDX-License-Identifier: Apache-2.0
// Which rules give a source something at a destination, without a look at all the others. Internal to the model.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "compiler/lint/model/cells.h"
#include "compiler/lint/model/model.h"

namespace aclc {

/// Refers to the model, which must outlive it. Looks are counted: not for several threads at once.
class RuleIndex {
 public:
  explicit RuleIndex(const AccessModel& model);

  const AccessModel& model() const { return model_; }
  /// Whether the rule counts for what others get: one with `via` does so at some routers only.
  static bool gives(const AccessRule& rule) { return !rule.via && !rule.access.empty(); }
  /// Whether the rule gives all devices of the source, as far as they satisfy the posture, what it gives.
  bool holds(const AccessRule& rule, AtomId source, uint32_t posture) const;
  /// Atoms whose rules give something at the unit too, sorted. A user's own devices are `autogroup:self` to that user, and the other
  /// way about.
  std::vector<AtomId> units_above(AtomId source, AtomId unit) const;
  /// The rules that give anything at the unit or above it, sorted.
  std::vector<uint32_t> all_towards(AtomId unit) const;
  /// stop(rule, target) for each rule, but those that `skip` holds, that gives all devices of the source something at the unit or
  /// above it, until it returns true for enough.
  template <class Skip, class F>
  void each_giver(AtomId source, uint32_t posture, AtomId unit, Skip&& skip, F&& stop) const;
  /// all(atom) for each atom among the sources, defined groups taken apart, on the way to the unit; false at the first false. Of
  /// users that no rule tells apart one is asked, unless the unit may be their own devices.
  template <class F>
  bool each_source(const AccessRule& rule, AtomId unit, F&& all) const;
  /// The same for the units of the target: a defined group is its users.
  template <class F>
  bool each_unit(const AccessTarget& target, F&& all) const;

  /// Looks at a rule so far.
  uint64_t looks() const { return looks_; }
  void look() const { ++looks_; }

 private:
  void index_rules();
  void classify_sources();
  static bool meet(std::span<const AtomId> a, std::span<const AtomId> b);
  static uint64_t bits(std::span<const AtomId> atoms);

  const AccessModel& model_;
  std::vector<std::vector<uint32_t>> by_unit_;  ///< rules that give anything, by atom
  /// They again, each by its pairs of a source and a unit; but those with very many pairs by atom.
  Cells cells_;
  std::vector<std::vector<uint32_t>> wide_by_unit_, wide_by_source_;
  /// By atom: those above it that are a source of some rule that gives anything, and a number that atoms share where these are the
  /// same: as sources no rule tells such atoms apart.
  std::vector<std::vector<AtomId>> from_;
  std::vector<uint32_t> class_;
  std::vector<std::vector<AtomId>> units_;  ///< of each rule, sorted
  /// By rule, a bit for each of its sources and units: most rules are passed over without a look at their lists.
  std::vector<uint64_t> source_bits_, unit_bits_;
  mutable std::vector<uint32_t> seen_;  ///< by class, the walk over sources that met it last
  mutable uint32_t walk_ = 0;
  mutable uint64_t looks_ = 0;
};

template <class Skip, class F>
void RuleIndex::each_giver(AtomId source, uint32_t posture, AtomId unit, Skip&& skip, F&& stop) const {
  const std::vector<AtomId> above = units_above(source, unit);
  const std::vector<AtomId>& from = from_[source];
  for (const AtomId u : above) {
    if (by_unit_[u].empty()) continue;
    looks_ += from.size();
    for (const AtomId s : from) {
      for (const Cells::Giver& g : cells_.at(s, u)) {
        ++looks_;
        const AccessRule& rule = model_.rules()[g.rule];
        if (skip(g.rule) || !model_.implies(posture, rule.posture)) continue;
        if (stop(g.rule, rule.targets[g.target])) return;
      }
    }
  }
  size_t by_units = 0, by_sources = 0;
  for (const AtomId u : above) by_units += wide_by_unit_[u].size();
  for (const AtomId s : from) by_sources += wide_by_source_[s].size();
  if (by_units == 0 || by_sources == 0) return;
  const uint64_t source_mask = bits(from), unit_mask = bits(above);
  const auto look = [&](uint32_t i, bool source_fits) {
    ++looks_;
    if ((source_fits ? unit_bits_[i] & unit_mask : source_bits_[i] & source_mask) == 0) return false;
    if (skip(i)) return false;
    const AccessRule& rule = model_.rules()[i];
    if (source_fits ? !model_.implies(posture, rule.posture) : !holds(rule, source, posture)) return false;
    if (source_fits && !meet(units_[i], above)) return false;
    for (const AccessTarget& t : rule.targets) {
      if (std::binary_search(above.begin(), above.end(), t.unit) && stop(i, t)) return true;
    }
    return false;
  };
  if (by_units <= by_sources) {
    for (const AtomId u : above) {
      for (const uint32_t i : wide_by_unit_[u]) {
        if (look(i, false)) return;
      }
    }
  } else {
    for (const AtomId s : from) {
      for (const uint32_t i : wide_by_source_[s]) {
        if (look(i, true)) return;
      }
    }
  }
}

template <class F>
bool RuleIndex::each_source(const AccessRule& rule, AtomId unit, F&& all) const {
  const bool alike = unit != model_.self() && !model_.is_user(unit);
  const uint32_t walk = ++walk_;
  for (const AtomId s : rule.sources) {
    if (!model_.is_defined_group(s)) {
      if (!all(s)) return false;
      continue;
    }
    for (const AtomId m : model_.members(s)) {
      if (alike && std::exchange(seen_[class_[m]], walk) == walk) continue;
      if (!all(m)) return false;
    }
  }
  return true;
}

template <class F>
bool RuleIndex::each_unit(const AccessTarget& target, F&& all) const {
  if (!model_.is_defined_group(target.unit)) return all(target);
  for (const AtomId m : model_.members(target.unit)) {
    AccessTarget one = target;
    one.unit = m;
    if (!all(one)) return false;
  }
  return true;
}

}  // namespace aclc
