// SPDX-License-Identifier: Apache-2.0
// Strings that lost a quote or have one of another kind, and placeholders of template languages.
#include <fmt/format.h>

#include <algorithm>

#include "parser/syntax/builder.h"
#include "parser/syntax/look.h"

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

// A string that goes on in the next line, where the reader of the policy would not see its end.
void TreeBuilder::add_broken_string(uint32_t begin, uint32_t stop) {
  std::vector<Edit> joins;
  for (uint32_t at = begin; at < stop; ++at) {
    if (text_[at] != '\n') continue;
    uint32_t from = at, to = at + 1;
    while (from > begin && text_[from - 1] == '\r') --from;
    uint32_t backslashes = 0;
    while (from - backslashes > begin + 1 && text_[from - backslashes - 1] == '\\') ++backslashes;
    while (to < stop && is_one_of(text_[to], " \t\r\n")) ++to;
    if (backslashes % 2 == 1 && !is_one_of(text_[to], "bfnrtu/")) --from;  // it would escape what it stands before now
    joins.push_back({{from, to}, ""});
    at = to - 1;
  }
  const uint32_t line_end = joins.front().span.begin;
  Diagnostic d = diag::UnclosedString({begin, line_end})
                     .label({stop - 1, stop}, "its closing quote")
                     .help("a string ends on the line where it begins")
                     .fix("join the lines", std::move(joins));
  d.message = "the string goes on in the next line";
  report(std::move(d));
  add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  resume_ = stop;
}

// Whether what ends at `end` runs on to a closing quote without a space, as in `[a:1", "b"]`.
bool TreeBuilder::lost_opening_quote(uint32_t end) const {
  const std::string_view ahead = text_.substr(end, kFar);
  const size_t stop = ahead.find_first_of(" \t\r\n,[]{}\"");
  return stop != std::string_view::npos && ahead[stop] == '"' && text_[end + stop - 1] != ':';
}

bool TreeBuilder::wrong_quotes(uint32_t begin) {
  const Requoted quoted = quoted_otherwise(text_, begin);
  if (quoted.end == 0) return false;
  const auto stop = static_cast<uint32_t>(quoted.end);
  report(diag::WrongQuotes({begin, stop}, shown(begin, stop))
             .fix("use double quotes", {{{begin, static_cast<uint32_t>(quoted.inner)}, "\""}, {{static_cast<uint32_t>(quoted.close), stop}, "\""}}));
  resume_ = stop;
  if (top().expect == Expect::kColon || top().expect == Expect::kCommaOrClose) quiet_ = true;
  else add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  return true;
}

// `${NAME}` as a whole value: what a template language would have replaced.
bool TreeBuilder::placeholder(uint32_t begin) {
  const auto stop = static_cast<uint32_t>(placeholder_end(text_, begin));
  if (stop == 0 || !takes_value()) return false;
  report(diag::Placeholder({begin, stop}, shown(begin, stop)).help("fill it in before the text is read, as before it is uploaded"));
  add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  resume_ = stop;
  return true;
}

// Text without its quotes where a name or a value must stand.
bool TreeBuilder::bare_text(uint32_t begin) {
  const bool next_element = top().expect == Expect::kCommaOrClose && !in_object();
  if (!takes_value() && !next_element) return false;
  const bool name = top().expect == Expect::kNameOrClose;
  const auto stop = static_cast<uint32_t>(bare_text_end(text_, begin, name));
  if (stop == 0 || (next_element && last_end_ == begin)) return false;
  if (next_element && !ready_for_value(begin, false)) return false;
  const Span whole{begin, stop};
  Diagnostic d = name ? diag::NameNotString(whole, shown(begin, stop)).help("put the name in double quotes")
                      : diag::InvalidLiteral(whole, shown(begin, stop)).help("text stands in double quotes");
  report(std::move(d).fix("put it in double quotes", {{{begin, begin}, "\""}, {{stop, stop}, "\""}}));
  add_name_or_value(NodeKind::kError, begin, stop, kBroken);
  resume_ = stop;
  return true;
}

}  // namespace aclc
