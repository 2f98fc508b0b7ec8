// SPDX-License-Identifier: Apache-2.0
// ssh rules: without a path they do nothing, and their order is not that of the file.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
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

/// Whether a rule may open tcp 22 between the two, of which some rule may know nothing by name: then only rules of everything, of
/// autogroups or of addresses can mean it.
bool wide_path(const AccessModel& model, const Selector& src, AtomId from, AtomId to) {
  const auto wide = [&](AtomId a, AtomId known) {
    if (model.is_everything(a) || (known != AccessModel::kNone && model.may_meet(a, known))) return true;
    if (known != AccessModel::kNone) return false;
    return model.is_range(a) || model.name(a).starts_with("autogroup:") || model.name(a).starts_with("user:*");
  };
  const auto source = [&](AtomId a) {
    return wide(a, from) || (from == AccessModel::kNone && src.kind == SelectorKind::kGroup && !model.name(a).starts_with("tag:"));
  };
  const auto opens = [](const AccessRule& rule, const AccessTarget& t) {
    for (uint32_t a = t.access_begin; a < t.access_end; ++a) {
      const PortAccess& access = rule.access[a];
      if ((access.protocol == 0 || access.protocol == kTcp) && access.ports.contains(22)) return true;
    }
    return false;
  };
  return std::any_of(model.rules().begin(), model.rules().end(), [&](const AccessRule& rule) {
    const auto target = [&](const AccessTarget& t) { return opens(rule, t) && (wide(t.unit, to) || t.unit == model.self()); };
    return std::any_of(rule.targets.begin(), rule.targets.end(), target) &&
           (!rule.addresses.empty() || std::any_of(rule.sources.begin(), rule.sources.end(), source));
  });
}

}  // namespace

void ssh_without_network(LintContext& c) {
  if (c.policy.allows_all()) return;
  const AccessModel& model = c.model();
  for (const SshRule& r : c.policy.ssh) {
    bool told = false;
    for (const Selector& dst : c.policy.at(r.dst)) {
      for (const Selector& src : c.policy.at(r.src)) {
        if (told) break;
        const AtomId from = model.find(src), to = model.find(dst);
        // A name that no rule speaks of may still be in a wider one.
        if (from != AccessModel::kNone && to != AccessModel::kNone) {
          if (c.coverage().touched(from, to, kTcp, 22)) continue;
        } else {
          const bool user_side = src.kind == SelectorKind::kUser || src.kind == SelectorKind::kGroup || src.kind == SelectorKind::kTag;
          const bool tag_side = dst.kind == SelectorKind::kTag || dst.kind == SelectorKind::kUser;
          if (!user_side && from == AccessModel::kNone) continue;
          if (!tag_side && to == AccessModel::kNone) continue;
          if (wide_path(model, src, from, to)) continue;
        }
        told = true;
        c.report(diag::SshWithoutNetwork(dst.span, c.written(src.span), c.written(dst.span))
                     .label(src.span, "the source")
                     .help("an ssh rule opens no port: add a grant or an acl for tcp 22"));
      }
    }
  }
}

void ssh_shadowed(LintContext& c) {
  const auto& rules = c.policy.ssh;
  constexpr size_t kMaxCompared = 2000;
  for (size_t i = 0; i < rules.size() && rules.size() <= kMaxCompared; ++i) {
    for (size_t j = 0; j < rules.size(); ++j) {
      if (i == j || rules[i].src.empty() || rules[i].dst.empty() || !without_postures(c, rules[i], rules[j])) continue;
      const bool check_i = is_check(c, rules[i]), check_j = is_check(c, rules[j]);
      // Checks come before accepts, then the order of the file counts (recorded answers).
      const bool earlier = check_j != check_i ? check_j : j < i;
      if (!earlier) continue;
      if (!within(c, rules[i].src, rules[j].src) || !within(c, rules[i].dst, rules[j].dst) || !users_within(c, rules[i], rules[j])) continue;
      Diagnostic d = diag::SshShadowed(opening(rules[i].span), c.line_name(rules[j].span)).label(opening(rules[j].span), "this decides first");
      if (check_j && !check_i) d = std::move(d).help("rules with `check` are asked before rules with `accept`, wherever they stand");
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
      if (user == "root" && !is_check(c, r) && !own) c.report(diag::SshRootAccept(u.span).help("`\"action\": \"check\"` asks them to log in again"));
      if (user == "autogroup:nonroot" && tag != dsts.end()) c.report(diag::SshNonrootOnTag(u.span, c.written(tag->span)));
    }
  }
}

void soft_recorder(LintContext& c) {
  for (const SshRule& r : c.policy.ssh) {
    if (!r.recorder.empty() && !r.enforce_recorder) {
      c.report(diag::SoftRecorder(r.recorder_span).help("`\"enforceRecorder\": true` refuses a session that cannot be recorded"));
    }
  }
}

}  // namespace aclc::lints
