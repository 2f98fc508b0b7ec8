// SPDX-License-Identifier: Apache-2.0
// The policy's own tests: those that are missing, said twice, or that test only that there are no rules.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/lint/edits.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// An assertion of `tests` without what it expects.
std::string key_of(LintContext& c, const AclTest& t, const Destination& d) {
  std::string out = fmt::format("{} -> {}", c.written(t.src.span), c.written(d.span));
  for (const PostureAttr& a : c.policy.at(t.posture_attrs)) out += fmt::format(" {}={}", c.policy.text(a.name), c.written(a.value.span));
  return out;
}

/// A test that denies somebody whom the policy names the access that a rule gives others; empty where there is none.
std::string denial_at(LintContext& c, const ProtectedDestination& guarded) {
  std::optional<TestedRule> rule;
  const auto look = [&](const auto& r) {
    if (rule) return;
    rule = tested(c, r);
    if (rule && rule->destination != guarded.destination.text) rule.reset();
  };
  for (const AclRule& r : c.policy.acls) look(r);
  for (const Grant& r : c.policy.grants) look(r);
  if (!rule) return {};
  std::vector<std::string_view> users;
  for (const Use& use : c.uses()) {
    if (use.selector->kind == SelectorKind::kUser) users.push_back(c.text(*use.selector));
  }
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  // Whom the configuration lets in may be let in tomorrow.
  std::erase_if(users, [&](std::string_view user) {
    return std::any_of(guarded.sources.begin(), guarded.sources.end(), [&](const ProtectedDestination::Written& source) {
      if (source.text == user) return true;
      const Selector s = c.selector_of(source.text);
      const uint32_t group = s.kind == SelectorKind::kGroup && s.name.valid() ? c.definitions.group_of(s.name) : Definitions::kNone;
      if (group == Definitions::kNone) return s.kind != SelectorKind::kUser && s.kind != SelectorKind::kTag;
      const auto members = c.policy.at(c.policy.groups[group].members);
      return std::any_of(members.begin(), members.end(), [&](const Selector& m) { return c.text(m) == user; });
    });
  });
  constexpr size_t kMostTried = 20;
  std::vector<std::string> tests;
  for (const std::string_view user : users) {
    if (tests.size() < kMostTried) tests.push_back(test_of(*rule, user, "deny"));
  }
  const std::vector<bool> pass = pass_as_tests(c, tests);
  const auto first = std::find(pass.begin(), pass.end(), true);
  return first == pass.end() ? std::string() : tests[static_cast<size_t>(first - pass.begin())];
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
  if (!any(&AclTest::deny)) c.report(diag::NoDenyTests(first, "denied"));
  if (!any(&AclTest::accept)) c.report(diag::NoDenyTests(first, "allowed"));
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
  std::vector<Span> untested;
  std::vector<std::string> tests;
  const auto stub = [&](const std::optional<TestedRule>& rule) {
    if (rule) tests.push_back(test_of(*rule, rule->source, "accept"));
  };
  for (size_t i = 0; i < report.rules.size(); ++i) {
    if (report.exercised[i] || report.rules[i].empty()) continue;
    untested.push_back(report.rules[i]);
    const auto is_it = [&](const auto& rule) { return rule.span == report.rules[i]; };
    if (const auto acl = std::find_if(c.policy.acls.begin(), c.policy.acls.end(), is_it); acl != c.policy.acls.end()) stub(tested(c, *acl));
    if (const auto grant = std::find_if(c.policy.grants.begin(), c.policy.grants.end(), is_it); grant != c.policy.grants.end()) stub(tested(c, *grant));
  }
  // One fix for all: they would stand in one another's way. Only what holds now.
  std::sort(tests.begin(), tests.end());
  tests.erase(std::unique(tests.begin(), tests.end()), tests.end());
  const std::vector<bool> pass = pass_as_tests(c, tests);
  std::string added;
  for (size_t i = 0; i < tests.size(); ++i) {
    if (pass[i]) added.append(added.empty() ? "" : ", ").append(tests[i]);
  }
  std::vector<Edit> edits = added.empty() ? std::vector<Edit>() : append_to_section(c, "tests", added);
  for (const Span rule : untested) {
    Diagnostic d = diag::UntestedRule(opening(rule));
    // That it must stay so is the author's to say.
    if (!edits.empty()) d = std::move(d).fix("add tests that hold now", std::exchange(edits, {}), FixSafety::kUnsafe);
    c.report(std::move(d));
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
    Diagnostic d = diag::UntestedProtected(at, guarded.destination.text);
    if (const std::string test = denial_at(c, guarded); !test.empty()) {
      if (auto edits = append_to_section(c, "tests", test); !edits.empty()) d = std::move(d).fix("add a test that holds now", std::move(edits), FixSafety::kUnsafe);
    }
    c.report(std::move(d));
  }
}

}  // namespace aclc::lints
