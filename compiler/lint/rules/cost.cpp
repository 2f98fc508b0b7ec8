// SPDX-License-Identifier: Apache-2.0
// How much one rule joins, and what it makes of every node's filter.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/rules/rules.h"
#include "compiler/reference/statements.h"

namespace aclc::lints {
namespace {

using reference::Statement;

/// How many devices selectors have, each counted as often as it is named.
uint64_t at_most(Devices& devices, const std::vector<Selector>& selectors) {
  uint64_t all = 0;
  for (const Selector& s : selectors) all += devices.of(s).size();
  return all;
}

size_t count_of(Devices& devices, const std::vector<Selector>& selectors) {
  reference::NodeList all;
  for (const Selector& s : selectors) {
    const reference::NodeList& nodes = devices.of(s);
    all.insert(all.end(), nodes.begin(), nodes.end());
  }
  if (selectors.size() == 1) return all.size();
  std::sort(all.begin(), all.end());
  return static_cast<size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

}  // namespace

void broad_rule(LintContext& c) {
  if (c.options.tailnet == nullptr || c.policy.allows_all() || c.options.budgets.reach == 0) return;
  for (const Statement& s : reference::statements(c.policy)) {
    std::vector<Selector> targets;
    for (const reference::Part& part : s.parts) {
      for (const reference::Target& t : part.targets) targets.push_back(t.selector);
    }
    if (at_most(c.devices(), s.src) * at_most(c.devices(), targets) <= c.options.budgets.reach) continue;
    const size_t from = count_of(c.devices(), s.src), to = count_of(c.devices(), targets);
    const uint64_t pairs = uint64_t{from} * to;
    if (pairs <= c.options.budgets.reach) continue;
    c.report(diag::BroadRule(opening(s.span), static_cast<int64_t>(from), static_cast<int64_t>(to), static_cast<int64_t>(c.options.budgets.reach)));
  }
}

/// Entries at one node: each of its addresses, or each run of a literal, with each item of ports.
void many_entries(LintContext& c) {
  if (c.options.budgets.entries == 0) return;
  const auto judge = [&](Span rule, uint64_t entries) {
    if (entries > c.options.budgets.entries) {
      c.report(diag::ManyEntries(opening(rule), static_cast<int64_t>(entries), static_cast<int64_t>(c.options.budgets.entries)));
    }
  };
  const auto runs = [&](const Selector& s) -> uint64_t {
    AddressSet set;
    return c.model().literal(s, set) ? set.ranges().size() : 2;
  };
  for (const AclRule& r : c.policy.acls) {
    uint64_t entries = 0;
    for (const Destination& d : c.policy.at(r.dst)) entries += runs(d.selector) * d.ports.count;
    judge(r.span, entries);
  }
  for (const Grant& r : c.policy.grants) {
    uint64_t entries = 0, items = 0;
    for (const NetCapability& n : c.policy.at(r.ip)) items += n.ports.count;
    for (const Selector& d : c.policy.at(r.dst)) entries += runs(d) * items;
    judge(r.span, entries);
  }
}

void self_cost(LintContext& c) {
  for (const Use& use : c.uses()) {
    const bool dst = use.position == Position::kAclDst || use.position == Position::kGrantDst;
    const Selector& s = *use.selector;
    if (dst && s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kSelf) c.report(diag::SelfCost(s.span));
  }
}

}  // namespace aclc::lints
