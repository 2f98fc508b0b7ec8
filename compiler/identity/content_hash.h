// SPDX-License-Identifier: Apache-2.0
// Hashes of sets that follow a change of membership by one addition: the hash of a set is the sum of its elements' hashes.
#pragma once

#include <cstdint>
#include <functional>

#include "base/net/address.h"

namespace aclc::identity {

/// 128 bits, so that two sets with the same hash are taken for the same set. Not for other programs: the value may change with
/// the next version.
struct ContentHash {
  uint64_t a = 0, b = 0;

  constexpr ContentHash& operator+=(const ContentHash& o) {
    a += o.a;
    b += o.b;
    return *this;
  }
  constexpr ContentHash& operator-=(const ContentHash& o) {
    a -= o.a;
    b -= o.b;
    return *this;
  }
  friend constexpr bool operator==(const ContentHash&, const ContentHash&) = default;
};

constexpr uint64_t scramble(uint64_t x) {  // the finaliser of SplitMix64
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr ContentHash hash_of(uint64_t x, uint64_t y) {
  const uint64_t m = scramble(x + 0x9e3779b97f4a7c15u);
  const uint64_t n = scramble(y ^ 0xd1b54a32d192ed03u);
  return {scramble(m + 3 * n), scramble((m ^ 0x8ebc6af09c88c6e3u) + 5 * n)};
}

constexpr ContentHash hash_of(const Address& a) { return hash_of(a.lo, a.hi ^ (static_cast<uint64_t>(a.family) << 63)); }

/// Of one address the same as that of the address.
constexpr ContentHash hash_of(const AddressRange& r) {
  ContentHash h = hash_of(r.first);
  if (r.first == r.last) return h;
  const ContentHash last = hash_of(r.last);
  return hash_of(h.a + 7 * last.b, h.b ^ (11 * last.a));
}

}  // namespace aclc::identity

template <>
struct std::hash<aclc::identity::ContentHash> {
  size_t operator()(const aclc::identity::ContentHash& h) const noexcept { return h.a; }
};
