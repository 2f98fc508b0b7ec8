// SPDX-License-Identifier: Apache-2.0
// The sections that define names: groups, hosts, tagOwners; and autoApprovers.
#include <fmt/format.h>

#include "parser/policy/builder.h"

namespace aclc {

void Builder::groups(const Field& field, NodeId object) {
  bool broken = false;
  entries(object, [&](const Quoted& key, NodeId member, NodeId value) {
    Group g;
    g.name = text(key, false);
    g.span = span_of(member);
    g.members = list_entry(g.name, value, [&](NodeId array) { return selectors(field, array, broken); });
    policy_.groups.push_back(g);
  });
}

void Builder::tag_owners(const Field& field, NodeId object) {
  bool broken = false;
  entries(object, [&](const Quoted& key, NodeId member, NodeId value) {
    TagOwner t;
    t.name = text(key, false);
    t.span = span_of(member);
    t.owners = list_entry(t.name, value, [&](NodeId array) { return selectors(field, array, broken); });
    policy_.tag_owners.push_back(t);
  });
}

void Builder::hosts(NodeId object) {
  bool broken = false;
  entries(object, [&](const Quoted& key, NodeId member, NodeId value) {
    Host h;
    h.name = text(key, false);
    h.span = span_of(member);
    h.value.span = span_of(value);
    if (readable(value)) {
      h.value = address_or_prefix(quoted(value), broken);
    } else {
      wrong_type(fmt::format("the host `{}`", policy_.text(h.name)), "a string", value);
    }
    policy_.hosts.push_back(h);
  });
}

void Builder::auto_approvers(NodeId object) {
  AutoApprovers& out = policy_.auto_approvers;
  out.span = span_of(object);
  bool broken = false;
  const std::span<const Field> fields = shape_info(Shape::kAutoApprovers).fields;
  members(Shape::kAutoApprovers, object, broken, [&](uint32_t index, NodeId value) {
    const Field& f = fields[index];
    const auto approvers = [&](NodeId array) { return selectors(f, array, broken); };
    switch (static_cast<field::approvers::AutoApprovers>(index)) {
      case field::approvers::kRoutes:
        entries(value, [&](const Quoted& key, NodeId member, NodeId list) {
          RouteApprovers r;
          r.span = span_of(member);
          const Text name = text(key, false);
          r.prefix = address_or_prefix(key, broken);
          r.approvers = list_entry(name, list, approvers);
          out.routes.push_back(r);
        });
        break;
      case field::approvers::kExitNode:
        out.exit_node = selectors(f, value, broken);
        break;
      case field::approvers::kServices:
        entries(value, [&](const Quoted& key, NodeId member, NodeId list) {
          ServiceApprovers s;
          s.span = span_of(member);
          const Text name = text(key, false);
          s.service = selector(key, broken);
          s.approvers = list_entry(name, list, approvers);
          out.services.push_back(s);
        });
        break;
    }
  });
}

}  // namespace aclc
