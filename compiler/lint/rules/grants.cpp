// SPDX-License-Identifier: Apache-2.0
// Grants: routes by `via`, capabilities of apps; and acls where grants would do.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/check/conversion.h"
#include "compiler/check/insertion.h"
#include "compiler/lint/edits.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

std::string joined(const std::vector<std::string>& rules, const std::string& between) {
  std::string out;
  for (const std::string& rule : rules) out.append(out.empty() ? "" : between).append(rule);
  return out;
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
    const std::string_view text = c.tree.text();
    uint32_t line = r.span.begin;
    while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t')) --line;
    const bool own_line = line == 0 || text[line - 1] == '\n';
    edits.push_back({r.span, joined(grants, own_line ? ",\n" + std::string(text.substr(line, r.span.begin - line)) : ", ")});
  }
  return edits;
}

/// Edits that move one acl to the end of the grants. Its comments would stay behind: with some there is no fix.
std::vector<Edit> acl_moved_to_grants(LintContext& c, const AclRule& rule) {
  const std::vector<std::string> grants = checks::grants_saying(c.policy, c.tree, rule);
  if (grants.empty() || has_comments(c, rule.span)) return {};
  std::vector<Edit> edits = append_to_section(c, "grants", joined(grants, ", "));
  std::vector<Edit> away = c.removal(rule.span);
  if (edits.empty() || away.empty() || !add_apart(edits, std::move(away))) return {};
  return edits;
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
  // In place where there are no grants yet, so that comments and order stay: the first finding does it for all.
  const std::vector<Edit> all = acls_as_grants(c);
  for (const AclRule& r : c.policy.acls) {
    Diagnostic d = diag::AclInsteadOfGrant(opening(r.span));
    if (!all.empty()) {
      if (&r == c.policy.acls.data()) d = std::move(d).fix("write all acls as grants", all);
    } else if (std::vector<Edit> edits = acl_moved_to_grants(c, r); !edits.empty()) {
      d = std::move(d).fix("write it as a grant", std::move(edits));
    }
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
