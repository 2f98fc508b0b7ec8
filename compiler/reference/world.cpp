// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/world.h"

#include <algorithm>

namespace aclc::reference {

namespace {

AddressSet set_of(std::initializer_list<std::string_view> texts) {
  AddressSet set;
  for (const std::string_view text : texts) {
    if (const auto range = AddressRange::parse(text)) set.add(*range);
    if (const auto prefix = Prefix::parse(text)) set.add(*prefix);
  }
  return set;
}

/// What follows the last `@` of a login.
std::string_view domain_of(std::string_view login) {
  const size_t at = login.rfind('@');
  return at == std::string_view::npos ? std::string_view() : login.substr(at + 1);
}

bool is_exit_route(const Prefix& p) { return p.length == 0; }

}  // namespace

const AddressSet& internet() {
  static const AddressSet set = [] {
    AddressSet s = set_of({"0.0.0.0/0", "2000::/3"});
    s.remove(set_of({"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}));
    return s;
  }();
  return set;
}

const AddressSet& tailnet_addresses() {
  static const AddressSet set = [] {
    AddressSet s = set_of({"100.64.0.0/10", "fd7a:115c:a1e0::/48"});
    s.remove(set_of({"100.115.92.0/23"}));
    return s;
  }();
  return set;
}

World::World(const Policy& policy, const Definitions& definitions, const Tailnet& tailnet)
    : policy_(policy), definitions_(definitions), tailnet_(tailnet) {
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const TailnetNodeId id(i);
    const Node& n = tailnet.nodes[id];
    all_.push_back(id);
    for (const StringId tag : n.tags) by_tag_[tailnet.text(tag)].push_back(id);
    if (!n.tagged() && n.user.valid()) by_login_[tailnet.text(tailnet.users[n.user].login)].push_back(id);
  }
  approve_routes();
}

std::vector<Address> World::addresses(const Node& node) {
  std::vector<Address> out;
  if (node.ipv4) out.push_back(*node.ipv4);
  if (node.ipv6) out.push_back(*node.ipv6);
  return out;
}

NodeList World::siblings(const Node& node) const {
  return node.tagged() || !node.user.valid() ? NodeList() : where_login(tailnet_.text(tailnet_.users[node.user].login));
}

NodeList World::where_login(std::string_view login) const {
  const auto found = by_login_.find(login);
  return found == by_login_.end() ? NodeList() : found->second;
}

NodeList World::autogroup(Autogroup group) const {
  NodeList out;
  for (const TailnetNodeId id : all_) {
    const Node& n = node(id);
    const bool owned = !n.tagged() && n.user.valid() && !n.shared_in;
    const Role role = owned ? tailnet_.users[n.user].role : Role::kMember;
    bool in = false;
    switch (group) {
      case Autogroup::kMember: in = owned; break;
      case Autogroup::kTagged: in = n.tagged() && !n.shared_in; break;
      case Autogroup::kShared: in = n.shared_in; break;
      case Autogroup::kOwner: in = owned && role == Role::kOwner; break;
      // The owner is an admin too (recorded answers about nodeAttrs).
      case Autogroup::kAdmin: in = owned && (role == Role::kOwner || role == Role::kAdmin); break;
      case Autogroup::kItAdmin: in = owned && role == Role::kItAdmin; break;
      case Autogroup::kNetworkAdmin: in = owned && role == Role::kNetworkAdmin; break;
      case Autogroup::kBillingAdmin: in = owned && role == Role::kBillingAdmin; break;
      case Autogroup::kAuditor: in = owned && role == Role::kAuditor; break;
      case Autogroup::kDangerAll: in = true; break;
      case Autogroup::kSelf:
      case Autogroup::kInternet:
      case Autogroup::kNonroot:
      case Autogroup::kNone: break;
    }
    if (in) out.push_back(id);
  }
  return out;
}

NodeList World::nodes_of(const Selector& selector) const {
  switch (selector.kind) {
    case SelectorKind::kWildcard: return all_;
    case SelectorKind::kAutogroup: return autogroup(selector.autogroup);
    case SelectorKind::kUser: return where_login(policy_.text(selector));
    case SelectorKind::kTag: {
      const auto found = by_tag_.find(policy_.text(selector));
      return found == by_tag_.end() ? NodeList() : found->second;
    }
    case SelectorKind::kUserDomain: {
      // People invited from outside are not meant (Tailscale docs, "Targets and selectors").
      NodeList out;
      for (const TailnetNodeId id : autogroup(Autogroup::kMember)) {
        if (domain_of(tailnet_.text(tailnet_.users[node(id).user].login)) == policy_.text(selector)) out.push_back(id);
      }
      return out;
    }
    case SelectorKind::kGroup: {
      NodeList out;
      const uint32_t group = definitions_.group_of(selector.name);
      if (group == Definitions::kNone) return out;  // synced from an identity provider: its members are not known here
      for (const Selector& member : policy_.at(policy_.groups[group].members)) {
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

std::optional<AddressSet> World::literal(const Selector& selector) const {
  AddressSet set;
  switch (selector.kind) {
    case SelectorKind::kAddress:
    case SelectorKind::kPrefix:
    case SelectorKind::kRange: set.add(policy_.range(selector)); return set;
    case SelectorKind::kHost: {
      // Exactly the prefix as it stands, never the other family of a node that has it (recorded answers).
      const uint32_t host = definitions_.host_of(selector.name);
      if (host != Definitions::kNone) {
        const Selector& value = policy_.hosts[host].value;
        if (value.kind == SelectorKind::kAddress || value.kind == SelectorKind::kPrefix) set.add(policy_.range(value));
      }
      return set;
    }
    case SelectorKind::kIpSet: {
      const uint32_t ipset = definitions_.ipset_of(selector.name);
      std::vector<uint32_t> open;
      return ipset == Definitions::kNone ? set : evaluate_ipset(ipset, open);
    }
    default: return std::nullopt;
  }
}

/// Top to bottom, each element added or removed (Tailscale docs, "IP sets"). A set inside itself adds nothing: the check
/// refuses cycles, this only ends them.
AddressSet World::evaluate_ipset(uint32_t index, std::vector<uint32_t>& open) const {
  AddressSet set;
  if (std::find(open.begin(), open.end(), index) != open.end()) return set;
  open.push_back(index);
  for (const IpSetElement& element : policy_.at(policy_.ipsets[index].elements)) {
    AddressSet part;
    const Selector& target = element.target;
    if (target.kind == SelectorKind::kIpSet) {
      const uint32_t other = definitions_.ipset_of(target.name);
      if (other != Definitions::kNone) part = evaluate_ipset(other, open);
    } else if (target.kind == SelectorKind::kAutogroup && target.autogroup == Autogroup::kInternet) {
      part = internet();
    } else if (const auto addresses = literal(target)) {
      part = *addresses;
    }
    if (element.remove) {
      set.remove(part);
    } else {
      set.add(part);
    }
  }
  open.pop_back();
  return set;
}

/// Tailscale docs, "Auto approvers", and recorded answers: any key that covers the route counts, not only the same one; exit
/// routes are approved through exitNode alone, also where a key of `routes` is 0.0.0.0/0.
void World::approve_routes() {
  const auto approvers = [&](Selectors list) {
    std::vector<bool> approved(all_.size());
    for (const Selector& s : policy_.at(list)) {
      for (const TailnetNodeId id : nodes_of(s)) approved[id.value] = true;
    }
    return approved;
  };
  const AutoApprovers& section = policy_.auto_approvers;
  const std::vector<bool> exit_approved = approvers(section.exit_node);
  std::vector<std::pair<Prefix, std::vector<bool>>> keys;
  for (const RouteApprovers& r : section.routes) {
    if (r.prefix.kind != SelectorKind::kPrefix && r.prefix.kind != SelectorKind::kAddress) continue;
    keys.emplace_back(policy_.prefix(r.prefix).masked(), approvers(r.approvers));
  }

  for (const TailnetNodeId id : all_) {
    const Node& n = node(id);
    ServedRoutes served;
    for (const Prefix& route : n.routable_ips) {
      bool approved = std::find(n.approved_routes.begin(), n.approved_routes.end(), route) != n.approved_routes.end();
      if (is_exit_route(route)) {
        approved = approved || exit_approved[id.value];
      } else {
        for (const auto& [key, who] : keys) approved = approved || (key.contains(route) && who[id.value]);
      }
      if (!approved) continue;
      served.all.push_back(route);
      if (is_exit_route(route)) {
        served.exit_node = true;
      } else {
        served.subnets.push_back(route);
        if (std::find(subnet_routes_.begin(), subnet_routes_.end(), route) == subnet_routes_.end()) {
          subnet_routes_.push_back(route);
        }
      }
    }
    served_.push_back(std::move(served));
  }
}

}  // namespace aclc::reference
