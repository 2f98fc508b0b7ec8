// SPDX-License-Identifier: Apache-2.0
// Rules that other rules make needless, and rules that can never match. Decided over every tailnet: compiler/lint/model.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {

void covered(LintContext& c) {
  constexpr size_t kLabels = 3;
  const auto& rules = c.model().rules();
  for (const RuleCoverage::Covered& found : c.coverage().covered()) {
    const AccessRule& rule = rules[found.rule];
    std::vector<Span> by;
    for (const uint32_t i : found.by) by.push_back(rules[i].span);
    const std::string lines = c.line_names(by);
    Diagnostic d = found.same       ? diag::DuplicateRule(opening(rule.span), lines)
                   : by.size() == 1 ? diag::CoveredRule(opening(rule.span), lines)
                                    : diag::CoveredTogether(opening(rule.span), lines);
    const std::string_view label = found.same       ? "the same access"
                                   : by.size() == 1 ? "this allows all of it"
                                                    : "this allows a part of it";
    for (size_t i = 0; i < std::min(by.size(), kLabels); ++i) d = std::move(d).label(opening(by[i]), std::string(label));
    auto edits = c.removal(rule.span);
    const bool lasting = c.options.tailnet == nullptr || c.questions_everywhere().covered_by(c.model_everywhere().rules()[found.rule], found.by);
    if (!lasting) d = std::move(d).help("in this tailnet as it is: whoever joins as a guest is no member, and a device may be shared in");
    if (!edits.empty()) d = std::move(d).fix("remove the rule", std::move(edits), lasting ? FixSafety::kSafe : FixSafety::kUnsafe);
    c.report(std::move(d));
  }
}

void partly_covered(LintContext& c) {
  const AccessModel& model = c.model();
  const RuleCoverage& coverage = c.coverage();
  constexpr uint64_t kLooksPerRule = 1'000'000;
  uint64_t left_out = 0;
  for (uint32_t i = 0; i < model.rules().size(); ++i) {
    const AccessRule& rule = model.rules()[i];
    const auto share = coverage.share_of(i, std::min<uint64_t>(kLooksPerRule, c.options.budgets.looks));
    const bool is_covered = std::any_of(coverage.covered().begin(), coverage.covered().end(), [&](const RuleCoverage::Covered& found) { return found.rule == i; });
    left_out += !share && rule.plain() && !is_covered;
    // Half of it or more, and something is left that it adds.
    if (!share || share->covered == share->pairs || share->covered * 2 < share->pairs || share->covered == 0) continue;
    std::vector<Span> by;
    for (const uint32_t other : share->by) by.push_back(model.rules()[other].span);
    const Want& left = share->left.front();
    const std::string ports = left.whole || left.ports.empty() ? "*" : left.ports.to_text();
    const std::string source = share->source == AccessModel::kNone ? "its addresses" : fmt::format("`{}`", model.name(share->source));
    c.report(diag::PartlyCovered(opening(rule.span), static_cast<int64_t>(share->covered), static_cast<int64_t>(share->pairs), c.line_names(by))
                 .label(opening(by.front()), "this allows a part of it")
                 .help(fmt::format("it adds {} to `{}` {} {}, for one", source, model.name(share->unit), protocol_name(left.protocol), ports)));
  }
  if (left_out > 0) {
    c.leave_out(fmt::format("how much of {} rule{} others allow was not counted: {} looks at each were not enough", left_out, left_out == 1 ? "" : "s", kLooksPerRule), "split them");
  }
}

void dead_rule(LintContext& c) {
  const AccessModel& model = c.model();
  const Policy& p = c.policy;
  for (const AccessRule& rule : model.rules()) {
    const bool complete = rule.grant ? p.grants[rule.index].src_present && p.grants[rule.index].dst_present
                                     : p.acls[rule.index].src_present && p.acls[rule.index].dst_present;
    if (rule.app || rule.via || !complete) continue;
    const auto nobody = [&](AtomId a) { return model.is_defined_group(a) && model.members(a).empty(); };
    const bool no_source = rule.addresses.empty() && std::all_of(rule.sources.begin(), rule.sources.end(), nobody);
    const bool no_target =
        std::all_of(rule.targets.begin(), rule.targets.end(), [&](const AccessTarget& t) { return nobody(t.unit); });
    if (!no_source && !no_target) continue;
    Diagnostic d = diag::DeadRule(opening(rule.span), no_source ? "sources" : "destinations");
    auto edits = c.removal(rule.span);
    // An empty list may be one that is to be filled.
    if (!edits.empty()) d = std::move(d).fix("remove the rule", std::move(edits), FixSafety::kUnsafe);
    c.report(std::move(d));
  }
}

}  // namespace aclc::lints
