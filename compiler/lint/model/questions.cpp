// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/questions.h"

#include <algorithm>

#include "compiler/reference/world.h"

namespace aclc {
namespace {

constexpr size_t kMaxPieces = 512;  ///< of one rule's addresses; a rule in more counts as not covered

}  // namespace

PortSet RuleQuestions::missing(const Question& q) const {
  const auto ask = [&](AtomId source) {
    Wants wants{{q.protocol, q.ports, false}};
    const auto look = [&](uint32_t i, const AccessTarget& t) {
      take(wants, model_.rules()[i], t);
      return wants.empty();
    };
    index_.each_giver(source, q.posture, q.unit, [](uint32_t) { return false; }, look);
    return wants.empty() ? PortSet() : wants.front().ports;
  };
  if (!model_.is_defined_group(q.source)) return ask(q.source);
  for (const AtomId m : model_.members(q.source)) {
    PortSet left = ask(m);
    if (!left.empty()) return left;
  }
  return {};
}

/// Sources that are addresses: cut into pieces until each is covered, or one is left that nothing covers.
bool RuleQuestions::cut_addresses(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by,
                                  std::vector<uint32_t>& gave) const {
  if (target.unit == model_.self()) return false;  // refused by the check
  struct Piece {
    AddressSet addresses;
    Wants wants;
  };
  const Wants all = wants_of(rule, target);
  if (all.empty()) return false;
  std::vector<Piece> pieces{{rule.addresses, all}};
  for (const uint32_t i : by) {
    const AccessRule& other = model_.rules()[i];
    if (!RuleIndex::gives(other)) continue;
    const bool danger = std::any_of(other.sources.begin(), other.sources.end(),
                                    [&](AtomId s) { return s != model_.any() && model_.is_everything(s); });
    const bool any = other.posture == 0 && std::binary_search(other.sources.begin(), other.sources.end(), model_.any());
    if (!danger && !any && other.addresses.empty()) continue;
    for (const AccessTarget& t : other.targets) {
      if (!std::binary_search(model_.up(target.unit).begin(), model_.up(target.unit).end(), t.unit)) continue;
      std::vector<Piece> next;
      for (Piece& piece : pieces) {
        AddressSet inside = danger ? piece.addresses : piece.addresses.intersect(other.addresses);
        if (any && !danger) inside.add(piece.addresses.intersect(reference::tailnet_addresses()));
        if (inside.empty()) {
          next.push_back(std::move(piece));
          continue;
        }
        AddressSet outside = piece.addresses.subtract(inside);
        Wants wants = piece.wants;
        if (take(wants, other, t)) gave.push_back(i);
        if (!wants.empty()) next.push_back({std::move(inside), std::move(wants)});
        if (!outside.empty()) next.push_back({std::move(outside), std::move(piece.wants)});
      }
      pieces = std::move(next);
      if (pieces.empty()) return true;
      if (pieces.size() > kMaxPieces) return false;
    }
  }
  return false;
}

bool RuleQuestions::covered_by(const AccessRule& rule, std::span<const uint32_t> by) const {
  const auto one = [&](const AccessTarget& target) {
    const bool devices = index_.each_source(rule, target.unit, [&](AtomId s) {
      Wants wants = wants_of(rule, target);
      const std::vector<AtomId> above = index_.units_above(s, target.unit);
      for (const uint32_t i : by) {
        index_.look();
        const AccessRule& other = model_.rules()[i];
        if (!RuleIndex::gives(other) || !index_.holds(other, s, rule.posture)) continue;
        for (const AccessTarget& t : other.targets) {
          if (std::binary_search(above.begin(), above.end(), t.unit)) take(wants, other, t);
        }
      }
      return wants.empty();
    });
    std::vector<uint32_t> unused;
    return devices && (rule.addresses.empty() || addresses_covered(rule, target, by, [](uint32_t) { return false; }, unused));
  };
  return std::all_of(rule.targets.begin(), rule.targets.end(), [&](const AccessTarget& t) { return index_.each_unit(t, one); });
}

const RuleQuestions::Openers& RuleQuestions::openers(uint8_t protocol, uint16_t port) const {
  const auto [known, is_new] = openers_.try_emplace({protocol, port});
  if (!is_new) return known->second;
  std::map<AtomId, std::vector<uint32_t>> rules;
  for (uint32_t i = 0; i < model_.rules().size(); ++i) {
    const AccessRule& rule = model_.rules()[i];
    for (const AccessTarget& t : rule.targets) {
      for (uint32_t a = t.access_begin; a < t.access_end; ++a) {
        const PortAccess& access = rule.access[a];
        if ((access.protocol != 0 && access.protocol != protocol) || !access.ports.contains(port)) continue;
        rules[t.unit].push_back(i);
        break;
      }
    }
  }
  known->second.assign(rules.begin(), rules.end());
  return known->second;
}

bool RuleQuestions::touched(AtomId source, AtomId unit, uint8_t protocol, uint16_t port) const {
  const auto from = [&](uint32_t i) {
    const AccessRule& rule = model_.rules()[i];
    // What addresses a device has is not known; that they are the tailnet's is.
    return rule.addresses.overlaps(reference::tailnet_addresses()) || std::any_of(rule.sources.begin(), rule.sources.end(), [&](AtomId s) {
      return model_.is_everything(s) || model_.may_meet(s, source);
    });
  };
  for (const auto& [opened, rules] : openers(protocol, port)) {
    bool to = model_.is_everything(opened) || opened == unit;
    if (opened == model_.self()) {
      to = to || (!model_.is_tagged(unit) && model_.may_meet(unit, source));
    } else if (unit == model_.self()) {
      to = to || (model_.is_range(opened) ? reference::tailnet_addresses().overlaps(model_.range(opened)) : !model_.is_tagged(opened) && model_.may_meet(opened, source));
    } else {
      to = to || model_.may_meet(opened, unit);
    }
    if (to && std::any_of(rules.begin(), rules.end(), from)) return true;
  }
  return false;
}

}  // namespace aclc
