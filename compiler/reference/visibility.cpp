// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/visibility.h"

#include <algorithm>

#include "compiler/reference/attributes.h"

namespace aclc::reference {

namespace {

/// May something at `a`, or behind a subnet route that it serves, reach the node whose rules accept from these addresses?
/// Exit routes do not count (recorded answers).
bool may_reach(const World& world, TailnetNodeId a, const AddressSet& accepted) {
  for (const Address& address : World::addresses(world.node(a))) {
    if (accepted.contains(address)) return true;
  }
  for (const Prefix& route : world.served(a).subnets) {
    if (accepted.overlaps(route.range())) return true;
  }
  return false;
}

bool mentions(const std::vector<std::string>& src_ips, const Address& address) {
  for (const std::string& text : src_ips) {
    if (text == "*") return true;
    const auto range = AddressRange::parse(text);
    const auto prefix = Prefix::parse(text);
    const auto single = Address::parse(text);
    if ((range && range->contains(address)) || (prefix && prefix->contains(address)) || (single && *single == address)) {
      return true;
    }
  }
  return false;
}

/// The capability rules in order; a grant counts where its Dsts have the address's family, and values add up (recorded answers).
wire::CapMap capabilities_of(const Address& address, const NodeTable& table) {
  std::map<std::string, std::string> caps;
  for (const wire::FilterRule& rule : table.filter_rules) {
    if (rule.cap_grants.empty() || !mentions(rule.src_ips, address)) continue;
    for (const wire::CapGrant& grant : rule.cap_grants) {
      const bool same_family = std::any_of(grant.dsts.begin(), grant.dsts.end(), [&](const std::string& dst) {
        const auto prefix = Prefix::parse(dst);
        return prefix && prefix->address.family == address.family;
      });
      if (!same_family) continue;
      for (const auto& [name, values] : grant.cap_map) {
        const auto [known, is_new] = caps.try_emplace(name, values);
        if (!is_new) known->second = join_json_arrays(known->second, values);
      }
    }
  }
  return {caps.begin(), caps.end()};
}

}  // namespace

void fill_peers(const World& world, const std::vector<AddressSet>& accepted_from, std::vector<NodeTable>& tables) {
  for (const TailnetNodeId a : world.all_nodes()) {
    for (const TailnetNodeId b : world.all_nodes()) {
      if (a == b) continue;
      if (may_reach(world, b, accepted_from[a.value]) || may_reach(world, a, accepted_from[b.value])) {
        tables[a.value].peers.push_back(b);
      }
    }
    NodeTable& table = tables[a.value];
    const bool any = std::any_of(table.filter_rules.begin(), table.filter_rules.end(),
                                 [](const wire::FilterRule& r) { return !r.cap_grants.empty(); });
    if (!any) continue;
    for (const TailnetNodeId peer : table.peers) {
      for (const Address& address : World::addresses(world.node(peer))) {
        wire::CapMap caps = capabilities_of(address, table);
        if (!caps.empty()) table.whois_caps.emplace(address.to_text(), std::move(caps));
      }
    }
  }
}

}  // namespace aclc::reference
