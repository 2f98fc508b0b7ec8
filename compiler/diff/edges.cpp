// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/edges.h"

#include <algorithm>

namespace aclc::diff {

uint32_t Edges::intern(const AtomSet& src) {
  identity::ContentHash hash;
  for (const uint32_t a : src) hash += identity::hash_of(a, uint64_t{1});
  const auto [known, is_new] = known_.try_emplace(hash, static_cast<uint32_t>(sources_.size()));
  if (is_new) sources_.push_back(src);
  return known->second;
}

AddressSet Edges::destination(TailnetNodeId node, const Edge& edge) const {
  AddressSet out = edge.behind;
  const Node& n = tailnet_.nodes[node];
  if (edge.own[0] && n.ipv4) out.add(*n.ipv4);
  if (edge.own[1] && n.ipv6) out.add(*n.ipv6);
  return out;
}

bool Edges::among_devices_of(UserId user, const Edge& edge) const {
  if (!user.valid() || !edge.behind.empty() || edge.src.empty()) return false;
  const AtomSet theirs = atoms_.of_user(user);
  return std::includes(theirs.begin(), theirs.end(), edge.src.begin(), edge.src.end());
}

void Edges::append(Group& group, TailnetNodeId node, const AddressSet& dst, const Edge& edge) {
  if (group.nodes.empty() && group.dst.empty()) {
    group.sample = edge;
    group.sample.node = node;
  }
  group.dst.insert(group.dst.end(), dst.ranges().begin(), dst.ranges().end());
  if (edge.own[0] || edge.own[1]) group.nodes.push_back(node);
}

void Edges::add(const JointClass& at, const Edge& edge) {
  const bool own_devices = among_devices_of(at.user, edge);
  const uint32_t src = intern(edge.src);
  for (const TailnetNodeId id : at.nodes) add_one(id, own_devices, edge, src);
}

void Edges::add_at(TailnetNodeId node, UserId user, const Edge& edge) { add_one(node, among_devices_of(user, edge), edge, intern(edge.src)); }

void Edges::add_one(TailnetNodeId node, bool own_devices, const Edge& edge, uint32_t src) {
  const AddressSet dst = destination(node, edge);
  if (own_devices) {
    OwnGroup& group = own_[{edge.gained, edge.what}];
    group.src.insert(edge.src.begin(), edge.src.end());
    append(group.rest, node, dst, edge);
    return;
  }
  const bool own = edge.own[0] || edge.own[1];
  if (!edge.behind.empty() || (own && atoms_.shares_addresses())) {
    // Several devices may stand for the same destination: what their sources are together is one thing.
    std::string key;
    for (const AddressRange& r : dst.ranges()) key += r.to_text() + " ";
    Behind& known = behind_[{edge.gained, edge.what, std::move(key)}];
    if (known.src.empty()) {
      known.sample = edge;
      known.sample.node = node;
    }
    known.src.insert(edge.src.begin(), edge.src.end());
    return;
  }
  append(groups_[{edge.gained, edge.what, src}], node, dst, edge);
}

std::vector<EdgeGroup> Edges::take() {
  for (const auto& [key, b] : behind_) {
    const auto& [gained, what, text] = key;
    append(groups_[{gained, what, intern(AtomSet(b.src.begin(), b.src.end()))}], b.sample.node, destination(b.sample.node, b.sample), b.sample);
  }
  std::vector<EdgeGroup> out;
  for (auto& [key, g] : groups_) {
    const auto& [gained, what, src] = key;
    out.push_back({gained, what, false, sources_[src], AddressSet::of(std::move(g.dst)), std::move(g.nodes), std::move(g.sample)});
  }
  for (auto& [key, g] : own_) {
    out.push_back({key.first, key.second, true, {g.src.begin(), g.src.end()}, AddressSet::of(std::move(g.rest.dst)), std::move(g.rest.nodes), std::move(g.rest.sample)});
  }
  return out;
}

}  // namespace aclc::diff
