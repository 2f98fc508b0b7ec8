// SPDX-License-Identifier: Apache-2.0
#include "compiler/tables/tables.h"

#include <algorithm>
#include <array>

#include "compiler/reference/attributes.h"

namespace aclc::tables {

using Kind = Destination::Kind;

Tables::Tables(const SharedForm& form, const SyntaxTree& tree)
    : form_(form), identity_(form.identity()), tree_(tree), planner_(form), texts_(form), ssh_(form), visibility_(form, planner_) {}

wire::CapMap Tables::caps(TailnetNodeId node) const {
  const ClassId c = identity_.class_of(node);
  return reference::capabilities(form_.meaning().policy(), tree_, [&](const Selector& target) {
    const TermId term = identity_.term_of(target);
    return term.valid() && identity_.has(term, c);
  });
}

std::vector<std::string> Tables::allowed_ips(TailnetNodeId node, const wire::CapMap& caps) const {
  return reference::allowed_ips(form_.meaning().node(node), identity_[identity_[identity_.class_of(node)].routes].served, caps);
}

std::vector<std::string> Tables::primary_routes(TailnetNodeId node) {
  const RouteSetId mine = identity_[identity_.class_of(node)].routes;
  std::vector<std::string> out;
  if (mine.value == 0) return out;
  if (elected_.empty()) {
    for (size_t i = 1; i < identity_.route_set_count(); ++i) {
      for (const Prefix& route : identity_[RouteSetId(i)].served.subnets) {
        for (const ClassId c : identity_.servers(RouteSetId(i))) {
          for (const TailnetNodeId server : identity_[c].nodes) {
            const auto [known, is_new] = elected_.try_emplace(route, server);
            if (!is_new && reference::elected_before(form_.meaning().tailnet(), server, known->second)) known->second = server;
          }
        }
      }
    }
  }
  for (const Prefix& route : identity_[mine].served.subnets) {
    if (elected_.at(route) == node) out.push_back(route.to_text());
  }
  return out;
}

std::vector<TailnetNodeId> Tables::peers(TailnetNodeId node) {
  std::vector<TailnetNodeId> out;
  for (const ClassId c : visibility_.peers(identity_.class_of(node))) {
    out.insert(out.end(), identity_[c].nodes.begin(), identity_[c].nodes.end());
  }
  std::sort(out.begin(), out.end());
  const auto self = std::lower_bound(out.begin(), out.end(), node);
  if (self != out.end() && *self == node) out.erase(self);
  return out;
}

std::vector<std::string> Tables::dsts(const Grant& grant, const Node& node) const {
  std::vector<std::string> out;
  if (grant.behind.empty()) {
    for (const Address& a : reference::Meaning::addresses(node)) out.push_back(Prefix::host(a).to_text());
  }
  for (const RangeId r : grant.behind) {
    for (const Prefix& p : AddressSet::of({identity_.ranges()[r]}).prefixes()) out.push_back(p.to_text());
  }
  return out;
}

/// Whether a grant's Dsts have the family: only then a source of that family holds its capabilities (reference visibility).
bool Tables::grants(const Grant& grant, TailnetNodeId node, Family family) const {
  const Node& n = form_.meaning().node(node);
  if (grant.behind.empty()) return family == Family::kV4 ? n.ipv4.has_value() : n.ipv6.has_value();
  return std::any_of(grant.behind.begin(), grant.behind.end(),
                     [&](RangeId r) { return identity_.ranges()[r].first.family == family; });
}

std::map<std::string, wire::CapMap> Tables::whois(TailnetNodeId node) {
  std::map<std::string, wire::CapMap> out;
  // For each class that app rules mention, which of them, by family: its nodes' addresses hold the same.
  std::map<ClassId, std::array<std::vector<uint32_t>, 2>> held;
  for (uint32_t i = 0; i < plan_.rules.size(); ++i) {
    if (!plan_.rules[i].app) continue;
    for (const Visibility::Covered& c : visibility_.covered(plan_, plan_.rules[i].source)) {
      if ((c.families & 1) != 0) held[c.class_id][0].push_back(i);
      if ((c.families & 2) != 0) held[c.class_id][1].push_back(i);
    }
  }
  std::map<std::pair<std::vector<uint32_t>, Family>, wire::CapMap> known;
  const auto caps_of = [&](const std::vector<uint32_t>& rules, Family family) -> const wire::CapMap& {
    const auto [entry, is_new] = known.try_emplace({rules, family});
    if (!is_new) return entry->second;
    std::map<std::string, std::string> caps;
    for (const uint32_t r : rules) {
      for (uint32_t g = plan_.rules[r].first; g < plan_.rules[r].first + plan_.rules[r].count; ++g) {
        if (!grants(plan_.grants[g], node, family)) continue;
        for (const auto& [name, values] : cap_map(plan_.grants[g])) {
          const auto [cap, is_first] = caps.try_emplace(name, values);
          if (!is_first) cap->second = reference::join_json_arrays(cap->second, values);
        }
      }
    }
    entry->second.assign(caps.begin(), caps.end());
    return entry->second;
  };
  for (const auto& [c, rules] : held) {
    for (const TailnetNodeId peer : identity_[c].nodes) {
      if (peer == node) continue;
      for (const Address& a : reference::Meaning::addresses(form_.meaning().node(peer))) {
        const std::vector<uint32_t>& theirs = rules[a.is_v4() ? 0 : 1];
        if (theirs.empty()) continue;
        if (const wire::CapMap& caps = caps_of(theirs, a.family); !caps.empty()) out.emplace(a.to_text(), caps);
      }
    }
  }
  return out;
}

const std::vector<PortRange>& Tables::ports(const Draft& draft, const Hit& hit) const {
  const lower::Target& target = form_[hit.part].targets[hit.target];
  return target.ports.empty() ? form_.rule_of(hit.part).ip[draft.protocol].ports : target.ports;
}

wire::FilterRule Tables::filter_rule(const PlannedRule& rule, const Node& node, reference::Origin& origin) const {
  wire::FilterRule out;
  out.src_ips = texts_.list(plan_, rule.source);
  if (rule.protocol != 0) out.ip_proto.push_back(rule.protocol);
  if (rule.app) {
    for (uint32_t g = rule.first; g < rule.first + rule.count; ++g) {
      out.cap_grants.push_back({dsts(plan_.grants[g], node), cap_map(plan_.grants[g])});
    }
    origin.rules.push_back(plan_.grants[rule.first].rule->span);
    return out;
  }
  for (uint32_t d = rule.first; d < rule.first + rule.count; ++d) {
    const Draft& draft = plan_.drafts[d];
    for (uint32_t h = draft.first_hit; h < draft.first_hit + draft.hits; ++h) {
      const Hit& hit = plan_.hits[h];
      each_destination(hit, node, [&](const std::string& text) {
        for (const PortRange& p : ports(draft, hit)) out.dst_ports.push_back({text, p});
      });
    }
    const Span span = form_.rule_of(draft.part).span;
    if (origin.rules.empty() || origin.rules.back() != span) origin.rules.push_back(span);
  }
  return out;
}

std::vector<wire::FilterRule> Tables::filter_rules(TailnetNodeId id) {
  std::vector<wire::FilterRule> out;
  planner_.plan(id, plan_);
  for (const PlannedRule& rule : plan_.rules) {
    reference::Origin origin;
    out.push_back(filter_rule(rule, form_.meaning().node(id), origin));
  }
  return out;
}

reference::NodeTable Tables::table(TailnetNodeId id) {
  reference::NodeTable out;
  const Node& node = form_.meaning().node(id);
  planner_.plan(id, plan_);
  for (const PlannedRule& rule : plan_.rules) {
    out.filter_origins.emplace_back();
    out.filter_rules.push_back(filter_rule(rule, node, out.filter_origins.back()));
  }
  out.whois_caps = whois(id);
  ssh_.visit(id, [&](const std::vector<wire::SshRule>& rules, uint32_t index) {
    for (const wire::SshRule& r : rules) {
      out.ssh_rules.push_back(r);
      out.ssh_origins.push_back({{form_.meaning().policy().ssh[index].span}});
    }
  });
  out.caps = caps(id);
  out.allowed_ips = allowed_ips(id, out.caps);
  out.primary_routes = primary_routes(id);
  out.peers = peers(id);
  return out;
}

Summary Tables::summary(TailnetNodeId id) {
  Summary out;
  planner_.plan(id, plan_);
  out.filter_rules = plan_.rules.size();
  ssh_.visit(id, [&](const std::vector<wire::SshRule>& rules, uint32_t) { out.ssh_rules += rules.size(); });
  out.peers = visibility_.peer_count(identity_.class_of(id));
  out.primary_routes = primary_routes(id);
  return out;
}

}  // namespace aclc::tables
