// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/devices.h"

#include <algorithm>

namespace aclc {
namespace {

uint64_t key_of(const Selector& s) {
  const uint64_t group = s.kind == SelectorKind::kAutogroup ? uint64_t{static_cast<uint8_t>(s.autogroup)} : 0;
  const uint64_t name = s.kind == SelectorKind::kAutogroup || s.kind == SelectorKind::kWildcard ? 0 : s.name.value;
  return (uint64_t{static_cast<uint8_t>(s.kind)} << 40) | (group << 32) | name;
}

}  // namespace

Devices::Devices(const reference::World& world) : world_(world) {
  std::vector<AddressRange> ranges;
  for (const TailnetNodeId id : world.all_nodes()) {
    for (const Address& a : reference::World::addresses(world.node(id))) {
      addresses_.emplace_back(a, id);
      ranges.push_back({a, a});
    }
    const reference::ServedRoutes& served = world.served(id);
    for (const Prefix& p : served.subnets) ranges.push_back(p.range());
    exit_node_ = exit_node_ || served.exit_node;
  }
  std::sort(addresses_.begin(), addresses_.end());
  reached_ = AddressSet::of(std::move(ranges));
}

reference::NodeList Devices::with_address(const AddressSet& set) const {
  reference::NodeList out;
  for (const AddressRange& r : set.ranges()) {
    auto at = std::lower_bound(addresses_.begin(), addresses_.end(), r.first, [](const auto& entry, const Address& a) { return entry.first < a; });
    for (; at != addresses_.end() && !(r.last < at->first); ++at) out.push_back(at->second);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const reference::NodeList& Devices::of(const Selector& selector) {
  if (selector.kind == SelectorKind::kWildcard) return world_.all_nodes();
  const auto [known, is_new] = known_.try_emplace(key_of(selector));
  if (is_new) {
    const auto literal = world_.literal(selector);
    known->second = literal ? with_address(*literal) : world_.nodes_of(selector);
  }
  return known->second;
}

bool Devices::arrives(const AddressSet& set) const {
  const auto ranges = set.ranges();
  if (std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& r) { return reached_.overlaps(r); })) return true;
  return exit_node_ && std::any_of(ranges.begin(), ranges.end(), [](const AddressRange& r) { return reference::internet().contains(r); });
}

bool Devices::has_target(const Selector& selector) {
  const auto [known, is_new] = targets_.try_emplace(key_of(selector));
  if (is_new) {
    if (selector.kind == SelectorKind::kAutogroup && selector.autogroup == Autogroup::kInternet) {
      known->second = arrives(reference::internet());
    } else if (const auto literal = world_.literal(selector)) {
      known->second = arrives(*literal);
    } else {
      known->second = !of(selector).empty();  // a device's address may also lie in another's route
    }
  }
  return known->second;
}

}  // namespace aclc
