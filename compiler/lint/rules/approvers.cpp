// SPDX-License-Identifier: Apache-2.0
// autoApprovers: who may bring routes into the tailnet.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

std::vector<std::string_view> names_of(LintContext& c, Selectors list) {
  std::vector<std::string_view> out;
  for (const Selector& s : c.policy.at(list)) out.push_back(c.written(s.span));
  std::sort(out.begin(), out.end());
  return out;
}

bool is_prefix(const Selector& s) { return s.kind == SelectorKind::kPrefix || s.kind == SelectorKind::kAddress; }

}  // namespace

void broad_approver(LintContext& c) {
  const auto judge = [&](Selectors list, std::string_view what) {
    for (const Selector& s : c.policy.at(list)) {
      if (is_broad(s)) c.report(diag::BroadApprover(s.span, c.written(s.span), what));
    }
  };
  for (const RouteApprovers& r : c.policy.auto_approvers.routes) judge(r.approvers, fmt::format("routes in {}", c.written(r.prefix.span)));
  judge(c.policy.auto_approvers.exit_node, "exit nodes");
  for (const ServiceApprovers& s : c.policy.auto_approvers.services) judge(s.approvers, fmt::format("hosts of {}", c.written(s.service.span)));
}

void overlapping_approvers(LintContext& c) {
  const auto& routes = c.policy.auto_approvers.routes;
  constexpr size_t kMaxCompared = 1000;
  if (routes.size() > kMaxCompared) {
    c.leave_out(fmt::format("{} routes of autoApprovers were not compared with one another: with more than {} that takes too long", routes.size(), kMaxCompared),
                "whether one is approved for more than its own approvers is not known");
    return;
  }
  for (size_t i = 0; i < routes.size(); ++i) {
    if (!is_prefix(routes[i].prefix)) continue;
    const Prefix narrow = c.policy.prefix(routes[i].prefix).masked();
    for (size_t j = 0; j < routes.size(); ++j) {
      // The recipe for app connectors is a key of all addresses (Tailscale docs, "App connectors").
      if (i == j || !is_prefix(routes[j].prefix)) continue;
      const Prefix wide = c.policy.prefix(routes[j].prefix).masked();
      if (wide.length == 0 || wide.length >= narrow.length || !wide.contains(narrow)) continue;
      const auto own = names_of(c, routes[i].approvers), theirs = names_of(c, routes[j].approvers);
      if (std::includes(own.begin(), own.end(), theirs.begin(), theirs.end())) continue;
      c.report(diag::OverlappingApprovers(routes[i].prefix.span, narrow.to_text(), wide.to_text())
                   .label(routes[j].prefix.span, "whoever may advertise this may advertise the other too"));
      break;
    }
  }
}

/// Approval of a prefix is approval of all routes in it: also of those that others serve, whose packets then go to whoever was
/// there first, or has the longer prefix.
void route_hijack(LintContext& c) {
  const auto app = [](const NodeAttr& a, LintContext& context) {
    const auto apps = context.policy.at(a.app);
    return std::any_of(apps.begin(), apps.end(), [&](const AppCapability& capability) { return context.policy.text(capability.name) == "tailscale.com/app-connectors"; });
  };
  const bool connectors = std::any_of(c.policy.node_attrs.begin(), c.policy.node_attrs.end(), [&](const NodeAttr& a) { return app(a, c); });
  for (const RouteApprovers& r : c.policy.auto_approvers.routes) {
    if (!is_prefix(r.prefix)) continue;
    const Prefix prefix = c.policy.prefix(r.prefix).masked();
    const auto approvers = c.policy.at(r.approvers);
    // Admins may approve by hand what they like.
    const auto first = std::find_if(approvers.begin(), approvers.end(), [](const Selector& s) { return s.kind != SelectorKind::kAutogroup || is_broad(s); });
    if (first == approvers.end()) continue;
    const std::string routes = fmt::format("routes in {}", prefix.to_text());
    if (prefix.length == 0) {
      // The recipe for app connectors is a key of all addresses (Tailscale docs, "App connectors").
      if (!connectors) c.report(diag::RouteHijack(first->span, c.written(first->span), routes, "which are all there are, also those that others serve"));
      continue;
    }
    if (c.options.tailnet == nullptr) continue;
    for (const TailnetNodeId id : c.world().all_nodes()) {
      const Node& node = c.world().node(id);
      const auto& served = c.world().served(id).all;
      const auto route = std::find_if(served.begin(), served.end(), [&](const Prefix& p) { return p.length > 0 && prefix.contains(p); });
      if (route == served.end()) continue;
      const bool own = std::any_of(approvers.begin(), approvers.end(), [&](const Selector& s) {
        const reference::NodeList& nodes = c.devices().of(s);
        return std::find(nodes.begin(), nodes.end(), id) != nodes.end();
      });
      if (own) continue;
      c.report(diag::RouteHijack(first->span, c.written(first->span), routes, fmt::format("and so take over {}, which `{}` serves", route->to_text(), c.options.tailnet->text(node.name)))
                   .label(node.span, "the device, for which nothing approves it", c.options.tailnet->source));
      break;
    }
  }
}

void unused_route(LintContext& c) {
  if (c.policy.allows_all()) return;
  const AccessModel& model = c.model();
  for (const RouteApprovers& r : c.policy.auto_approvers.routes) {
    if (!is_prefix(r.prefix)) continue;
    const AddressRange range = c.policy.prefix(r.prefix).masked().range();
    if (c.policy.prefix(r.prefix).length == 0) continue;
    const bool used = std::any_of(model.rules().begin(), model.rules().end(), [&](const AccessRule& rule) {
      return rule.addresses.overlaps(range) || std::any_of(rule.targets.begin(), rule.targets.end(), [&](const AccessTarget& t) {
        return t.unit == model.any() || (model.is_range(t.unit) && model.range(t.unit).overlaps(range));
      });
    });
    if (used) continue;
    Diagnostic d = diag::UnusedRoute(r.prefix.span, c.written(r.prefix.span));
    if (auto edits = c.removal(r.span); !edits.empty()) d = std::move(d).fix(fmt::format("remove `{}`", c.written(r.prefix.span)), std::move(edits), FixSafety::kUnsafe);
    c.report(std::move(d));
  }
}

}  // namespace aclc::lints
