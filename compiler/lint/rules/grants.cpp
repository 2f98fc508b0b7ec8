// SPDX-License-Identifier: Apache-2.0
// Grants: routes by `via`, capabilities of apps; and acls where grants would do.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {

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
  for (const AclRule& r : c.policy.acls) c.report(diag::AclInsteadOfGrant(opening(r.span)));
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
