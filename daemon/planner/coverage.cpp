// SPDX-License-Identifier: Apache-2.0
#include "daemon/planner/coverage.h"

#include <algorithm>

namespace aclc {
namespace {

Address after(const Address& a) { return Address::of(a.family, a.bits() + 1); }
Address before(const Address& a) { return Address::of(a.family, a.bits() - 1); }

}  // namespace

bool Coverage::touches(const Pieces& pieces, const AddressRange& src) {
  auto it = pieces.upper_bound(src.last);
  return it != pieces.begin() && std::prev(it)->second.last >= src.first;
}

// What is left of a part whose destinations lie within those of the pieces.
void Coverage::subtract_sources(const Pieces& pieces, const Part& part, std::vector<Part>& left) {
  Address at = part.src.first;
  auto it = pieces.upper_bound(at);
  if (it != pieces.begin() && std::prev(it)->second.last >= at) --it;
  for (; it != pieces.end() && it->first <= part.src.last; ++it) {
    const Address first = std::max(it->first, at), last = std::min(it->second.last, part.src.last);
    if (at < first) left.push_back({{at, before(first)}, part.dst, part.ports});
    PortSet open = part.ports->subtract(*it->second.ports);
    if (!open.empty()) {
      const bool whole = open == *part.ports;
      left.push_back({{first, last}, part.dst, whole ? part.ports : keep(std::move(open))});
    }
    if (last == part.src.last) return;
    at = after(last);
  }
  left.push_back({{at, part.src.last}, part.dst, part.ports});
}

void Coverage::subtract(const Group& group, const Part& part, std::vector<Part>& left) {
  if (!group.dst.overlaps(part.dst) || !touches(group.pieces, part.src)) {
    left.push_back(part);
    return;
  }
  const AddressRange inside{std::max(group.dst.first, part.dst.first), std::min(group.dst.last, part.dst.last)};
  std::vector<Part> open;
  subtract_sources(group.pieces, {part.src, inside, part.ports}, open);
  // A part that the group does not touch stays in one piece.
  if (open.size() == 1 && open[0].src == part.src && *open[0].ports == *part.ports) {
    left.push_back(part);
    return;
  }
  left.insert(left.end(), open.begin(), open.end());
  if (part.dst.first < inside.first) left.push_back({part.src, {part.dst.first, before(inside.first)}, part.ports});
  if (inside.last < part.dst.last) left.push_back({part.src, {after(inside.last), part.dst.last}, part.ports});
}

size_t Coverage::group_of(const AddressRange& dst) {
  const auto [it, fresh] = by_destination_.try_emplace(dst, groups_.size());
  if (fresh) groups_.push_back({dst, Pieces(&memory_)});
  return it->second;
}

void Coverage::cover(Pieces& pieces, const AddressRange& src, Ports ports) {
  const auto split_at = [&pieces](const Address& at) {  // so that no piece reaches across `at`
    auto it = pieces.lower_bound(at);
    if (it == pieces.begin()) return;
    --it;
    if (it->second.last < at) return;
    pieces.emplace(at, Piece{it->second.last, it->second.ports});
    it->second.last = before(at);
  };
  split_at(src.first);
  const Address highest = Address::of(src.first.family, ~uint128{0});
  if (src.last != highest) split_at(after(src.last));
  Address at = src.first;
  for (auto it = pieces.lower_bound(at); it != pieces.end() && it->first <= src.last; ++it) {
    if (at < it->first) pieces.emplace(at, Piece{before(it->first), ports});
    it->second.ports = keep(it->second.ports->unite(*ports));
    if (it->second.last == src.last) return;
    at = after(it->second.last);
  }
  pieces.emplace(at, Piece{src.last, ports});
}

void Coverage::add(const CoverageClaim& claim, size_t most, std::vector<Box>& out) {
  const Ports ports = keep(claim.ports);
  // A claim's own sources are disjoint: only what was there before it matters.
  std::vector<size_t> near;
  for (size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i].dst.overlaps(claim.dst)) near.push_back(i);
  }
  const auto emit = [&](const AddressRange& src, const AddressRange& dst, const PortSet& of) {
    for (const PortRange& range : of.ranges()) out.push_back({src, dst, claim.protocol, range, claim.rule});
  };
  const size_t own = group_of(claim.dst);
  if (const size_t wanted = out.size() + claim.sources.size(); wanted > out.capacity()) out.reserve(std::max(wanted, 2 * out.capacity()));
  std::vector<Part> parts, left;
  for (const AddressRange& src : claim.sources) {
    if (out.size() > most) return;
    const bool free = std::none_of(near.begin(), near.end(), [&](size_t i) { return touches(groups_[i].pieces, src); });
    if (free) {
      Pieces& pieces = groups_[own].pieces;
      pieces.emplace_hint(pieces.end(), src.first, Piece{src.last, ports});
      emit(src, claim.dst, claim.ports);
      continue;
    }
    parts.assign(1, {src, claim.dst, ports});
    for (const size_t i : near) {
      left.clear();
      for (const Part& part : parts) subtract(groups_[i], part, left);
      parts.swap(left);
    }
    for (const Part& part : parts) {
      cover(groups_[group_of(part.dst)].pieces, part.src, part.ports);
      emit(part.src, part.dst, *part.ports);
    }
  }
}

}  // namespace aclc
