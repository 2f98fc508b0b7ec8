// SPDX-License-Identifier: Apache-2.0
// A stretch of text as tokens, for those who look at it again after a mistake.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace aclc {

struct Token {
  enum Kind : char {
    kString = 's',
    kCutString = 'q',  ///< without a closing quote on its line
    kLiteral = 'v',
    kWord = 'w',       ///< letters and digits that are no literal
    kStray = 'x',      ///< bytes that begin no token
    // and the punctuation { } [ ] : , as it is
  };
  char kind = kStray;
  bool first_on_line = false;
  uint32_t begin = 0, end = 0;  ///< bytes of the text
  uint32_t indent = 0;          ///< bytes of white space before it, where it is the first on its line
  uint32_t line = 0;            ///< counted from where the tokens begin, 1 for the first
  bool lost_opening = false, lost_closing = false, other_quote = false;  ///< a string with a quote put in by a repair, or replaced
  bool broken_line = false;  ///< a string that a repair put together again over the end of its line

  bool is_value() const { return kind == kString || kind == kCutString || kind == kLiteral || kind == kWord; }
};

/// The tokens from `from`, where a token begins, to the first that begins at `upto` or later, and at most `more` after it.
/// Comments are left out; one that is never closed ends them.
std::vector<Token> tokens_of(std::string_view text, uint32_t from, uint32_t upto, size_t more);

}  // namespace aclc
