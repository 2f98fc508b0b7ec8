// SPDX-License-Identifier: Apache-2.0
// Port ranges and sets of ports.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aclc {

/// Inclusive; first <= last. All ports is 0-65535, and `1-65535` is not the same.
struct PortRange {
  uint16_t first = 0;
  uint16_t last = 65535;

  static constexpr PortRange all() { return {0, 65535}; }
  static constexpr PortRange single(uint16_t p) { return {p, p}; }
  constexpr bool is_all() const { return first == 0 && last == 65535; }
  constexpr bool contains(uint16_t p) const { return first <= p && p <= last; }
  constexpr bool contains(const PortRange& o) const { return first <= o.first && o.last <= last; }
  constexpr bool overlaps(const PortRange& o) const { return first <= o.last && o.first <= last; }
  /// `*`, `80` or `80-90`.
  std::string to_text() const;

  friend constexpr bool operator==(const PortRange&, const PortRange&) = default;
  friend constexpr auto operator<=>(const PortRange&, const PortRange&) = default;
};

/// Sorted, disjoint, non-adjacent ranges: one canonical form for each set.
class PortSet {
 public:
  PortSet() = default;
  static PortSet of(std::vector<PortRange> ranges);

  void add(const PortRange& r);
  PortSet unite(const PortSet& o) const;
  PortSet subtract(const PortSet& o) const;
  PortSet intersect(const PortSet& o) const;
  bool empty() const { return ranges_.empty(); }
  bool contains(uint16_t p) const;
  bool contains(const PortSet& o) const;
  std::span<const PortRange> ranges() const { return ranges_; }
  /// Comma-separated, `22,80-90`; `*` for all.
  std::string to_text() const;

  friend bool operator==(const PortSet&, const PortSet&) = default;

 private:
  std::vector<PortRange> ranges_;
};

}  // namespace aclc
