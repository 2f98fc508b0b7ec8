// SPDX-License-Identifier: Apache-2.0
// Hashing and comparing names. They are short and looked up at each mention, so this is open code without calls:
// overlapping loads from both ends cover every byte of a text of 4 to 16 bytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aclc {
namespace detail {

__extension__ typedef unsigned __int128 Wide;

inline uint64_t load8(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}
inline uint64_t load4(const char* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
  return v;
}

inline uint64_t mix(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd1b54a32d192ed03u);
  return static_cast<uint64_t>(product >> 64) ^ static_cast<uint64_t>(product);
}

}  // namespace detail

/// Not for other programs: the value may change with the next version.
inline uint64_t hash_text(std::string_view text) {
  const char* p = text.data();
  size_t n = text.size();
  uint64_t seed = n * 0xa0761d6478bd642fu;
  for (; n > 16; n -= 8, p += 8) seed = detail::mix(detail::load8(p), seed);
  if (n >= 8) return detail::mix(detail::load8(p) ^ seed, detail::load8(p + n - 8));
  if (n >= 4) return detail::mix(detail::load4(p) ^ seed, detail::load4(p + n - 4));
  uint64_t few = 0;
  for (size_t i = 0; i < n; ++i) few = few << 8 | static_cast<unsigned char>(p[i]);
  return detail::mix(few ^ seed, n);
}

inline bool equal_text(std::string_view a, std::string_view b) {
  const size_t n = a.size();
  if (n != b.size()) return false;
  if (n > 16) return std::memcmp(a.data(), b.data(), n) == 0;
  if (n >= 8)
    return detail::load8(a.data()) == detail::load8(b.data()) &&
           detail::load8(a.data() + n - 8) == detail::load8(b.data() + n - 8);
  if (n >= 4)
    return detail::load4(a.data()) == detail::load4(b.data()) &&
           detail::load4(a.data() + n - 4) == detail::load4(b.data() + n - 4);
  for (size_t i = 0; i < n; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace aclc
