// SPDX-License-Identifier: Apache-2.0
// Nodes and users as `headscale nodes list -o json` and Headscale's API print them, in the spellings of older versions too.
#include <algorithm>
#include <charconv>

#include "compiler/tailnet/reader.h"

namespace aclc {

namespace {

enum UserKey : size_t { kUserName, kEmail };
enum NodeKey : size_t {
  kName, kGivenName, kGivenNameOld, kUser, kAddresses, kAddressesOld, kTags, kForced, kForcedOld, kValid, kValidOld,
  kApproved, kApprovedOld, kAvailable, kAvailableOld, kCreated, kCreatedOld, kNodeKey, kNodeKeyOld, kEndpoints
};

/// What a policy calls the user: the e-mail, or the local name with a trailing `@` (Headscale's documentation, "ACLs").
std::string login_of(const FileText& name, const FileText& email) {
  if (!email.value.empty()) return email.value;
  return name.value.empty() || name.value.find('@') != std::string::npos ? name.value : name.value + "@";
}

}  // namespace

void TailnetReader::headscale_user(NodeId object) {
  FileText name, email;
  members(object, "a user", {"name", "email"}, Openness::kOpen, [&](size_t key, NodeId value) {
    if (key == kUserName) string(value, "`name`", name);
    if (key == kEmail) string(value, "`email`", email);
  });
  const std::string login = login_of(name, email);
  if (login.empty()) {
    user_without(object, "name");
    return;
  }
  add_user({login, email.value.empty() ? name.span : email.span}, Role::kMember);
}

/// Protocol buffers print a time as text, older versions of the command as {"seconds", "nanos"}.
int64_t TailnetReader::headscale_time(NodeId value) {
  if (tree_.is(value, NodeKind::kObject)) {
    int64_t seconds = 0, nanos = 0;
    members(value, "a time", {"seconds", "nanos"}, Openness::kOpen, [&](size_t key, NodeId number) {
      if (!tree_.is(number, NodeKind::kNumber)) return wrong_type(number, "a part of a time", "a number");
      const std::string_view text = tree_.text_of(number);
      std::from_chars(text.data(), text.data() + text.size(), key == 0 ? seconds : nanos);
    });
    constexpr int64_t limit = 9'000'000'000;  // the seconds that nanoseconds in 64 bits can hold
    if (seconds < -limit || seconds > limit || nanos < 0 || nanos > 999'999'999) {
      report(diag::InvalidTime(tree_[value].span, tree_.text_of(value)));
      return 0;
    }
    return seconds * 1'000'000'000 + nanos;
  }
  FileText text;
  Node node;
  if (string(value, "a time", text)) time(text, node);
  return node.created_ns;
}

void TailnetReader::headscale_node(NodeId object) {
  Node node;
  FileText owner, name, given;
  members(object, "a node",
          {"name", "givenName", "given_name", "user", "ipAddresses", "ip_addresses", "tags", "forcedTags", "forced_tags",
           "validTags", "valid_tags", "approvedRoutes", "approved_routes", "availableRoutes", "available_routes", "createdAt",
           "created_at", "nodeKey", "node_key", "endpoints"},
          Openness::kOpen, [&](size_t index, NodeId value) {
            FileText text;
            switch (index) {
              case kName:
                string(value, "`name`", name);
                break;
              case kGivenName:
              case kGivenNameOld:
                string(value, "`givenName`", given);
                break;
              case kUser: {
                if (!is_object(value, "`user`")) break;
                FileText user_name, email;
                members(value, "a user", {"name", "email"}, Openness::kOpen, [&](size_t key, NodeId v) {
                  if (key == kUserName) string(v, "`name`", user_name);
                  if (key == kEmail) string(v, "`email`", email);
                });
                owner = {login_of(user_name, email), email.value.empty() ? user_name.span : email.span};
                break;
              }
              case kAddresses:
              case kAddressesOld:
                for (const FileText& t : strings(value, "`ipAddresses`")) address(t, node, std::nullopt);
                break;
              case kTags:
              case kForced:
              case kForcedOld:
              case kValid:
              case kValidOld:
                for (const FileText& t : strings(value, "`tags`")) tag(t, node);
                break;
              case kApproved:
              case kApprovedOld:
                for (const FileText& t : strings(value, "`approvedRoutes`")) route(t, node.approved_routes);
                break;
              case kAvailable:
              case kAvailableOld:
                for (const FileText& t : strings(value, "`availableRoutes`")) route(t, node.routable_ips);
                break;
              case kCreated:
              case kCreatedOld:
                node.created_ns = headscale_time(value);
                break;
              case kNodeKey:
              case kNodeKeyOld:
                if (string(value, "`nodeKey`", text) && !text.value.empty()) key(text, node);
                break;
              case kEndpoints:
                for (const FileText& t : strings(value, "`endpoints`")) endpoint(t, node);
                break;
              default:
                break;
            }
          });
  const FileText& named = given.value.empty() ? name : given;
  if (!named.value.empty()) {
    node.name = intern(named.value);
    node.span = named.span;
  }
  // A tagged node keeps the user who enrolled it: tags win, and that is no fault.
  add_node(std::move(node), tree_[object].span, owner, false);
}

}  // namespace aclc
