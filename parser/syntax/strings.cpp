// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/strings.h"

#include "base/text/utf8.h"

namespace aclc {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<char32_t> unicode_escape(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  char32_t value = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

constexpr bool is_high_surrogate(char32_t c) { return c >= 0xd800 && c < 0xdc00; }
constexpr bool is_low_surrogate(char32_t c) { return c >= 0xdc00 && c < 0xe000; }

}  // namespace

Escape read_escape(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return {};
  switch (text[1]) {
    case '"':
    case '\\':
    case '/':
      return {2, static_cast<char32_t>(text[1]), true};
    case 'b':
      return {2, '\b', true};
    case 'f':
      return {2, '\f', true};
    case 'n':
      return {2, '\n', true};
    case 'r':
      return {2, '\r', true};
    case 't':
      return {2, '\t', true};
    case 'u':
      break;
    default:
      return {};
  }
  const auto unit = unicode_escape(text);
  if (!unit) return {};
  if (is_high_surrogate(*unit)) {
    const auto low = unicode_escape(text.substr(6));
    if (low && is_low_surrogate(*low)) return {12, 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00), true};
  }
  if (is_high_surrogate(*unit) || is_low_surrogate(*unit)) return {6, 0xfffd, true};
  return {6, *unit, true};
}

void append_utf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

std::optional<StringFault> find_string_fault(std::string_view literal, uint32_t from) {
  const size_t end = literal.size();
  for (size_t i = from; i < end;) {
    const auto byte = static_cast<unsigned char>(literal[i]);
    if (byte == '"') break;
    if (byte == '\\') {
      const Escape escape = read_escape(literal.substr(i));
      if (!escape.valid) {
        const size_t length = i + 1 < end ? decode_utf8(literal, i + 1).length + 1 : 1;
        return StringFault{StringFault::What::kBadEscape, static_cast<uint32_t>(i), static_cast<uint32_t>(length)};
      }
      i += escape.length;
    } else if (byte < 0x20) {
      return StringFault{StringFault::What::kControl, static_cast<uint32_t>(i), 1};
    } else if (byte < 0x80) {
      ++i;
    } else {
      const CodePoint c = decode_utf8(literal, i);
      if (!c.valid) {
        // Such bytes in a row are one fault.
        size_t stop = i + 1;
        while (stop < end && static_cast<unsigned char>(literal[stop]) >= 0x80 && !decode_utf8(literal, stop).valid) ++stop;
        return StringFault{StringFault::What::kInvalidUtf8, static_cast<uint32_t>(i), static_cast<uint32_t>(stop - i)};
      }
      i += c.length;
    }
  }
  return std::nullopt;
}

void decode_string(std::string_view literal, std::string& out) {
  if (literal.empty()) return;
  size_t end = literal.size();
  if (end > 1 && literal[end - 1] == '"') --end;
  for (size_t i = 1; i < end;) {
    if (literal[i] != '\\') {
      const size_t stop = std::min(literal.find('\\', i), end);
      out.append(literal, i, stop - i);
      i = stop;
      continue;
    }
    const Escape escape = read_escape(literal.substr(i, end - i));
    if (escape.valid) {
      append_utf8(escape.value, out);
    } else {
      out += literal[i];
    }
    i += escape.length;
  }
}

}  // namespace aclc
