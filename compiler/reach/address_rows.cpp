// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/address_rows.h"

namespace aclc {

AddressRowId AddressRows::row(const Address& address) {
  const auto [kept, is_new] = of_.try_emplace(address);
  if (!is_new) return kept->second;
  Bits bits(sets_.size() / 64 + 1);
  for (size_t i = 0; i < sets_.size(); ++i) {
    if (sets_[AddressSetId(i)].contains(address)) bits[i / 64] |= uint64_t{1} << (i % 64);
  }
  const auto [known, first] = known_.try_emplace(std::move(bits), AddressRowId(rows_.size()));
  if (first) rows_.push_back(known);
  return kept->second = known->second;
}

}  // namespace aclc
