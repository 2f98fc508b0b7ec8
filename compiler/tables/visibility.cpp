// SPDX-License-Identifier: Apache-2.0
#include "compiler/tables/visibility.h"

#include <algorithm>

#include "base/sorted.h"

namespace aclc::tables {

using identity::Term;

namespace {

uint8_t own_families(const IdentityClass& c) { return static_cast<uint8_t>((c.has_v4 ? 1 : 0) | (c.has_v6 ? 2 : 0)); }

bool has_ports(const Rule& rule, const lower::Target& target) {
  return std::any_of(rule.ip.begin(), rule.ip.end(),
                     [&](const reference::ProtocolPorts& ip) { return !ip.ports.empty() || !target.ports.empty(); });
}

}  // namespace

std::vector<Visibility::Covered> Visibility::covered(const std::vector<ClassId>& classes, const std::vector<RangeId>& ranges,
                                                     bool everyone) const {
  std::vector<Covered> out;
  if (everyone) {
    for (size_t i = 0; i < identity_.class_count(); ++i) out.push_back({ClassId(i), own_families(identity_[ClassId(i)])});
    return out;
  }
  for (const ClassId c : classes) out.push_back({c, own_families(identity_[c])});
  for (const RangeId r : ranges) {
    for (const identity::RegionId region : identity_.regions_in(r)) {
      const uint8_t family = identity_[region].sample.is_v4() ? 1 : 2;
      for (const ClassId c : identity_[region].classes) out.push_back({c, family});
    }
  }
  // Exit routes do not count here.
  for (size_t i = 1; i < identity_.route_set_count(); ++i) {
    const RouteSetId id(i);
    const std::vector<RangeId>& overlapping = identity_[id].overlapping;
    bool reached = std::any_of(ranges.begin(), ranges.end(), [&](RangeId r) { return contains_sorted(overlapping, r); });
    for (const Planner::Host& h : planner_.hosts_behind(id)) {
      if (reached) break;
      reached = h.in_subnets != 0 && contains_sorted(classes, h.class_id);
    }
    if (!reached) continue;
    for (const ClassId c : identity_.servers(id)) out.push_back({c, 0});
  }
  std::sort(out.begin(), out.end(), [](const Covered& a, const Covered& b) { return a.class_id < b.class_id; });
  size_t kept = 0;
  for (const Covered& c : out) {
    if (kept > 0 && out[kept - 1].class_id == c.class_id) {
      out[kept - 1].families |= c.families;
    } else {
      out[kept++] = c;
    }
  }
  out.resize(kept);
  return out;
}

std::vector<Visibility::Covered> Visibility::covered(const Plan& plan, SourceRef source) const {
  if (source.content.valid()) {
    const lower::Source& s = form_.sources()[form_.sources()[source.content].sources.front()];
    return covered(s.classes, s.ranges, s.everyone);
  }
  return source.empty() ? std::vector<Covered>() : covered(plan.locals[source.local], {}, false);
}

void Visibility::add_servers(RouteSetId routes, ClassSet& out) const {
  out.insert(identity_.servers(routes));
}

void Visibility::add_all(ClassSet& out) const {
  for (size_t i = 0; i < identity_.class_count(); ++i) out.insert(ClassId(i));
}

void Visibility::receivers(PartId id, ClassSet& out) const {
  const Part& part = form_[id];
  for (const lower::Target& t : part.targets) {
    if (t.term.valid()) receivers_of_target(form_.rule_of(id), t, out);
  }
}

void Visibility::receivers_of_target(const Rule& rule, const lower::Target& target, ClassSet& out) const {
  const Term& term = identity_[target.term];
  const bool network = has_ports(rule, target);
  if (!network && rule.app.empty()) return;
  const bool wildcard = term.selector.kind == SelectorKind::kWildcard;
  const auto reaches_host = [&](RouteSetId routes, bool in_subnets) {
    const std::vector<Planner::Host>& hosts = planner_.hosts_behind(routes);
    return std::any_of(hosts.begin(), hosts.end(), [&](const Planner::Host& h) {
      return (in_subnets ? h.in_subnets : h.applies) != 0 && identity_.has(target.term, h.class_id);
    });
  };
  const auto overlaps = [&](RouteSetId routes) {
    return std::any_of(term.ranges.begin(), term.ranges.end(), [&](RangeId r) { return contains_sorted(identity_[routes].overlapping, r); });
  };
  if (rule.has_via()) {
    for (size_t i = 1; i < identity_.route_set_count(); ++i) {
      const RouteSetId routes(i);
      const reference::ServedRoutes& served = identity_[routes].served;
      const bool applies = wildcard        ? !served.subnets.empty()
                           : term.internet ? served.exit_node
                           : term.literal  ? overlaps(routes)
                                           : reaches_host(routes, true);
      if (!applies) continue;
      for (const ClassId c : identity_.servers(routes)) {
        const bool tagged = std::any_of(rule.via.begin(), rule.via.end(), [&](TermId t) {
          return t.valid() && identity_[t].selector.kind == SelectorKind::kTag && identity_.has(t, c);
        });
        if (tagged) out.insert(c);
      }
    }
    return;
  }
  if (wildcard) return add_all(out);
  if (term.all_nodes) {
    add_all(out);
  } else if (!term.literal && !term.internet) {
    out.insert(term.classes);
  }
  for (const RangeId r : term.ranges) {
    for (const identity::RegionId region : identity_.regions_in(r)) {
      out.insert(identity_[region].classes);
    }
  }
  for (size_t i = 1; i < identity_.route_set_count(); ++i) {
    const RouteSetId routes(i);
    const bool behind = (network || term.literal) && overlaps(routes);
    const bool outside = network && identity_[routes].served.exit_node &&
                         std::any_of(term.ranges.begin(), term.ranges.end(), [&](RangeId r) { return identity_.is_public(r); });
    const bool host = network && !term.literal && !term.internet && reaches_host(routes, false);
    if (behind || outside || host) add_servers(routes, out);
  }
}

std::vector<SourceId> Visibility::sources_covering(ClassId id) const {
  const lower::Sources& sources = form_.sources();
  const IdentityClass& c = identity_[id];
  std::vector<SourceId> out = sources.of_everyone();
  const auto add_class = [&](ClassId which) {
    for (const TermId t : identity_[which].terms) {
      if (identity_[t].literal) continue;
      for (const SourceId s : sources.with(t)) {
        if (identity_.passes(which, sources[s].posture)) out.push_back(s);
      }
    }
    for (const SourceId s : sources.of_all_nodes()) {
      if (identity_.passes(which, sources[s].posture)) out.push_back(s);
    }
  };
  const auto add_range = [&](RangeId r) { out.insert(out.end(), sources.with(r).begin(), sources.with(r).end()); };
  add_class(id);
  for (const identity::RegionId region : {c.v4, c.v6}) {
    if (region.value == 0) continue;
    for (const RangeId r : identity_[region].ranges) add_range(r);
  }
  if (c.routes.value != 0) {
    for (const RangeId r : identity_[c.routes].overlapping) add_range(r);
    for (const Planner::Host& h : planner_.hosts_behind(c.routes)) {
      if (h.in_subnets != 0) add_class(h.class_id);
    }
  }
  sort_unique(out);
  return out;
}

bool Visibility::is_behind(RouteSetId routes_id, ClassId id) const {
  const identity::RouteSet& routes = identity_[routes_id];
  for (const identity::RegionId region : {identity_[id].v4, identity_[id].v6}) {
    if (region.value == 0) continue;
    for (const RangeId r : identity_[region].ranges) {
      if ((routes.served.exit_node && identity_.is_public(r)) || contains_sorted(routes.overlapping, r)) return true;
    }
  }
  return false;
}

void Visibility::forget(const lower::Effects& effects) {
  peers_.clear();
  counts_.clear();
  bool all = effects.routes || !effects.terms.empty() || identity_.class_count() != classes_;
  for (const ClassId c : effects.classes) {
    for (size_t i = 1; i < identity_.route_set_count(); ++i) all = all || is_behind(RouteSetId(i), c);
  }
  if (all) {
    covered_.clear();
    receivers_.clear();
    classes_ = identity_.class_count();
    return;
  }
  for (const lower::ChangedSource& s : effects.sources) {
    covered_.erase(s.before.value);
    covered_.erase(form_.sources()[s.source].content.value);
  }
}

const ClassSet& Visibility::covered_set(ContentId id) {
  const auto [kept, is_new] = covered_.try_emplace(id.value);
  if (!is_new) return kept->second;
  for (const Covered& c : covered(form_.sources()[form_.sources()[id].sources.front()])) kept->second.insert(c.class_id);
  return kept->second;
}

const ClassSet& Visibility::receiver_set(SourceId id) {
  const auto [kept, is_new] = receivers_.try_emplace(id.value);
  if (!is_new) return kept->second;
  for (const PartId p : form_.sources()[id].parts) {
    if (!form_[p].self) receivers(p, kept->second);
  }
  return kept->second;
}

void Visibility::accepted_from(ClassId id, ClassSet& out) {
  planner_.plan(id, plan_);
  std::vector<SourceRef> sources = plan_.visible;
  for (const PlannedRule& r : plan_.rules) sources.push_back(r.source);
  std::sort(sources.begin(), sources.end(), [](const SourceRef& a, const SourceRef& b) {
    return a.content != b.content ? a.content < b.content : a.local < b.local;
  });
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  for (const SourceRef s : sources) {
    if (s.content.valid()) {
      out.add(covered_set(s.content));
    } else {
      for (const Covered& c : covered(plan_, s)) out.insert(c.class_id);
    }
  }
}

void Visibility::accepting(ClassId id, ClassSet& out) {
  const std::vector<SourceId> covering = sources_covering(id);
  for (const SourceId s : covering) out.add(receiver_set(s));
  const IdentityClass& c = identity_[id];
  for (const PartId p : form_.companion_parts()) {
    const Part& part = form_[p];
    if (part.self || !contains_sorted(covering, part.companion)) continue;
    for (const Covered& told : covered(form_.sources()[part.source])) {
      if (told.families != 0) out.insert(told.class_id);
    }
  }
  self_accepting(id, out);
  if (c.routes.value == 0) return;
  for (const Planner::Host& h : planner_.hosts_behind(c.routes)) {
    if (h.in_subnets != 0) self_accepting(h.class_id, out);
  }
}

/// Among the devices of one user; a rule with `via` has no place there, since who carries a tag has no user.
void Visibility::self_accepting(ClassId id, ClassSet& out) const {
  for (const PartId p : form_.self_parts()) {
    const Rule& rule = form_.rule_of(p);
    if (rule.has_via() || (rule.ip.empty() && !rule.grants_app())) continue;
    const auto is_source = [&](ClassId which) {
      return identity_.passes(which, rule.posture) &&
             std::any_of(rule.src.begin(), rule.src.end(), [&](TermId t) { return t.valid() && identity_.has(t, which); });
    };
    for (const ClassId other : identity_.classes_of(identity_[id].user)) {
      if (is_source(id) || (rule.has_companion() && is_source(other))) out.insert(other);
    }
  }
}

const ClassSet& Visibility::peer_set(ClassId id) {
  const auto [kept, is_new] = peers_.try_emplace(id.value);
  if (!is_new) return kept->second;
  accepted_from(id, kept->second);
  accepting(id, kept->second);
  return kept->second;
}

std::vector<ClassId> Visibility::peers(ClassId id) {
  std::vector<ClassId> out;
  peer_set(id).each([&](ClassId c) {
    if (!identity_[c].nodes.empty()) out.push_back(c);
  });
  return out;
}

size_t Visibility::peer_count(ClassId id) {
  const auto [kept, is_new] = counts_.try_emplace(id.value);
  if (!is_new) return kept->second;
  size_t& count = kept->second;
  peer_set(id).each([&](ClassId c) {
    const size_t nodes = identity_[c].nodes.size();
    count += c == id && nodes > 0 ? nodes - 1 : nodes;
  });
  return count;
}

}  // namespace aclc::tables
