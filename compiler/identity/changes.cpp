// SPDX-License-Identifier: Apache-2.0
// Edits: what follows from one node or one member of a group.
#include <algorithm>

#include "base/sorted.h"
#include "compiler/identity/identity.h"

namespace aclc::identity {

ClassId Identity::leave(TailnetNodeId id) {
  const ClassId class_id = class_of_[id.value];
  const Node& node = meaning_.node(id);
  IdentityClass& c = classes_[class_id.value];
  erase_sorted(c.nodes, id);
  if (node.ipv4) c.hash -= hash_of(*node.ipv4);
  if (node.ipv6) c.hash -= hash_of(*node.ipv6);
  class_of_[id.value] = ClassId();
  return class_id;
}

std::optional<ClassId> Identity::arrive(TailnetNodeId id) {
  const Tailnet& tailnet = meaning_.tailnet();
  class_of_.resize(tailnet.nodes.size());
  routes_of_.resize(tailnet.nodes.size());
  of_user_.resize(tailnet.users.size());
  const size_t before = ranges_.size();
  routes_of_[id.value] = routes_of(meaning_.node(id));
  if (ranges_.size() > before) {
    for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
      const Node& node = tailnet.nodes[TailnetNodeId(i)];
      if (!class_of_[i].valid() && i != id.value) continue;
      for (size_t r = before; r < ranges_.size(); ++r) {
        const AddressRange& range = ranges_[RangeId(r)];
        if ((node.ipv4 && range.contains(*node.ipv4)) || (node.ipv6 && range.contains(*node.ipv6))) return std::nullopt;
      }
    }
    index_ranges();
    // A sample of a node that left may lie in the new ranges, which its region does not.
    for (Occupied& o : occupied_) {
      const auto live = std::find_if(o.classes.begin(), o.classes.end(), [&](ClassId c) { return !classes_[c.value].nodes.empty(); });
      if (live == o.classes.end()) continue;
      const Node& node = sample(*live);
      o.sample = o.sample.is_v4() ? *node.ipv4 : *node.ipv6;
    }
  } else {
    index_overlaps(routes_[routes_of_[id.value]]);
  }
  enter(id);
  return class_of_[id.value];
}

void Identity::set_member(TermId group, StringId login, UserId user, bool member) {
  if (groups_with_.size() <= login.value) groups_with_.resize(login.value + 1);
  const auto change = [member](auto& list, const auto& item) { member ? insert_sorted(list, item) : erase_sorted(list, item); };
  change(groups_with_[login.value], group);
  for (const ClassId c : classes_of(user)) {
    change(classes_[c.value].terms, group);
    change(terms_[group].classes, c);
  }
}

}  // namespace aclc::identity
