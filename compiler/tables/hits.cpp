// SPDX-License-Identifier: Apache-2.0
// Which destinations of the policy concern a node (reference::FilterCompiler, `applies` and `applies_via`).
#include <algorithm>

#include "base/sorted.h"
#include "compiler/tables/planner.h"

namespace aclc::tables {

using identity::Term;
using lower::Use;
using Kind = Destination::Kind;

namespace {

uint8_t own_families(const IdentityClass& c) { return static_cast<uint8_t>((c.has_v4 ? 1 : 0) | (c.has_v6 ? 2 : 0)); }

}  // namespace

const std::vector<Planner::Host>& Planner::hosts_behind(RouteSetId id) {
  if (behind_.size() < identity_.route_set_count()) behind_.resize(identity_.route_set_count());
  std::optional<std::vector<Host>>& known = behind_[id.value];
  if (known) return *known;
  const identity::RouteSet& routes = identity_[id];
  std::vector<RangeId> subnets;
  for (const Prefix& p : routes.served.subnets) subnets.push_back(identity_.ranges().find(p.range()));
  std::vector<ClassId> classes;
  const auto collect = [&](RangeId range) {
    for (const identity::RegionId region : identity_.regions_in(range)) {
      classes.insert(classes.end(), identity_[region].classes.begin(), identity_[region].classes.end());
    }
  };
  for (const RangeId r : subnets) collect(r);
  if (routes.served.exit_node) {
    for (const RangeId r : identity_.public_ranges()) collect(r);
  }
  sort_unique(classes);
  known.emplace();
  for (const ClassId c : classes) {
    const auto families_in = [&](const std::vector<RangeId>& ranges) {
      uint8_t out = 0;
      for (const RangeId r : ranges) {
        const AddressRange& range = identity_.ranges()[r];
        if (identity_[c].has_v4 && identity_[c].v4.value != 0 && range.contains(identity_[identity_[c].v4].sample)) out |= 1;
        if (identity_[c].has_v6 && identity_[c].v6.value != 0 && range.contains(identity_[identity_[c].v6].sample)) out |= 2;
      }
      return out;
    };
    const uint8_t in_subnets = families_in(subnets);
    const auto applies =
        static_cast<uint8_t>(in_subnets | (routes.served.exit_node ? families_in(identity_.public_ranges()) : 0));
    for (const TailnetNodeId node : identity_[c].nodes) known->push_back({node, c, applies, in_subnets});
  }
  std::sort(known->begin(), known->end(), [](const Host& a, const Host& b) { return a.node < b.node; });
  return *known;
}

void Planner::use(TermId term, uint32_t first, uint32_t count, Plan& out) {
  for (const Use& u : form_.uses(term)) out.hits.push_back({u.part, u.target, first, count});
}

void Planner::node_hits(const Receiver& at, Plan& out) {
  const std::vector<Host>* behind = at.serves ? &hosts_behind(at.of_class->routes) : nullptr;
  if (behind != nullptr && !behind->empty()) {
    hits_with_hosts(at, *behind, out);
  } else if (at.of_class->has_address()) {
    const auto own = static_cast<uint32_t>(out.destinations.size());
    out.destinations.push_back({Kind::kOwn, 3, 0});
    for (const TermId t : at.of_class->terms) {
      if (!identity_[t].literal) use(t, own, 1, out);
    }
    for (const TermId t : form_.all_node_terms()) {
      if (identity_[t].selector.kind != SelectorKind::kWildcard) use(t, own, 1, out);
    }
  }
  for (const TermId t : form_.all_node_terms()) {
    if (identity_[t].selector.kind != SelectorKind::kWildcard) continue;
    out.destinations.push_back({Kind::kEverything, 0, 0});
    use(t, static_cast<uint32_t>(out.destinations.size() - 1), 1, out);
  }
}

/// The nodes whose addresses the receiver's table mentions, itself among them, in the tailnet's order.
std::vector<Planner::Host> Planner::merged_hosts(const Receiver& at, const std::vector<Host>& behind) const {
  std::vector<Host> hosts;
  Host own{at.node, at.class_id, own_families(*at.of_class), 0};
  for (const Host& h : behind) {
    if (h.node == at.node) {
      own.in_subnets = h.in_subnets;
    } else {
      hosts.push_back(h);
    }
  }
  hosts.insert(std::upper_bound(hosts.begin(), hosts.end(), own, [](const Host& a, const Host& b) { return a.node < b.node; }), own);
  return hosts;
}

/// A router whose routes hold addresses of nodes: a destination that means such a node concerns it, too.
void Planner::hits_with_hosts(const Receiver& at, const std::vector<Host>& behind, Plan& out) {
  const std::vector<Host> hosts = merged_hosts(at, behind);
  std::vector<TermId> terms;
  for (const Host& h : hosts) {
    const auto& theirs = identity_[h.class_id].terms;
    terms.insert(terms.end(), theirs.begin(), theirs.end());
  }
  for (const TermId t : form_.all_node_terms()) {
    if (identity_[t].selector.kind != SelectorKind::kWildcard) terms.push_back(t);
  }
  sort_unique(terms);
  for (const TermId t : terms) {
    if (identity_[t].literal || form_.uses(t).empty()) continue;
    const auto first = static_cast<uint32_t>(out.destinations.size());
    for (const Host& h : hosts) {
      if (!identity_.has(t, h.class_id)) continue;
      out.destinations.push_back({h.node == at.node ? Kind::kOwn : Kind::kOther, h.applies, h.node.value});
    }
    use(t, first, static_cast<uint32_t>(out.destinations.size()) - first, out);
  }
}

void Planner::literal_hits(const Receiver& at, Plan& out) {
  std::vector<RangeId> ranges;
  for (const identity::RegionId region : {at.of_class->v4, at.of_class->v6}) {
    if (region.value == 0) continue;
    ranges.insert(ranges.end(), identity_[region].ranges.begin(), identity_[region].ranges.end());
  }
  if (at.serves) {
    ranges.insert(ranges.end(), at.routes->overlapping.begin(), at.routes->overlapping.end());
    if (at.routes->served.exit_node) ranges.insert(ranges.end(), identity_.public_ranges().begin(), identity_.public_ranges().end());
  }
  sort_unique(ranges);
  std::vector<TermId> terms;
  for (const RangeId r : ranges) terms.insert(terms.end(), identity_.terms_with(r).begin(), identity_.terms_with(r).end());
  sort_unique(terms);
  for (const TermId t : terms) {
    if (form_.uses(t).empty()) continue;
    const auto first = static_cast<uint32_t>(out.destinations.size());
    for (const RangeId r : identity_[t].ranges) {
      if (!std::binary_search(ranges.begin(), ranges.end(), r)) continue;
      out.destinations.push_back({identity_[t].internet ? Kind::kPublicRange : Kind::kRange, 0, r.value});
    }
    use(t, first, static_cast<uint32_t>(out.destinations.size()) - first, out);
  }
}

bool Planner::carries_via(const Receiver& at, const Rule& rule) const {
  return std::any_of(rule.via.begin(), rule.via.end(), [&](TermId t) {
    return t.valid() && identity_[t].selector.kind == SelectorKind::kTag && identity_.has(t, at.class_id);
  });
}

/// Every part with `autogroup:self` that exists at the node leaves a hit, if only an empty one: it holds its place.
void Planner::self_hits(const Receiver& at, Plan& out) {
  if (!at.of_class->user.valid()) return;
  for (const PartId id : form_.self_parts()) {
    const Rule& rule = form_.rule_of(id);
    if (self_source(at, rule, out).empty()) continue;
    if (rule.has_via()) {
      if (at.serves && carries_via(at, rule)) self_targets(at, id, out);
    } else {
      self_targets(at, id, out);
    }
  }
}

void Planner::self_targets(const Receiver& at, PartId id, Plan& out) {
  const bool via = form_.rule_of(id).has_via();
  const auto first = static_cast<uint32_t>(out.destinations.size());
  if (!at.serves) {
    out.destinations.push_back({Kind::kOwn, 3, 0});
  } else {
    for (const Host& h : merged_hosts(at, hosts_behind(at.of_class->routes))) {
      const IdentityClass& c = identity_[h.class_id];
      const uint8_t families = via ? h.in_subnets : h.applies;
      if (c.user != at.of_class->user || families == 0) continue;
      out.destinations.push_back({h.node == at.node ? Kind::kOwn : Kind::kOther, families, h.node.value});
    }
  }
  const auto count = static_cast<uint32_t>(out.destinations.size()) - first;
  for (uint32_t t = 0; t < form_[id].targets.size(); ++t) out.hits.push_back({id, t, first, count});
}

void Planner::via_hits(const Receiver& at, Plan& out) {
  if (!at.serves) return;
  for (const PartId id : form_.via_parts()) {
    if (!carries_via(at, form_.rule_of(id))) continue;
    const Part& part = form_[id];
    for (uint32_t t = 0; t < part.targets.size(); ++t) {
      const auto first = static_cast<uint32_t>(out.destinations.size());
      if (via_target(at, part.targets[t], out)) {
        out.hits.push_back({id, t, first, static_cast<uint32_t>(out.destinations.size()) - first});
      }
    }
  }
}

bool Planner::via_target(const Receiver& at, const lower::Target& target, Plan& out) {
  if (!target.term.valid()) return false;
  const Term& term = identity_[target.term];
  const size_t before = out.destinations.size();
  if (term.selector.kind == SelectorKind::kWildcard) {
    if (!at.routes->served.subnets.empty()) out.destinations.push_back({Kind::kEverything, 0, 0});
  } else if (term.internet) {
    if (!at.routes->served.exit_node) return false;
    for (const RangeId r : term.ranges) out.destinations.push_back({Kind::kPublicRange, 0, r.value});
  } else if (term.literal) {
    for (const RangeId r : term.ranges) {
      const std::vector<RangeId>& overlapping = at.routes->overlapping;
      if (std::binary_search(overlapping.begin(), overlapping.end(), r)) out.destinations.push_back({Kind::kRange, 0, r.value});
    }
  } else {
    for (const Host& h : hosts_behind(at.of_class->routes)) {
      if (h.in_subnets == 0 || !identity_.has(target.term, h.class_id)) continue;
      out.destinations.push_back({h.node == at.node ? Kind::kOwn : Kind::kOther, h.in_subnets, h.node.value});
    }
  }
  return out.destinations.size() > before;
}

}  // namespace aclc::tables
