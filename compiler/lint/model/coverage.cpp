// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/coverage.h"

#include <algorithm>
#include <utility>

#include "base/net/protocol.h"
#include "compiler/reference/world.h"

namespace aclc {
namespace {

constexpr uint64_t kMaxWork = 30'000'000;  ///< looks at a rule; then what is left counts as not covered
constexpr size_t kMaxPairs = 64;           ///< of a source and a destination of one rule that are kept one by one
constexpr size_t kMaxPieces = 512;         ///< of one rule's addresses
constexpr uint8_t kDefaultProtocols[] = {kTcp, kUdp, kIcmp, kIpv6Icmp};

bool is_default(uint8_t protocol) {
  return std::find(std::begin(kDefaultProtocols), std::end(kDefaultProtocols), protocol) != std::end(kDefaultProtocols);
}

void sort_unique(std::vector<uint32_t>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

uint64_t bit(AtomId atom) { return uint64_t{1} << (atom * 0x9e3779b9U >> 26); }

template <class Atoms>
uint64_t bits(const Atoms& atoms) {
  uint64_t out = 0;
  for (const AtomId a : atoms) out |= bit(a);
  return out;
}

bool meet(std::span<const AtomId> a, std::span<const AtomId> b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    *i < *j ? static_cast<void>(++i) : static_cast<void>(++j);
  }
  return false;
}

}  // namespace

RuleCoverage::RuleCoverage(const AccessModel& model)
    : model_(model), by_unit_(model.atom_count()), wide_by_unit_(model.atom_count()), wide_by_source_(model.atom_count()), gone_(model.rules().size()) {
  index_rules();
  classify_sources();
  find_covered();
}

void RuleCoverage::index_rules() {
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

void RuleCoverage::classify_sources() {
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

/// What the target of the rule lets pass, by protocol: ports, and for protocols without ports whether all.
RuleCoverage::Wants RuleCoverage::wants_of(const AccessRule& rule, const AccessTarget& target) {
  Wants out;
  for (uint32_t i = target.access_begin; i < target.access_end; ++i) {
    const PortAccess& access = rule.access[i];
    const auto add = [&](uint8_t protocol) {
      if (protocol_has_ports(protocol)) {
        out.push_back({protocol, access.ports, false});
      } else if (access.whole) {
        out.push_back({protocol, {}, true});
      }
    };
    if (access.protocol != 0) {
      add(access.protocol);
    } else {
      for (const uint8_t p : kDefaultProtocols) add(p);
    }
  }
  return out;
}

/// Takes from the wants what the rule gives at the target. True where that was something.
bool RuleCoverage::take(Wants& wants, const AccessRule& rule, const AccessTarget& target) {
  bool taken = false;
  for (uint32_t i = target.access_begin; i < target.access_end; ++i) {
    const PortAccess& access = rule.access[i];
    for (size_t w = 0; w < wants.size();) {
      Want& want = wants[w];
      const bool fits = access.protocol == 0 ? is_default(want.protocol) : access.protocol == want.protocol;
      bool done = false;
      if (fits && want.whole) {
        done = access.whole;
      } else if (fits) {
        done = access.ports.contains(want.ports);
        if (!done) {
          PortSet left = want.ports.subtract(access.ports);
          if (!(left == want.ports)) {
            want.ports = std::move(left);
            taken = true;
          }
        }
      }
      if (!done) {
        ++w;
        continue;
      }
      taken = true;
      std::swap(wants[w], wants.back());
      wants.pop_back();
    }
  }
  return taken;
}

bool RuleCoverage::holds(const AccessRule& rule, AtomId source, uint32_t posture) const {
  return meet(rule.sources, from_[source]) && model_.implies(posture, rule.posture);
}

/// A user's own devices are `autogroup:self` to that user, and the other way about.
std::vector<AtomId> RuleCoverage::units_above(AtomId source, AtomId unit) const {
  const auto up = model_.up(unit);
  std::vector<AtomId> out(up.begin(), up.end());
  if (model_.is_user(source) && unit == source) out.push_back(model_.self());
  if (model_.is_user(source) && unit == model_.self()) {
    out.insert(out.end(), model_.up(source).begin(), model_.up(source).end());
  }
  sort_unique(out);
  return out;
}

/// The rules that give all devices of the source something at the unit or above it. `stop` returns true for enough.
template <class F>
void RuleCoverage::each_giver(AtomId source, uint32_t posture, AtomId unit, uint32_t except, F&& stop) const {
  const std::vector<AtomId> above = units_above(source, unit);
  const std::vector<AtomId>& from = from_[source];
  for (const AtomId u : above) {
    if (by_unit_[u].empty()) continue;
    work_ += from.size();
    for (const AtomId s : from) {
      for (const Cells::Giver& g : cells_.at(s, u)) {
        ++work_;
        const AccessRule& rule = model_.rules()[g.rule];
        if (g.rule == except || gone_[g.rule] || !model_.implies(posture, rule.posture)) continue;
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
    ++work_;
    if ((source_fits ? unit_bits_[i] & unit_mask : source_bits_[i] & source_mask) == 0) return false;
    if (i == except || gone_[i]) return false;
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

bool RuleCoverage::cover_pair(uint32_t index, AtomId source, AtomId unit, const Wants& all, std::vector<uint32_t>& by) const {
  if (all.empty()) return false;
  Wants wants;  // made once somebody gives anything
  bool given = false;
  each_giver(source, model_.rules()[index].posture, unit, index, [&](uint32_t i, const AccessTarget& t) {
    if (!given) wants = all;
    given = true;
    if (take(wants, model_.rules()[i], t)) by.push_back(i);
    return wants.empty();
  });
  return given && wants.empty();
}

std::vector<uint32_t> RuleCoverage::all_towards(AtomId unit) const {
  std::vector<uint32_t> out;
  for (const AtomId u : model_.up(unit)) out.insert(out.end(), by_unit_[u].begin(), by_unit_[u].end());
  sort_unique(out);
  return out;
}

/// Sources that are addresses: cut into pieces until each is covered, or one is left that nothing covers.
bool RuleCoverage::cover_addresses(const AccessRule& rule, const AccessTarget& target, std::span<const uint32_t> by_rules,
                               uint32_t except, std::vector<uint32_t>& by) const {
  if (target.unit == model_.self()) return false;  // refused by the check
  struct Piece {
    AddressSet addresses;
    Wants wants;
  };
  const Wants all = wants_of(rule, target);
  if (all.empty()) return false;
  std::vector<Piece> pieces{{rule.addresses, all}};
  for (const uint32_t i : by_rules) {
    ++work_;
    const AccessRule& other = model_.rules()[i];
    if (i == except || gone_[i] || !gives(other)) continue;
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
        if (take(wants, other, t)) by.push_back(i);
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

/// f for each atom among the sources, defined groups taken apart, on the way to the unit; stops at the first false. Of users that
/// no rule tells apart one is asked, unless the unit may be their own devices.
template <class F>
bool RuleCoverage::each_source(const AccessRule& rule, AtomId unit, F&& all) const {
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

bool RuleCoverage::cover(uint32_t index, std::vector<uint32_t>& by) const {
  const AccessRule& rule = model_.rules()[index];
  for (const AccessTarget& t : rule.targets) {
    const auto unit_members = model_.members(t.unit);
    const Wants all = wants_of(rule, t);
    const auto one = [&](const AccessTarget& target) {
      const bool devices = each_source(rule, target.unit, [&](AtomId s) { return cover_pair(index, s, target.unit, all, by); });
      if (!devices) return false;
      return rule.addresses.empty() || cover_addresses(rule, target, all_towards(target.unit), index, by);
    };
    if (!model_.is_defined_group(t.unit)) {
      if (!one(t)) return false;
      continue;
    }
    for (const AtomId m : unit_members) {
      AccessTarget target = t;
      target.unit = m;
      if (!one(target)) return false;
    }
  }
  return work_ <= kMaxWork;
}

/// The same question with some rules alone.
bool RuleCoverage::covered_by(const AccessRule& rule, std::span<const uint32_t> by) const {
  const auto one = [&](const AccessTarget& target) {
    const bool devices = each_source(rule, target.unit, [&](AtomId s) {
      Wants wants = wants_of(rule, target);
      const std::vector<AtomId> above = units_above(s, target.unit);
      for (const uint32_t i : by) {
        ++work_;
        const AccessRule& other = model_.rules()[i];
        if (!gives(other) || !holds(other, s, rule.posture)) continue;
        for (const AccessTarget& t : other.targets) {
          if (std::binary_search(above.begin(), above.end(), t.unit)) take(wants, other, t);
        }
      }
      return wants.empty();
    });
    std::vector<uint32_t> unused;
    return devices && (rule.addresses.empty() || cover_addresses(rule, target, by, UINT32_MAX, unused));
  };
  for (const AccessTarget& t : rule.targets) {
    if (!model_.is_defined_group(t.unit)) {
      if (!one(t)) return false;
      continue;
    }
    for (const AtomId m : model_.members(t.unit)) {
      AccessTarget target = t;
      target.unit = m;
      if (!one(target)) return false;
    }
  }
  return true;
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
  each_source(rule, unit, [&](AtomId s) {
    asked = true;
    each_giver(s, rule.posture, unit, index, [&](uint32_t i, const AccessTarget&) {
      candidates.push_back(i);
      return false;
    });
    return false;
  });
  if (!asked) candidates = all_towards(unit);
  sort_unique(candidates);
  for (const uint32_t i : candidates) {
    if (i != index && !gone_[i] && covered_by(rule, {&i, 1})) return {i};
  }
  constexpr size_t kTried = 64;
  for (size_t i = by.size(); i-- > 0 && by.size() > 1 && by.size() <= kTried;) {
    std::vector<uint32_t> without = by;
    without.erase(without.begin() + static_cast<ptrdiff_t>(i));
    if (covered_by(rule, without)) by = std::move(without);
  }
  return by;
}

void RuleCoverage::find_covered() {
  const std::vector<AccessRule>& rules = model_.rules();
  std::vector<uint32_t> found;
  for (auto i = static_cast<uint32_t>(rules.size()); i-- > 0 && work_ <= kMaxWork;) {
    const AccessRule& rule = rules[i];
    if (!rule.plain() || rule.targets.empty() || (rule.sources.empty() && rule.addresses.empty())) continue;
    bool empty = rule.addresses.empty() && each_source(rule, model_.self(), [](AtomId) { return false; });
    for (const AccessTarget& t : rule.targets) empty = empty || (model_.is_defined_group(t.unit) && model_.members(t.unit).empty());
    if (empty) continue;  // it allows nothing: that is another finding
    std::vector<uint32_t> by;
    if (!cover(i, by)) continue;
    gone_[i] = true;
    found.push_back(i);
  }
  for (const uint32_t i : found) {
    std::vector<uint32_t> by;
    if (!cover(i, by)) continue;  // out of work
    Covered c{i, fewest(i, std::move(by)), false};
    c.same = c.by.size() == 1 && rules[c.by.front()].plain() && covered_by(rules[c.by.front()], {&i, 1});
    covered_.push_back(std::move(c));
  }
  std::sort(covered_.begin(), covered_.end(), [](const Covered& a, const Covered& b) { return a.rule < b.rule; });
}

PortSet RuleCoverage::missing(const Question& q) const {
  const auto ask = [&](AtomId source) {
    Wants wants{{q.protocol, q.ports, false}};
    const auto look = [&](uint32_t i, const AccessTarget& t) {
      take(wants, model_.rules()[i], t);
      return wants.empty();
    };
    each_giver(source, q.posture, q.unit, UINT32_MAX, look);  // rules that can go add nothing to the others
    return wants.empty() ? PortSet() : wants.front().ports;
  };
  if (!model_.is_defined_group(q.source)) return ask(q.source);
  for (const AtomId m : model_.members(q.source)) {
    PortSet left = ask(m);
    if (!left.empty()) return left;
  }
  return {};
}

const RuleCoverage::Openers& RuleCoverage::openers(uint8_t protocol, uint16_t port) const {
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

bool RuleCoverage::touched(AtomId source, AtomId unit, uint8_t protocol, uint16_t port) const {
  const auto from = [&](uint32_t i) {
    const AccessRule& rule = model_.rules()[i];
    return !rule.addresses.empty() || std::any_of(rule.sources.begin(), rule.sources.end(), [&](AtomId s) {
      return model_.is_everything(s) || model_.may_meet(s, source);
    });
  };
  for (const auto& [opened, rules] : openers(protocol, port)) {
    const bool to = model_.is_everything(opened) || opened == model_.self() || unit == model_.self() || model_.may_meet(opened, unit);
    if (to && std::any_of(rules.begin(), rules.end(), from)) return true;
  }
  return false;
}

}  // namespace aclc
