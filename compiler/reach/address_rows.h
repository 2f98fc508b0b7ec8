// SPDX-License-Identifier: Apache-2.0
// Which of many sets hold an address. Addresses that are in the same sets have the same row, so what is decided about one holds
// for all of them.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/net/address_set.h"

namespace aclc {

using AddressSetId = Id<AddressSet>;
using AddressRowId = Id<struct AddressRowTag>;

/// Remembers rows: not for several threads at once.
class AddressRows {
 public:
  /// All sets come before the first row is asked for.
  AddressSetId add(AddressSet set) { return sets_.add(std::move(set)); }

  /// O(sets) at first sight of an address.
  AddressRowId row(const Address& address);
  /// An address of each row that addresses of `within` have, in order; of at most `most` places where a row may begin.
  std::vector<Address> representatives(const AddressSet& within, size_t most);
  bool has(AddressRowId row, AddressSetId set) const { return (rows_[row.value]->first[set.value / 64] >> (set.value % 64) & 1) != 0; }

 private:
  using Bits = std::vector<uint64_t>;
  struct AddressHash {
    size_t operator()(const Address& a) const noexcept { return a.lo * 0x9e3779b97f4a7c15u ^ a.hi * 0xd1b54a32d192ed03u; }
  };

  Store<AddressSet, AddressSetId> sets_;
  std::map<Bits, AddressRowId> known_;
  std::vector<std::map<Bits, AddressRowId>::const_iterator> rows_;
  std::unordered_map<Address, AddressRowId, AddressHash> of_;
};

}  // namespace aclc
