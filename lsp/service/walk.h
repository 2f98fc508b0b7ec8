// SPDX-License-Identifier: Apache-2.0
// Every selector of a policy and every name that it defines, with where they stand.
#pragma once

#include <cstdint>

#include "compiler/check/positions.h"
#include "parser/policy/fields.h"
#include "parser/policy/policy.h"

namespace aclc::lsp {

/// Which list of the policy holds a selector, in the check's terms (`Position` alone is the protocol's line and character).
using Standpoint = aclc::Position;

/// The entry of a section that something stands in; the index counts as the section's vector in Policy does.
struct Entry {
  static constexpr uint32_t kNone = UINT32_MAX;
  field::Policy section = field::kAcls;
  uint32_t index = kNone;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// f(const Selector&, Standpoint, Entry) for each, section by section.
template <class F>
void for_each_selector(const Policy& p, F&& f) {
  const auto list = [&](Selectors selectors, Standpoint at, Entry entry) {
    for (const Selector& s : p.at(selectors)) f(s, at, entry);
  };
  const auto postures = [&](const PostureRefs& refs, Entry entry) { list(refs.names, Standpoint::kSrcPosture, entry); };
  for (uint32_t i = 0; i < p.acls.size(); ++i) {
    const AclRule& rule = p.acls[i];
    const Entry entry{field::kAcls, i};
    list(rule.src, Standpoint::kAclSrc, entry);
    for (const Destination& d : p.at(rule.dst)) f(d.selector, Standpoint::kAclDst, entry);
    postures(rule.src_posture, entry);
  }
  for (uint32_t i = 0; i < p.grants.size(); ++i) {
    const Grant& grant = p.grants[i];
    const Entry entry{field::kGrants, i};
    list(grant.src, Standpoint::kGrantSrc, entry);
    list(grant.dst, Standpoint::kGrantDst, entry);
    list(grant.via, Standpoint::kVia, entry);
    postures(grant.src_posture, entry);
  }
  for (uint32_t i = 0; i < p.groups.size(); ++i)
    list(p.groups[i].members, Standpoint::kGroupMember, {field::kGroups, i});
  for (uint32_t i = 0; i < p.tag_owners.size(); ++i)
    list(p.tag_owners[i].owners, Standpoint::kTagOwner, {field::kTagOwners, i});
  for (uint32_t i = 0; i < p.ipsets.size(); ++i) {
    for (const IpSetElement& e : p.at(p.ipsets[i].elements))
      f(e.target, Standpoint::kIpSetElement, Entry{field::kIpsets, i});
  }
  postures(p.default_src_posture, {field::kDefaultSrcPosture, 0});
  const Entry approvers{field::kAutoApprovers, 0};
  for (const RouteApprovers& r : p.auto_approvers.routes) list(r.approvers, Standpoint::kRouteApprover, approvers);
  list(p.auto_approvers.exit_node, Standpoint::kExitNodeApprover, approvers);
  for (const ServiceApprovers& s : p.auto_approvers.services) {
    f(s.service, Standpoint::kServiceKey, approvers);
    list(s.approvers, Standpoint::kServiceApprover, approvers);
  }
  for (uint32_t i = 0; i < p.ssh.size(); ++i) {
    const SshRule& rule = p.ssh[i];
    const Entry entry{field::kSsh, i};
    list(rule.src, Standpoint::kSshSrc, entry);
    list(rule.dst, Standpoint::kSshDst, entry);
    list(rule.recorder, Standpoint::kRecorder, entry);
    postures(rule.src_posture, entry);
  }
  for (uint32_t i = 0; i < p.node_attrs.size(); ++i)
    list(p.node_attrs[i].target, Standpoint::kNodeAttrTarget, {field::kNodeAttrs, i});
  for (uint32_t i = 0; i < p.tests.size(); ++i) {
    const AclTest& test = p.tests[i];
    const Entry entry{field::kTests, i};
    f(test.src, Standpoint::kTestSrc, entry);
    for (const Destination& d : p.at(test.accept)) f(d.selector, Standpoint::kTestDst, entry);
    for (const Destination& d : p.at(test.deny)) f(d.selector, Standpoint::kTestDst, entry);
  }
  for (uint32_t i = 0; i < p.ssh_tests.size(); ++i) {
    const SshTest& test = p.ssh_tests[i];
    const Entry entry{field::kSshTests, i};
    f(test.src, Standpoint::kSshTestSrc, entry);
    list(test.dst, Standpoint::kSshTestDst, entry);
  }
}

/// f(const Text& name, SelectorKind, Span member, Entry) for each name that the policy defines.
template <class F>
void for_each_definition(const Policy& p, F&& f) {
  const auto all = [&](const auto& items, SelectorKind kind, field::Policy section) {
    for (uint32_t i = 0; i < items.size(); ++i) f(items[i].name, kind, items[i].span, Entry{section, i});
  };
  all(p.groups, SelectorKind::kGroup, field::kGroups);
  all(p.hosts, SelectorKind::kHost, field::kHosts);
  all(p.tag_owners, SelectorKind::kTag, field::kTagOwners);
  all(p.ipsets, SelectorKind::kIpSet, field::kIpsets);
  all(p.postures, SelectorKind::kPosture, field::kPostures);
}

/// The span of an entry: the rule's object, or the definition's member.
Span span_of(const Policy& policy, Entry entry);

}  // namespace aclc::lsp
