// SPDX-License-Identifier: Apache-2.0
// Calls a function for every part of a typed policy: spans, nodes, slices, ids, down to each bool. Inside this folder only.
//
// Structures are taken apart by structured bindings, which must name every member: one that is added does not compile here until
// somebody has looked at what it refers to.
#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include "parser/policy/policy.h"

namespace aclc {

/// The pools of a policy by what they hold.
enum Pool : uint8_t { kSelectorPool, kDestinationPool, kPortPool, kTextPool, kNetPool, kAppPool, kElementPool, kAssertionPool, kValuePool, kAttrPool, kPools };
template <class T>
inline constexpr Pool kPoolOf = std::is_same_v<T, Selector>           ? kSelectorPool
                                : std::is_same_v<T, Destination>      ? kDestinationPool
                                : std::is_same_v<T, PortItem>         ? kPortPool
                                : std::is_same_v<T, Text>             ? kTextPool
                                : std::is_same_v<T, NetCapability>    ? kNetPool
                                : std::is_same_v<T, AppCapability>    ? kAppPool
                                : std::is_same_v<T, IpSetElement>     ? kElementPool
                                : std::is_same_v<T, PostureAssertion> ? kAssertionPool
                                : std::is_same_v<T, PostureValue>     ? kValuePool
                                : std::is_same_v<T, PostureAttr>      ? kAttrPool
                                                                      : kPools;

template <class F, class... Parts>
void visit_all(F& f, Parts&... parts);

/// What has no parts of its own.
template <class Leaf, class F>
void visit(Leaf& leaf, F& f) {
  f(leaf);
}
template <class T, class F>
void visit(std::vector<T>& list, F& f) {
  for (T& item : list) visit(item, f);
}
template <class T, class F>
void visit(std::optional<T>& item, F& f) {
  if (item) visit(*item, f);
}
template <class F>
void visit(Text& part, F& f) {
  auto& [value, span] = part;
  visit_all(f, value, span);
}
template <class F>
void visit(Selector& part, F& f) {
  auto& [span, name, kind, autogroup, address] = part;
  visit_all(f, span, name, kind, autogroup, address);
}
template <class F>
void visit(PortItem& part, F& f) {
  auto& [range, span] = part;
  visit_all(f, range, span);
}
template <class F>
void visit(Protocol& part, F& f) {
  auto& [number, span] = part;
  visit_all(f, number, span);
}
template <class F>
void visit(Destination& part, F& f) {
  auto& [selector, ports, span, ports_span] = part;
  visit_all(f, selector, ports, span, ports_span);
}
template <class F>
void visit(PostureRefs& part, F& f) {
  auto& [present, names] = part;
  visit_all(f, present, names);
}
template <class F>
void visit(AclRule& part, F& f) {
  auto& [span, action, src, dst, proto, src_posture, src_span, dst_span, src_present, dst_present, broken] = part;
  visit_all(f, span, action, src, dst, proto, src_posture, src_span, dst_span, src_present, dst_present, broken);
}
template <class F>
void visit(NetCapability& part, F& f) {
  auto& [proto, ports, span] = part;
  visit_all(f, proto, ports, span);
}
template <class F>
void visit(AppCapability& part, F& f) {
  auto& [name, value] = part;
  visit_all(f, name, value);
}
template <class F>
void visit(Grant& part, F& f) {
  auto& [span, src, dst, ip, app, via, src_posture, src_span, dst_span, ip_span, app_span, via_span, src_present, dst_present, broken] = part;
  visit_all(f, span, src, dst, ip, app, via, src_posture, src_span, dst_span, ip_span, app_span, via_span, src_present, dst_present, broken);
}
template <class F>
void visit(Group& part, F& f) {
  auto& [name, span, members] = part;
  visit_all(f, name, span, members);
}
template <class F>
void visit(Host& part, F& f) {
  auto& [name, span, value] = part;
  visit_all(f, name, span, value);
}
template <class F>
void visit(TagOwner& part, F& f) {
  auto& [name, span, owners] = part;
  visit_all(f, name, span, owners);
}
template <class F>
void visit(IpSetElement& part, F& f) {
  auto& [remove, has_verb, target, span] = part;
  visit_all(f, remove, has_verb, target, span);
}
template <class F>
void visit(IpSet& part, F& f) {
  auto& [name, span, elements] = part;
  visit_all(f, name, span, elements);
}
template <class F>
void visit(PostureValue& part, F& f) {
  auto& [type, text, number, boolean, span] = part;
  visit_all(f, type, text, number, boolean, span);
}
template <class F>
void visit(PostureAssertion& part, F& f) {
  auto& [attribute, op, values, span, valid] = part;
  visit_all(f, attribute, op, values, span, valid);
}
template <class F>
void visit(Posture& part, F& f) {
  auto& [name, span, assertions] = part;
  visit_all(f, name, span, assertions);
}
template <class F>
void visit(RouteApprovers& part, F& f) {
  auto& [prefix, span, approvers] = part;
  visit_all(f, prefix, span, approvers);
}
template <class F>
void visit(ServiceApprovers& part, F& f) {
  auto& [service, span, approvers] = part;
  visit_all(f, service, span, approvers);
}
template <class F>
void visit(AutoApprovers& part, F& f) {
  auto& [span, routes, exit_node, services] = part;
  visit_all(f, span, routes, exit_node, services);
}
template <class F>
void visit(SshRule& part, F& f) {
  auto& [span, action, src, dst, users, check_period, accept_env, recorder, enforce_recorder, src_posture, src_span, dst_span, users_span,
         recorder_span, src_present, dst_present, users_present, broken] = part;
  visit_all(f, span, action, src, dst, users, check_period, accept_env, recorder, enforce_recorder, src_posture, src_span, dst_span, users_span,
            recorder_span, src_present, dst_present, users_present, broken);
}
template <class F>
void visit(NodeAttr& part, F& f) {
  auto& [span, target, attr, ip_pool, app, target_span, attr_span, ip_pool_span] = part;
  visit_all(f, span, target, attr, ip_pool, app, target_span, attr_span, ip_pool_span);
}
template <class F>
void visit(PostureAttr& part, F& f) {
  auto& [name, value] = part;
  visit_all(f, name, value);
}
template <class F>
void visit(AclTest& part, F& f) {
  auto& [span, src, src_text, proto, proto_text, accept, deny, posture_attrs, accept_present, deny_present, broken] = part;
  visit_all(f, span, src, src_text, proto, proto_text, accept, deny, posture_attrs, accept_present, deny_present, broken);
}
template <class F>
void visit(SshTest& part, F& f) {
  auto& [span, src, src_text, dst, accept, check, deny, posture_attrs, dst_span, accept_present, check_present, deny_present, broken] = part;
  visit_all(f, span, src, src_text, dst, accept, check, deny, posture_attrs, dst_span, accept_present, check_present, deny_present, broken);
}
template <class F>
void visit(DnsRoute& part, F& f) {
  auto& [domain, nameservers] = part;
  visit_all(f, domain, nameservers);
}
template <class F>
void visit(Dns& part, F& f) {
  auto& [span, magic, nameservers, routes, domains] = part;
  visit_all(f, span, magic, nameservers, routes, domains);
}
template <class F>
void visit(Section& part, F& f) {
  auto& [name, name_span, value] = part;
  visit_all(f, name, name_span, value);
}
template <class F>
void visit(SelectorAddress&, F&) {}
template <class F>
void visit(Policy& part, F& f) {
  auto& [names, sections, has_acls, has_grants, has_ssh, acls, grants, groups, hosts, tag_owners, ipsets, postures, default_src_posture,
         auto_approvers, ssh, node_attrs, tests, ssh_tests, dns, disable_ipv4, randomize_client_port, one_cgnat_route, selectors,
         selector_addresses, destinations, port_items, texts, net_capabilities, app_capabilities, ipset_elements, posture_assertions,
         posture_values, posture_attrs] = part;
  visit_all(f, names, sections, has_acls, has_grants, has_ssh, acls, grants, groups, hosts, tag_owners, ipsets, postures, default_src_posture,
            auto_approvers, ssh, node_attrs, tests, ssh_tests, dns, disable_ipv4, randomize_client_port, one_cgnat_route, selectors,
            selector_addresses, destinations, port_items, texts, net_capabilities, app_capabilities, ipset_elements, posture_assertions,
            posture_values, posture_attrs);
}

template <class F, class... Parts>
void visit_all(F& f, Parts&... parts) {
  (visit(parts, f), ...);
}

}  // namespace aclc
