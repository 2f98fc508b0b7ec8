// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/meaning.h"

#include <algorithm>
#include <map>

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

std::string_view domain_of(std::string_view login) {
  const size_t at = login.rfind('@');
  return at == std::string_view::npos ? std::string_view() : login.substr(at + 1);
}

std::vector<Address> Meaning::addresses(const Node& node) {
  std::vector<Address> out;
  if (node.ipv4) out.push_back(*node.ipv4);
  if (node.ipv6) out.push_back(*node.ipv6);
  return out;
}

bool Meaning::in_autogroup(const Node& n, Autogroup group) const {
  const bool owned = !n.tagged() && n.user.valid() && !n.shared_in;
  const Role role = owned ? tailnet_.users[n.user].role : Role::kMember;
  switch (group) {
    case Autogroup::kMember: return owned;
    case Autogroup::kTagged: return n.tagged() && !n.shared_in;
    case Autogroup::kShared: return n.shared_in;
    case Autogroup::kOwner: return owned && role == Role::kOwner;
    // The owner is an admin too (recorded answers about nodeAttrs).
    case Autogroup::kAdmin: return owned && (role == Role::kOwner || role == Role::kAdmin);
    case Autogroup::kItAdmin: return owned && role == Role::kItAdmin;
    case Autogroup::kNetworkAdmin: return owned && role == Role::kNetworkAdmin;
    case Autogroup::kBillingAdmin: return owned && role == Role::kBillingAdmin;
    case Autogroup::kAuditor: return owned && role == Role::kAuditor;
    case Autogroup::kDangerAll: return true;
    case Autogroup::kSelf:
    case Autogroup::kInternet:
    case Autogroup::kNonroot:
    case Autogroup::kNone: break;
  }
  return false;
}

std::optional<AddressSet> Meaning::literal(const Selector& selector) const {
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
      const uint32_t index = definitions_.ipset_of(selector.name);
      return index == Definitions::kNone ? set : ipset(index);
    }
    default: return std::nullopt;
  }
}

/// Top to bottom, each element added or removed (Tailscale docs, "IP sets"). Each set that it names is worked out once, before
/// it: sets that name each other twice must not cost twice as much at every level. A set inside itself adds nothing there: the
/// check refuses cycles, this only ends them.
AddressSet Meaning::ipset(uint32_t wanted) const {
  std::map<uint32_t, AddressSet> known;
  std::map<uint32_t, bool> begun;      // by index: whether the sets that it names have been asked for
  std::vector<uint32_t> open{wanted};  // not the call stack: sets can be nested as deep as a policy is long
  while (!open.empty()) {
    const uint32_t index = open.back();
    const auto elements = policy_.at(policy_.ipsets[index].elements);
    if (!begun[index]) {
      begun[index] = true;
      for (const IpSetElement& element : elements) {
        const uint32_t other = element.target.kind == SelectorKind::kIpSet ? definitions_.ipset_of(element.target.name) : Definitions::kNone;
        if (other != Definitions::kNone && !begun.contains(other)) open.push_back(other);
      }
      continue;
    }
    open.pop_back();
    if (known.contains(index)) continue;
    AddressSet set;
    for (const IpSetElement& element : elements) {
      AddressSet part;
      const Selector& target = element.target;
      if (target.kind == SelectorKind::kIpSet) {
        if (const auto found = known.find(definitions_.ipset_of(target.name)); found != known.end()) part = found->second;
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
    known[index] = std::move(set);
  }
  return known[wanted];
}

ServedRoutes Meaning::served_routes(const Node& node, bool exit_approved,
                                    const std::function<bool(const Prefix&)>& auto_approved) {
  ServedRoutes served;
  for (const Prefix& route : node.routable_ips) {
    const bool by_hand = std::find(node.approved_routes.begin(), node.approved_routes.end(), route) != node.approved_routes.end();
    if (is_exit_route(route)) {
      if (!by_hand && !exit_approved) continue;
      served.exit_node = true;
    } else {
      if (!by_hand && !auto_approved(route)) continue;
      served.subnets.push_back(route);
    }
    served.all.push_back(route);
  }
  return served;
}

}  // namespace aclc::reference
