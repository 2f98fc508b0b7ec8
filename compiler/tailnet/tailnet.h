// SPDX-License-Identifier: Apache-2.0
// The tailnet snapshot: who and what the policy is applied to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/interner.h"
#include "base/net/address.h"
#include "base/span.h"
#include "parser/source/source.h"

namespace aclc {

enum class Role : uint8_t { kOwner, kAdmin, kItAdmin, kNetworkAdmin, kBillingAdmin, kAuditor, kMember };

/// The inverse of the spelling in tailnet files: "owner", "it-admin", ...
std::optional<Role> parse_role(std::string_view text);
std::string_view role_name(Role role);

struct User {
  StringId login;
  Role role = Role::kMember;
  Span span;
};

struct PostureValueOf {
  StringId attribute;
  enum class Type : uint8_t { kString, kNumber, kBool } type = Type::kString;
  StringId text;
  double number = 0;
  bool boolean = false;
};

using UserId = Id<User>;
struct Node;
using TailnetNodeId = Id<Node>;

struct Node {
  StringId name;
  std::optional<Address> ipv4, ipv6;
  UserId user;                 ///< invalid for a tagged node
  std::vector<StringId> tags;  ///< `tag:x`, in file order; a tagged node belongs to no user
  std::vector<Prefix> routable_ips;
  std::vector<Prefix> approved_routes;
  int64_t created_ns = 0;  ///< since the Unix epoch; 0 where unknown. The oldest router of a route is its primary
  std::vector<PostureValueOf> posture;
  StringId key;                        ///< WireGuard public key, base64
  std::vector<StringId> endpoints;
  bool shared_in = false;              ///< belongs to another tailnet
  Span span;

  bool tagged() const { return !tags.empty(); }
};

/// Users and nodes keep the order of the file: it is the order of user ids on the wire.
struct Tailnet {
  Interner names;
  SourceId source;
  StringId name;  ///< `example.com`, or the login that owns a personal tailnet
  Store<User, UserId> users;
  Store<Node, TailnetNodeId> nodes;

  std::string_view text(StringId id) const { return names.text(id); }
};

}  // namespace aclc
