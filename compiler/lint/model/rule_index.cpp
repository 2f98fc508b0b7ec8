// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/rule_index.h"

#include <map>

namespace aclc {
namespace {

constexpr size_t kMaxPairs = 64;  ///< of a source and a destination of one rule that are kept one by one

void sort_unique(std::vector<uint32_t>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

uint64_t bit(AtomId atom) { return uint64_t{1} << (atom * 0x9e3779b9U >> 26); }

}  // namespace

RuleIndex::RuleIndex(const AccessModel& model)
    : model_(model), by_unit_(model.atom_count()), wide_by_unit_(model.atom_count()), wide_by_source_(model.atom_count()) {
  index_rules();
  classify_sources();
}

uint64_t RuleIndex::bits(std::span<const AtomId> atoms) {
  uint64_t out = 0;
  for (const AtomId a : atoms) out |= bit(a);
  return out;
}

bool RuleIndex::meet(std::span<const AtomId> a, std::span<const AtomId> b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    *i < *j ? static_cast<void>(++i) : static_cast<void>(++j);
  }
  return false;
}

void RuleIndex::index_rules() {
  for (uint32_t i = 0; i < model_.rules().size(); ++i) {
    const AccessRule& rule = model_.rules()[i];
    std::vector<AtomId> units;
    for (const AccessTarget& t : rule.targets) units.push_back(t.unit);
    sort_unique(units);
    const bool wide = rule.sources.size() * rule.targets.size() > kMaxPairs;
    if (gives(rule)) {
      for (const AtomId u : units) by_unit_[u].push_back(i);
    }
    if (gives(rule) && wide) {
      for (const AtomId u : units) wide_by_unit_[u].push_back(i);
      for (const AtomId s : rule.sources) wide_by_source_[s].push_back(i);
    } else if (gives(rule)) {
      for (const AtomId s : rule.sources) {
        for (uint32_t t = 0; t < rule.targets.size(); ++t) cells_.add(s, rule.targets[t].unit, {i, t});
      }
    }
    source_bits_.push_back(bits(rule.sources));
    unit_bits_.push_back(bits(units));
    units_.push_back(std::move(units));
  }
  cells_.build();
}

void RuleIndex::classify_sources() {
  std::vector<bool> named(model_.atom_count());
  for (const AccessRule& rule : model_.rules()) {
    if (!gives(rule)) continue;
    for (const AtomId s : rule.sources) named[s] = true;
  }
  std::map<std::vector<AtomId>, uint32_t> classes;
  for (AtomId a = 0; a < model_.atom_count(); ++a) {
    std::vector<AtomId> from;
    for (const AtomId s : model_.up(a)) {
      if (named[s]) from.push_back(s);
    }
    class_.push_back(classes.try_emplace(from, static_cast<uint32_t>(classes.size())).first->second);
    from_.push_back(std::move(from));
  }
  seen_.resize(classes.size());
}

bool RuleIndex::holds(const AccessRule& rule, AtomId source, uint32_t posture) const {
  return meet(rule.sources, from_[source]) && model_.implies(posture, rule.posture);
}

std::vector<AtomId> RuleIndex::units_above(AtomId source, AtomId unit) const {
  const auto up = model_.up(unit);
  std::vector<AtomId> out(up.begin(), up.end());
  if (model_.is_user(source) && unit == source) out.push_back(model_.self());
  if (model_.is_user(source) && unit == model_.self()) {
    out.insert(out.end(), model_.up(source).begin(), model_.up(source).end());
  }
  sort_unique(out);
  return out;
}

std::vector<uint32_t> RuleIndex::all_towards(AtomId unit) const {
  std::vector<uint32_t> out;
  for (const AtomId u : model_.up(unit)) out.insert(out.end(), by_unit_[u].begin(), by_unit_[u].end());
  sort_unique(out);
  return out;
}

}  // namespace aclc
