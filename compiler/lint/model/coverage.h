// SPDX-License-Identifier: Apache-2.0
// Which rules are there for nothing, since others allow all that they allow; and whether rules allow a given access.
//
// Exact in the model's terms: for each source atom, each destination unit and each protocol of a rule, the ports that other rules
// give to atoms above both are put together. Work is bounded; a rule that would take more counts as not covered.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/lint/model/cells.h"
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
  /// Whether some rule, one with `via` too, gives some device of `source` the TCP or UDP port at `unit` in some tailnet, as far as
  /// names can tell.
  bool touched(AtomId source, AtomId unit, uint8_t protocol, uint16_t port) const;

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
  bool each_source(const AccessRule& rule, AtomId unit, F&& all) const;
  void index_rules();
  void classify_sources();
  bool cover(uint32_t rule, std::vector<uint32_t>& by) const;
  bool cover_pair(uint32_t rule, AtomId source, AtomId unit, const Wants& all, std::vector<uint32_t>& by) const;
  bool cover_addresses(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by_rules, uint32_t except,
                       std::vector<uint32_t>& by) const;
  bool covered_by(const AccessRule& rule, std::span<const uint32_t> by) const;
  std::vector<uint32_t> fewest(uint32_t rule, std::vector<uint32_t> by) const;
  std::vector<uint32_t> all_towards(AtomId unit) const;
  void find_covered();
  /// By unit, rules that give the port there.
  using Openers = std::vector<std::pair<AtomId, std::vector<uint32_t>>>;
  const Openers& openers(uint8_t protocol, uint16_t port) const;

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
  std::vector<bool> gone_;
  std::vector<Covered> covered_;
  mutable std::map<std::pair<uint8_t, uint16_t>, Openers> openers_;  ///< of ports that were asked for
  mutable std::vector<uint32_t> seen_;  ///< by class, the walk over sources that met it last
  mutable uint32_t walk_ = 0;
  mutable uint64_t work_ = 0;
};

}  // namespace aclc
