// SPDX-License-Identifier: Apache-2.0
// What rules do in the tailnet at hand, by the semantics of compiler/reference.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/rules/rules.h"
#include "compiler/reference/sources.h"
#include "compiler/reference/statements.h"

namespace aclc::lints {
namespace {

using reference::NodeList;
using reference::Statement;
using reference::World;

bool is_self(const Selector& s) { return s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kSelf; }
bool is_internet(const Selector& s) { return s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kInternet; }

/// Whether some node gets the destination (reference: FilterCompiler::applies).
bool arrives(const World& world, const AddressSet& set) {
  for (const TailnetNodeId id : world.all_nodes()) {
    for (const Address& a : World::addresses(world.node(id))) {
      if (set.contains(a)) return true;
    }
    const auto& served = world.served(id);
    for (const Prefix& p : served.subnets) {
      if (set.overlaps(p.range())) return true;
    }
    if (!served.exit_node) continue;
    for (const AddressRange& r : set.ranges()) {
      if (reference::internet().contains(r)) return true;
    }
  }
  return false;
}

bool has_target(const World& world, const Selector& s) {
  if (is_internet(s)) return arrives(world, reference::internet());
  if (const auto literal = world.literal(s)) return arrives(world, *literal);
  // A device's address may also lie in another's route.
  return !world.nodes_of(s).empty();
}

/// A device of some user that the sources name: what `autogroup:self` needs.
bool has_self(const World& world, const Statement& s) {
  for (const Selector& src : s.src) {
    for (const TailnetNodeId id : world.nodes_of(src)) {
      const Node& n = world.node(id);
      if (!n.tagged() && n.user.valid() && world.passes(n, world.effective(s.src_posture))) return true;
    }
  }
  return false;
}

/// The one device that is both source and destination, where there is nothing else.
const Node* only_itself(const World& world, const Statement& s) {
  if (s.src.size() != 1 || s.parts.size() != 1 || s.parts[0].targets.size() != 1) return nullptr;
  const Selector& dst = s.parts[0].targets[0].selector;
  if (s.src[0].kind == SelectorKind::kWildcard || dst.kind == SelectorKind::kWildcard) return nullptr;
  if (world.literal(s.src[0]) || world.literal(dst)) return nullptr;
  const NodeList from = world.nodes_of(s.src[0]);
  return from.size() == 1 && from == world.nodes_of(dst) ? &world.node(from[0]) : nullptr;
}

}  // namespace

void no_effect_here(LintContext& c) {
  if (c.options.tailnet == nullptr || c.policy.allows_all()) return;
  const World& world = c.world();
  for (const Statement& s : reference::statements(c.policy)) {
    if (!s.app.empty() || !s.via.empty() || s.src.empty() || s.parts.empty()) continue;
    const bool sources = !reference::resolve_sources(world, s.src, world.effective(s.src_posture)).empty();
    bool target = false, self = false;
    for (const reference::Part& part : s.parts) {
      for (const reference::Target& t : part.targets) {
        (is_self(t.selector) ? self : target) |= is_self(t.selector) ? has_self(world, s) : has_target(world, t.selector);
      }
    }
    if (!self && !(target && sources)) {
      c.report(diag::NoEffectHere(opening(s.span), sources ? "its destinations are no device's" : "its sources are no device's"));
    } else if (const Node* n = only_itself(world, s)) {
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
    if (!literal || literal->empty() || reference::tailnet_addresses().overlaps(*literal) || arrives(c.world(), *literal)) continue;
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
