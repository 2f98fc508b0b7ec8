// SPDX-License-Identifier: Apache-2.0
// The address ranges that a policy and the routes of its tailnet speak of, and which of them hold an address.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/net/address.h"
#include "compiler/identity/content_hash.h"

namespace aclc::identity {

using RangeId = Id<AddressRange>;
/// Addresses of one region lie in exactly the same ranges. Region 0 is that of the addresses in no range.
using RegionId = Id<struct RegionTag>;

class RangeTable {
 public:
  /// The id of a range, adding it on first sight. Questions need index() after an addition.
  RangeId add(const AddressRange& range);
  void index();
  /// Invalid for a range that was never added.
  RangeId find(const AddressRange& range) const;

  const AddressRange& operator[](RangeId id) const { return ranges_[id.value]; }
  size_t size() const { return ranges_.size(); }

  /// Calls f(RangeId) for every range that holds the address, or overlaps the range; in no particular order.
  template <class F>
  void containing(const Address& a, F&& f) const {
    visit(0, starts_.size(), {a, a}, f);
  }
  template <class F>
  void overlapping(const AddressRange& r, F&& f) const {
    visit(0, starts_.size(), r, f);
  }

  /// Ids of regions stay the same over index(); a range added later splits regions and gives the parts inside it new ids.
  RegionId region(const Address& a) const { return region_after(place_of(a)); }
  /// The same for addresses of which many follow each other in one region: `place` is where the last one was, 0 at first.
  RegionId region(const Address& a, size_t& place) const {
    const bool same = place > 0 && place < boundaries_.size() && boundaries_[place - 1] <= a && a < boundaries_[place];
    if (!same) place = place_of(a);
    return region_after(place);
  }
  size_t region_count() const { return signatures_.size() + 1; }

 private:
  struct Start {
    AddressRange range;
    Address reaches;  ///< the last address of all ranges in its half of the search tree
    RangeId id;
  };

  /// starts_ is a balanced search tree by first address: the middle of each stretch is its root.
  template <class F>
  void visit(size_t from, size_t to, const AddressRange& r, F& f) const {
    while (from < to) {
      const size_t middle = from + (to - from) / 2;
      const Start& at = starts_[middle];
      if (at.reaches < r.first) return;
      visit(from, middle, r, f);
      if (r.last < at.range.first) return;
      if (at.range.overlaps(r)) f(at.id);
      from = middle + 1;
    }
  }
  Address build(size_t from, size_t to);
  /// How many boundaries stand at the address or before it.
  size_t place_of(const Address& a) const;
  RegionId region_after(size_t place) const { return place == 0 ? RegionId(size_t{0}) : regions_[place - 1]; }

  std::vector<AddressRange> ranges_;
  std::unordered_map<ContentHash, RangeId> known_;
  std::vector<Start> starts_;
  std::vector<Address> boundaries_;  ///< where a region begins; before the first one is region 0
  std::vector<RegionId> regions_;    ///< beside boundaries_
  std::unordered_map<ContentHash, RegionId> signatures_;  ///< sum of the hashes of the ranges that hold a region
};

}  // namespace aclc::identity
