// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/world.h"

#include <algorithm>

namespace aclc::reference {

World::World(const Policy& policy, const Definitions& definitions, const Tailnet& tailnet)
    : Meaning(policy, definitions, tailnet) {
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const TailnetNodeId id(i);
    const Node& n = tailnet.nodes[id];
    all_.push_back(id);
    for (const StringId tag : n.tags) by_tag_[tailnet.text(tag)].push_back(id);
    if (!n.tagged() && n.user.valid()) by_login_[tailnet.text(tailnet.users[n.user].login)].push_back(id);
  }
  approve_routes();
}

NodeList World::siblings(const Node& node) const {
  return node.tagged() || !node.user.valid() ? NodeList() : where_login(tailnet().text(tailnet().users[node.user].login));
}

NodeList World::where_login(std::string_view login) const {
  const auto found = by_login_.find(login);
  return found == by_login_.end() ? NodeList() : found->second;
}

NodeList World::autogroup(Autogroup group) const {
  NodeList out;
  for (const TailnetNodeId id : all_) {
    if (in_autogroup(node(id), group)) out.push_back(id);
  }
  return out;
}

NodeList World::nodes_of(const Selector& selector) const {
  switch (selector.kind) {
    case SelectorKind::kWildcard: return all_;
    case SelectorKind::kAutogroup: return autogroup(selector.autogroup);
    case SelectorKind::kUser: return where_login(policy().text(selector));
    case SelectorKind::kTag: {
      const auto found = by_tag_.find(policy().text(selector));
      return found == by_tag_.end() ? NodeList() : found->second;
    }
    case SelectorKind::kUserDomain: {
      // People invited from outside are not meant (Tailscale docs, "Targets and selectors").
      NodeList out;
      for (const TailnetNodeId id : autogroup(Autogroup::kMember)) {
        if (domain_of(tailnet().text(tailnet().users[node(id).user].login)) == policy().text(selector)) out.push_back(id);
      }
      return out;
    }
    case SelectorKind::kGroup: {
      NodeList out;
      const uint32_t group = definitions().group_of(selector.name);
      if (group == Definitions::kNone) return out;  // synced from an identity provider: its members are not known here
      for (const Selector& member : policy().at(policy().groups[group].members)) {
        if (member.kind != SelectorKind::kUser) continue;
        const NodeList theirs = nodes_of(member);
        out.insert(out.end(), theirs.begin(), theirs.end());
      }
      std::sort(out.begin(), out.end());
      out.erase(std::unique(out.begin(), out.end()), out.end());
      return out;
    }
    default: break;
  }
  NodeList out;
  if (const std::optional<AddressSet> set = literal(selector)) {
    for (const TailnetNodeId id : all_) {
      for (const Address& a : addresses(node(id))) {
        if (!set->contains(a)) continue;
        out.push_back(id);
        break;
      }
    }
  }
  return out;
}

/// Tailscale docs, "Auto approvers", and recorded answers: any key that covers the route counts, not only the same one; exit
/// routes are approved through exitNode alone, also where a key of `routes` is 0.0.0.0/0.
void World::approve_routes() {
  const auto approvers = [&](Selectors list) {
    std::vector<bool> approved(all_.size());
    for (const Selector& s : policy().at(list)) {
      for (const TailnetNodeId id : nodes_of(s)) approved[id.value] = true;
    }
    return approved;
  };
  const AutoApprovers& section = policy().auto_approvers;
  const std::vector<bool> exit_approved = approvers(section.exit_node);
  std::vector<std::pair<Prefix, std::vector<bool>>> keys;
  for (const RouteApprovers& r : section.routes) {
    if (r.prefix.kind != SelectorKind::kPrefix && r.prefix.kind != SelectorKind::kAddress) continue;
    keys.emplace_back(policy().prefix(r.prefix).masked(), approvers(r.approvers));
  }

  for (const TailnetNodeId id : all_) {
    served_.push_back(served_routes(node(id), exit_approved[id.value], [&](const Prefix& route) {
      return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.second[id.value] && key.first.contains(route); });
    }));
    for (const Prefix& route : served_.back().subnets) {
      if (std::find(subnet_routes_.begin(), subnet_routes_.end(), route) == subnet_routes_.end()) subnet_routes_.push_back(route);
    }
  }
}

}  // namespace aclc::reference
