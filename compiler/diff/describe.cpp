// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/sorted.h"
#include "compiler/reference/world.h"

namespace aclc {
namespace {

constexpr size_t kPrefixes = 8;  ///< shown one by one

}  // namespace

Describer::Describer(const Tailnet& tailnet) : tailnet_(tailnet) {
  std::vector<AddressRange> own;
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const TailnetNodeId id(i);
    const Node& n = tailnet.nodes[id];
    for (const auto& a : {n.ipv4, n.ipv6}) {
      if (!a) continue;
      owned_.push_back({*a, id});
      own.push_back({*a, *a});
    }
    for (const StringId tag : n.tags) ++with_tag_[tag.value];
    if (!n.tagged() && n.user.valid()) ++of_user_[n.user.value];
  }
  std::sort(owned_.begin(), owned_.end(), [](const Owned& a, const Owned& b) { return a.address < b.address; });
  nodes_ = AddressSet::of(std::move(own));
  free_ = reference::tailnet_addresses().subtract(nodes_);
}

std::vector<TailnetNodeId> Describer::inside(const AddressSet& set) const {
  std::vector<TailnetNodeId> out;
  for (const AddressRange& r : set.ranges()) {
    auto at = std::lower_bound(owned_.begin(), owned_.end(), r.first, [](const Owned& o, const Address& a) { return o.address < a; });
    for (; at != owned_.end() && at->address <= r.last; ++at) out.push_back(at->node);
  }
  sort_unique(out);
  return out;
}

Described Describer::describe(const AddressSet& set) const {
  Described out;
  const std::vector<TailnetNodeId> inside = this->inside(set);
  out.devices = inside.size();
  if (inside.size() == tailnet_.nodes.size() && inside.size() > 1) {
    out.names.push_back("every device");
  } else {
    std::map<uint32_t, size_t> users, tags;
    for (const TailnetNodeId id : inside) {
      const Node& n = tailnet_.nodes[id];
      for (const StringId tag : n.tags) ++tags[tag.value];
      if (!n.tagged() && n.user.valid()) ++users[n.user.value];
    }
    const auto whole_tag = [&](StringId tag) { return tags[tag.value] == with_tag_.at(tag.value); };
    const auto whole_user = [&](UserId user) { return users[user.value] == of_user_.at(user.value); };
    std::vector<std::string> of_users, of_tags, devices;
    for (const TailnetNodeId id : inside) {
      const Node& n = tailnet_.nodes[id];
      const bool user = !n.tagged() && n.user.valid() && whole_user(n.user);
      if (user) of_users.emplace_back(tailnet_.text(tailnet_.users[n.user].login));
      bool covered = user;
      for (const StringId tag : n.tags) {
        if (!whole_tag(tag)) continue;
        covered = true;
        of_tags.emplace_back(tailnet_.text(tag));
      }
      if (!covered) devices.emplace_back(tailnet_.text(n.name));
    }
    std::sort(devices.begin(), devices.end());
    sort_unique(of_users);
    sort_unique(of_tags);
    for (std::vector<std::string>* names : {&of_users, &of_tags, &devices}) {
      out.names.insert(out.names.end(), std::make_move_iterator(names->begin()), std::make_move_iterator(names->end()));
    }
  }
  AddressSet rest = set.subtract(nodes_);
  // Who reaches a device of one family has addresses of that one alone.
  bool others = false;
  for (const Prefix& all : {Prefix{Address::v4(0), 0}, Prefix{Address::v6(0), 0}}) {
    const AddressSet of_family = free_.intersect(AddressSet::of({all.range()}));
    if (of_family.empty() || !rest.contains(of_family)) continue;
    others = true;
    rest.remove(of_family);
  }
  if (others && (out.names.empty() || out.names.front() != "every device")) out.names.push_back("any other address of the tailnet");
  std::vector<std::string> texts = rest.texts();
  if (rest == reference::internet()) texts = {"the internet"};
  for (size_t i = 0; i < std::min(kPrefixes, texts.size()); ++i) out.names.push_back(texts[i]);
  if (texts.size() > kPrefixes) out.names.push_back(fmt::format("{} more ranges", texts.size() - kPrefixes));
  return out;
}

}  // namespace aclc
