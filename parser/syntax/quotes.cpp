// SPDX-License-Identifier: Apache-2.0
// Strings that lost a quote or have one of another kind, and placeholders of template languages.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parser/syntax/builder.h"
#include "parser/syntax/words.h"

namespace aclc {
namespace {

constexpr size_t kFar = 256;  // bytes to look ahead, so that the cost of many mistakes stays in proportion to the text

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

}  // namespace

// Where a string without its closing quote most likely ends, `end` at the latest: a name before its colon, a value before
// the punctuation at the end.
uint32_t TreeBuilder::likely_end(uint32_t begin, uint32_t end, bool name) const {
  if (name) {
    for (uint32_t i = begin + 2; i + 1 < end; ++i) {
      if (text_[i] == ':' && is_one_of(text_[i + 1], " \t[{\"")) return i;
    }
  }
  while (end > begin + 1 && is_one_of(text_[end - 1], " \t,[]{}:")) --end;
  return end;
}

// A token that touches the closing quote before it: that quote opens the next string, and the string before lost its own,
// as in `["a, "b"]`. True where that is so; the tokens then go on after the end that the string should have.
bool TreeBuilder::reopen_string(uint32_t at) {
  const Expect expect = top().expect;
  if (expect != Expect::kCommaOrClose && expect != Expect::kColon) return false;
  SyntaxNode& node = nodes_.back();
  if (node.kind != NodeKind::kString || node.span.end != at || (node.flags & kBroken)) return false;
  const uint32_t stop = likely_end(node.span.begin, at - 1, expect == Expect::kColon);
  if (stop + 1 >= at || stop <= node.span.begin + 1) return false;
  const bool structure = text_.substr(stop, at - 1 - stop).find_first_of(",:]}") != std::string_view::npos;
  if (!structure) return false;
  report(diag::UnclosedString({node.span.begin, stop}).fix("close the string", {{{stop, stop}, "\""}}),
         library_text_here(at), at);
  node.span.end = stop;
  node.flags |= kBroken;
  if (expect == Expect::kCommaOrClose && in_object()) {
    for (size_t i = nodes_.size() - 1; i-- > 0;) {
      if (nodes_[i].kind != NodeKind::kMember || nodes_[i].next != nodes_.size()) continue;  // or one inside a faulty name
      nodes_[i].span.end = stop;
      break;
    }
  }
  last_end_ = stop;
  resume_ = stop;
  return true;
}

// A word that runs into a quote, as in `[a", "b"]`.
bool TreeBuilder::lost_opening_quote(uint32_t begin, uint32_t end) {
  const std::string_view ahead = text_.substr(end, kFar);
  const size_t quote = ahead.find_first_of(" \t\r\n,[]{}\"");
  if (quote == std::string_view::npos || ahead[quote] != '"' || text_[end + quote - 1] == ':') return false;
  const auto stop = static_cast<uint32_t>(end + quote + 1);
  report(diag::LostQuote({begin, stop}).fix("open the string", {{{begin, begin}, "\""}}),
         fmt::format("invalid literal: {}", text_.substr(begin, end - begin)), begin);
  add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  resume_ = stop;
  return true;
}

// 'a', `a` and typographic quotes.
bool TreeBuilder::wrong_quotes(uint32_t begin, const std::string& library) {
  struct Pair {
    std::string_view open, close;
  };
  static constexpr std::array<Pair, 6> kPairs{{{"'", "'"},
                                               {"`", "`"},
                                               {"\u201c", "\u201d"},
                                               {"\u201e", "\u201c"},
                                               {"\u2018", "\u2019"},
                                               {"\u00ab", "\u00bb"}}};
  const std::string_view ahead = text_.substr(begin, kFar);
  const std::string_view line = ahead.substr(0, ahead.find('\n'));
  for (const Pair& pair : kPairs) {
    if (!line.starts_with(pair.open)) continue;
    const size_t close = line.find(pair.close, pair.open.size());
    if (close == std::string_view::npos) continue;
    const auto stop = static_cast<uint32_t>(begin + close + pair.close.size());
    const auto inner = static_cast<uint32_t>(begin + pair.open.size());
    report(diag::WrongQuotes({begin, stop}, shown(begin, stop))
               .fix("use double quotes", {{{begin, inner}, "\""}, {{static_cast<uint32_t>(begin + close), stop}, "\""}}),
           library, begin);
    resume_ = stop;
    if (top().expect == Expect::kColon || top().expect == Expect::kCommaOrClose) quiet_ = true;
    else add_name_or_value(NodeKind::kError, begin, stop, kBroken);
    return true;
  }
  return false;
}

// `${NAME}` as a whole value: what a template language would have replaced.
bool TreeBuilder::placeholder(uint32_t begin, const std::string& library) {
  if (text_.substr(begin, 2) != "${" || top().expect == Expect::kColon || top().expect == Expect::kCommaOrClose) return false;
  const std::string_view ahead = text_.substr(begin, kFar);
  const size_t close = ahead.find_first_of("}\n,\"[]");
  if (close == std::string_view::npos || ahead[close] != '}') return false;
  const auto stop = static_cast<uint32_t>(begin + close + 1);
  report(diag::Placeholder({begin, stop}, shown(begin, stop)).help("fill it in before the text is read, as before it is uploaded"),
         library, begin);
  add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  resume_ = stop;
  return true;
}

}  // namespace aclc
