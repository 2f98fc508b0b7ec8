// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "compiler/diff/diff.h"
#include "compiler/reference/world.h"
#include "compiler/testrun/people.h"

namespace aclc {
namespace {

/// Addresses that no stand-in of compiler/testrun has.
class Extras {
 public:
  explicit Extras(Tailnet& t) : t_(t) {}

  Node& add(std::string_view name) {
    Node node;
    node.name = t_.names.intern(name);
    while (std::any_of(t_.nodes.begin(), t_.nodes.end(), [&](const Node& n) { return n.ipv4 && n.ipv4->lo == next_; })) ++next_;
    node.ipv4 = Address::v4(next_);
    node.ipv6 = Address{0xfd7a115ca1e0eeeeULL, next_++, Family::kV6};
    return t_.nodes[t_.nodes.add(std::move(node))];
  }

  void add_user(std::string_view login, Role role) {
    User user;
    user.login = t_.names.intern(login);
    user.role = role;
    const UserId id = t_.users.add(user);
    add(login).user = id;
  }

 private:
  Tailnet& t_;
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

void add_networks(const Policy& policy, AddressSet& out) {
  const auto see = [&](const Selector& s) {
    if (s.kind == SelectorKind::kAddress || s.kind == SelectorKind::kPrefix || s.kind == SelectorKind::kRange) out.add(policy.range(s));
  };
  for (const Selector& s : policy.selectors) see(s);
  for (const Destination& d : policy.destinations) see(d.selector);
  for (const Host& h : policy.hosts) see(h.value);
  for (const IpSetElement& e : policy.ipset_elements) see(e.target);
}

}  // namespace

Tailnet universe_of(const Policy& before, const Policy& after) {
  Tailnet first = with_stand_ins(before, nullptr);
  add_users(after, first);
  Tailnet t = with_stand_ins(after, &first);
  Extras extras(t);
  std::set<Autogroup> roles;
  std::set<std::string> domains, via;
  AddressSet networks;
  for (const Policy* p : {&before, &after}) {
    for (const Selector& s : p->selectors) {
      if (s.kind == SelectorKind::kAutogroup && is_role(s.autogroup)) roles.insert(s.autogroup);
      if (s.kind == SelectorKind::kUserDomain) domains.insert(std::string(p->text(s)));
    }
    for (const Destination& d : p->destinations) {
      if (d.selector.kind == SelectorKind::kAutogroup && is_role(d.selector.autogroup)) roles.insert(d.selector.autogroup);
    }
    for (const Grant& g : p->grants) {
      for (const Selector& s : p->at(g.via)) via.insert(std::string(p->text(s)));
    }
    add_networks(*p, networks);
  }
  for (const Autogroup role : roles) {
    const std::string_view name = autogroup_name(role);
    if (const auto r = parse_role(name.substr(name.find(':') + 1))) extras.add_user(name, *r);
  }
  for (const std::string& domain : domains) extras.add_user("anybody@" + domain, Role::kMember);
  extras.add_user("autogroup:member", Role::kMember);
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
