// SPDX-License-Identifier: Apache-2.0
#include "base/text/utf8.h"

#include <cstring>

namespace aclc {
namespace {

// The first byte at or after `at` that is not ASCII, eight bytes at a step.
size_t skip_ascii(std::string_view text, size_t at) {
  while (text.size() - at >= 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080u) != 0) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

size_t utf16_units(const CodePoint& c) { return c.valid && c.value > 0xffff ? 2 : 1; }

}  // namespace

CodePoint decode_utf8(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1, true};
  uint8_t length = 0;
  char32_t value = 0;
  // The second byte's range shuts out overlong forms, surrogates and what lies above U+10FFFF.
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
    value = lead & 0x1f;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    value = lead & 0x0f;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    value = lead & 0x07;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return {};
  }
  if (text.size() - at < length || byte(at + 1) < low || byte(at + 1) > high) return {};
  for (uint8_t i = 1; i < length; ++i) {
    const unsigned char next = byte(at + i);
    if ((next & 0xc0) != 0x80) return {};
    value = value << 6 | (next & 0x3f);
  }
  return {value, length, true};
}

size_t first_invalid_utf8(std::string_view text) {
  for (size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    const CodePoint c = decode_utf8(text, at);
    if (!c.valid) return at;
    at += c.length;
  }
  return std::string_view::npos;
}

size_t count_code_points(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t ascii_end = skip_ascii(text, at);
    count += ascii_end - at;
    at = ascii_end;
    if (at == text.size()) break;
    at += decode_utf8(text, at).length;
    ++count;
  }
  return count;
}

size_t utf16_length(std::string_view text) {
  size_t units = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t ascii_end = skip_ascii(text, at);
    units += ascii_end - at;
    at = ascii_end;
    if (at == text.size()) break;
    const CodePoint c = decode_utf8(text, at);
    units += utf16_units(c);
    at += c.length;
  }
  return units;
}

size_t utf16_to_byte(std::string_view text, size_t units) {
  size_t at = 0;
  while (at < text.size()) {
    const CodePoint c = decode_utf8(text, at);
    const size_t wide = utf16_units(c);
    if (units < wide) break;
    units -= wide;
    at += c.length;
  }
  return at;
}

}  // namespace aclc
