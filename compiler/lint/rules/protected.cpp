// SPDX-License-Identifier: Apache-2.0
// Whom rules let in to what the configuration protects.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/nearest.h"
#include "compiler/lint/rules/rules.h"
#include "parser/policy/selector_form.h"

namespace aclc::lints {
namespace {

using K = SelectorKind;

/// A selector that the configuration writes, as this policy understands it.
struct Named {
  Selector selector;
  bool literal = false;  ///< it means addresses
  AddressSet addresses;  ///< of a literal; of devices those that the tailnet says they have
  AtomId atom = AccessModel::kNone;
};

/// Why the policy knows no such name, or empty; and the name that was probably meant.
std::pair<std::string_view, std::string> unknown(LintContext& c, const ClassifiedSelector& form, StringId name) {
  std::vector<std::string_view> names;
  const auto collect = [&](const auto& entries) {
    for (const auto& e : entries) names.push_back(c.policy.text(e.name));
  };
  std::string_view fault;
  if (form.kind == K::kTag && c.definitions.tag_of(name) == Definitions::kNone) {
    fault = "is protected, and has no entry in tagOwners";
    collect(c.policy.tag_owners);
  } else if (form.kind == K::kHost && c.definitions.host_of(name) == Definitions::kNone) {
    fault = "is protected, and has no entry in hosts";
    collect(c.policy.hosts);
  } else if (form.kind == K::kIpSet && c.definitions.ipset_of(name) == Definitions::kNone) {
    fault = "is protected, and has no entry in ipsets";
    collect(c.policy.ipsets);
  } else if (form.kind == K::kGroup && c.definitions.group_of(name) == Definitions::kNone) {
    collect(c.policy.groups);
    // An identity provider may add it, unless it is a slip.
    if (!nearest(form.name, names).empty()) fault = "has no entry in groups";
  }
  return {fault, fault.empty() ? std::string() : std::string(nearest(form.name, names))};
}

/// Nothing where the text means nothing in this policy; that was reported.
std::optional<Named> resolve(LintContext& c, const ProtectedDestination& guarded, const ProtectedDestination::Written& written, bool as_destination) {
  const ClassifiedSelector form = classify_selector(trim(written.text));
  const bool nobody = form.kind == K::kPosture || (form.kind == K::kAutogroup && (form.autogroup == Autogroup::kSelf || form.autogroup == Autogroup::kNonroot)) ||
                      (as_destination && form.kind == K::kAutogroup && form.autogroup == Autogroup::kDangerAll) ||
                      (!as_destination && (form.kind == K::kService || (form.kind == K::kAutogroup && form.autogroup == Autogroup::kInternet)));
  if (form.fault != SelectorFault::kNone || form.kind == K::kInvalid || nobody) {
    c.report_configuration(guarded, written, as_destination ? "is no destination that could be protected" : "is no source", form.reason);
    return std::nullopt;
  }
  Named out;
  out.selector = c.selector_of(written.text);
  auto [fault, near] = unknown(c, form, out.selector.name);
  if (!as_destination && fault.starts_with("is protected, and ")) fault.remove_prefix(std::string_view("is protected, and ").size());
  if (!fault.empty()) {
    c.report_configuration(guarded, written, fault, near.empty() ? std::string() : fmt::format("did you mean `{}`?", near));
    return std::nullopt;
  }
  const AccessModel& model = c.model();
  if (form.kind == K::kAddress || form.kind == K::kPrefix) {
    out.literal = true;
    out.addresses.add(form.prefix);
  } else if (form.kind == K::kRange) {
    out.literal = true;
    out.addresses.add(AddressRange{form.prefix.address, form.last});
  } else if (form.kind == K::kAutogroup && form.autogroup == Autogroup::kInternet) {
    out.literal = true;
    out.addresses = reference::internet();
  } else if (!(out.literal = model.literal(out.selector, out.addresses))) {
    out.atom = form.kind == K::kWildcard ? model.any() : model.find(out.selector);
    if (c.options.tailnet != nullptr && (out.selector.name.valid() || form.kind == K::kAutogroup || form.kind == K::kWildcard)) {
      for (const TailnetNodeId id : c.world().nodes_of(out.selector)) {
        for (const Address& a : reference::World::addresses(c.world().node(id))) out.addresses.add(a);
      }
    }
  }
  return out;
}

bool above(const AccessModel& model, AtomId a, AtomId b) {
  return std::binary_search(model.up(a).begin(), model.up(a).end(), b);
}

/// Whether a rule to the unit lets into some of what is protected. `autogroup:self` does not: it leads to one's own devices.
bool leads_to(LintContext& c, AtomId unit, const Named& guarded) {
  const AccessModel& model = c.model();
  if (unit == model.self()) return false;
  if (model.is_everything(unit) || guarded.atom == model.any()) return true;
  if (model.is_range(unit)) return guarded.addresses.overlaps(model.range(unit));
  const Selector other = model.selector(unit);
  if (guarded.literal) {
    // Whose device has one of the addresses only a tailnet tells.
    if (c.options.tailnet == nullptr) return false;
    for (const TailnetNodeId id : c.world().nodes_of(other)) {
      for (const Address& a : reference::World::addresses(c.world().node(id))) {
        if (guarded.addresses.contains(a)) return true;
      }
    }
    return false;
  }
  const Selector& own = guarded.selector;
  if (own.kind == K::kService || other.kind == K::kService) return unit == guarded.atom;
  if (guarded.atom != AccessModel::kNone) {
    const bool domain = own.kind == K::kUserDomain || other.kind == K::kUserDomain;
    const bool user = own.kind == K::kUser || other.kind == K::kUser;
    if (domain && user) return above(model, unit, guarded.atom) || above(model, guarded.atom, unit);
    return model.may_meet(guarded.atom, unit);
  }
  // A user or a synced group that the policy does not name: the wider ones may still mean it.
  return (other.kind == K::kAutogroup && other.autogroup != Autogroup::kTagged) || other.kind == K::kUserDomain;
}

struct Permitted {
  std::vector<AtomId> atoms;
  AddressSet addresses;

  bool has(const AccessModel& model, AtomId s) const {
    return std::any_of(atoms.begin(), atoms.end(), [&](AtomId a) { return above(model, s, a); });
  }
};

/// Some source of the rule that the configuration does not name, or empty.
std::string stranger(const AccessModel& model, const Permitted& permitted, std::span<const AtomId> sources, const AddressSet& addresses) {
  for (const AtomId s : sources) {
    if (permitted.has(model, s)) continue;
    const auto members = model.members(s);
    const auto one = std::find_if_not(members.begin(), members.end(), [&](AtomId m) { return permitted.has(model, m); });
    if (model.is_defined_group(s) && one == members.end()) continue;
    return members.empty() ? model.name(s) : fmt::format("{} of {}", model.name(*one), model.name(s));
  }
  const AddressSet others = addresses.subtract(permitted.addresses);
  return others.empty() ? std::string() : others.ranges().front().to_text();
}

void look(LintContext& c, const std::string& destination, const Named& guarded, const Permitted& permitted) {
  const AccessModel& model = c.model();
  if (c.policy.allows_all()) {
    c.report(diag::ProtectedReached({0, 0}, destination, "*").help("without acls and grants everything is allowed"));
    return;
  }
  for (const AccessRule& rule : model.rules()) {
    if (rule.access.empty()) continue;
    const auto target = std::find_if(rule.targets.begin(), rule.targets.end(), [&](const AccessTarget& t) { return leads_to(c, t.unit, guarded); });
    if (target == rule.targets.end()) continue;
    const std::string who = stranger(model, permitted, rule.sources, rule.addresses);
    if (!who.empty()) c.report(diag::ProtectedReached(target->span, destination, who).help("the configuration says who may reach it"));
  }
  for (const SshRule& rule : c.policy.ssh) {
    const auto dsts = c.policy.at(rule.dst);
    const auto target = std::find_if(dsts.begin(), dsts.end(), [&](const Selector& s) {
      const AtomId unit = model.find(s);
      return unit != AccessModel::kNone && leads_to(c, unit, guarded);
    });
    if (target == dsts.end()) continue;
    std::vector<AtomId> sources;
    for (const Selector& s : c.policy.at(rule.src)) {
      if (const AtomId a = model.find(s); a != AccessModel::kNone) sources.push_back(a);
    }
    const std::string who = stranger(model, permitted, sources, {});
    if (!who.empty()) c.report(diag::ProtectedReached(target->span, destination, who).help("the rule lets in by ssh; the configuration says who may reach it"));
  }
}

}  // namespace

void protected_destination(LintContext& c) {
  for (const ProtectedDestination& p : c.options.protected_destinations) {
    Permitted permitted;
    for (const auto& written : p.sources) {
      const auto source = resolve(c, p, written, false);
      if (!source) continue;
      if (source->atom != AccessModel::kNone) permitted.atoms.push_back(source->atom);
      if (source->literal) permitted.addresses.add(source->addresses);
      if (source->selector.kind == K::kWildcard) permitted.addresses.add(reference::tailnet_addresses());
      if (source->selector.kind == K::kAutogroup && source->selector.autogroup == Autogroup::kDangerAll) {
        permitted.addresses.add(Prefix{Address::v4(0), 0});
        permitted.addresses.add(Prefix{Address::v6(0), 0});
      }
    }
    if (const auto destination = resolve(c, p, p.destination, true)) look(c, p.destination.text, *destination, permitted);
  }
}

}  // namespace aclc::lints
