// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/look.h"

#include <algorithm>

namespace aclc {

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

size_t line_start(std::string_view text, size_t at) {
  const size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

size_t near_line_start(std::string_view text, size_t at) {
  constexpr size_t kFar = 1024;
  const size_t from = at > kFar ? at - kFar : 0;
  return from + line_start(text.substr(from), at - from);
}

std::string_view indentation(std::string_view text, size_t at) {
  const size_t start = near_line_start(text, at);
  const size_t stop = std::min(text.find_first_not_of(" \t", start), at);
  return text.substr(start, stop - start);
}

}  // namespace aclc
