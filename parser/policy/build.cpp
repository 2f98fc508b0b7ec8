// SPDX-License-Identifier: Apache-2.0
// The top level: which section is which.
#include "parser/policy/build.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/policy/builder.h"

namespace aclc {
namespace {

/// Above this many nodes pools grow as they need, so that a huge file of something else costs nothing here.
constexpr size_t kReserveNodes = size_t{1} << 20;

}  // namespace

Policy build_policy(const SyntaxTree& tree, DiagnosticSink& sink, Target target) {
  return Builder(tree, sink, target).build();
}

Policy Builder::build() {
  const NodeId root = tree_.root();
  if (tree_[root].kind != NodeKind::kObject) {
    if (!already_reported(root)) {
      const NodeKind kind = tree_[root].kind;
      const char* found = kind == NodeKind::kArray ? "an array" : kind == NodeKind::kNull ? "null" : "a single value";
      report(diag::NotAnObject(mark_of(root), found).help("put braces around the sections: `{\"grants\": [...]}`"));
    }
    return std::move(policy_);
  }
  const size_t expected = std::min(tree_.size(), kReserveNodes) / 4;
  policy_.selectors.reserve(expected);
  policy_.destinations.reserve(expected);
  policy_.port_items.reserve(expected);
  bool broken = false;
  uint32_t seen[kMostFields] = {};
  for (const NodeId member : tree_.children(root)) {
    Member m;
    const bool usable = match_member(Shape::kPolicy, root, member, seen, broken, m);
    // A section of a wrong type is there all the same: it must not make the policy one that allows everything.
    if (seen[field::kAcls] != 0)
      policy_.has_acls |= tree_[tree_.value_of(NodeId(size_t{seen[field::kAcls] - 1}))].kind != NodeKind::kNull;
    if (seen[field::kGrants] != 0)
      policy_.has_grants |= tree_[tree_.value_of(NodeId(size_t{seen[field::kGrants] - 1}))].kind != NodeKind::kNull;
    if (!usable) continue;
    const StringId name = policy_.names.intern(shape_info(Shape::kPolicy).fields[m.index].name);
    policy_.sections.push_back({name, inside_of(tree_.name_of(member)), m.value});
    in_foreign_section_ = target_ == Target::kHeadscale && shape_info(Shape::kPolicy).fields[m.index].known_by == KnownBy::kTailscale;
    section(m.index, m.value);
    in_foreign_section_ = false;
  }
  return std::move(policy_);
}

Policy Builder::build_entry(field::Policy section, NodeId element, Interner names) {
  policy_.names = std::move(names);
  switch (section) {
    case field::kAcls:
      acl(element, policy_.acls.emplace_back());
      break;
    case field::kGrants:
      grant(element, policy_.grants.emplace_back());
      break;
    case field::kSsh:
      ssh_rule(element, policy_.ssh.emplace_back());
      break;
    case field::kNodeAttrs:
      node_attr(element, policy_.node_attrs.emplace_back());
      break;
    case field::kTests:
      in_test_ = true;
      acl_test(element, policy_.tests.emplace_back());
      break;
    case field::kSshTests:
      in_test_ = true;
      ssh_test(element, policy_.ssh_tests.emplace_back());
      break;
    default:
      ACLC_CHECK(false);
  }
  return std::move(policy_);
}

void Builder::section(uint32_t index, NodeId value) {
  const Field& f = shape_info(Shape::kPolicy).fields[index];
  bool ignored = false;
  switch (static_cast<field::Policy>(index)) {
    case field::kAcls:
      objects(f, value, policy_.acls, [&](NodeId n, auto& out) { acl(n, out); });
      break;
    case field::kGrants:
      objects(f, value, policy_.grants, [&](NodeId n, auto& out) { grant(n, out); });
      break;
    case field::kGroups:
      groups(f, value);
      break;
    case field::kHosts:
      hosts(value);
      break;
    case field::kIpsets:
      ipsets(f, value);
      break;
    case field::kTagOwners:
      tag_owners(f, value);
      break;
    case field::kAutoApprovers:
      auto_approvers(value);
      break;
    case field::kSsh:
      policy_.has_ssh = true;
      objects(f, value, policy_.ssh, [&](NodeId n, auto& out) { ssh_rule(n, out); });
      break;
    case field::kNodeAttrs:
      objects(f, value, policy_.node_attrs, [&](NodeId n, auto& out) { node_attr(n, out); });
      break;
    case field::kPostures:
      postures(f, value);
      break;
    case field::kDefaultSrcPosture:
      policy_.default_src_posture = posture_refs(f, value, ignored);
      break;
    case field::kTests:
      in_test_ = true;
      objects(f, value, policy_.tests, [&](NodeId n, auto& out) { acl_test(n, out); });
      in_test_ = false;
      break;
    case field::kSshTests:
      in_test_ = true;
      objects(f, value, policy_.ssh_tests, [&](NodeId n, auto& out) { ssh_test(n, out); });
      in_test_ = false;
      break;
    case field::kDerpMap:
      derp_map(value);
      break;
    case field::kDisableIPv4:
      policy_.disable_ipv4 = tree_.is(value, NodeKind::kTrue);
      break;
    case field::kOneCgnatRoute:
      one_cgnat_route(f, value);
      break;
    case field::kRandomizeClientPort:
      policy_.randomize_client_port = tree_.is(value, NodeKind::kTrue);
      break;
    case field::kExtraDnsRecords:
    case field::kAttrConfig:
      check_value(f, value);
      break;
    case field::kDns:
      dns(value);
      break;
  }
}

}  // namespace aclc
