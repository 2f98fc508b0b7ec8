// SPDX-License-Identifier: Apache-2.0
// Which rules are there for nothing, since others allow all that they allow.
//
// Exact in the model's terms: for each source atom, each destination unit and each protocol of a rule, the ports that other rules
// give to atoms above both are put together. Work is bounded; a rule that would take more counts as not covered.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/lint/model/questions.h"
#include "compiler/lint/model/rule_index.h"

namespace aclc {

class RuleCoverage {
 public:
  static constexpr uint64_t kLooks = 30'000'000;

  /// Refers to the index, which must outlive it. Twice it looks so many times at a rule: to find what goes, and by what.
  explicit RuleCoverage(const RuleIndex& index, uint64_t most_looks = kLooks);

  /// A rule that can go, and the rules that allow what it allows: the one, or as few of several as were found.
  struct Covered {
    uint32_t rule;
    std::vector<uint32_t> by;  ///< sorted
    bool same = false;         ///< it and the one rule of `by` allow the same
  };
  /// All of them can go at once: none is in another's `by`. Of rules that allow the same the first stays.
  const std::vector<Covered>& covered() const { return covered_; }
  /// How much of a rule that stays others allow, counted in pairs of a source and a destination.
  struct Share {
    size_t pairs = 0, covered = 0;
    std::vector<uint32_t> by;  ///< that allow something of it; sorted
    // The first pair that they do not cover.
    AtomId source = AccessModel::kNone;  ///< kNone: an address
    AtomId unit = AccessModel::kNone;
    Wants left;                          ///< of it
  };
  /// Looks so many times at a rule at most; nothing where that is not enough, and of a rule that can go.
  std::optional<Share> share_of(uint32_t rule, uint64_t most_looks) const;

  /// Rules that may be covered and about which that is not known, since the looks at rules ran out.
  uint32_t undecided() const { return undecided_; }

 private:
  bool exhausted() const { return index_.looks() > last_look_; }
  /// The rules that count for what the rule gets: not itself, and none that goes.
  auto but(uint32_t rule) const {
    return [this, rule](uint32_t i) { return i == rule || gone_[i]; };
  }
  bool cover(uint32_t rule, std::vector<uint32_t>& by) const;
  bool cover_pair(uint32_t rule, AtomId source, AtomId unit, const Wants& all, std::vector<uint32_t>& by, Wants* left = nullptr) const;
  std::vector<uint32_t> fewest(uint32_t rule, std::vector<uint32_t> by) const;
  void find_covered(uint64_t most_looks);

  const RuleIndex& index_;
  const AccessModel& model_;
  const RuleQuestions questions_;
  uint64_t last_look_ = 0;
  std::vector<bool> gone_;
  std::vector<Covered> covered_;
  uint32_t undecided_ = 0;
};

}  // namespace aclc
