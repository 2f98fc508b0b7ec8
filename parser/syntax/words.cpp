// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/syntax/grammar.h"

namespace aclc {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_number(std::string_view word) {
  tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf_crlf, const char*> in(word.data(), word.data() + word.size(), "");
  return tao::pegtl::parse<grammar::number>(in);
}

}  // namespace

NodeKind word_kind(std::string_view word) {
  if (word == "true") return NodeKind::kTrue;
  if (word == "false") return NodeKind::kFalse;
  if (word == "null") return NodeKind::kNull;
  return is_number(word) ? NodeKind::kNumber : NodeKind::kError;
}

void suggest_literal(std::string_view word, Diagnostic& d) {
  const std::string folded = lower(word);
  const auto replace = [&](std::string text) {
    d.help_text = fmt::format("did you mean `{}`?", text);
    d.fixes.push_back({fmt::format("replace with `{}`", text), {{d.span, text}}});
  };
  if (folded == "true" || folded == "yes" || folded == "on") return replace("true");
  if (folded == "false" || folded == "no" || folded == "off") return replace("false");
  if (folded == "null" || folded == "none" || folded == "nil" || folded == "undefined") return replace("null");
  const bool numeric = folded.find_first_not_of("0123456789+-.e") == std::string::npos;
  const size_t dash = folded.find('-', 1);
  const bool range = folded.find_first_not_of("0123456789-") == std::string::npos && dash != std::string::npos && dash + 1 < folded.size();
  if (numeric && !range && std::count(folded.begin(), folded.end(), '.') < 2) {  // an address has more
    d.help_text = "a number has no leading `+`, `.` or zero, and a digit follows its point";
    return;
  }
  d.help_text = "text stands in double quotes";
  d.fixes.push_back({"put it in double quotes", {{{d.span.begin, d.span.begin}, "\""}, {{d.span.end, d.span.end}, "\""}}});
}

}  // namespace aclc
