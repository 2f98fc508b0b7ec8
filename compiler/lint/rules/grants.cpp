// SPDX-License-Identifier: Apache-2.0
// Grants: routes by `via`, capabilities of apps; and acls where grants would do.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/net/protocol.h"
#include "compiler/check/conversion.h"
#include "compiler/check/insertion.h"
#include "compiler/lint/edits.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

std::string joined(const std::vector<std::string>& rules, const std::string& separator) {
  std::string out;
  for (const std::string& rule : rules) out.append(out.empty() ? "" : separator).append(rule);
  return out;
}

/// What stands between rules that are put where this one is: a line for each where it has one of its own.
std::string between(const LintContext& c, Span rule) {
  const std::string_view text = c.tree.text();
  uint32_t line = rule.begin;
  while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t')) --line;
  const bool own_line = line == 0 || text[line - 1] == '\n';
  return own_line ? ",\n" + std::string(text.substr(line, rule.begin - line)) : ", ";
}

/// Edits that make a list of grants of the list of acls. Empty where there are grants already, or one of the acls cannot be one.
std::vector<Edit> acls_as_grants(LintContext& c) {
  const NodeId member = checks::find_field(c.tree, c.tree.root(), "acls");
  if (!member.valid() || checks::find_field(c.tree, c.tree.root(), "grants").valid()) return {};
  std::vector<Edit> edits{{c.tree[c.tree.name_of(member)].span, "\"grants\""}};
  for (const AclRule& r : c.policy.acls) {
    const std::vector<std::string> grants = checks::grants_saying(c.policy, c.tree, r);
    const auto inside = [&](const CommentSpan& comment) { return r.span.begin < comment.span.begin && comment.span.end < r.span.end; };
    if (grants.empty() || std::any_of(c.comments().begin(), c.comments().end(), inside)) return {};
    edits.push_back({r.span, joined(grants, between(c, r.span))});
  }
  return edits;
}

/// Edits that move acls to the end of the grants, all that can be at once, and which those are. Comments would stay behind: an acl
/// with some stays.
std::pair<std::vector<Edit>, std::set<const AclRule*>> acls_moved_to_grants(LintContext& c) {
  std::vector<std::string> grants;
  std::vector<Edit> edits;
  std::set<const AclRule*> moved;
  for (const AclRule& r : c.policy.acls) {
    const std::vector<std::string> said = checks::grants_saying(c.policy, c.tree, r);
    if (said.empty() || has_comments(c, r.span)) continue;
    std::vector<Edit> away = c.removal(r.span);
    // One behind the other in the text, as the rules are.
    if (away.empty() || (!edits.empty() && away.front().span.begin < edits.back().span.end)) continue;
    std::move(away.begin(), away.end(), std::back_inserter(edits));
    grants.insert(grants.end(), said.begin(), said.end());
    moved.insert(&r);
  }
  if (moved.empty()) return {};
  std::vector<Edit> added = append_to_section(c, "grants", joined(grants, between(c, c.policy.grants.empty() ? c.policy.acls.front().span : c.policy.grants.back().span)));
  if (added.empty() || !add_apart(edits, std::move(added))) return {};
  return {std::move(edits), std::move(moved)};
}

}  // namespace

void via_without_router(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const auto& world = c.world();
  for (const Grant& g : c.policy.grants) {
    for (const Selector& via : c.policy.at(g.via)) {
      const reference::NodeList nodes = world.nodes_of(via);
      const bool router = std::any_of(nodes.begin(), nodes.end(), [&](TailnetNodeId id) { return !world.served(id).all.empty(); });
      if (router) continue;
      c.report(diag::ViaWithoutRouter(via.span, c.text(via), nodes.empty() ? "no device has the tag" : "no device with the tag serves a route"));
    }
  }
}

/// Whether some rule opens a port to what an app grant is about.
void app_without_network(LintContext& c) {
  const AccessModel& model = c.model();
  for (const AccessRule& rule : model.rules()) {
    if (!rule.app || !rule.access.empty() || rule.via) continue;
    const bool path = std::any_of(model.rules().begin(), model.rules().end(), [&](const AccessRule& other) {
      if (other.access.empty()) return false;
      const bool from = !other.addresses.empty() || !rule.addresses.empty() ||
                        std::any_of(other.sources.begin(), other.sources.end(), [&](AtomId s) {
                          return std::any_of(rule.sources.begin(), rule.sources.end(), [&](AtomId own) {
                            return model.is_everything(s) || model.is_everything(own) || model.may_meet(s, own);
                          });
                        });
      return from && std::any_of(other.targets.begin(), other.targets.end(), [&](const AccessTarget& t) {
        return std::any_of(rule.targets.begin(), rule.targets.end(), [&](const AccessTarget& own) {
          return model.is_everything(t.unit) || model.is_everything(own.unit) || t.unit == model.self() || own.unit == model.self() ||
                 model.may_meet(t.unit, own.unit);
        });
      });
    });
    // What the client itself serves needs no port of its own.
    const auto apps = c.policy.at(c.policy.grants[rule.index].app);
    const bool built_in = std::all_of(apps.begin(), apps.end(), [&](const AppCapability& a) {
      const std::string_view name = c.policy.text(a.name);
      return name == "tailscale.com/cap/drive" || name == "tailscale.com/cap/relay";
    });
    if (path || built_in) continue;
    c.report(diag::AppWithoutNetwork(opening(rule.span)).help("add `ip` to the grant, or another rule that opens the app's port"));
  }
}

void acl_instead_of_grant(LintContext& c) {
  if (c.policy.acls.empty()) return;
  // One fix for all: in place where there are no grants yet, so that comments and order stay; else those that can be moved.
  std::vector<Edit> edits = acls_as_grants(c);
  std::string title = "write all acls as grants";
  const AclRule* at = c.policy.acls.data();
  if (edits.empty()) {
    auto [moving, moved] = acls_moved_to_grants(c);
    edits = std::move(moving);
    title = moved.size() == 1 ? "write it as a grant" : fmt::format("write {} acls as grants", moved.size());
    if (!moved.empty()) at = *moved.begin();  // the rules are one array: in the order of the text
  }
  for (const AclRule& r : c.policy.acls) {
    Diagnostic d = diag::AclInsteadOfGrant(opening(r.span));
    if (&r == at && !edits.empty()) d = std::move(d).fix(title, std::move(edits));
    c.report(std::move(d));
  }
}

void shared_to_tag(LintContext& c) {
  const auto judge = [&](Selectors src, Span tag, std::string_view name) {
    for (const Selector& s : c.policy.at(src)) {
      if (s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kShared) {
        c.report(diag::SharedToTag(tag, name).label(s.span, "people from other tailnets"));
      }
    }
  };
  for (const AclRule& r : c.policy.acls) {
    for (const Destination& d : c.policy.at(r.dst)) {
      if (d.selector.kind == SelectorKind::kTag) judge(r.src, d.selector.span, c.text(d.selector));
    }
  }
  for (const Grant& g : c.policy.grants) {
    for (const Selector& d : c.policy.at(g.dst)) {
      if (d.kind == SelectorKind::kTag) judge(g.src, d.span, c.text(d));
    }
  }
}

}  // namespace aclc::lints
