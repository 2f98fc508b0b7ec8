// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/coverage.h"

#include <algorithm>

namespace aclc {
namespace {

void sort_unique(std::vector<uint32_t>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

}  // namespace

RuleCoverage::RuleCoverage(const RuleIndex& index, uint64_t most_looks)
    : index_(index), model_(index.model()), questions_(index), gone_(model_.rules().size()) {
  find_covered(most_looks);
}

bool RuleCoverage::cover_pair(uint32_t index, AtomId source, AtomId unit, const Wants& all, std::vector<uint32_t>& by, Wants* left) const {
  if (all.empty()) return false;
  Wants wants;  // made once somebody gives anything
  bool given = false;
  index_.each_giver(source, model_.rules()[index].posture, unit, but(index), [&](uint32_t i, const AccessTarget& t) {
    if (!given) wants = all;
    given = true;
    if (take(wants, model_.rules()[i], t)) by.push_back(i);
    return wants.empty();
  });
  if (left != nullptr) *left = given ? std::move(wants) : all;
  return left != nullptr ? left->empty() : given && wants.empty();
}

bool RuleCoverage::cover(uint32_t index, std::vector<uint32_t>& by) const {
  const AccessRule& rule = model_.rules()[index];
  for (const AccessTarget& t : rule.targets) {
    const Wants all = wants_of(rule, t);
    const auto one = [&](const AccessTarget& target) {
      const bool devices = index_.each_source(rule, target.unit, [&](AtomId s) { return cover_pair(index, s, target.unit, all, by); });
      if (!devices) return false;
      return rule.addresses.empty() || questions_.addresses_covered(rule, target, index_.all_towards(target.unit), but(index), by);
    };
    if (!index_.each_unit(t, one)) return false;
  }
  return !exhausted();
}

std::optional<RuleCoverage::Share> RuleCoverage::share_of(uint32_t index, uint64_t most_looks) const {
  const AccessRule& rule = model_.rules()[index];
  if (gone_[index] || !rule.plain()) return std::nullopt;
  const uint64_t last = index_.looks() + most_looks;
  Share out;
  const auto count = [&](AtomId source, AtomId unit, bool covered, Wants left) {
    ++out.pairs;
    out.covered += covered;
    if (covered || out.unit != AccessModel::kNone) return;
    out.source = source;
    out.unit = unit;
    out.left = std::move(left);
  };
  for (const AccessTarget& t : rule.targets) {
    const Wants all = wants_of(rule, t);
    if (all.empty()) continue;
    index_.each_unit(t, [&](const AccessTarget& target) {
      index_.each_source(rule, target.unit, [&](AtomId s) {
        Wants left;
        const bool covered = cover_pair(index, s, target.unit, all, out.by, &left);
        count(s, target.unit, covered, std::move(left));
        return index_.looks() <= last;
      });
      if (!rule.addresses.empty()) {
        const bool covered = questions_.addresses_covered(rule, target, index_.all_towards(target.unit), but(index), out.by);
        count(AccessModel::kNone, target.unit, covered, all);
      }
      return index_.looks() <= last;
    });
    if (index_.looks() > last) return std::nullopt;
  }
  sort_unique(out.by);
  return out;
}

/// One rule that does it alone, the first of them; else those of `by` without the ones that can be left out.
std::vector<uint32_t> RuleCoverage::fewest(uint32_t index, std::vector<uint32_t> by) const {
  const AccessRule& rule = model_.rules()[index];
  sort_unique(by);
  std::vector<uint32_t> candidates;
  const AccessTarget& first = rule.targets.front();
  const auto members = model_.members(first.unit);
  const AtomId unit = members.empty() ? first.unit : members.front();
  bool asked = false;
  index_.each_source(rule, unit, [&](AtomId s) {
    asked = true;
    index_.each_giver(s, rule.posture, unit, but(index), [&](uint32_t i, const AccessTarget&) {
      candidates.push_back(i);
      return false;
    });
    return false;
  });
  if (!asked) candidates = index_.all_towards(unit);
  sort_unique(candidates);
  for (const uint32_t i : candidates) {
    if (i != index && !gone_[i] && questions_.covered_by(rule, {&i, 1})) return {i};
  }
  constexpr size_t kTried = 64;
  for (size_t i = by.size(); i-- > 0 && by.size() > 1 && by.size() <= kTried;) {
    std::vector<uint32_t> without = by;
    without.erase(without.begin() + static_cast<ptrdiff_t>(i));
    if (questions_.covered_by(rule, without)) by = std::move(without);
  }
  return by;
}

void RuleCoverage::find_covered(uint64_t most_looks) {
  const std::vector<AccessRule>& rules = model_.rules();
  std::vector<uint32_t> found;
  last_look_ = index_.looks() + most_looks;
  for (auto i = static_cast<uint32_t>(rules.size()); i-- > 0;) {
    const AccessRule& rule = rules[i];
    if (!rule.plain() || rule.targets.empty() || (rule.sources.empty() && rule.addresses.empty())) continue;
    bool empty = rule.addresses.empty() && index_.each_source(rule, model_.self(), [](AtomId) { return false; });
    for (const AccessTarget& t : rule.targets) empty = empty || (model_.is_defined_group(t.unit) && model_.members(t.unit).empty());
    if (empty) continue;  // it allows nothing: that is another finding
    std::vector<uint32_t> by;
    if (exhausted() || !cover(i, by)) {
      undecided_ += exhausted();
      continue;
    }
    gone_[i] = true;
    found.push_back(i);
  }
  // Now that all that go are known, by which of those that stay. As many looks again: what was found is not lost.
  last_look_ = index_.looks() + most_looks;
  for (const uint32_t i : found) {
    std::vector<uint32_t> by;
    if (exhausted() || !cover(i, by)) {
      ++undecided_;
      continue;
    }
    Covered c{i, fewest(i, std::move(by)), false};
    c.same = c.by.size() == 1 && rules[c.by.front()].plain() && questions_.covered_by(rules[c.by.front()], {&i, 1});
    covered_.push_back(std::move(c));
  }
  std::sort(covered_.begin(), covered_.end(), [](const Covered& a, const Covered& b) { return a.rule < b.rule; });
}

}  // namespace aclc
