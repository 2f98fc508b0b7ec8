// SPDX-License-Identifier: Apache-2.0
#include "compiler/testrun/people.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/net/address_set.h"

namespace aclc {

Tailnet copy_of(const Tailnet& tailnet) {
  Tailnet out;
  for (size_t i = 0; i < tailnet.names.size(); ++i) out.names.intern(tailnet.text(StringId(i)));
  out.source = tailnet.source;
  out.name = tailnet.name;
  out.users = tailnet.users;
  out.nodes = tailnet.nodes;
  return out;
}

namespace {

/// Adds nodes with addresses that no other node has.
class StandIns {
 public:
  /// Nor do they get one of `named`, which rules may be about.
  StandIns(Tailnet& tailnet, AddressSet named) : tailnet_(tailnet), named_(std::move(named)) {
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
    while (next_ < kLast && (taken_.count(next_) != 0 || named_.contains(Address::v4(next_)))) ++next_;
    node.ipv4 = Address::v4(next_++);
    // As the number behind next_ grows, only an address that was moved on could be met again.
    Address v6{0xfd7a115ca1e0ffffULL, next_, Family::kV6};
    while (taken6_.count(v6) != 0) ++v6.lo;
    if (v6.lo != next_) taken6_.insert(v6);
    node.ipv6 = v6;
    tailnet_.nodes.add(std::move(node));
  }

 private:
  static constexpr uint32_t kLast = 0x647fffff;
  Tailnet& tailnet_;
  AddressSet named_;
  std::unordered_set<uint32_t> taken_;
  std::set<Address> taken6_;
  uint32_t next_ = 0x64400001;  // 100.64.0.1
};

/// The users and tags that a policy names, each once and by name.
class Named {
 public:
  explicit Named(const Policy& policy) : policy_(policy), seen_(policy.names.size()) {
    for (const Selector& s : policy.selectors) see(s);
    for (const Destination& d : policy.destinations) see(d.selector);
    for (const AclTest& test : policy.tests) see(test.src);
    for (const SshTest& test : policy.ssh_tests) see(test.src);
    for (const TagOwner& owner : policy.tag_owners) add(tags, owner.name.value);
    std::sort(users.begin(), users.end());
    std::sort(tags.begin(), tags.end());
  }

  std::vector<std::string_view> users, tags;

 private:
  void see(const Selector& s) {
    if (s.kind == SelectorKind::kUser) add(users, s.name);
    if (s.kind == SelectorKind::kTag) add(tags, s.name);
  }
  // A name is a user's or a tag's, never both: the prefix says which.
  void add(std::vector<std::string_view>& to, StringId name) {
    if (seen_[name.value]) return;
    seen_[name.value] = true;
    to.push_back(policy_.text(name));
  }

  const Policy& policy_;
  std::vector<bool> seen_;
};

/// Of the tailnet's range, what the policy names by address; but not a range that is most of it, which is about everybody.
AddressSet named_addresses(const Policy& policy) {
  std::vector<AddressRange> out;
  const auto see = [&](const Selector& s) {
    if (s.kind != SelectorKind::kAddress && s.kind != SelectorKind::kPrefix && s.kind != SelectorKind::kRange) return;
    const AddressRange range = policy.range(s);
    if (range.first.is_v4() && range.last.lo - range.first.lo < (1u << 20)) out.push_back(range);
  };
  for (const Selector& s : policy.selectors) see(s);
  for (const Destination& d : policy.destinations) see(d.selector);
  for (const Host& h : policy.hosts) see(h.value);
  for (const IpSetElement& e : policy.ipset_elements) see(e.target);
  return AddressSet::of(std::move(out));
}

}  // namespace

Tailnet with_stand_ins(const Policy& policy, const Tailnet* tailnet) {
  Tailnet out = tailnet != nullptr ? copy_of(*tailnet) : Tailnet();
  const Named named(policy);
  std::unordered_set<StringId> populated;
  for (const Node& node : out.nodes) {
    populated.insert(node.tags.begin(), node.tags.end());
    if (!node.tagged() && node.user.valid()) populated.insert(out.users[node.user].login);
  }
  std::unordered_map<StringId, UserId> by_login;
  for (size_t i = 0; i < out.users.size(); ++i) by_login[out.users[UserId(i)].login] = UserId(i);

  StandIns stand_ins(out, named_addresses(policy));
  for (const std::string_view login : named.users) {
    const StringId name = out.names.intern(login);
    if (populated.count(name) != 0) continue;
    const auto known = by_login.find(name);
    // Somebody that the tailnet does not know stays unknown.
    if (known == by_login.end() && tailnet != nullptr) continue;
    stand_ins.add(login, known != by_login.end() ? known->second : out.users.add({name, Role::kMember, Span()}), {});
  }
  for (const std::string_view tag : named.tags) {
    const StringId name = out.names.intern(tag);
    if (populated.count(name) == 0) stand_ins.add(tag, {}, {name});
  }
  return out;
}

}  // namespace aclc
