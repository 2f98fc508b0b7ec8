// SPDX-License-Identifier: Apache-2.0
// The devices behind selectors, each selector looked up once however many rules mention it. Internal to lint.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/reference/world.h"

namespace aclc {

/// Refers to the world, which must outlive it.
class Devices {
 public:
  explicit Devices(const reference::World& world);

  /// World::nodes_of; stays where it is.
  const reference::NodeList& of(const Selector& selector);
  /// The devices that have an address of the set, in their order.
  reference::NodeList with_address(const AddressSet& set) const;
  /// Whether some device has an address of the set, or serves a route to one (reference: FilterCompiler::applies).
  bool arrives(const AddressSet& set) const;
  /// The same of a destination: addresses arrive, every other selector has devices.
  bool has_target(const Selector& selector);

 private:
  const reference::World& world_;
  std::vector<std::pair<Address, TailnetNodeId>> addresses_;  ///< sorted
  AddressSet reached_;  ///< all devices' addresses and served subnets
  bool exit_node_ = false;
  std::unordered_map<uint64_t, reference::NodeList> known_;  ///< by kind and canonical text
  std::unordered_map<uint64_t, bool> targets_;
};

}  // namespace aclc
