// SPDX-License-Identifier: Apache-2.0
// IP addresses, prefixes and ranges of both families, and their texts.
// Text forms are those of Go's net/netip, since that is what the hosted service prints: IPv6 in RFC 5952 form,
// IPv4-mapped IPv6 stays IPv6, no leading zeros in IPv4, no zones.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aclc {

__extension__ typedef unsigned __int128 uint128;

enum class Family : uint8_t { kV4, kV6 };

constexpr int address_bits(Family family) { return family == Family::kV4 ? 32 : 128; }

/// One address. An IPv4 address is held in the low 32 bits. Ordered by family (IPv4 first), then by number.
struct Address {
  uint64_t hi = 0;
  uint64_t lo = 0;
  Family family = Family::kV4;

  static constexpr Address v4(uint32_t bits) { return {0, bits, Family::kV4}; }
  static constexpr Address v6(uint128 bits) {
    return {static_cast<uint64_t>(bits >> 64), static_cast<uint64_t>(bits), Family::kV6};
  }
  static constexpr Address of(Family family, uint128 bits) {
    return family == Family::kV4 ? v4(static_cast<uint32_t>(bits)) : v6(bits);
  }
  /// `10.0.0.1` or `fd7a::1`; nothing else (no brackets, no port, no zone, no prefix length).
  static std::optional<Address> parse(std::string_view text);

  constexpr uint128 bits() const { return (static_cast<uint128>(hi) << 64) | lo; }
  constexpr bool is_v4() const { return family == Family::kV4; }
  std::string to_text() const;

  friend constexpr bool operator==(const Address&, const Address&) = default;
  friend constexpr std::strong_ordering operator<=>(const Address& a, const Address& b) {
    if (auto c = a.family <=> b.family; c != 0) return c;
    if (auto c = a.hi <=> b.hi; c != 0) return c;
    return a.lo <=> b.lo;
  }
};

/// An inclusive range within one family; first <= last.
struct AddressRange {
  Address first;
  Address last;

  constexpr bool contains(const Address& a) const { return first <= a && a <= last; }
  constexpr bool overlaps(const AddressRange& o) const {
    return first.family == o.first.family && first <= o.last && o.first <= last;
  }
  /// `a-b` of one family with a <= b.
  static std::optional<AddressRange> parse(std::string_view text);
  /// As the hosted service writes an element of SrcIPs: a bare address for one, a CIDR for an exact prefix, else `first-last`.
  std::string to_text() const;

  friend constexpr bool operator==(const AddressRange&, const AddressRange&) = default;
  friend constexpr auto operator<=>(const AddressRange&, const AddressRange&) = default;
};

/// An address with a prefix length. Host bits are kept as written until masked().
struct Prefix {
  Address address;
  uint8_t length = 0;  ///< bits, 0..32 or 0..128

  /// `a/len`; a bare address is no prefix. No leading zeros or signs in the length.
  static std::optional<Prefix> parse(std::string_view text);
  static Prefix host(const Address& a) { return {a, static_cast<uint8_t>(address_bits(a.family))}; }

  bool is_host() const { return length == address_bits(address.family); }
  bool has_host_bits() const { return masked().address != address; }
  Prefix masked() const;
  AddressRange range() const;
  /// Same family and every address of o inside this.
  bool contains(const Prefix& o) const;
  bool contains(const Address& a) const;
  bool overlaps(const Prefix& o) const { return range().overlaps(o.range()); }
  /// Always with the length, `100.64.0.1/32` too.
  std::string to_text() const;

  friend constexpr bool operator==(const Prefix&, const Prefix&) = default;
  friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;
};

}  // namespace aclc
