// SPDX-License-Identifier: Apache-2.0
// Which rules give what OtherDiff found, looked for once more at the one device that a change is shown with.
#include <algorithm>
#include <optional>

#include "base/sorted.h"
#include "compiler/diff/others.h"

namespace aclc::diff {

OtherDiff::Cause OtherDiff::cause(const Edge& edge) {
  Cause out;
  out.device = edge.node;
  // Somebody else than the device itself, where there is one; the first in the tailnet's order.
  std::optional<uint32_t> source;
  for (const uint32_t atom : edge.src) {
    const TailnetNodeId node = atoms_.first_node(atom);
    if (!node.valid()) continue;
    const bool better = !source || out.source == edge.node || (node != edge.node && node < out.source);
    if (!better) continue;
    source = atom;
    out.source = node;
  }
  switch (labels_[edge.what].kind) {
    case OtherKind::kSsh:
      if (source) out.rules = ssh_rules(edge, *source);
      break;
    case OtherKind::kCapability:
      if (source) out.rules = grants_of(edge, *source);
      break;
    case OtherKind::kAttribute: out.rules = node_attrs(edge); break;
    case OtherKind::kRoute: break;
  }
  return out;
}

/// The first rule for the login counts.
std::vector<Span> OtherDiff::ssh_rules(const Edge& edge, uint32_t source) {
  std::vector<Span> out;
  Side& side = *sides_[edge.gained];
  side.ssh.visit(edge.node, [&](const std::vector<wire::SshRule>& rules, uint32_t index) {
    for (const wire::SshRule& rule : rules) {
      if (!out.empty()) return;
      const SshEntry entry = entry_of(rule);
      const bool gives = std::any_of(entry.logins.begin(), entry.logins.end(), [&](const Login& l) { return l.label == edge.what; });
      if (gives && contains_sorted(entry.sources, source)) out.push_back(side.policy().ssh[index].span);
    }
  });
  return out;
}

std::vector<Span> OtherDiff::grants_of(const Edge& edge, uint32_t source) {
  std::vector<Span> out;
  Side& side = *sides_[edge.gained];
  side.planner.plan(edge.node, side.plan);
  for (const tables::PlannedRule& rule : side.plan.rules) {
    if (!rule.app) continue;
    const AtomSet from = rule.source.content.valid() ? atoms_.of(edge.gained, rule.source.content) : atoms_.of(edge.gained, side.plan.locals[rule.source.local]);
    if (!contains_sorted(from, source)) continue;
    for (uint32_t g = rule.first; g < rule.first + rule.count; ++g) {
      const tables::Grant& grant = side.plan.grants[g];
      const std::vector<uint32_t> labels = labels_of(OtherKind::kCapability, tables::cap_map(grant));
      const Span span = grant.rule->span;
      const bool known = std::any_of(out.begin(), out.end(), [&](Span s) { return s == span; });
      if (!known && std::find(labels.begin(), labels.end(), edge.what) != labels.end()) out.push_back(span);
    }
  }
  return out;
}

std::vector<Span> OtherDiff::node_attrs(const Edge& edge) const {
  const Side& side = *sides_[edge.gained];
  const Policy& policy = side.policy();
  const identity::Identity& identity = side.identity();
  const std::string& text = labels_[edge.what].text;
  const auto is_it = [&](std::string_view name) {
    // With `funnel` come attributes of other names (reference::capabilities).
    if (name == "funnel" && text.starts_with("https://tailscale.com/cap/") && text.find("funnel") != std::string::npos) return true;
    return text == name || (text.starts_with(name) && text[name.size()] == ' ');
  };
  std::vector<Span> out;
  for (const NodeAttr& entry : policy.node_attrs) {
    const auto targets = policy.at(entry.target);
    const bool meant = std::any_of(targets.begin(), targets.end(), [&](const Selector& target) {
      const identity::TermId term = identity.term_of(target);
      return term.valid() && identity.has(term, identity.class_of(edge.node));
    });
    if (!meant) continue;
    const auto attributes = policy.at(entry.attr);
    const auto apps = policy.at(entry.app);
    const bool gives = std::any_of(attributes.begin(), attributes.end(), [&](const Text& t) { return is_it(policy.text(t)); }) ||
                       std::any_of(apps.begin(), apps.end(), [&](const AppCapability& a) { return is_it(policy.text(a.name)); });
    if (gives) out.push_back(entry.span);
  }
  return out;
}

}  // namespace aclc::diff
