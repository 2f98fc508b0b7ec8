// SPDX-License-Identifier: Apache-2.0
// Every single slip of a family that a text admits, one text each: what a person makes of a good policy with one wrong key.
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aclc {

enum class Slip {
  kDeletePunctuation,   ///< one of { } [ ] , : goes
  kDeleteQuote,
  kDoublePunctuation,   ///< a second one right after it
  kReplacePunctuation,  ///< by each other one
  kReplaceQuote,        ///< by '
  kInsertPunctuation,   ///< each one, between two tokens
  kInsertQuote,         ///< between two tokens
  kInsertWord,          ///< a bare word between two tokens
  kDeleteToken,         ///< a whole string, number or word
  kDeleteComposite,     ///< a whole {...} or [...]
  kDeleteLineEnd,       ///< the rest of a line after a token, as while it is typed
  kDeleteLine,
};
inline constexpr Slip kAllSlips[] = {Slip::kDeletePunctuation, Slip::kDeleteQuote,       Slip::kDoublePunctuation, Slip::kReplacePunctuation,
                                     Slip::kReplaceQuote,      Slip::kInsertPunctuation, Slip::kInsertQuote,       Slip::kInsertWord,
                                     Slip::kDeleteToken,       Slip::kDeleteComposite,   Slip::kDeleteLineEnd,     Slip::kDeleteLine};

inline std::string_view slip_name(Slip slip) {
  static constexpr std::string_view kNames[] = {"delete punctuation", "delete quote",  "double punctuation", "replace punctuation",
                                                "replace quote",      "insert punctuation", "insert quote",  "insert word",
                                                "delete token",       "delete composite",   "delete line end", "delete line"};
  return kNames[static_cast<size_t>(slip)];
}

/// Takes a good text apart and slips at every place of it. Comments are left alone.
class Mistakes {
 public:
  explicit Mistakes(std::string_view text) : text_(text) {
    for (size_t at = 0; at < text.size();) {
      const char c = text[at];
      const size_t begin = at;
      if (std::isspace(static_cast<unsigned char>(c))) {
        ++at;
        continue;
      }
      if (c == '/') {
        at = text[at + 1] == '/' ? text.find('\n', at) : text.find("*/", at) + 2;
        continue;
      }
      if (c == '"') {
        for (++at; text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
        ++at;
      } else if (kPunctuation.find(c) != std::string_view::npos) {
        ++at;
      } else {
        while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '-' || text[at] == '.')) ++at;
      }
      tokens_.push_back({begin, at});
    }
  }

  std::vector<std::string> make(Slip slip) const {
    std::vector<std::string> out;
    const auto edit = [&](size_t begin, size_t end, std::string_view with) {
      std::string made(text_.substr(0, begin));
      made.append(with).append(text_.substr(end));
      if (made != text_) out.push_back(std::move(made));
    };
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const auto [begin, end] = tokens_[i];
      const char c = text_[begin];
      const bool punctuation = kPunctuation.find(c) != std::string_view::npos;
      switch (slip) {
        case Slip::kDeletePunctuation:
          if (punctuation) edit(begin, end, "");
          break;
        case Slip::kDoublePunctuation:
          if (punctuation) edit(end, end, text_.substr(begin, 1));
          break;
        case Slip::kReplacePunctuation:
          for (const char& other : kPunctuation) {
            if (punctuation) edit(begin, end, {&other, 1});
          }
          break;
        case Slip::kInsertPunctuation:
          for (const char& other : kPunctuation) edit(begin, begin, {&other, 1});
          break;
        case Slip::kDeleteQuote:
        case Slip::kReplaceQuote:
          if (c != '"') break;
          edit(begin, begin + 1, slip == Slip::kDeleteQuote ? "" : "'");
          edit(end - 1, end, slip == Slip::kDeleteQuote ? "" : "'");
          break;
        case Slip::kInsertQuote:
          edit(begin, begin, "\"");
          break;
        case Slip::kInsertWord:
          edit(begin, begin, "x ");
          break;
        case Slip::kDeleteToken:
          if (!punctuation) edit(begin, end, "");
          break;
        case Slip::kDeleteComposite:
          if (c == '{' || c == '[') edit(begin, partner_end(i), "");
          break;
        case Slip::kDeleteLineEnd:
          edit(end, text_.find('\n', end), "");
          break;
        case Slip::kDeleteLine: {
          const size_t before = text_.rfind('\n', begin);
          const size_t start = before == std::string_view::npos ? 0 : before + 1;
          const bool first = i == 0 || tokens_[i - 1].begin < start;
          if (first) edit(start, text_.find('\n', begin) + 1, "");
          break;
        }
      }
    }
    return out;
  }

 private:
  static constexpr std::string_view kPunctuation = "{}[],:";
  struct Token {
    size_t begin, end;
  };

  size_t partner_end(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < tokens_.size(); ++i) {
      const char c = text_[tokens_[i].begin];
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      if (depth == 0) return tokens_[i].end;
    }
    return text_.size();
  }

  std::string_view text_;
  std::vector<Token> tokens_;
};

}  // namespace aclc
