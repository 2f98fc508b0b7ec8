// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/sources.h"

#include <algorithm>

namespace aclc::reference {

namespace {

class Collector {
 public:
  void add(const AddressSet& set) {
    for (const AddressRange& r : set.ranges()) add(r);
  }
  void add(const AddressRange& range) {
    texts_.push_back(range.to_text());
    ranges_.push_back(range);
  }
  void add(const Node& node) {
    for (const Address& a : World::addresses(node)) add(AddressRange{a, a});
  }
  SourceList finish() {
    std::sort(texts_.begin(), texts_.end());
    texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
    return {std::move(texts_), AddressSet::of(std::move(ranges_))};
  }

 private:
  std::vector<std::string> texts_;
  std::vector<AddressRange> ranges_;
};

SourceList everyone() {
  AddressSet all;
  all.add(Prefix{Address::v4(0), 0});
  all.add(Prefix{Address::v6(0), 0});
  return {{"*"}, std::move(all)};
}

}  // namespace

SourceListId SourceLists::add(SourceList list) {
  const auto [known, is_new] = known_.try_emplace(list.texts, SourceListId(lists_.size()));
  if (is_new) lists_.push_back(std::move(list));
  return known->second;
}

SourceList resolve_sources(const World& world, const std::vector<Selector>& selectors, const PostureRefs& posture) {
  const bool restricted = posture.present && !posture.names.empty();
  Collector out;
  for (const Selector& s : selectors) {
    if (s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kDangerAll) return everyone();
    const bool wildcard = s.kind == SelectorKind::kWildcard;
    if (wildcard) {
      for (const Prefix& route : world.subnet_routes()) out.add(route.range());
    }
    if (wildcard && !restricted) {
      out.add(tailnet_addresses());
    } else if (const std::optional<AddressSet> literal = world.literal(s)) {
      out.add(*literal);
    } else {
      for (const TailnetNodeId id : world.nodes_of(s)) {
        if (world.passes(world.node(id), posture)) out.add(world.node(id));
      }
    }
  }
  return out.finish();
}

SourceList sources_of(const World& world, const NodeList& nodes) {
  Collector out;
  for (const TailnetNodeId id : nodes) out.add(world.node(id));
  return out.finish();
}

}  // namespace aclc::reference
