// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>

#include "compiler/diff/diff.h"
#include "compiler/reference/world.h"
#include "compiler/testrun/people.h"

namespace aclc {
namespace {

/// Addresses that no stand-in of compiler/testrun has.
class Extras {
 public:
  explicit Extras(Tailnet& t) : t_(t) {
    for (const Node& n : t.nodes) {
      if (n.ipv4) taken_.insert(static_cast<uint32_t>(n.ipv4->lo));
    }
  }

  Node& add(std::string_view name) {
    Node node;
    node.name = t_.names.intern(name);
    while (taken_.count(next_) != 0) ++next_;
    node.ipv4 = Address::v4(next_);
    node.ipv6 = Address{0xfd7a115ca1e0eeeeULL, next_++, Family::kV6};
    return t_.nodes[t_.nodes.add(std::move(node))];
  }

  Node& add_user(std::string_view login, Role role) {
    User user;
    user.login = t_.names.intern(login);
    user.role = role;
    const UserId id = t_.users.add(user);
    Node& node = add(login);
    node.user = id;
    return node;
  }

 private:
  Tailnet& t_;
  std::unordered_set<uint32_t> taken_;
  uint32_t next_ = 0x64600001;  // 100.96.0.1
};

void add_users(const Policy& policy, Tailnet& t) {
  std::set<std::string> known;
  for (const User& u : t.users) known.insert(std::string(t.text(u.login)));
  const auto see = [&](const Selector& s) {
    if (s.kind != SelectorKind::kUser || !known.insert(std::string(policy.text(s))).second) return;
    User user;
    user.login = t.names.intern(policy.text(s));
    t.users.add(user);
  };
  for (const Selector& s : policy.selectors) see(s);
  for (const Destination& d : policy.destinations) see(d.selector);
}

void each_range(const Policy& policy, const std::function<void(const AddressRange&)>& visit) {
  const auto see = [&](const Selector& s) {
    if (s.kind == SelectorKind::kAddress || s.kind == SelectorKind::kPrefix || s.kind == SelectorKind::kRange) visit(policy.range(s));
  };
  for (const Selector& s : policy.selectors) see(s);
  for (const Destination& d : policy.destinations) see(d.selector);
  for (const Host& h : policy.hosts) see(h.value);
  for (const IpSetElement& e : policy.ipset_elements) see(e.target);
}

/// A device of nobody in particular at the beginning of each range of the tailnet's own addresses that a policy names.
void add_addresses(const Policy& policy, Tailnet& t) {
  std::set<Address> known;
  for (const Node& n : t.nodes) known.insert(n.ipv4 ? *n.ipv4 : *n.ipv6);
  each_range(policy, [&](const AddressRange& range) {
    const AddressSet own = AddressSet::of({range}).intersect(reference::tailnet_addresses());
    if (own.empty() || !known.insert(own.ranges().front().first).second) return;
    const Address at = own.ranges().front().first;
    User owner;
    owner.login = t.names.intern("whoever has " + at.to_text());
    Node node;
    node.name = t.names.intern(at.to_text());
    node.user = t.users.add(owner);
    (at.is_v4() ? node.ipv4 : node.ipv6) = at;
    t.nodes.add(std::move(node));
  });
}

}  // namespace

Tailnet with_devices_for_all(const Tailnet& tailnet, std::vector<std::string>& without) {
  Tailnet out = copy_of(tailnet);
  std::vector<bool> has(out.users.size());
  for (const Node& n : out.nodes) {
    if (!n.tagged() && n.user.valid()) has[n.user.value] = true;
  }
  Extras extras(out);
  for (size_t i = 0; i < has.size(); ++i) {
    if (has[i]) continue;
    without.emplace_back(out.text(out.users[UserId(i)].login));
    extras.add(without.back()).user = UserId(i);
  }
  return out;
}

Tailnet universe_of(const Policy& before, const Policy& after) {
  Tailnet named;
  add_addresses(before, named);
  add_addresses(after, named);
  add_users(before, named);
  add_users(after, named);
  const Tailnet first = with_stand_ins(before, &named);
  Tailnet t = with_stand_ins(after, &first);
  Extras extras(t);
  std::set<Autogroup> roles;
  std::set<std::string> domains, via;
  AddressSet networks;
  bool guests = false;
  for (const Policy* p : {&before, &after}) {
    for (const Selector& s : p->selectors) {
      if (s.kind == SelectorKind::kAutogroup && is_role(s.autogroup)) roles.insert(s.autogroup);
      guests = guests || (s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kShared);
      if (s.kind == SelectorKind::kUserDomain) domains.insert(std::string(p->text(s)));
    }
    for (const Destination& d : p->destinations) {
      if (d.selector.kind == SelectorKind::kAutogroup && is_role(d.selector.autogroup)) roles.insert(d.selector.autogroup);
    }
    for (const Grant& g : p->grants) {
      for (const Selector& s : p->at(g.via)) via.insert(std::string(p->text(s)));
    }
    each_range(*p, [&](const AddressRange& range) { networks.add(range); });
  }
  for (const Autogroup role : roles) {
    const std::string_view name = autogroup_name(role);
    if (const auto r = parse_role(name.substr(name.find(':') + 1))) extras.add_user(name, *r);
  }
  for (const std::string& domain : domains) extras.add_user("anybody@" + domain, Role::kMember);
  extras.add_user("autogroup:member", Role::kMember);
  if (guests) extras.add_user("autogroup:shared", Role::kMember).shared_in = true;
  Node& other = extras.add("autogroup:tagged");
  other.tags.push_back(t.names.intern("autogroup:tagged"));

  networks.remove(reference::tailnet_addresses());
  std::vector<Prefix> routes = networks.prefixes();
  routes.push_back(*Prefix::parse("0.0.0.0/0"));
  routes.push_back(*Prefix::parse("::/0"));
  for (size_t i = 0; i < t.nodes.size(); ++i) {
    Node& n = t.nodes[TailnetNodeId(i)];
    const bool router = std::any_of(n.tags.begin(), n.tags.end(), [&](StringId tag) {
      const std::string_view name = t.text(tag);
      return name == "autogroup:tagged" || via.count(std::string(name)) != 0;
    });
    if (router) n.routable_ips = n.approved_routes = routes;
  }
  return t;
}

}  // namespace aclc
