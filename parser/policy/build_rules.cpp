// SPDX-License-Identifier: Apache-2.0
// acls, grants, ssh, nodeAttrs.
#include "parser/policy/builder.h"

namespace aclc {

void Builder::acl(NodeId node, AclRule& rule) {
  rule.span = span_of(node);
  std::string_view proto_name;
  const std::span<const Field> fields = shape_info(Shape::kAcl).fields;
  members(Shape::kAcl, node, rule.broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::acl::Acl>(index)) {
      case field::acl::kAction:
        rule.action = text(quoted(value), false);
        break;
      case field::acl::kSrc:
        rule.src_present = true;
        rule.src_span = span_of(value);
        rule.src = selectors(f, value, rule.broken);
        break;
      case field::acl::kDst:
        rule.dst_present = true;
        rule.dst_span = span_of(value);
        rule.dst = destinations(f, value, Place::kAclDst, rule.broken);
        break;
      case field::acl::kProto: {
        const Quoted q = quoted(value);
        rule.proto = protocol(q, 0, q.text.size(), Place::kAclDst, rule.broken);
        if (rule.proto.present()) proto_name = policy_.text(text(q, false));
        break;
      }
      case field::acl::kSrcPosture:
        rule.src_posture = posture_refs(f, value, rule.broken);
        break;
    }
  });
  if (rule.proto.present()) {
    for (const Destination& d : policy_.at(rule.dst)) {
      if (!ports_of_protocol(rule.proto, proto_name, d.ports, Severity::kError)) rule.broken = true;
    }
  }
}

void Builder::grant(NodeId node, Grant& rule) {
  rule.span = span_of(node);
  const std::span<const Field> fields = shape_info(Shape::kGrant).fields;
  members(Shape::kGrant, node, rule.broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::grant::Grant>(index)) {
      case field::grant::kSrc:
        rule.src_present = true;
        rule.src_span = span_of(value);
        rule.src = selectors(f, value, rule.broken);
        break;
      case field::grant::kDst:
        rule.dst_present = true;
        rule.dst_span = span_of(value);
        rule.dst = selectors(f, value, rule.broken);
        break;
      case field::grant::kIp:
        rule.ip_span = span_of(value);
        rule.ip = net_capabilities(f, value, rule.broken);
        break;
      case field::grant::kApp:
        rule.app_span = span_of(value);
        rule.app = app_capabilities(value, rule.broken);
        break;
      case field::grant::kVia:
        rule.via_span = span_of(value);
        rule.via = selectors(f, value, rule.broken);
        break;
      case field::grant::kSrcPosture:
        rule.src_posture = posture_refs(f, value, rule.broken);
        break;
    }
  });
}

void Builder::ssh_rule(NodeId node, SshRule& rule) {
  rule.span = span_of(node);
  const std::span<const Field> fields = shape_info(Shape::kSsh).fields;
  members(Shape::kSsh, node, rule.broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::ssh::Ssh>(index)) {
      case field::ssh::kAction:
        rule.action = text(quoted(value), true);
        break;
      case field::ssh::kSrc:
        rule.src_present = true;
        rule.src_span = span_of(value);
        rule.src = selectors(f, value, rule.broken);
        break;
      case field::ssh::kDst:
        rule.dst_present = true;
        rule.dst_span = span_of(value);
        rule.dst = selectors(f, value, rule.broken);
        break;
      case field::ssh::kUsers:
        rule.users_present = true;
        rule.users_span = span_of(value);
        rule.users = texts(f, value, true, rule.broken);
        break;
      case field::ssh::kCheckPeriod:
        rule.check_period = text(quoted(value), false);
        break;
      case field::ssh::kAcceptEnv:
        rule.accept_env = texts(f, value, false, rule.broken);
        break;
      case field::ssh::kRecorder:
        rule.recorder_span = span_of(value);
        rule.recorder = selectors(f, value, rule.broken);
        break;
      case field::ssh::kEnforceRecorder:
        rule.enforce_recorder = tree_.is(value, NodeKind::kTrue);
        break;
      case field::ssh::kSrcPosture:
        rule.src_posture = posture_refs(f, value, rule.broken);
        break;
    }
  });
}

void Builder::node_attr(NodeId node, NodeAttr& entry) {
  entry.span = span_of(node);
  bool broken = false;
  const std::span<const Field> fields = shape_info(Shape::kNodeAttr).fields;
  members(Shape::kNodeAttr, node, broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    switch (static_cast<field::node_attr::NodeAttr>(index)) {
      case field::node_attr::kTarget:
        entry.target_span = span_of(value);
        entry.target = selectors(f, value, broken);
        break;
      case field::node_attr::kAttr:
        entry.attr_span = span_of(value);
        entry.attr = texts(f, value, false, broken);
        break;
      case field::node_attr::kIpPool:
        entry.ip_pool_span = span_of(value);
        entry.ip_pool = prefixes(f, value, broken);
        break;
      case field::node_attr::kApp:
        entry.app = app_capabilities(value, broken);
        break;
    }
  });
}

}  // namespace aclc
