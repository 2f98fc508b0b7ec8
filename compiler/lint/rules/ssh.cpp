// SPDX-License-Identifier: Apache-2.0
// ssh rules: their order is not that of the file, and whom they let in as whom.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/insertion.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

bool is_check(LintContext& c, const SshRule& r) { return c.policy.text(r.action) == "check"; }

bool is_autogroup(const Selector& s, Autogroup which) { return s.kind == SelectorKind::kAutogroup && s.autogroup == which; }

/// Whether every device that the selectors of `narrow` name is one that `wide` names.
bool within(LintContext& c, Selectors narrow, Selectors wide) {
  const auto others = c.policy.at(wide);
  for (const Selector& s : c.policy.at(narrow)) {
    const auto same = [&](const Selector& o) { return o.kind == s.kind && o.name == s.name && o.autogroup == s.autogroup; };
    if (std::any_of(others.begin(), others.end(), same)) continue;
    const uint32_t group = s.kind == SelectorKind::kUser ? 0 : Definitions::kNone;
    if (group == Definitions::kNone) return false;
    // A user in a group of the other rule.
    const bool member = std::any_of(others.begin(), others.end(), [&](const Selector& o) {
      const uint32_t g = o.kind == SelectorKind::kGroup ? c.definitions.group_of(o.name) : Definitions::kNone;
      if (g == Definitions::kNone) return false;
      const auto members = c.policy.at(c.policy.groups[g].members);
      return std::any_of(members.begin(), members.end(), same);
    });
    if (!member) return false;
  }
  return true;
}

/// Login users of `narrow` that `wide` leaves out. `autogroup:nonroot` is all but root.
bool users_within(LintContext& c, const SshRule& narrow, const SshRule& wide) {
  const auto has = [&](std::string_view wanted) {
    for (const Text& u : c.policy.at(wide.users)) {
      if (c.policy.text(u) == wanted) return true;
    }
    return false;
  };
  for (const Text& u : c.policy.at(narrow.users)) {
    const std::string_view user = c.policy.text(u);
    const bool special = user.starts_with("localpart:") || user.starts_with("autogroup:");
    if (!has(user) && !(!special && user != "root" && has("autogroup:nonroot"))) return false;
  }
  return true;
}

bool without_postures(LintContext& c, const SshRule& a, const SshRule& b) {
  return !a.src_posture.present && !b.src_posture.present && c.policy.default_src_posture.names.empty();
}

}  // namespace

void ssh_shadowed(LintContext& c) {
  const auto& rules = c.policy.ssh;
  constexpr size_t kMaxCompared = 2000;
  if (rules.size() > kMaxCompared) {
    c.leave_out(fmt::format("{} ssh rules were not compared with one another: with more than {} that takes too long", rules.size(), kMaxCompared),
                "whether one decides before another is not known");
    return;
  }
  for (size_t i = 0; i < rules.size(); ++i) {
    for (size_t j = 0; j < rules.size(); ++j) {
      if (i == j || rules[i].src.empty() || rules[i].dst.empty() || !without_postures(c, rules[i], rules[j])) continue;
      const bool check_i = is_check(c, rules[i]), check_j = is_check(c, rules[j]);
      // Checks come before accepts, then the order of the file counts (recorded answers).
      const bool earlier = check_j != check_i ? check_j : j < i;
      if (!earlier) continue;
      if (!within(c, rules[i].src, rules[j].src) || !within(c, rules[i].dst, rules[j].dst) || !users_within(c, rules[i], rules[j])) continue;
      Diagnostic d = diag::SshShadowed(opening(rules[i].span), c.line_name(rules[j].span)).label(opening(rules[j].span), "this decides first");
      if (check_j && !check_i) d = std::move(d).help("rules with `check` are asked before rules with `accept`, wherever they stand");
      if (auto edits = c.removal(rules[i].span); !edits.empty()) d = std::move(d).fix("remove the rule", std::move(edits), FixSafety::kUnsafe);
      c.report(std::move(d));
      break;
    }
  }
}

void ssh_users(LintContext& c) {
  for (const SshRule& r : c.policy.ssh) {
    const auto dsts = c.policy.at(r.dst);
    const bool own = std::all_of(dsts.begin(), dsts.end(), [](const Selector& s) { return is_autogroup(s, Autogroup::kSelf); });
    const auto tag = std::find_if(dsts.begin(), dsts.end(), [](const Selector& s) { return s.kind == SelectorKind::kTag || is_autogroup(s, Autogroup::kTagged); });
    for (const Text& u : c.policy.at(r.users)) {
      const std::string_view user = c.policy.text(u);
      if (user == "root" && !is_check(c, r) && !own) {
        Diagnostic d = diag::SshRootAccept(u.span).help("`\"action\": \"check\"` asks them to log in again");
        // Who is tagged cannot be asked.
        const auto srcs = c.policy.at(r.src);
        const bool people = std::none_of(srcs.begin(), srcs.end(), [](const Selector& s) { return s.kind == SelectorKind::kTag || is_autogroup(s, Autogroup::kTagged); });
        if (people && r.action.present()) d = std::move(d).fix("ask for a login first", {{r.action.span, "check"}}, FixSafety::kUnsafe);
        c.report(std::move(d));
      }
      if (user == "autogroup:nonroot" && tag != dsts.end()) c.report(diag::SshNonrootOnTag(u.span, c.written(tag->span)));
    }
  }
}

void soft_recorder(LintContext& c) {
  for (const SshRule& r : c.policy.ssh) {
    if (!r.recorder.empty() && !r.enforce_recorder) {
      Diagnostic d = diag::SoftRecorder(r.recorder_span).help("`\"enforceRecorder\": true` refuses a session that cannot be recorded");
      if (auto edits = checks::set_field(c.tree, r.span, "enforceRecorder", "true"); !edits.empty()) d = std::move(d).fix("refuse what cannot be recorded", std::move(edits), FixSafety::kUnsafe);
      c.report(std::move(d));
    }
  }
}

}  // namespace aclc::lints
