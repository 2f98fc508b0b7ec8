// SPDX-License-Identifier: Apache-2.0
// Sets of addresses in the tailnet's own words. Internal to compiler/diff.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/net/address_set.h"
#include "compiler/tailnet/tailnet.h"

namespace aclc {

struct Described {
  std::vector<std::string> names;  ///< users, tags and devices, then what is left as CIDRs
  size_t devices = 0;
};

class Describer {
 public:
  /// Refers to the tailnet.
  explicit Describer(const Tailnet& tailnet);

  /// O(devices in the set), whatever the tailnet's size.
  Described describe(const AddressSet& set) const;

 private:
  struct Owned {
    Address address;
    TailnetNodeId node;
  };

  std::vector<TailnetNodeId> inside(const AddressSet& set) const;

  const Tailnet& tailnet_;
  std::vector<Owned> owned_;  // by address
  AddressSet nodes_, free_;   // addresses of devices; those that devices could have and none has
  std::unordered_map<uint32_t, size_t> of_user_, with_tag_;  // how many devices
};

}  // namespace aclc
