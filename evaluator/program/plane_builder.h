// SPDX-License-Identifier: Apache-2.0
// Builds the filter of one family: classes of sources, classes of destinations, atoms of ports, rows of answers.
#pragma once

#include <bitset>
#include <cstddef>
#include <span>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"

namespace aclc {

/// Rules with their source sets interned; a set's number stands for it.
struct FilterInput {
  struct Rule {
    uint32_t set = 0;
    std::bitset<256> protocols;
    uint32_t first_entry = 0;  ///< of the rule's destinations in `entries`
    uint32_t entry_count = 0;
  };
  struct Entry {
    const AddressSet* addresses = nullptr;
    PortRange ports;
  };
  std::vector<AddressSet> sets;
  std::vector<Rule> rules;
  std::vector<Entry> entries;
  AddressSet destinations;  ///< where packets are taken at all
};

enum class BuildFault { kNone, kTooMuchWork, kTooLarge };

/// The bytes of a kFilter4 or kFilter6 section. `work` is what may still be spent, and is lowered.
BuildFault build_plane(const FilterInput& input, Family family, uint64_t max_bytes, uint64_t& work, std::vector<std::byte>& out);

}  // namespace aclc
