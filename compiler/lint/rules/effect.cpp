// SPDX-License-Identifier: Apache-2.0
// What rules do in the tailnet at hand, by the semantics of compiler/reference.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/rules/rules.h"
#include "compiler/reference/statements.h"

namespace aclc::lints {
namespace {

using reference::NodeList;
using reference::Statement;
using reference::World;

bool is_self(const Selector& s) { return s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kSelf; }

/// Whether a packet has some source to come from: reference::resolve_sources would have something to list.
bool has_source(LintContext& c, const Statement& s) {
  const World& world = c.world();
  const PostureRefs& posture = world.effective(s.src_posture);
  const bool restricted = posture.present && !posture.names.empty();
  return std::any_of(s.src.begin(), s.src.end(), [&](const Selector& src) {
    if (src.kind == SelectorKind::kAutogroup && src.autogroup == Autogroup::kDangerAll) return true;
    if (src.kind == SelectorKind::kWildcard && (!restricted || !world.subnet_routes().empty())) return true;
    if (const auto literal = world.literal(src)) return !literal->empty();
    const NodeList& nodes = c.devices().of(src);
    return std::any_of(nodes.begin(), nodes.end(), [&](TailnetNodeId id) {
      const Node& n = world.node(id);
      return (n.ipv4 || n.ipv6) && world.passes(n, posture);
    });
  });
}

/// A device of some user that the sources name: what `autogroup:self` needs.
bool has_self(LintContext& c, const Statement& s) {
  const World& world = c.world();
  for (const Selector& src : s.src) {
    for (const TailnetNodeId id : c.devices().of(src)) {
      const Node& n = world.node(id);
      if (!n.tagged() && n.user.valid() && world.passes(n, world.effective(s.src_posture))) return true;
    }
  }
  return false;
}

/// The one device that is both source and destination, where there is nothing else.
const Node* only_itself(LintContext& c, const Statement& s) {
  const World& world = c.world();
  if (s.src.size() != 1 || s.parts.size() != 1 || s.parts[0].targets.size() != 1) return nullptr;
  const Selector& dst = s.parts[0].targets[0].selector;
  if (s.src[0].kind == SelectorKind::kWildcard || dst.kind == SelectorKind::kWildcard) return nullptr;
  if (world.literal(s.src[0]) || world.literal(dst)) return nullptr;
  const NodeList& from = c.devices().of(s.src[0]);
  return from.size() == 1 && from == c.devices().of(dst) ? &world.node(from[0]) : nullptr;
}

}  // namespace

void no_effect_here(LintContext& c) {
  if (c.options.tailnet == nullptr || c.policy.allows_all()) return;
  for (const Statement& s : reference::statements(c.policy)) {
    if (!s.app.empty() || !s.via.empty() || s.src.empty() || s.parts.empty()) continue;
    const bool sources = has_source(c, s);
    bool target = false, self = false;
    for (const reference::Part& part : s.parts) {
      for (const reference::Target& t : part.targets) {
        (is_self(t.selector) ? self : target) |= is_self(t.selector) ? has_self(c, s) : c.devices().has_target(t.selector);
      }
    }
    if (!self && !(target && sources)) {
      c.report(diag::NoEffectHere(opening(s.span), sources ? "its destinations are no device's" : "its sources are no device's"));
    } else if (const Node* n = only_itself(c, s)) {
      c.report(diag::SelfOnly(opening(s.span), c.options.tailnet->text(n->name)));
    }
  }
}

namespace {

/// f(selector, its addresses) for addresses outside the tailnet at these positions that no device has or serves.
template <class F>
void each_unrouted(LintContext& c, std::initializer_list<Position> positions, F&& f) {
  if (c.options.tailnet == nullptr) return;
  for (const Use& use : c.uses()) {
    const Selector& s = *use.selector;
    if (std::find(positions.begin(), positions.end(), use.position) == positions.end() || s.kind == SelectorKind::kIpSet) continue;
    const auto literal = c.world().literal(s);
    if (!literal || literal->empty() || reference::tailnet_addresses().overlaps(*literal) || c.devices().arrives(*literal)) continue;
    f(s, *literal);
  }
}

/// With the device that advertises the way, where it only lacks approval.
Diagnostic with_advertiser(LintContext& c, Diagnostic d, const AddressSet& addresses) {
  for (const Node& n : c.options.tailnet->nodes) {
    if (std::none_of(n.routable_ips.begin(), n.routable_ips.end(), [&](const Prefix& p) { return addresses.overlaps(p.range()); })) continue;
    d = std::move(d).help(fmt::format("device `{}` advertises a route to it that is not approved", c.options.tailnet->text(n.name)));
    return std::move(d).label(n.span, "the device", c.options.tailnet->source);
  }
  return d;
}

}  // namespace

void unrouted_destination(LintContext& c) {
  each_unrouted(c, {Position::kAclDst, Position::kGrantDst}, [&](const Selector& s, const AddressSet& addresses) {
    c.report(with_advertiser(c, diag::UnroutedDestination(s.span, c.written(s.span)), addresses));
  });
}

/// A packet from behind a router arrives by that router, and the answer goes the same way back.
void return_path(LintContext& c) {
  each_unrouted(c, {Position::kAclSrc, Position::kGrantSrc}, [&](const Selector& s, const AddressSet& addresses) {
    c.report(with_advertiser(c, diag::ReturnPath(s.span, c.written(s.span)), addresses));
  });
}

}  // namespace aclc::lints
