// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/address_rows.h"

#include <algorithm>
#include <set>

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

std::vector<Address> AddressRows::representatives(const AddressSet& within, size_t most) {
  // Where membership of any set can change: the first address of each range inside a set, or outside.
  std::vector<Address> starts;
  const auto begin_of = [&](const AddressSet& part) {
    for (const AddressRange& range : part.ranges()) starts.push_back(range.first);
  };
  begin_of(within);
  for (size_t i = 0; i < sets_.size() && starts.size() < most; ++i) {
    const AddressSet inside = within.intersect(sets_[AddressSetId(i)]);
    if (inside.empty()) continue;
    begin_of(inside);
    begin_of(within.subtract(inside));
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  if (starts.size() > most) starts.resize(most);
  std::vector<Address> out;
  std::set<AddressRowId> seen;
  for (const Address& a : starts) {
    if (seen.insert(row(a)).second) out.push_back(a);
  }
  return out;
}

}  // namespace aclc
