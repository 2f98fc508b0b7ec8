// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/coverage.h"

#include <algorithm>

namespace aclc {
namespace {

Address after(const Address& a) { return Address::of(a.family, a.bits() + 1); }
Address before(const Address& a) { return Address::of(a.family, a.bits() - 1); }

}  // namespace

// What is left of a part whose destinations lie within those of the pieces.
void Coverage::subtract_sources(const Pieces& pieces, const Part& part, std::vector<Part>& left) {
  Address at = part.src.first;
  auto it = pieces.upper_bound(at);
  if (it != pieces.begin() && std::prev(it)->second.last >= at) --it;
  for (; it != pieces.end() && it->first <= part.src.last; ++it) {
    const Address first = std::max(it->first, at), last = std::min(it->second.last, part.src.last);
    if (at < first) left.push_back({{at, before(first)}, part.dst, part.ports});
    PortSet open = part.ports.subtract(it->second.ports);
    if (!open.empty()) left.push_back({{first, last}, part.dst, std::move(open)});
    if (last == part.src.last) return;
    at = after(last);
  }
  left.push_back({{at, part.src.last}, part.dst, part.ports});
}

void Coverage::subtract(const Group& group, const Part& part, std::vector<Part>& left) {
  if (!group.dst.overlaps(part.dst)) {
    left.push_back(part);
    return;
  }
  const AddressRange inside{std::max(group.dst.first, part.dst.first), std::min(group.dst.last, part.dst.last)};
  std::vector<Part> open;
  subtract_sources(group.pieces, {part.src, inside, part.ports}, open);
  // A part that the group does not touch stays in one piece.
  if (open.size() == 1 && open[0].src == part.src && open[0].ports == part.ports) {
    left.push_back(part);
    return;
  }
  left.insert(left.end(), open.begin(), open.end());
  if (part.dst.first < inside.first) left.push_back({part.src, {part.dst.first, before(inside.first)}, part.ports});
  if (inside.last < part.dst.last) left.push_back({part.src, {after(inside.last), part.dst.last}, part.ports});
}

void Coverage::cover(const Part& part) {
  auto group = std::find_if(groups_.begin(), groups_.end(), [&part](const Group& g) { return g.dst == part.dst; });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{part.dst, {}});
  Pieces& pieces = group->pieces;
  const auto split_at = [&pieces](const Address& at) {  // so that no piece reaches across `at`
    auto it = pieces.lower_bound(at);
    if (it == pieces.begin()) return;
    --it;
    if (it->second.last < at) return;
    pieces.emplace(at, Piece{it->second.last, it->second.ports});
    it->second.last = before(at);
  };
  split_at(part.src.first);
  const Address highest = Address::of(part.src.first.family, ~uint128{0});
  if (part.src.last != highest) split_at(after(part.src.last));
  Address at = part.src.first;
  for (auto it = pieces.lower_bound(at); it != pieces.end() && it->first <= part.src.last; ++it) {
    if (at < it->first) pieces.emplace(at, Piece{before(it->first), part.ports});
    it->second.ports = it->second.ports.unite(part.ports);
    if (it->second.last == part.src.last) return;
    at = after(it->second.last);
  }
  pieces.emplace(at, Piece{part.src.last, part.ports});
}

void Coverage::add(const AddressRange& src, const AddressRange& dst, const PortSet& ports, uint8_t protocol, uint32_t rule,
                   std::vector<Box>& out) {
  std::vector<Part> parts{{src, dst, ports}}, left;
  for (const Group& group : groups_) {
    if (!group.dst.overlaps(dst)) continue;
    left.clear();
    for (const Part& part : parts) subtract(group, part, left);
    parts.swap(left);
  }
  for (const Part& part : parts) {
    cover(part);
    for (const PortRange& range : part.ports.ranges()) out.push_back({part.src, part.dst, protocol, range, rule});
  }
}

}  // namespace aclc
