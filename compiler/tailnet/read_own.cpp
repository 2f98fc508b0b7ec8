// SPDX-License-Identifier: Apache-2.0
// This project's own tailnet file, as the user guide describes it.
#include <algorithm>
#include <charconv>

#include "compiler/tailnet/reader.h"

namespace aclc {

namespace {

// A recorded answer is a tailnet file too: these are its other keys.
enum Top : size_t { kTailnet, kUsers, kNodes, kFirstOfCase };
enum UserKey : size_t { kLogin, kRole };
enum NodeKey : size_t {
  kName, kIpv4, kIpv6, kTags, kUser, kRoutable, kApproved, kCreated, kPosture, kKey, kEndpoints, kSharedIn
};

}  // namespace

void TailnetReader::read_own(NodeId root) {
  NodeId users, nodes;
  members(root, "the tailnet file",
          {"tailnet", "users", "nodes", "id", "category", "description", "policy", "tailnet_settings", "expect"},
          Openness::kClosed, [&](size_t key, NodeId value) {
            FileText text;
            if (key == kTailnet && string(value, "`tailnet`", text)) out_.name = intern(text.value);
            if (key == kUsers) users = value;
            if (key == kNodes) nodes = value;
          });
  // Users first, wherever they stand: nodes name them.
  if (users.valid()) {
    users_given_ = true;
    objects(users, "`users`", [&](NodeId object) { own_user(object); });
  }
  if (nodes.valid()) objects(nodes, "`nodes`", [&](NodeId object) { own_node(object); });
}

void TailnetReader::own_user(NodeId object) {
  FileText login;
  Role role_of_user = Role::kMember;
  members(object, "a user", {"login", "role"}, Openness::kClosed, [&](size_t key, NodeId value) {
    FileText text;
    if (key == kLogin) string(value, "`login`", login);
    if (key == kRole && string(value, "`role`", text)) role_of_user = role(text).value_or(Role::kMember);
  });
  if (login.value.empty() && login.span.begin != 0) {
    // Recorded tailnets have such users: no policy can name them, so nothing is lost.
    report(diag::TailnetEmptyText(login.span, "`login`").as(Severity::kNote));
    return;
  }
  if (login.value.empty()) {
    user_without(object, "login");
    return;
  }
  add_user(login, role_of_user);
}

void TailnetReader::own_node(NodeId object) {
  Node node;
  FileText owner;
  std::vector<FileText> approved;
  members(object, "a node",
          {"name", "ipv4", "ipv6", "tags", "user", "routable_ips", "approved_routes", "created", "posture", "key", "endpoints",
           "shared_in"},
          Openness::kClosed, [&](size_t index, NodeId value) {
            FileText text;
            switch (index) {
              case kName:
                if (!string(value, "`name`", text)) break;
                if (text.value.empty()) {
                  report(diag::TailnetEmptyText(text.span, "`name`"));
                  break;
                }
                node.name = intern(text.value);
                node.span = text.span;
                break;
              case kIpv4:
                if (string(value, "`ipv4`", text)) address(text, node, Family::kV4);
                break;
              case kIpv6:
                if (string(value, "`ipv6`", text)) address(text, node, Family::kV6);
                break;
              case kTags:
                for (const FileText& t : strings(value, "`tags`")) tag(t, node);
                break;
              case kUser:
                string(value, "`user`", owner);
                break;
              case kRoutable:
                for (const FileText& t : strings(value, "`routable_ips`")) route(t, node.routable_ips);
                break;
              case kApproved:
                approved = strings(value, "`approved_routes`");
                for (const FileText& t : approved) route(t, node.approved_routes);
                break;
              case kCreated:
                if (string(value, "`created`", text)) time(text, node);
                break;
              case kPosture:
                if (is_object(value, "`posture`")) posture(value, node);
                break;
              case kKey:
                if (string(value, "`key`", text)) key(text, node);
                break;
              case kEndpoints:
                for (const FileText& t : strings(value, "`endpoints`")) endpoint(t, node);
                break;
              case kSharedIn:
                node.shared_in = boolean(value, "`shared_in`");
                break;
              default:
                break;
            }
          });
  if (node.name.valid()) check_approved(node, approved);
  add_node(std::move(node), tree_[object].span, owner, true);
}

/// Attribute -> string, number or boolean (Tailscale docs, "Device posture": the types of attributes).
void TailnetReader::posture(NodeId object, Node& node) {
  for (const NodeId m : tree_.children(object)) {
    if (!tree_.is(m, NodeKind::kMember) || !tree_.is(tree_.name_of(m), NodeKind::kString)) continue;
    const NodeId value = tree_.value_of(m);
    PostureValueOf v;
    v.attribute = intern(tree_.string_value(tree_.name_of(m), scratch_));
    switch (tree_[value].kind) {
      case NodeKind::kString:
        v.text = intern(tree_.string_value(value, scratch_));
        break;
      case NodeKind::kNumber: {
        const std::string_view text = tree_.text_of(value);
        v.type = PostureValueOf::Type::kNumber;
        v.text = intern(text);
        std::from_chars(text.data(), text.data() + text.size(), v.number);
        break;
      }
      case NodeKind::kTrue:
      case NodeKind::kFalse:
        v.type = PostureValueOf::Type::kBool;
        v.boolean = tree_.is(value, NodeKind::kTrue);
        break;
      default:
        wrong_type(value, "a posture attribute", "a string, a number or a boolean");
        continue;
    }
    bool twice = false;
    for (const PostureValueOf& other : node.posture) twice |= other.attribute == v.attribute;
    if (twice) {
      report(diag::TailnetDoubleKey(inside(tree_.name_of(m)), "`posture`", out_.text(v.attribute)));
    } else {
      node.posture.push_back(v);
    }
  }
}

}  // namespace aclc
