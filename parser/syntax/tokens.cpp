// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/tokens.h"

#include <algorithm>

#include "parser/syntax/grammar.h"
#include "parser/syntax/look.h"
#include "parser/syntax/tree.h"
#include "parser/syntax/words.h"

namespace aclc {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf_crlf, const char*>;

/// The kind of the token that was read; 0 for a comment.
struct Seen {
  char kind = 0;
  bool ends = false;
};

template <class Rule>
struct Mark : tao::pegtl::nothing<Rule> {};
template <char kKind>
struct Is {
  template <class Read>
  static void apply(const Read&, Seen& seen) {
    seen.kind = kKind;
  }
};
template <>
struct Mark<grammar::plain_string> : Is<Token::kString> {};
template <>
struct Mark<grammar::line_string> : Is<Token::kString> {};
template <>
struct Mark<grammar::cut_string> : Is<Token::kCutString> {};
template <>
struct Mark<grammar::stray> : Is<Token::kStray> {};
template <>
struct Mark<grammar::object_open> : Is<'{'> {};
template <>
struct Mark<grammar::object_close> : Is<'}'> {};
template <>
struct Mark<grammar::array_open> : Is<'['> {};
template <>
struct Mark<grammar::array_close> : Is<']'> {};
template <>
struct Mark<grammar::colon> : Is<':'> {};
template <>
struct Mark<grammar::comma> : Is<','> {};
template <>
struct Mark<grammar::word> {
  template <class Read>
  static void apply(const Read& in, Seen& seen) {
    seen.kind = word_kind(in.string_view()) == NodeKind::kError ? Token::kWord : Token::kLiteral;
  }
};
template <>
struct Mark<grammar::endless_comment> {
  template <class Read>
  static void apply(const Read&, Seen& seen) {
    seen.ends = true;
  }
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text, uint32_t from, uint32_t upto, size_t more) {
  std::vector<Token> out;
  const char* const end = text.data() + text.size();
  const char* after_last = text.data() + from;  // the end of the token before
  uint32_t line = 1;
  const std::string_view before = indentation(text, from);
  bool first = before.data() + before.size() == text.data() + from;
  const char* line_begin = text.data() + from - before.size();
  std::vector<char> open;  // brackets
  const auto expects_name = [&] {
    if (out.empty() || (out.back().kind != '{' && out.back().kind != ',')) return false;
    return out.back().kind == '{' || (!open.empty() && open.back() == '{');
  };
  for (const char* at = after_last; at != end;) {
    Input in(at, end, "");
    (void)tao::pegtl::parse<tao::pegtl::opt<grammar::blank>>(in);
    const char* const begin = in.current();
    if (begin == end) break;
    Seen seen;
    if (!tao::pegtl::parse<grammar::token, Mark>(in, seen) || seen.ends) break;
    at = in.current();
    if (seen.kind == Token::kStray || seen.kind == Token::kWord) {
      if (const size_t comment = comment_of_others(text, static_cast<size_t>(begin - text.data())).end; comment != 0) {
        at = text.data() + comment;
        continue;
      }
    }
    if (seen.kind == Token::kStray) {
      // What the builder takes whole: `#` comments, strings in other quotes, placeholders.
      const auto offset = static_cast<size_t>(begin - text.data());
      const size_t whole = std::max(quoted_otherwise(text, offset).end, placeholder_end(text, offset));
      if (const size_t invisible = invisible_length(text, offset); invisible != 0) {
        at = begin + invisible;
        continue;
      }
      if (*begin == '#' || is_merge_marker(text, offset)) {
        at = find_newline(begin, end);
        continue;
      }
      if (*begin == '=' || *begin == ';') at = begin + (end - begin > 1 && begin[0] == '=' && begin[1] == '>' ? 2 : 1);
      if (whole != 0) {
        seen.kind = Token::kWord;
        at = text.data() + whole;
      }
    }
    if (seen.kind == 0) continue;
    const bool nested = seen.kind == '[' && !open.empty() && open.back() == '[' && (out.back().kind == '[' || out.back().kind == ',');
    if (nested || seen.kind == Token::kWord || seen.kind == Token::kStray || seen.kind == Token::kLiteral || seen.kind == ':') {
      const size_t bare = bare_text_end(text, static_cast<size_t>(begin - text.data()), expects_name());
      if (bare != 0) {
        seen.kind = Token::kWord;
        at = text.data() + bare;
      }
    }
    if (seen.kind == '{' || seen.kind == '[') open.push_back(seen.kind);
    if ((seen.kind == '}' || seen.kind == ']') && !open.empty()) open.pop_back();
    for (const char* newline = find_newline(after_last, begin); newline != begin; newline = find_newline(newline + 1, begin)) {
      ++line;
      line_begin = newline + 1;
      first = true;
    }
    out.push_back({seen.kind, first, static_cast<uint32_t>(begin - text.data()), static_cast<uint32_t>(at - text.data()),
                   static_cast<uint32_t>(begin - line_begin), line});
    first = false;
    after_last = at;
    if (out.back().begin >= upto && more-- == 0) break;
  }
  return out;
}

}  // namespace aclc
