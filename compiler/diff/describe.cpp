// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/reference/world.h"

namespace aclc {
namespace {

constexpr size_t kPrefixes = 8;  ///< shown one by one

}  // namespace

Described describe(const Tailnet& tailnet, const AddressSet& set) {
  Described out;
  AddressSet rest = set;
  std::vector<AddressRange> own;
  struct Count {
    size_t inside = 0, all = 0;
  };
  std::map<std::string_view, Count> users, tags;
  Count everybody;
  std::vector<const Node*> inside;
  for (const Node& n : tailnet.nodes) {
    bool any = false;
    for (const auto& a : {n.ipv4, n.ipv6}) {
      if (!a) continue;
      own.push_back({*a, *a});
      any = any || set.contains(*a);
    }
    ++everybody.all;
    everybody.inside += any;
    for (const StringId tag : n.tags) {
      ++tags[tailnet.text(tag)].all;
      tags[tailnet.text(tag)].inside += any;
    }
    if (!n.tagged() && n.user.valid()) {
      Count& c = users[tailnet.text(tailnet.users[n.user].login)];
      ++c.all;
      c.inside += any;
    }
    if (any) inside.push_back(&n);
  }
  out.devices = inside.size();
  const AddressSet nodes = AddressSet::of(std::move(own));
  rest.remove(nodes);
  if (everybody.inside == everybody.all && everybody.all > 1) {
    out.names.push_back("every device");
  } else {
    std::vector<std::string> devices;
    for (const Node* n : inside) {
      bool covered = false;
      for (const StringId tag : n->tags) covered = covered || tags[tailnet.text(tag)].inside == tags[tailnet.text(tag)].all;
      if (!n->tagged() && n->user.valid()) {
        const Count& c = users[tailnet.text(tailnet.users[n->user].login)];
        covered = c.inside == c.all;
      }
      if (!covered) devices.emplace_back(tailnet.text(n->name));
    }
    for (const auto& [name, c] : users) {
      if (c.inside == c.all) out.names.emplace_back(name);
    }
    for (const auto& [name, c] : tags) {
      if (c.inside == c.all) out.names.emplace_back(name);
    }
    std::sort(devices.begin(), devices.end());
    out.names.insert(out.names.end(), devices.begin(), devices.end());
  }
  const AddressSet free = reference::tailnet_addresses().subtract(nodes);
  if (rest.contains(free)) {
    if (out.names.empty() || out.names.front() != "every device") out.names.push_back("any other address of the tailnet");
    rest.remove(reference::tailnet_addresses());
  }
  std::vector<std::string> texts = rest.texts();
  if (rest == reference::internet()) texts = {"the internet"};
  for (size_t i = 0; i < std::min(kPrefixes, texts.size()); ++i) out.names.push_back(texts[i]);
  if (texts.size() > kPrefixes) out.names.push_back(fmt::format("{} more ranges", texts.size() - kPrefixes));
  return out;
}

}  // namespace aclc
