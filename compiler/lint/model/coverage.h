// SPDX-License-Identifier: Apache-2.0
// Which rules are there for nothing, since others allow all that they allow; and whether rules allow a given access.
//
// Exact in the model's terms: for each source atom, each destination unit and each protocol of a rule, the ports that other rules
// give to atoms above both are put together. Work is bounded; a rule that would take more counts as not covered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/lint/model/model.h"

namespace aclc {

class RuleCoverage {
 public:
  explicit RuleCoverage(const AccessModel& model);

  /// A rule that can go, and the rules that allow what it allows: the one, or as few of several as were found.
  struct Covered {
    uint32_t rule;
    std::vector<uint32_t> by;  ///< sorted
    bool same = false;         ///< it and the one rule of `by` allow the same
  };
  /// All of them can go at once: none is in another's `by`. Of rules that allow the same the first stays.
  const std::vector<Covered>& covered() const { return covered_; }

  /// What is asked of the rules: may all devices of `source` reach `unit`?
  struct Question {
    AtomId source;
    uint32_t posture = 0;  ///< that the devices are known to satisfy
    AtomId unit;
    uint8_t protocol = 6;
    PortSet ports;
    bool whole = false;
  };
  /// The ports of the question that no rule gives to all of those devices. Empty is yes.
  PortSet missing(const Question& question) const;
  /// Rules, those with `via` too, that give some device of `source` the TCP or UDP port at `unit` in some tailnet, as far as names
  /// can tell. In order.
  std::vector<uint32_t> touching(AtomId source, AtomId unit, uint8_t protocol, uint16_t port) const;

 private:
  struct Want {
    uint8_t protocol;
    PortSet ports;
    bool whole;
  };
  using Wants = std::vector<Want>;

  static bool gives(const AccessRule& rule) { return !rule.via && !rule.access.empty(); }
  static bool take(Wants& wants, const AccessRule& rule, const AccessTarget& target);
  static Wants wants_of(const AccessRule& rule, const AccessTarget& target);
  bool holds(const AccessRule& rule, AtomId source, uint32_t posture) const;
  std::vector<AtomId> units_above(AtomId source, AtomId unit) const;
  template <class F>
  void each_giver(AtomId source, uint32_t posture, AtomId unit, uint32_t except, F&& stop) const;
  template <class F>
  bool each_source(const AccessRule& rule, F&& all) const;
  bool cover(uint32_t rule, std::vector<uint32_t>& by) const;
  bool cover_pair(uint32_t rule, AtomId source, AtomId unit, const Wants& all, std::vector<uint32_t>& by) const;
  bool cover_addresses(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by_rules, uint32_t except,
                       std::vector<uint32_t>& by) const;
  bool covered_by(const AccessRule& rule, std::span<const uint32_t> by) const;
  std::vector<uint32_t> fewest(uint32_t rule, std::vector<uint32_t> by) const;
  std::vector<uint32_t> all_towards(AtomId unit) const;
  void find_covered();

  const AccessModel& model_;
  std::vector<std::vector<uint32_t>> by_unit_, by_source_;  ///< rules that give anything, by atom
  std::vector<std::vector<AtomId>> units_;  ///< of each rule, sorted
  /// By rule, a bit for each of its sources and units: most rules are passed over without a look at their lists.
  std::vector<uint64_t> source_bits_, unit_bits_;
  std::vector<bool> gone_;
  std::vector<Covered> covered_;
  mutable uint64_t work_ = 0;
};

}  // namespace aclc
