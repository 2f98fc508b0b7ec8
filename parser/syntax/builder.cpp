// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/quote.h"
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
      if (is_string && next_character(text_, string_end(text_, at)) == ':') {  // the next member: this one has no value
        report_missing_value(at);
        add_missing(last_end_);
        top().expect = Expect::kNameOrClose;
        return true;
      }
      report(diag::MissingColon({at, at + 1}, is_string ? shown(at, static_cast<uint32_t>(string_end(text_, at))) : shown(at, at + 1))
                 .help("write a colon between a name and its value")
                 .fix("insert a colon", {{{last_end_, last_end_}, ":"}}),
             library_text_here(at), at);
      top().expect = Expect::kValue;
      return true;
    case Expect::kCommaOrClose:
      if (is_string && !in_object() && leave_array_for_name(at)) return true;
      if (!is_string && nodes_.back().kind == NodeKind::kError) quiet_ = true;  // more of the same
      if (extra_value(at, is_string)) return false;
      report(diag::MissingComma({at, at + 1}, is_string ? shown(at, static_cast<uint32_t>(string_end(text_, at))) : shown(at, at + 1))
                 .help(fmt::format("separate {} by commas", in_object() ? "members" : "values"))
                 .fix("insert a comma", {{{last_end_, last_end_}, ","}}),
             library_text_here(at), at);
      if (in_object() && !is_string) quiet_ = true;
      top().expect = in_object() ? Expect::kNameOrClose : Expect::kValueOrClose;
      return true;
    case Expect::kEnd:
      text_after_end(at);
      return false;
  }
  return false;
}

void TreeBuilder::on_string(uint32_t begin, uint32_t end) {
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
// punctuation there. The library reads on to the next quote, or to the end of the text.
void TreeBuilder::on_unclosed_string(uint32_t begin, uint32_t end, bool ends_the_text) {
  const uint32_t line_end = std::min(end, static_cast<uint32_t>(std::min(text_.find_first_of("\r\n", begin), text_.size())));
  if (!ready_for_value(begin, true)) {
    resume_ = line_end;
    return;
  }
  const uint32_t stop = likely_end(begin, line_end, top().expect == Expect::kNameOrClose);
  Diagnostic d = diag::UnclosedString({begin, stop}).fix("close the string", {{{stop, stop}, "\""}});
  d.help_text = "a string ends on the line where it begins";
  if (ends_the_text) {
    report(std::move(d), "parsing string: unexpected EOF", static_cast<uint32_t>(text_.size()));
  } else {
    report(std::move(d), fmt::format("invalid literal: {}", text_.substr(begin, end - begin)), begin);
  }
  const std::string_view content = text_.substr(begin, stop - begin);
  const uint8_t flags = kBroken | (content.find('\\') != std::string_view::npos ? kHasEscape : 0);
  add_name_or_value(NodeKind::kString, begin, stop, flags);
  quiet_ = true;
  resume_ = stop;
}

void TreeBuilder::on_word(uint32_t begin, uint32_t end) {
  if (reopen_string(begin) || !ready_for_value(begin, false)) return;
  const std::string_view word = text_.substr(begin, end - begin);
  NodeKind kind = word_kind(word);
  const bool literal = kind != NodeKind::kError;
  if (literal && top().expect != Expect::kNameOrClose) {
    add(kind, begin, end);
    return end_value(end);
  }
  if (!literal && lost_opening_quote(begin, end)) return;
  const std::string library = literal ? fmt::format("invalid character {} at start of object name", quote_go_character(word))
                                      : fmt::format("invalid literal: {}", word);
  if (top().expect == Expect::kNameOrClose) {
    kind = NodeKind::kError;
    report(diag::NameNotString({begin, end}, shown(begin, end))
               .help("put the name in double quotes")
               .fix("quote the name", {{{begin, begin}, "\""}, {{end, end}, "\""}}),
           library, begin);
  } else if (!literal) {
    Diagnostic d = diag::InvalidLiteral({begin, end}, shown(begin, end));
    suggest_literal(word, d);
    report(std::move(d), library, begin);
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
  const bool in_array = frames_.size() > 2 && nodes_[frames_[frames_.size() - 2].node].kind == NodeKind::kArray;
  if (kind == NodeKind::kObject && in_array && in_object() && top().expect == Expect::kCommaOrClose) {
    leave_object_for_value(at);
    quiet_ = false;
    return open_frame(kind, at, false);
  }
  if (!ready_for_value(at, false)) return;
  quiet_ = false;
  if (top().expect != Expect::kNameOrClose) return open_frame(kind, at, false);

  // A composite where a name must stand. In an array of objects, the one before was probably never closed.
  if (kind == NodeKind::kObject && in_array) {
    leave_object_for_value(at);
    return open_frame(kind, at, false);
  }
  const bool first = sets_library_text();
  report(diag::NameNotString({at, at + 1}, shown(at, at + 1))
             .help("every member of an object begins with a name in double quotes"),
         fmt::format("invalid character {} at start of object name", quote_go_character(text_.substr(at))), at);
  if (first) provisional_depth_ = frames_.size();
  begin_member(at);
  open_frame(kind, at, true);
}

void TreeBuilder::on_comma_out_of_place(uint32_t at) {
  switch (top().expect) {
    case Expect::kColon:
    case Expect::kValue:
      if (top().node == kNone) {
        report(diag::UnexpectedCharacter({at, at + 1}, ",", wanted()), library_text_here(at), at);
        return;
      }
      report_missing_value(at);
      add_missing(last_end_);
      [[fallthrough]];
    case Expect::kCommaOrClose:
      return take_comma(at);
    case Expect::kNameOrClose:
    case Expect::kValueOrClose:
      report(diag::ExtraComma({at, at + 1}, wanted()).fix("remove the comma", {{{at, at + 1}, ""}}),
             library_text_here(at), at);
      return;
    case Expect::kEnd:
      ready_for_value(at, false);
      return;
  }
}

void TreeBuilder::on_colon_out_of_place(uint32_t at) {
  switch (top().expect) {
    case Expect::kColon:
      return;
    case Expect::kNameOrClose:
      report(diag::MissingName({at, at + 1}).help("write a name in double quotes before the colon"),
             library_text_here(at), at);
      expect_any_value(at);
      return;
    case Expect::kCommaOrClose:
      if (name_in_unclosed_array(at)) return;
      {
        Diagnostic d = diag::ExtraColon({at, at + 1}, wanted());
        if (!in_object()) d = std::move(d).fix("write a comma", {{{at, at + 1}, ","}});
        report(std::move(d), library_text_here(at), at);
      }
      return expect_any_value(at);
    case Expect::kValue:
    case Expect::kValueOrClose:
      report(diag::ExtraColon({at, at + 1}, wanted()).fix("remove the colon", {{{at, at + 1}, ""}}), library_text_here(at), at);
      return;
    case Expect::kEnd:
      ready_for_value(at, false);
      return;
  }
}

void TreeBuilder::on_close_out_of_place(NodeKind kind, uint32_t at) {
  const std::string_view bracket = text_.substr(at, 1);
  if (top().expect == Expect::kEnd) {
    ready_for_value(at, false);
    return;
  }
  const size_t target = frame_closed_by(at);
  if (target == 0) {
    report(diag::StrayBracket({at, at + 1}, bracket).fix("remove the bracket", {{{at, at + 1}, ""}}),
           library_text_here(at), at);
    if (top().node == kNone) bracket_fault_ = true;
    return;
  }
  if (target + 1 < frames_.size()) {
    const uint32_t opener = nodes_[top().node].span.begin;
    report(diag::UnclosedBracket({at, at + 1}, text_.substr(opener, 1), fmt::format("`{}`", bracket))
               .label({opener, opener + 1}, "opened here")
               .fix("close it", {{{last_end_, last_end_}, in_object() ? "}" : "]"}}),
           library_text_here(at), at);
    leave_frames_above(target);
  }
  quiet_ = false;
  if (top().expect == Expect::kColon || top().expect == Expect::kValue) {
    report_missing_value(at);
    add_missing(last_end_);
  }
  const bool fits = (kind == NodeKind::kObject) == in_object();
  if (!fits) {
    const uint32_t opener = nodes_[top().node].span.begin;
    report(diag::MismatchedBracket({at, at + 1}, bracket, text_.substr(opener, 1))
               .label({opener, opener + 1}, "opened here")
               .fix("replace the bracket", {{{at, at + 1}, in_object() ? "}" : "]"}}),
           library_text_here(at), at);
  }
  close_frame(at + 1, false);
}

void TreeBuilder::on_stray(uint32_t begin, uint32_t end) {
  if (top().expect == Expect::kEnd) {
    ready_for_value(begin, false);
    return;
  }
  if (reopen_string(begin)) return;
  const std::string library = library_text_here(begin);
  if (begin == 0 && text_.starts_with("\xef\xbb\xbf")) {
    report(diag::ByteOrderMark({0, 3}).help("HuJSON is UTF-8 without a mark").fix("remove the mark", {{{0, 3}, ""}}),
           library, begin);
    resume_ = 3;
    return;
  }
  if (text_[begin] == '#') {
    const auto line_end = static_cast<uint32_t>(std::min(text_.find('\n', begin), text_.size()));
    report(diag::HashComment({begin, begin + 1})
               .help("a comment begins with `//`, or stands between `/*` and `*/`")
               .fix("write `//`", {{{begin, begin + 1}, "//"}}),
           library, begin);
    resume_ = line_end;
    return;
  }
  if (wrong_quotes(begin, library) || placeholder(begin, library)) return;
  const uint32_t length = decode_utf8(text_, begin).length;
  Diagnostic d = diag::UnexpectedCharacter({begin, begin + length}, shown(begin, begin + length), wanted());
  if (text_[begin] == '=' && top().expect == Expect::kColon) {
    const uint32_t stop = begin + (text_.substr(begin, 2) == "=>" ? 2 : 1);
    report(std::move(d).fix("write a colon", {{{begin, stop}, ":"}}), library, begin);
    top().expect = Expect::kValue;
    resume_ = stop;
    return;
  }
  if (text_[begin] == ';' && top().expect == Expect::kCommaOrClose) {
    report(std::move(d).fix("write a comma", {{{begin, begin + 1}, ","}}), library, begin);
    take_comma(begin);
    resume_ = begin + 1;
    return;
  }
  report(std::move(d), library, begin);
  if (top().expect != Expect::kColon && top().expect != Expect::kCommaOrClose) {
    add_name_or_value(NodeKind::kError, begin, end, kBroken);
  }
  quiet_ = true;
}

void TreeBuilder::on_comment(uint32_t begin, uint32_t end) {
  const std::string_view comment = text_.substr(begin, end - begin);
  const size_t bad = first_invalid_utf8(comment);
  if (bad == std::string_view::npos) return;
  const auto at = static_cast<uint32_t>(begin + bad);
  report(diag::InvalidUtf8({at, at + 1}, shown(at, at + 1)).help("save the file as UTF-8"), "invalid UTF-8 in comment", begin);
}

void TreeBuilder::on_unclosed_comment(uint32_t begin) {
  const auto end = static_cast<uint32_t>(text_.size());
  const std::string library = "parsing comment: unexpected EOF";
  if (text_[begin + 1] == '/') {
    report(diag::CommentAtEnd({begin, end})
               .help("the hosted service refuses a file that ends inside a comment")
               .fix("end the file with a newline", {{{end, end}, "\n"}}),
           library, begin);
    return;
  }
  report(diag::UnclosedComment({begin, begin + 2}).fix("close the comment at the end of the text", {{{end, end}, "*/"}}, FixSafety::kUnsafe),
         library, begin);
  bracket_fault_ = true;
}

void TreeBuilder::on_end() {
  const auto end = static_cast<uint32_t>(text_.size());
  quiet_ = false;
  if (top().node == kNone) {
    if (top().expect != Expect::kValue) return;
    if (!bracket_fault_) {
      report(diag::EmptyText({end, end}).help("the smallest policy is `{}`"), "parsing value: unexpected EOF", end);
    }
    add_missing(end);
    return;
  }
  if (!bracket_fault_) {
    const uint32_t opener = nodes_[likely_unclosed()].span.begin;
    std::string closers;
    for (size_t i = frames_.size() - 1; i > 0; --i) closers += nodes_[frames_[i].node].kind == NodeKind::kObject ? '}' : ']';
    std::string library = "parsing value: unexpected EOF";
    if (top().expect == Expect::kColon) library = "parsing object after name: unexpected EOF";
    if (top().expect == Expect::kCommaOrClose) {
      library = in_object() ? "parsing object after value: unexpected EOF" : "parsing array after value: unexpected EOF";
    }
    report(diag::UnclosedBracket({end, end}, text_.substr(opener, 1), "the end of the text")
               .label({opener, opener + 1}, "opened here")
               .help(fmt::format("close what is open with `{}`", closers.substr(0, 40)))
               .fix("close what is open", {{{end, end}, closers + "\n"}}, FixSafety::kUnsafe),
           std::move(library), end);
  }
  leave_frames_above(0);
}

}  // namespace aclc
