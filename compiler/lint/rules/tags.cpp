// SPDX-License-Identifier: Apache-2.0
// Who may give tags to devices, and what he gains by it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/net/protocol.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// Admins may change the policy itself: a tag gives them nothing that they could not have.
bool is_admin(const Selector& s) {
  return s.kind == SelectorKind::kAutogroup &&
         (s.autogroup == Autogroup::kOwner || s.autogroup == Autogroup::kAdmin || s.autogroup == Autogroup::kNetworkAdmin);
}

/// Somebody who can make a device that has a tag: an owner, or the owner of a tag that owns it, and so on.
struct Taker {
  AtomId person;
  Span owner;  ///< who it is, in the list of the first tag that he gives himself
  Span at;     ///< the element of the tag's own list that lets him
  std::string_view through = {};  ///< the first tag, if that is another one
};

std::vector<Taker> takers_of(LintContext& c, const TagOwner& tag) {
  std::vector<Taker> out;
  std::set<AtomId> persons;
  std::set<StringId> seen{tag.name.value};
  struct Step {
    const TagOwner* tag;
    Span at;
  };
  std::vector<Step> steps{{&tag, {}}};  // nearest first
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step step = steps[i];
    for (const Selector& owner : c.policy.at(step.tag->owners)) {
      const Span at = i == 0 ? owner.span : step.at;
      if (owner.kind == SelectorKind::kTag) {
        const uint32_t next = c.definitions.tag_of(owner.name);
        if (next != Definitions::kNone && seen.insert(owner.name).second) steps.push_back({&c.policy.tag_owners[next], at});
        continue;
      }
      const AtomId person = c.model().find(owner);
      if (is_admin(owner) || person == AccessModel::kNone || !persons.insert(person).second) continue;
      out.push_back({person, owner.span, at, i == 0 ? std::string_view() : c.policy.text(step.tag->name)});
    }
  }
  return out;
}

struct Gain {
  std::string what;
  Span rule;
};

/// What rules for devices of a tag give that somebody's own devices do not have. Each pair of a person and a rule is looked at once.
class Gains {
 public:
  explicit Gains(LintContext& c) : c_(c), model_(c.model()), rules_from_(model_.atom_count()), ssh_from_(model_.atom_count()) {
    for (uint32_t i = 0; i < model_.rules().size(); ++i) {
      const AccessRule& rule = model_.rules()[i];
      if (rule.via || rule.access.empty()) continue;
      for (const AtomId s : rule.sources) rules_from_[s].push_back(i);
    }
    for (uint32_t i = 0; i < c.policy.ssh.size(); ++i) {
      for (const Selector& s : c.policy.at(c.policy.ssh[i].src)) {
        if (const AtomId a = model_.find(s); a != AccessModel::kNone) ssh_from_[a].push_back(i);
      }
    }
  }

  /// The first in the order of rules, those of the network before ssh; null: none.
  const Gain* of(AtomId person, AtomId tagged) {
    for (const AtomId s : model_.up(tagged)) {
      if (model_.is_everything(s)) continue;  // theirs without the tag
      for (const uint32_t i : rules_from_[s]) {
        auto [known, is_new] = network_.try_emplace({person, i});
        if (is_new) known->second = by_rule(person, model_.rules()[i]);
        if (known->second) return &*known->second;
      }
    }
    for (const AtomId s : model_.up(tagged)) {
      if (model_.is_everything(s)) continue;
      for (const uint32_t i : ssh_from_[s]) {
        if (!opens_ssh(tagged, i)) continue;
        auto [known, is_new] = ssh_.try_emplace({person, i});
        if (is_new) known->second = by_ssh(person, c_.policy.ssh[i]);
        if (known->second) return &*known->second;
      }
    }
    return nullptr;
  }

 private:
  std::optional<Gain> by_rule(AtomId person, const AccessRule& rule) {
    for (const AccessTarget& target : rule.targets) {
      if (target.unit == model_.self()) continue;
      for (uint32_t a = target.access_begin; a < target.access_end; ++a) {
        const PortAccess& access = rule.access[a];
        const uint8_t protocol = access.protocol == 0 ? kTcp : access.protocol;
        if (!protocol_has_ports(protocol)) continue;
        const PortSet more = c_.questions().missing({person, rule.posture, target.unit, protocol, access.ports, false});
        if (more.empty()) continue;
        const PortRange first = more.ranges().front();
        return Gain{fmt::format("{} {}:{}", protocol_name(protocol), model_.name(target.unit), first.is_all() ? "*" : std::to_string(first.first)), rule.span};
      }
    }
    return std::nullopt;
  }

  /// An ssh rule lets nobody in where no rule opens the port.
  bool opens_ssh(AtomId tagged, uint32_t rule) {
    for (const Selector& dst : c_.policy.at(c_.policy.ssh[rule].dst)) {
      const AtomId unit = model_.find(dst);
      if (unit != AccessModel::kNone && (c_.policy.allows_all() || c_.questions().touched(tagged, unit, kTcp, 22))) return true;
    }
    return false;
  }

  /// Whether `b` asks for no posture, or for those that `a` asks for.
  bool asks_no_more(const SshRule& a, const SshRule& b) const {
    const auto of = [&](const SshRule& r) { return r.src_posture.present ? r.src_posture : c_.policy.default_src_posture; };
    const auto x = c_.policy.at(of(a).names), y = c_.policy.at(of(b).names);
    return y.empty() || std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Selector& p, const Selector& q) { return p.name == q.name; });
  }

  bool lists(Selectors list, AtomId atom) const {
    const auto all = c_.policy.at(list);
    return std::any_of(all.begin(), all.end(), [&](const Selector& s) {
      const AtomId other = model_.find(s);
      return other != AccessModel::kNone && std::binary_search(model_.up(atom).begin(), model_.up(atom).end(), other);
    });
  }

  /// Whether a rule lets the person log in there as that user already.
  bool may_log_in(AtomId person, AtomId unit, std::string_view user, const SshRule& as) const {
    const bool plain = user != "root" && !user.starts_with("autogroup:") && !user.starts_with("localpart:");
    return std::any_of(c_.policy.ssh.begin(), c_.policy.ssh.end(), [&](const SshRule& r) {
      const auto users = c_.policy.at(r.users);
      const bool fits = std::any_of(users.begin(), users.end(), [&](const Text& u) {
        return c_.policy.text(u) == user || (plain && c_.policy.text(u) == "autogroup:nonroot");
      });
      return fits && lists(r.src, person) && lists(r.dst, unit) && asks_no_more(as, r);
    });
  }

  std::optional<Gain> by_ssh(AtomId person, const SshRule& rule) const {
    std::vector<AtomId> people(model_.members(person).begin(), model_.members(person).end());
    if (!model_.is_defined_group(person)) people.push_back(person);
    for (const Selector& dst : c_.policy.at(rule.dst)) {
      const AtomId unit = model_.find(dst);
      if (unit == AccessModel::kNone || unit == model_.self()) continue;
      for (const Text& u : c_.policy.at(rule.users)) {
        const std::string_view user = c_.policy.text(u);
        const bool all = std::all_of(people.begin(), people.end(), [&](AtomId p) { return may_log_in(p, unit, user, rule); });
        if (!all) return Gain{fmt::format("{} by ssh as {}", model_.name(unit), user), rule.span};
      }
    }
    return std::nullopt;
  }

  LintContext& c_;
  const AccessModel& model_;
  std::vector<std::vector<uint32_t>> rules_from_, ssh_from_;
  std::map<std::pair<AtomId, uint32_t>, std::optional<Gain>> network_, ssh_;
};

}  // namespace

void broad_tag_owner(LintContext& c) {
  for (const TagOwner& t : c.policy.tag_owners) {
    for (const Selector& s : c.policy.at(t.owners)) {
      if (is_broad(s)) c.report(diag::BroadTagOwner(s.span, c.written(s.span), c.policy.text(t.name)));
    }
  }
}

/// For each tag and each person who can come to have it: what a device with the tag may reach and the person's own may not.
void tag_escalation(LintContext& c) {
  Gains gains(c);
  for (const TagOwner& t : c.policy.tag_owners) {
    const AtomId tagged = c.model().find(tag_called(t.name.value));
    if (tagged == AccessModel::kNone) continue;
    for (const Taker& taker : takers_of(c, t)) {
      const Gain* gain = gains.of(taker.person, tagged);
      if (gain == nullptr) continue;
      Diagnostic d = diag::TagEscalation(taker.at, c.written(taker.owner), c.policy.text(t.name), gain->what)
                         .label(opening(gain->rule), "this lets devices with the tag through")
                         .help("whoever owns a tag can make a device that has it: let fewer own it, or give the owners that access themselves");
      if (!(taker.owner == taker.at)) d = std::move(d).label(taker.owner, fmt::format("and this may give himself `{}`", taker.through));
      c.report(std::move(d));
    }
  }
}

}  // namespace aclc::lints
