// SPDX-License-Identifier: Apache-2.0
// Finding the next byte of interest, sixteen bytes at a step where the machine can. Each returns `end` where there is none.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aclc {

/// The next byte that is not printable ASCII, or is a quote or a backslash.
inline const char* find_not_plain(const char* at, const char* end) {
  const auto plain = [](char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; };
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Signed, bytes above 0x7f are less than a space too.
    const __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return at + __builtin_ctz(mask);
    at += 16;
  }
#endif
  while (at != end && plain(*at)) ++at;
  return at;
}

inline const char* find_byte(const char* at, const char* end, char byte) {
  const void* found = at == end ? nullptr : std::memchr(at, byte, static_cast<size_t>(end - at));
  return found ? static_cast<const char*>(found) : end;
}
inline const char* find_newline(const char* at, const char* end) { return find_byte(at, end, '\n'); }
inline const char* find_star(const char* at, const char* end) { return find_byte(at, end, '*'); }

}  // namespace aclc
