// SPDX-License-Identifier: Apache-2.0
// A set of addresses of both families, as sorted, disjoint, non-adjacent ranges: one canonical form for each set,
// so equal sets compare equal member by member.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/net/address.h"

namespace aclc {

class AddressSet {
 public:
  AddressSet() = default;
  /// Any ranges, in any order, overlapping or not.
  static AddressSet of(std::vector<AddressRange> ranges);

  void add(const Address& a) { add(AddressRange{a, a}); }
  void add(const Prefix& p) { add(p.range()); }
  void add(const AddressRange& r);
  void add(const AddressSet& o);
  void remove(const AddressRange& r);
  void remove(const AddressSet& o);

  AddressSet unite(const AddressSet& o) const;
  AddressSet subtract(const AddressSet& o) const;
  AddressSet intersect(const AddressSet& o) const;

  bool empty() const { return ranges_.empty(); }
  bool contains(const Address& a) const;
  bool contains(const AddressRange& r) const;
  bool contains(const AddressSet& o) const;
  bool overlaps(const AddressRange& r) const;
  bool overlaps(const AddressSet& o) const;

  /// Sorted, IPv4 before IPv6.
  std::span<const AddressRange> ranges() const { return ranges_; }
  /// The fewest prefixes that cover exactly this set, in address order.
  std::vector<Prefix> prefixes() const;
  /// The elements as the hosted service writes them in SrcIPs (see AddressRange::to_text), in address order, not yet
  /// sorted as strings.
  std::vector<std::string> texts() const;

  friend bool operator==(const AddressSet&, const AddressSet&) = default;

 private:
  std::vector<AddressRange> ranges_;
};

}  // namespace aclc
