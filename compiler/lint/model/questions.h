// SPDX-License-Identifier: Apache-2.0
// Whether rules allow a given access.
//
//   RuleQuestions ask(index);
//   ask.missing({tag, 0, unit, kTcp, ports});   // the ports that some device of the tag does not reach
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "compiler/lint/model/rule_index.h"
#include "compiler/lint/model/wants.h"

namespace aclc {

/// Refers to the index, which must outlive it.
class RuleQuestions {
 public:
  explicit RuleQuestions(const RuleIndex& index) : index_(index), model_(index.model()) {}

  /// May all devices of `source` reach `unit`?
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

  /// Whether the rules of `by` alone allow all that the rule allows.
  bool covered_by(const AccessRule& rule, std::span<const uint32_t> by) const;
  /// The same for its sources that are addresses, at one target. The rules of `by` that `skip` holds do not count; those that gave
  /// something go into `gave`.
  template <class Skip>
  bool addresses_covered(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by, Skip&& skip,
                         std::vector<uint32_t>& gave) const {
    std::vector<uint32_t> others;
    for (const uint32_t i : by) {
      index_.look();
      if (!skip(i)) others.push_back(i);
    }
    return cut_addresses(rule, target, others, gave);
  }

 private:
  bool cut_addresses(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by, std::vector<uint32_t>& gave) const;
  /// By unit, rules that give the port there.
  using Openers = std::vector<std::pair<AtomId, std::vector<uint32_t>>>;
  const Openers& openers(uint8_t protocol, uint16_t port) const;

  const RuleIndex& index_;
  const AccessModel& model_;
  mutable std::map<std::pair<uint8_t, uint16_t>, Openers> openers_;  ///< of ports that were asked for
};

}  // namespace aclc
