// SPDX-License-Identifier: Apache-2.0
// Builds an AddressMap: from disjoint segments that cover a family, and single addresses that differ from their segment.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/net/address.h"
#include "evaluator/program/section_writer.h"

namespace aclc {

/// IPv4 addresses are uint32_t and IPv6 addresses uint128 while tables are built.
template <class Number>
struct AddressValues {
  std::vector<std::pair<Number, uint32_t>> segments;  ///< start and value, ascending from 0
  std::vector<std::pair<Number, uint32_t>> hosts;     ///< ascending; values are not 0
};

/// False when the hosts cannot be placed (only a set made for that could do it).
bool write_address_map(AddressValues<uint32_t> values, SectionWriter& out, format::AddressMap& map);
bool write_address_map(AddressValues<uint128> values, SectionWriter& out, format::AddressMap& map);

}  // namespace aclc
