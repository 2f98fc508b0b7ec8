// SPDX-License-Identifier: Apache-2.0
// Tokens out of place. First comes the search for the one slip behind them (repair()); what follows here is for where it finds none.
#include "parser/syntax/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/utf8.h"
#include "parser/syntax/look.h"
#include "parser/syntax/words.h"

namespace aclc {

TreeBuilder::TreeBuilder(std::string_view text, const ParseLimits& limits) : text_(text), limits_(limits) {
  nodes_.reserve(text.size() / 8 + 8);
  frames_.reserve(32);
  frames_.push_back({kNone, kNone, Expect::kValue});
}

// ---- Tree

// Room for as many nodes as the text will have if it goes on as it began: doubling would waste up to half.
void TreeBuilder::grow(uint32_t end) {
  const double size = static_cast<double>(nodes_.size());
  const double read = std::max<double>(end, 1);
  const double expected = size / read * static_cast<double>(text_.size()) * 1.02;
  nodes_.reserve(static_cast<size_t>(std::max(expected, size * 1.125)) + 16);
}

void TreeBuilder::add_missing(uint32_t at) {
  add(NodeKind::kMissing, at, at, kBroken);
  end_value(at);
}

// ---- Tokens

// Makes room for a value at `at`, reporting what is missing before it. False: the value goes nowhere.
bool TreeBuilder::ready_for_value(uint32_t at, bool is_string) {
  switch (top().expect) {
    case Expect::kValue:
    case Expect::kValueOrClose:
    case Expect::kNameOrClose:
      return true;
    case Expect::kColon:
      report(diag::MissingColon({at, at + 1}, is_string ? shown(at, static_cast<uint32_t>(string_end(text_, at))) : shown(at, at + 1))
                 .help("write a colon between a name and its value")
                 .fix("insert a colon", {{{last_end_, last_end_}, ":"}}));
      top().expect = Expect::kValue;
      return true;
    case Expect::kCommaOrClose:
      report(diag::MissingComma({at, at + 1}, is_string ? shown(at, static_cast<uint32_t>(string_end(text_, at))) : shown(at, at + 1))
                 .help(fmt::format("separate {} by commas", in_object() ? "members" : "values"))
                 .fix("insert a comma", {{{last_end_, last_end_}, ","}}));
      if (in_object() && !is_string) quiet_ = true;
      top().expect = in_object() ? Expect::kNameOrClose : Expect::kValueOrClose;
      return true;
    case Expect::kEnd:
      text_after_end(at);
      return false;
  }
  return false;
}

bool TreeBuilder::takes_value() const {
  return top().expect == Expect::kValue || top().expect == Expect::kValueOrClose || top().expect == Expect::kNameOrClose;
}

void TreeBuilder::on_string(uint32_t begin, uint32_t end) {
  if (!takes_value() && repair(begin)) return;
  if (!ready_for_value(begin, true)) return;
  check_string(begin, end);
  const std::string_view literal = text_.substr(begin, end - begin);
  const uint8_t flags = literal.find('\\') != std::string_view::npos ? kHasEscape : 0;
  add_name_or_value(NodeKind::kString, begin, end, flags);
}

void TreeBuilder::add_name_or_value(NodeKind kind, uint32_t begin, uint32_t end, uint8_t flags) {
  if (top().expect == Expect::kNameOrClose) {
    begin_member(begin);
    add(kind, begin, end, flags);
    last_end_ = end;
  } else {
    add(kind, begin, end, flags);
    end_value(end);
  }
}

// A string with a line break inside has most likely lost its closing quote: it is taken to end with its line, before the
// punctuation there.
void TreeBuilder::on_unclosed_string(uint32_t begin, uint32_t end) {
  if (repair(begin)) return;
  const uint32_t line_end = std::min(end, static_cast<uint32_t>(std::min(text_.find_first_of("\r\n", begin), text_.size())));
  if (!ready_for_value(begin, true)) {
    resume_ = line_end;
    return;
  }
  add_unclosed_string(begin, likely_end(begin, line_end, top().expect == Expect::kNameOrClose));
  quiet_ = true;
}

void TreeBuilder::add_unclosed_string(uint32_t begin, uint32_t stop) {
  const std::string_view written = text_.substr(begin, stop - begin);
  const size_t backslashes = written.size() - 1 - std::min(written.find_last_not_of('\\'), written.size() - 1);
  const char* const quote = backslashes % 2 == 0 ? "\"" : "\\\"";  // not to be escaped itself
  Diagnostic d = diag::UnclosedString({begin, stop}).fix("close the string", {{{stop, stop}, quote}});
  d.help_text = "a string ends on the line where it begins";
  if (stop - begin > 3 && typographic_quote(text_, stop - 3) == 3) {
    d = diag::WrongQuotes({begin, stop}, shown(begin, stop)).fix("use double quotes", {{{stop - 3, stop}, "\""}});
  }
  report(std::move(d));
  const uint8_t flags = kBroken | (written.find('\\') != std::string_view::npos ? kHasEscape : 0);
  add_name_or_value(NodeKind::kString, begin, stop, flags);
  resume_ = stop;
}

void TreeBuilder::on_word(uint32_t begin, uint32_t end) {
  if (other_comment(begin)) return;
  const bool alone = end == text_.size() || std::string_view(",]} \t\r\n").find(text_[end]) != std::string_view::npos;
  const std::string_view word = text_.substr(begin, end - begin);
  if ((!alone || word == "add" || word == "remove") && bare_text(begin)) return;
  NodeKind kind = word_kind(word);
  const bool literal = kind != NodeKind::kError;
  const bool name = top().expect == Expect::kNameOrClose;
  if (literal && takes_value() && !name) {
    add(kind, begin, end);
    return end_value(end);
  }
  // A word that lacks nothing but its quotes goes well with what follows.
  const char next = near_character(text_, end);
  const bool fits = name ? next == ':' : next == ',' || next == '}' || next == ']' || next == 0;
  if (top().expect == Expect::kCommaOrClose && nodes_.back().kind == NodeKind::kError) quiet_ = true;  // more of the same
  if (!quiet_ && (!takes_value() || !fits || lost_opening_quote(end)) && repair(begin)) return;
  if (!ready_for_value(begin, false)) return;
  if (top().expect == Expect::kNameOrClose) {
    kind = NodeKind::kError;
    report(diag::NameNotString({begin, end}, shown(begin, end))
               .help("put the name in double quotes")
               .fix("quote the name", {{{begin, begin}, "\""}, {{end, end}, "\""}}));
  } else if (!literal) {
    Diagnostic d = diag::InvalidLiteral({begin, end}, shown(begin, end));
    suggest_literal(word, d);
    report(std::move(d));
  }
  add_name_or_value(kind, begin, end, kind == NodeKind::kError ? kBroken : 0);
}

void TreeBuilder::on_open_out_of_place(NodeKind kind, uint32_t at) {
  if (frames_.size() > limits_.max_depth) {
    report(diag::TooDeep({at, at + 1}, limits_.max_depth).help("no policy nests its values so deep; look for brackets that are never closed"));
    stopped_ = true;
    bracket_fault_ = true;
    return;
  }
  if (kind == NodeKind::kArray && top().expect == Expect::kValueOrClose) {
    if (bare_text(at)) return;
    quiet_ = false;
    return open_frame(kind, at);
  }
  if (kind == NodeKind::kObject && entry_without_name(at)) return;
  if (repair(at) || !ready_for_value(at, false)) return;
  quiet_ = false;
  if (top().expect == Expect::kNameOrClose) {
    report(diag::NameNotString({at, at + 1}, shown(at, at + 1))
               .help("every member of an object begins with a name in double quotes"));
    begin_member(at);
    add(NodeKind::kMissing, at, at, kBroken);
  }
  open_frame(kind, at);
}

void TreeBuilder::on_comma_out_of_place(uint32_t at) {
  if (repair(at)) return;
  switch (top().expect) {
    case Expect::kColon:
    case Expect::kValue:
      if (top().node == kNone) {
        report(diag::UnexpectedCharacter({at, at + 1}, ",", wanted()));
        return;
      }
      report_missing_value(at);
      add_missing(last_end_);
      [[fallthrough]];
    case Expect::kCommaOrClose:
      return take_comma(at);
    case Expect::kNameOrClose:
    case Expect::kValueOrClose:
      report(diag::ExtraComma({at, at + 1}, wanted()).fix("remove the comma", {{{at, at + 1}, ""}}));
      return;
    case Expect::kEnd:
      ready_for_value(at, false);
      return;
  }
}

void TreeBuilder::on_colon_out_of_place(uint32_t at) {
  if (lost_first_brace(at) || bare_text(at) || repair(at)) return;
  switch (top().expect) {
    case Expect::kColon:
      return;
    case Expect::kNameOrClose:
      report(diag::MissingName({at, at + 1}).help("write a name in double quotes before the colon"));
      return expect_any_value(at);
    case Expect::kCommaOrClose:
      report(diag::ExtraColon({at, at + 1}, wanted()));
      return expect_any_value(at);
    case Expect::kValue:
    case Expect::kValueOrClose:
      report(diag::ExtraColon({at, at + 1}, wanted()).fix("remove the colon", {{{at, at + 1}, ""}}));
      return;
    case Expect::kEnd:
      ready_for_value(at, false);
      return;
  }
}

void TreeBuilder::on_close_out_of_place(NodeKind kind, uint32_t at) {
  if (kind == NodeKind::kObject && closes_list_in_braces(at)) return;
  if (repair(at)) return;
  const std::string_view bracket = text_.substr(at, 1);
  if (top().expect == Expect::kEnd) {
    ready_for_value(at, false);
    return;
  }
  size_t target = frames_.size() - 1;
  while (target > 0 && nodes_[frames_[target].node].kind != kind) --target;
  if (target == 0) {
    report(diag::StrayBracket({at, at + 1}, bracket).fix("remove the bracket", {{{at, at + 1}, ""}}));
    if (top().node == kNone) bracket_fault_ = true;
    return;
  }
  if (target + 1 < frames_.size()) {
    const uint32_t opener = nodes_[top().node].span.begin;
    report(diag::UnclosedBracket({at, at + 1}, bracket_of(top().node), fmt::format("`{}`", bracket))
               .label({opener, opener + 1}, "opened here")
               .fix("close it", {{{last_end_, last_end_}, in_object() ? "}" : "]"}}));
    leave_frames_above(target);
  }
  quiet_ = false;
  if (top().expect == Expect::kColon || top().expect == Expect::kValue) {
    report_missing_value(at);
    add_missing(last_end_);
  }
  close_frame(at + 1, false);
}

// Lines that a version control system has left where two texts could not be merged.
bool TreeBuilder::merge_marker(uint32_t begin) {
  if (!is_merge_marker(text_, begin)) return false;
  const auto line_end = static_cast<uint32_t>(std::min(text_.find('\n', begin), text_.size()));
  report(diag::MergeConflict({begin, line_end}).help("keep one of the two texts, or of both what is right, and remove the marks"));
  resume_ = line_end;
  return true;
}

// `#` and what else begins a comment elsewhere.
bool TreeBuilder::other_comment(uint32_t begin) {
  constexpr std::string_view kHelp = "a comment begins with `//`, or stands between `/*` and `*/`";
  if (text_[begin] == '#') {
    report(diag::HashComment({begin, begin + 1}).help(std::string(kHelp)).fix("write `//`", {{{begin, begin + 1}, "//"}}));
    resume_ = static_cast<uint32_t>(std::min(text_.find('\n', begin), text_.size()));
    return true;
  }
  const OtherComment found = comment_of_others(text_, begin);
  if (found.end == 0) return false;
  const auto text = static_cast<uint32_t>(found.text), end = static_cast<uint32_t>(found.end);
  auto close = static_cast<uint32_t>(found.close);
  Diagnostic d = diag::CommentMark({begin, text}, shown(begin, text)).help(std::string(kHelp));
  const std::string_view inside = text_.substr(text, close - text);
  const size_t next = text_.find_first_not_of(" \t\r", end);
  const bool alone = inside.find('\n') == std::string_view::npos && next < text_.size() && text_[next] == '\n';
  if (alone) {
    std::vector<Edit> edits{{{begin, text}, "//"}};
    while (close > text && (text_[close - 1] == ' ' || text_[close - 1] == '\t')) --close;
    if (close < end) edits.push_back({{close, end}, ""});
    d = std::move(d).fix("write `//`", std::move(edits));
  } else if (inside.find("*/") == std::string_view::npos) {
    d = std::move(d).fix("write `/*` and `*/`", {{{begin, text}, "/*"}, {{close, end}, close == end ? " */" : "*/"}});
  }
  report(std::move(d));
  resume_ = end;
  return true;
}

void TreeBuilder::on_stray(uint32_t begin, uint32_t end) {
  if (merge_marker(begin) || other_comment(begin)) return;
  if (top().expect == Expect::kEnd && invisible_length(text_, begin) == 0) {
    if (!repair(begin)) ready_for_value(begin, false);
    return;
  }
  if (begin == 0 && text_.starts_with("\xef\xbb\xbf")) {
    report(diag::ByteOrderMark({0, 3}).help("HuJSON is UTF-8 without a mark").fix("remove the mark", {{{0, 3}, ""}}));
    resume_ = 3;
    return;
  }
  if (const size_t length = invisible_length(text_, begin); length != 0) {
    const Span whole{begin, begin + static_cast<uint32_t>(length)};
    report(diag::UnexpectedCharacter(whole, shown(whole.begin, whole.end), "white space")
               .help("this character cannot be seen; white space is spaces, tabs and line ends")
               .fix("replace it with a space", {{whole, " "}}));
    resume_ = whole.end;
    return;
  }
  if (wrong_quotes(begin) || placeholder(begin) || bare_text(begin)) return;
  const bool odd_separator = text_[begin] == '=' || text_[begin] == ';';
  const bool quote = text_[begin] == '\'' || lost_opening_quote(end);
  if ((quote || !takes_value()) && !odd_separator && repair(begin)) return;
  const uint32_t length = decode_utf8(text_, begin).length;
  Diagnostic d = diag::UnexpectedCharacter({begin, begin + length}, shown(begin, begin + length), wanted());
  if (text_[begin] == '=' && top().expect == Expect::kColon) {
    const uint32_t stop = begin + (text_.substr(begin, 2) == "=>" ? 2 : 1);
    report(std::move(d).fix("write a colon", {{{begin, stop}, ":"}}));
    top().expect = Expect::kValue;
    resume_ = stop;
    return;
  }
  if (text_[begin] == ';' && top().expect == Expect::kCommaOrClose) {
    report(std::move(d).fix("write a comma", {{{begin, begin + 1}, ","}}));
    take_comma(begin);
    resume_ = begin + 1;
    return;
  }
  report(std::move(d));
  if (takes_value()) add_name_or_value(NodeKind::kError, begin, end, kBroken);
  quiet_ = true;
}

void TreeBuilder::on_comment(uint32_t begin, uint32_t end) {
  const std::string_view comment = text_.substr(begin, end - begin);
  const size_t bad = first_invalid_utf8(comment);
  if (bad == std::string_view::npos) return;
  const auto at = static_cast<uint32_t>(begin + bad);
  report(diag::InvalidUtf8({at, at + 1}, shown(at, at + 1)).help("save the file as UTF-8"));
}

void TreeBuilder::on_unclosed_comment(uint32_t begin) {
  const auto end = static_cast<uint32_t>(text_.size());
  if (text_[begin + 1] == '/') {
    ends_in_comment_ = true;
    report(diag::CommentAtEnd({begin, end})
               .help("the hosted service refuses a file that ends inside a comment")
               .fix("end the file with a newline", {{{end, end}, "\n"}}));
    return;
  }
  report(diag::UnclosedComment({begin, begin + 2}).fix("close the comment at the end of the text", {{{end, end}, "*/"}}, FixSafety::kUnsafe));
  bracket_fault_ = true;
}

void TreeBuilder::on_end() {
  const auto end = static_cast<uint32_t>(text_.size());
  quiet_ = false;
  if (no_first_brace_ && !stopped_) report_first_brace();
  if (top().node == kNone) {
    if (top().expect != Expect::kValue) return;
    if (!bracket_fault_) report(diag::EmptyText({end, end}).help("the smallest policy is `{}`"));
    add_missing(end);
    return;
  }
  if (!bracket_fault_ && !stopped_ && repair(end)) return;
  if (!bracket_fault_) report_unclosed_at_end();
  leave_frames_above(0);
}

}  // namespace aclc
