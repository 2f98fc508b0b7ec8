// SPDX-License-Identifier: Apache-2.0
// UTF-8 as the Unicode standard defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aclc {

/// What stands at one place of a text. An ill-formed sequence is one byte long and has no value.
struct CodePoint {
  char32_t value = 0xfffd;
  uint8_t length = 1;  ///< bytes
  bool valid = false;
};

/// The code point at byte `at`, which must lie inside the text.
CodePoint decode_utf8(std::string_view text, size_t at);

/// The offset of the first byte that starts no well-formed code point; npos for a well-formed text.
size_t first_invalid_utf8(std::string_view text);
inline bool is_valid_utf8(std::string_view text) { return first_invalid_utf8(text) == std::string_view::npos; }

/// How many code points; a byte of an ill-formed sequence counts as one.
size_t count_code_points(std::string_view text);

/// How many UTF-16 units; a byte of an ill-formed sequence counts as one (it would be U+FFFD).
size_t utf16_length(std::string_view text);

/// The byte offset of the code point that covers UTF-16 unit `units`; text.size() when the text is shorter. A unit in the
/// middle of a surrogate pair gives the start of its code point.
size_t utf16_to_byte(std::string_view text, size_t units);

}  // namespace aclc
