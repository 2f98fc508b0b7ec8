// SPDX-License-Identifier: Apache-2.0
// The policy's own tests: those that are missing, said twice, or that test only that there are no rules.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// An assertion of `tests` without what it expects.
std::string key_of(LintContext& c, const AclTest& t, const Destination& d) {
  std::string out = fmt::format("{} -> {}", c.written(t.src.span), c.written(d.span));
  for (const PostureAttr& a : c.policy.at(t.posture_attrs)) out += fmt::format(" {}={}", c.policy.text(a.name), c.written(a.value.span));
  return out;
}

}  // namespace

void missing_tests(LintContext& c) {
  const bool rules = !c.policy.acls.empty() || !c.policy.grants.empty();
  if (!rules) return;
  if (c.policy.tests.empty()) {
    c.report(diag::NoTests({0, 0}).help("`tests` say who must and who must not reach what; the hosted service runs them at each save"));
    return;
  }
  const auto any = [&](auto member) {
    return std::any_of(c.policy.tests.begin(), c.policy.tests.end(), [&](const AclTest& t) { return !(t.*member).empty(); });
  };
  const Span first = opening(c.policy.tests.front().span);
  if (!any(&AclTest::deny)) c.report(diag::NoDenyTests(first, "deny"));
  if (!any(&AclTest::accept)) c.report(diag::NoDenyTests(first, "accept"));
}

void duplicate_tests(LintContext& c) {
  struct Seen {
    uint8_t protocol;
    Span span;
  };
  std::map<std::pair<bool, std::string>, std::vector<Seen>> seen;
  for (const AclTest& t : c.policy.tests) {
    for (const bool accept : {true, false}) {
      for (const Destination& d : c.policy.at(accept ? t.accept : t.deny)) {
        std::vector<Seen>& before = seen[{accept, key_of(c, t, d)}];
        const auto same = std::find_if(before.begin(), before.end(), [&](const Seen& s) { return s.protocol == t.proto.number; });
        if (same == before.end()) {
          before.push_back({t.proto.number, d.span});
          continue;
        }
        Diagnostic found = diag::DuplicateTest(d.span, c.written(t.src.span), c.written(d.span)).label(same->span, "the same assertion");
        auto edits = c.removal({d.span.begin - 1, d.span.end + 1});
        const size_t others = c.policy.at(accept ? t.accept : t.deny).size();
        if (!edits.empty() && others > 1) found = std::move(found).fix("remove the second one", std::move(edits));
        c.report(std::move(found));
      }
    }
  }
}

/// A denial that no edit of one rule's source, or of one rule's destination, could break tests only that there is no such rule.
void default_deny_only(LintContext& c) {
  const AccessModel& model = c.model();
  const auto meets_any = [&](AtomId atom, const auto& atoms) { return std::any_of(atoms.begin(), atoms.end(), [&](AtomId a) { return model.is_everything(a) || model.may_meet(a, atom); }); };
  for (const AclTest& t : c.policy.tests) {
    const AtomId source = t.src.kind == SelectorKind::kUser ? model.find_user(t.src.name) : model.find(t.src);
    for (const Destination& d : c.policy.at(t.deny)) {
      const std::vector<AtomId> units = model.units_of(d.selector);
      AddressSet addresses;
      const bool literal = model.literal(d.selector, addresses);
      const bool near = std::any_of(model.rules().begin(), model.rules().end(), [&](const AccessRule& r) {
        if (!r.addresses.empty()) return true;  // whose addresses those are nobody knows here
        if (source != AccessModel::kNone && meets_any(source, r.sources)) return true;
        return std::any_of(r.targets.begin(), r.targets.end(), [&](const AccessTarget& target) {
          if (model.is_everything(target.unit)) return true;
          if (model.is_range(target.unit)) return literal && addresses.overlaps(model.range(target.unit));
          return std::any_of(units.begin(), units.end(), [&](AtomId u) { return model.may_meet(u, target.unit); });
        });
      });
      if (!near) c.report(diag::DefaultDenyOnly(d.span, c.written(t.src.span), c.written(d.span)));
    }
  }
}

void untested_rule(LintContext& c) {
  if (c.options.tests == nullptr || c.options.tests->results.empty()) return;
  const TestReport& report = *c.options.tests;
  for (size_t i = 0; i < report.rules.size(); ++i) {
    if (!report.exercised[i] && !report.rules[i].empty()) c.report(diag::UntestedRule(opening(report.rules[i])));
  }
}

void untested_protected(LintContext& c) {
  for (const ProtectedDestination& guarded : c.options.protected_destinations) {
    bool denied = false, named = false;
    for (const Use& use : c.uses()) named = named || c.text(*use.selector) == guarded.destination.text;
    for (const AclTest& t : c.policy.tests) {
      for (const Destination& d : c.policy.at(t.deny)) denied = denied || c.text(d.selector) == guarded.destination.text;
    }
    if (denied || !named) continue;
    const Span at = c.policy.tests.empty() ? Span{0, 0} : opening(c.policy.tests.front().span);
    c.report(diag::UntestedProtected(at, guarded.destination.text));
  }
}

}  // namespace aclc::lints
