// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/look.h"

#include <algorithm>
#include <array>

#include "base/text/utf8.h"

namespace aclc {
namespace {

constexpr size_t kFar = 256;  // bytes to look ahead, so that the cost of many mistakes stays in proportion to the text

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

size_t invisible_length(std::string_view text, size_t at) {
  const CodePoint c = decode_utf8(text, at);
  const auto within = [&](char32_t first, char32_t last) { return c.value >= first && c.value <= last; };
  const bool blank = c.value == 0x7f || c.value == 0xad || c.value == 0x3000 || within(0x80, 0xa0) || within(0x2000, 0x200f) ||
                     within(0x2028, 0x202f) || within(0x205f, 0x2064) || c.value == 0xfeff ||
                     (c.value < 0x20 && c.value != '\t' && c.value != '\n' && c.value != '\r');
  return c.valid && blank ? c.length : 0;
}

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.';
}

size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

size_t next_place(std::string_view text, size_t at) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const size_t close = text.find("*/", at + 2);
      at = close == std::string_view::npos ? text.size() : close + 2;
    } else {
      return at;
    }
  }
  return text.size();
}

char next_character(std::string_view text, size_t at) {
  const size_t place = next_place(text, at);
  return place < text.size() ? text[place] : '\0';
}

char near_character(std::string_view text, size_t at) {
  const std::string_view near = text.substr(0, at + kFar);
  const char found = next_character(near, at);
  return found == 0 && near.size() < text.size() ? ' ' : found;
}

size_t line_start(std::string_view text, size_t at) {
  const size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

size_t near_line_start(std::string_view text, size_t at) {
  constexpr size_t kFarBack = 1024;
  const size_t from = at > kFarBack ? at - kFarBack : 0;
  return from + line_start(text.substr(from), at - from);
}

std::string_view indentation(std::string_view text, size_t at) {
  const size_t start = near_line_start(text, at);
  const size_t stop = std::min(text.find_first_not_of(" \t", start), at);
  return text.substr(start, stop - start);
}

size_t typographic_quote(std::string_view text, size_t at) {
  for (const std::string_view quote : {"\u201c", "\u201d", "\u201e"}) {
    if (text.substr(at, quote.size()) == quote) return quote.size();
  }
  return 0;
}

Requoted quoted_otherwise(std::string_view text, size_t at) {
  struct Pair {
    std::string_view open, close;
  };
  static constexpr std::array<Pair, 6> kPairs{{{"'", "'"},
                                               {"`", "`"},
                                               {"\u201c", "\u201d"},
                                               {"\u201e", "\u201c"},
                                               {"\u2018", "\u2019"},
                                               {"\u00ab", "\u00bb"}}};
  const std::string_view ahead = text.substr(at, kFar);
  const std::string_view line = ahead.substr(0, ahead.find('\n'));
  for (const Pair& pair : kPairs) {
    if (!line.starts_with(pair.open)) continue;
    const size_t close = line.find(pair.close, pair.open.size());
    if (close == std::string_view::npos || line.substr(0, close).find('"') != std::string_view::npos) continue;
    return {at + pair.open.size(), at + close, at + close + pair.close.size()};
  }
  return {};
}

bool is_merge_marker(std::string_view text, size_t at) {
  constexpr size_t kLength = 7;
  if (at > 0 && text[at - 1] != '\n') return false;
  const std::string_view mark = text.substr(at, kLength);
  const char after = at + kLength < text.size() ? text[at + kLength] : '\n';
  return mark.size() == kLength && std::string_view("<=>|").find(mark[0]) != std::string_view::npos &&
         mark.find_first_not_of(mark[0]) == std::string_view::npos && (after == ' ' || after == '\n' || after == '\r');
}

OtherComment comment_of_others(std::string_view text, size_t at) {
  constexpr std::string_view kBefore = " \t\r\n,[]{}";
  if (at > 0 && kBefore.find(text[at - 1]) == std::string_view::npos) return {};
  // The line's end is looked for only where a comment goes on to it: every word comes here, and a line can be the whole text.
  const std::string_view here = text.substr(at, kFar * 4);
  const auto to_line_end = [&](size_t mark) -> OtherComment {
    const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    return {at + mark, end, end};
  };
  if (here.starts_with("<!--")) {
    constexpr size_t kMark = 4, kClose = 3;
    const size_t close = here.find("-->", kMark);
    if (close == std::string_view::npos) return to_line_end(kMark);
    return {at + kMark, at + close, at + close + kClose};
  }
  const auto stands_apart = [&](size_t mark) {
    return here.size() == mark || std::string_view(" \t\r\n").find(here[mark]) != std::string_view::npos || is_letter(here[mark]);
  };
  if (here.starts_with("--") && stands_apart(2)) return to_line_end(2);
  if (here.starts_with("/") && stands_apart(1)) return to_line_end(1);
  return {};
}

size_t closing_bracket(std::string_view text, size_t at) {
  constexpr size_t kLongest = 256 * 1024;
  const std::string_view near = text.substr(0, at + kLongest);
  size_t depth = 0;
  while ((at = next_place(near, at)) < near.size()) {
    const char c = near[at];
    if (c == '"') {
      at = string_end(near, at);
      if (near[at - 1] != '"') break;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
    ++at;
  }
  return std::string_view::npos;
}

std::string_view foreign_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  constexpr size_t kSample = 512;
  constexpr size_t kLeast = 16;  // bytes that tell text from other data
  if (text.starts_with("\xff\xfe\0\0"sv) || text.starts_with("\0\0\xfe\xff"sv)) return "UTF-32";
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return "UTF-16";
  const std::string_view sample = text.substr(0, kSample);
  std::array<size_t, 4> zeros{};
  size_t odd = 0;
  for (size_t i = 0; i < sample.size(); ++i) {
    const auto c = static_cast<unsigned char>(sample[i]);
    if (c == 0) ++zeros[i % 4];
    if (c == 0x7f || c >= 0xf8 || c == 0xc0 || c == 0xc1 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f')) ++odd;
  }
  if (sample.size() < kLeast || odd * 10 < sample.size()) return {};
  const size_t even_zeros = zeros[0] + zeros[2], odd_zeros = zeros[1] + zeros[3];
  const size_t half = sample.size() / 2;
  const size_t most = half * 3 / 8;  // of the bytes at one of four places
  const bool in_middle = zeros[1] > most && zeros[2] > most;
  if (in_middle && (zeros[0] > most ? zeros[3] == 0 : zeros[0] == 0 && zeros[3] > most)) return "UTF-32";
  if ((even_zeros == 0 && odd_zeros * 4 > half * 3) || (odd_zeros == 0 && even_zeros * 4 > half * 3)) return "UTF-16";
  return "no text";
}

size_t placeholder_end(std::string_view text, size_t at) {
  const std::string_view ahead = text.substr(at, kFar);
  if (!ahead.starts_with("${")) return 0;
  const size_t close = ahead.find_first_of("}\n,\"[]");
  return close == std::string_view::npos || ahead[close] != '}' ? 0 : at + close + 1;
}

namespace {

// `remove 10.0.1.0/24` and `node:os == 'macos'`: what an element of a set and a condition look like, up to the comma or bracket after
// them on the line. 0 for other text.
size_t bare_phrase_end(std::string_view ahead) {
  constexpr std::string_view kMarks = "=!<>";
  const std::string_view line = ahead.substr(0, ahead.find_first_of("\r\n\"[]{},"));
  if (line.size() == ahead.size() || line.find("//") != std::string_view::npos || line.find("/*") != std::string_view::npos) return 0;
  const size_t first = line.find(' ');
  const size_t second = line.find_first_not_of(' ', first == std::string_view::npos ? line.size() : first);
  if (second == std::string_view::npos || ahead[line.size()] == '[' || ahead[line.size()] == '{' || ahead[line.size()] == '"') return 0;
  const std::string_view word = line.substr(0, first);
  const size_t end = line.find_last_not_of(" \t") + 1;
  const bool of_set = (word == "add" || word == "remove") && line.substr(0, end).find(' ', second) == std::string_view::npos;
  const size_t operand = line.find_first_not_of("=!<> ", second);
  const bool condition = word.find(':') != std::string_view::npos && kMarks.find(line[second]) != std::string_view::npos && operand != std::string_view::npos;
  return of_set || condition ? end : 0;
}

// `[fd7a::1]:22`, an address with ports; 0 for an array.
size_t bracketed_address_end(std::string_view ahead) {
  const size_t close = ahead.find_first_not_of("0123456789abcdefABCDEF:.", 1);
  if (!ahead.starts_with('[') || close == std::string_view::npos || !ahead.substr(close).starts_with("]:")) return 0;
  if (std::count(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(close), ':') < 2) return 0;
  const size_t end = ahead.find_first_not_of("0123456789-*", close + 2);
  return end == std::string_view::npos || end == close + 2 || std::string_view(" \t\r\n,]}").find(ahead[end]) == std::string_view::npos ? 0 : end;
}

}  // namespace

size_t bare_text_end(std::string_view text, size_t at, bool name) {
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kNever = "`=;#$()\\";  // marks that other mistakes leave; so are two of `'`
  constexpr std::string_view kEnds = ",[]{}\"";
  const auto is_word = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return is_word_character(c); });
  };
  const std::string_view ahead = text.substr(at, kFar);
  if (const size_t phrase = name ? 0 : std::max(bracketed_address_end(ahead), bare_phrase_end(ahead)); phrase != 0) return at + phrase;
  if (ahead.empty() || !(is_word_character(ahead[0]) || ahead[0] == '*' || ahead[0] == '_' || ahead.starts_with("::"))) return 0;
  size_t end = 0;
  while (end < ahead.size() && ahead[end] > ' ' && kEnds.find(ahead[end]) == std::string_view::npos) {
    if (ahead[end] == 0x7f || ahead.substr(end).starts_with("//") || ahead.substr(end).starts_with("/*")) break;
    if (kNever.find(ahead[end]) != std::string_view::npos) return 0;
    ++end;
  }
  if (end == 0 || end == ahead.size()) return 0;
  if (std::count(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(end), '\'') > 1) return 0;
  const char after = invisible_length(ahead, end) != 0 ? ' ' : ahead[end];
  const bool colon = ahead[end - 1] == ':';
  if (std::string_view("[{\"").find(after) != std::string_view::npos ? !colon : after < ' ' && kBlanks.find(after) == std::string_view::npos) return 0;
  // A quote without a partner further on: that one is what is missing.
  const std::string_view rest = ahead.substr(end, ahead.substr(end).find('\n'));
  if (std::count(rest.begin(), rest.end(), '"') % 2 == 1) return 0;

  // The end of a comment without its beginning: that is what is missing.
  const size_t closes = rest.find("*/");
  if (closes != std::string_view::npos && rest.find("/*") >= closes) return 0;
  // A star alone may be what is left of a comment's mark.
  if (ahead.substr(0, end) == "*" && std::string_view(",]").find(near_character(text, at + end)) == std::string_view::npos) return 0;

  if (colon != name) end = name ? std::min(ahead.find(':'), end) : 0;
  else if (colon) --end;
  return is_word(ahead.substr(0, end)) ? 0 : at + end;
}

}  // namespace aclc
