// SPDX-License-Identifier: Apache-2.0
// Devices and users as the Tailscale API prints them (API documentation, "List tailnet devices", "List users").
#include <algorithm>

#include "compiler/tailnet/reader.h"

namespace aclc {

namespace {

/// `web1.tail1234.ts.net.` -> `web1`: the name that people use, unique in its tailnet.
std::string first_label(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

enum UserKey : size_t { kLoginName, kRole };
enum DeviceKey : size_t {
  kName, kHostname, kAddresses, kUser, kTags, kAdvertised, kEnabled, kCreated, kNodeKey, kOs, kClientVersion, kIsExternal,
  kAttributes
};

}  // namespace

void TailnetReader::tailscale_user(NodeId object) {
  FileText login;
  Role role_of_user = Role::kMember;
  members(object, "a user", {"loginName", "role"}, Openness::kOpen, [&](size_t key, NodeId value) {
    FileText text;
    if (key == kLoginName) string(value, "`loginName`", login);
    if (key == kRole && string(value, "`role`", text)) role_of_user = role(text).value_or(Role::kMember);
  });
  if (login.value.empty()) {
    user_without(object, "loginName");
    return;
  }
  add_user(login, role_of_user);
}

void TailnetReader::tailscale_device(NodeId object) {
  Node node;
  FileText owner, name, hostname;
  members(object, "a device",
          {"name", "hostname", "addresses", "user", "tags", "advertisedRoutes", "enabledRoutes", "created", "nodeKey", "os",
           "clientVersion", "isExternal", "attributes"},
          Openness::kOpen, [&](size_t index, NodeId value) {
            FileText text;
            switch (index) {
              case kName:
                string(value, "`name`", name);
                break;
              case kHostname:
                string(value, "`hostname`", hostname);
                break;
              case kAddresses:
                for (const FileText& t : strings(value, "`addresses`")) address(t, node, std::nullopt);
                break;
              case kUser:
                string(value, "`user`", owner);
                break;
              case kTags:
                for (const FileText& t : strings(value, "`tags`")) tag(t, node);
                break;
              case kAdvertised:
                for (const FileText& t : strings(value, "`advertisedRoutes`")) route(t, node.routable_ips);
                break;
              case kEnabled:
                for (const FileText& t : strings(value, "`enabledRoutes`")) route(t, node.approved_routes);
                break;
              case kCreated:
                // Empty for devices shared in from other tailnets.
                if (string(value, "`created`", text) && !text.value.empty()) time(text, node);
                break;
              case kNodeKey:
                if (string(value, "`nodeKey`", text) && !text.value.empty()) key(text, node);
                break;
              case kOs:
                if (string(value, "`os`", text) && !text.value.empty()) posture_text(node, "node:os", text.value);
                break;
              case kClientVersion:
                // `1.80.2-t1234`: the version proper is what postures compare.
                if (string(value, "`clientVersion`", text) && !text.value.empty()) {
                  posture_text(node, "node:tsVersion", text.value.substr(0, text.value.find('-')));
                }
                break;
              case kIsExternal:
                node.shared_in = boolean(value, "`isExternal`");
                break;
              case kAttributes:
                if (is_object(value, "`attributes`")) {
                  node.posture.clear();  // the API's own list is the whole truth
                  posture(value, node);
                }
                break;
              default:
                break;
            }
          });
  const FileText& named = name.value.empty() ? hostname : name;
  if (!named.value.empty()) {
    node.name = intern(first_label(named.value));
    node.span = named.span;
  }
  // A tagged device still names the user who enrolled it: tags win, and that is no fault.
  add_node(std::move(node), tree_[object].span, owner, false);
}

}  // namespace aclc
