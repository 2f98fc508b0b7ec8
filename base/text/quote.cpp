// SPDX-License-Identifier: Apache-2.0
#include "base/text/quote.h"

#include "base/text/utf8.h"

namespace aclc {
namespace {

struct CodeRange {
  char32_t first;
  char32_t last;
};

// Unicode categories Cc, Cf, Cs, Co, Zs (but U+0020), Zl, Zp and the noncharacters at the end of the first plane.
constexpr CodeRange kNotPrintable[] = {
    {0x00, 0x1f},       {0x7f, 0xa0},       {0xad, 0xad},       {0x600, 0x605},       {0x61c, 0x61c},       {0x6dd, 0x6dd},
    {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x1680, 0x1680},     {0x180e, 0x180e},     {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},   {0x3000, 0x3000},   {0xd800, 0xf8ff},     {0xfdd0, 0xfdef},     {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},   {0x13430, 0x1343f},   {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0001, 0xe0001}, {0xe0020, 0xe007f}, {0xf0000, 0x10ffff},
};

bool is_printable(char32_t c) {
  for (const CodeRange& r : kNotPrintable) {
    if (c <= r.last) return c < r.first;
  }
  return true;
}

void append_hex(std::string& out, const char* prefix, char32_t value, int digits) {
  out += prefix;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xf];
}

}  // namespace

std::string quote_go(std::string_view text) {
  static constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\\"";
  static constexpr std::string_view kLetters = "abfnrtv\\\"";
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    const size_t named = c.valid && c.value < 0x80 ? kEscaped.find(static_cast<char>(c.value)) : std::string_view::npos;
    if (!c.valid) {
      append_hex(out, "\\x", static_cast<unsigned char>(text[at]), 2);
    } else if (named != std::string_view::npos) {
      out += '\\';
      out += kLetters[named];
    } else if (is_printable(c.value)) {
      out += text.substr(at, c.length);
    } else if (c.value < 0x80) {
      append_hex(out, "\\x", c.value, 2);
    } else if (c.value < 0x10000) {
      append_hex(out, "\\u", c.value, 4);
    } else {
      append_hex(out, "\\U", c.value, 8);
    }
    at += c.length;
  }
  out += '"';
  return out;
}

std::string quote_go_character(std::string_view text) {
  const CodePoint c = decode_utf8(text, 0);
  std::string out = "'";
  if (!c.valid) {
    append_hex(out, "\\x", static_cast<unsigned char>(text[0]), 2);
  } else if (c.value == '\\' || c.value == '\'') {
    out += '\\';
    out += text[0];
  } else if (is_printable(c.value)) {
    out += text.substr(0, c.length);
  } else if (c.value < 0x10000) {
    append_hex(out, "\\u", c.value, 4);
  } else {
    append_hex(out, "\\U", c.value, 8);
  }
  out += '\'';
  return out;
}

}  // namespace aclc
