// SPDX-License-Identifier: Apache-2.0
#include "compiler/testrun/people.h"

#include <set>
#include <string>
#include <unordered_set>

namespace aclc {
namespace {

Tailnet copy_of(const Tailnet& tailnet) {
  Tailnet out;
  for (size_t i = 0; i < tailnet.names.size(); ++i) out.names.intern(tailnet.text(StringId(i)));
  out.source = tailnet.source;
  out.name = tailnet.name;
  out.users = tailnet.users;
  out.nodes = tailnet.nodes;
  return out;
}

/// Adds nodes with addresses that no other node has.
class StandIns {
 public:
  explicit StandIns(Tailnet& tailnet) : tailnet_(tailnet) {
    for (const Node& node : tailnet.nodes) {
      if (node.ipv4) taken_.insert(static_cast<uint32_t>(node.ipv4->lo));
      if (node.ipv6) taken6_.insert(*node.ipv6);
    }
  }

  void add(std::string_view name, UserId user, std::vector<StringId> tags) {
    Node node;
    node.name = tailnet_.names.intern(name);
    node.user = user;
    node.tags = std::move(tags);
    while (taken_.count(next_) != 0) ++next_;
    node.ipv4 = Address::v4(next_++);
    Address v6{0xfd7a115ca1e0ffffULL, next_, Family::kV6};
    while (taken6_.count(v6) != 0) ++v6.lo;
    taken6_.insert(v6);
    node.ipv6 = v6;
    tailnet_.nodes.add(std::move(node));
  }

 private:
  Tailnet& tailnet_;
  std::unordered_set<uint32_t> taken_;
  std::set<Address> taken6_;
  uint32_t next_ = 0x64400001;  // 100.64.0.1
};

}  // namespace

Tailnet with_stand_ins(const Policy& policy, const Tailnet* tailnet) {
  Tailnet out = tailnet != nullptr ? copy_of(*tailnet) : Tailnet();
  std::set<std::string_view> users, tags;
  const auto see = [&](const Selector& s) {
    if (s.kind == SelectorKind::kUser) users.insert(policy.text(s));
    if (s.kind == SelectorKind::kTag) tags.insert(policy.text(s));
  };
  for (const Selector& s : policy.selectors) see(s);
  for (const Destination& d : policy.destinations) see(d.selector);
  for (const AclTest& test : policy.tests) see(test.src);
  for (const SshTest& test : policy.ssh_tests) see(test.src);
  for (const TagOwner& owner : policy.tag_owners) tags.insert(policy.text(owner.name));

  std::set<std::string_view> populated;
  for (const Node& node : out.nodes) {
    for (const StringId tag : node.tags) populated.insert(out.text(tag));
    if (!node.tagged() && node.user.valid()) populated.insert(out.text(out.users[node.user].login));
  }
  std::set<std::string> known(populated.begin(), populated.end());
  StandIns stand_ins(out);
  for (const std::string_view login : users) {
    if (known.count(std::string(login)) != 0) continue;
    UserId user;
    const StringId name = out.names.find(login);
    for (size_t i = 0; name.valid() && i < out.users.size(); ++i) {
      if (out.users[UserId(i)].login == name) user = UserId(i);
    }
    if (!user.valid()) {
      if (tailnet != nullptr) continue;
      User fresh;
      fresh.login = out.names.intern(login);
      user = out.users.add(fresh);
    }
    stand_ins.add(login, user, {});
  }
  for (const std::string_view tag : tags) {
    if (known.count(std::string(tag)) != 0) continue;
    const StringId name = out.names.intern(tag);
    stand_ins.add(tag, {}, {name});
  }
  return out;
}

}  // namespace aclc
