// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/look.h"

#include <algorithm>
#include <array>

namespace aclc {
namespace {

constexpr size_t kFar = 256;  // bytes to look ahead, so that the cost of many mistakes stays in proportion to the text

}  // namespace

size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

char next_character(std::string_view text, size_t at) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const size_t close = text.find("*/", at + 2);
      if (close == std::string_view::npos) return 0;
      at = close + 2;
    } else {
      return c;
    }
  }
  return 0;
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

size_t placeholder_end(std::string_view text, size_t at) {
  const std::string_view ahead = text.substr(at, kFar);
  if (!ahead.starts_with("${")) return 0;
  const size_t close = ahead.find_first_of("}\n,\"[]");
  return close == std::string_view::npos || ahead[close] != '}' ? 0 : at + close + 1;
}

}  // namespace aclc
