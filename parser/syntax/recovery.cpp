// SPDX-License-Identifier: Apache-2.0
// What a token out of place most likely means, and how it is reported.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text/quote.h"
#include "base/text/utf8.h"
#include "parser/syntax/builder.h"
#include "parser/syntax/strings.h"

namespace aclc {
namespace {

/// Where the string that begins at `at` ends.
size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// The first byte from `at` on that is no blank and in no comment; 0 at the end.
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

/// The white space that the line of `at` begins with.
std::string_view indentation(std::string_view text, size_t at) {
  const size_t start = line_start(text, at);
  const size_t stop = std::min(text.find_first_not_of(" \t", start), text.size());
  return text.substr(start, stop - start);
}

}  // namespace

// The frame that a closing bracket is for; 0 where it closes nothing. A bracket of the wrong kind is told apart from a
// missing one by the layout: brackets that belong together begin lines of equal indentation, or stand on one line.
size_t TreeBuilder::frame_closed_by(uint32_t at) const {
  const size_t innermost = frames_.size() - 1;
  const NodeKind kind = text_[at] == '}' ? NodeKind::kObject : NodeKind::kArray;
  const auto opener = [&](size_t frame) { return nodes_[frames_[frame].node].span.begin; };
  if (innermost == 0) return 0;
  if (nodes_[frames_[innermost].node].kind == kind) return innermost;

  size_t nearest = innermost;
  while (nearest > 0 && nodes_[frames_[nearest].node].kind != kind) --nearest;
  const size_t start = line_start(text_, at);
  const std::string_view own = indentation(text_, at);
  if (start + own.size() == at) {
    for (size_t frame = innermost; frame > 0; --frame) {
      if (indentation(text_, opener(frame)) != own) continue;
      if (frame == innermost || nodes_[frames_[frame].node].kind == kind) return frame;
      break;
    }
    return nearest;
  }
  const bool innermost_here = opener(innermost) >= start;
  const bool nearest_here = nearest > 0 && opener(nearest) >= start;
  return innermost_here && !nearest_here ? innermost : nearest;
}

void TreeBuilder::leave_frames_above(size_t frame) {
  while (frames_.size() - 1 > frame) {
    const uint32_t end = frame == 0 ? static_cast<uint32_t>(text_.size()) : last_end_;
    if (top().expect == Expect::kColon || top().expect == Expect::kValue) add_missing(last_end_);
    close_frame(std::max(end, last_end_), true);
    if (top().expect == Expect::kColon) add_missing(last_end_);
  }
}

// A string in an array after a missing comma, followed by a colon, in an object: the array was never closed.
bool TreeBuilder::leave_array_for_name(uint32_t at) {
  if (frames_.size() < 3 || nodes_[frames_[frames_.size() - 2].node].kind != NodeKind::kObject) return false;
  if (next_character(text_, string_end(text_, at)) != ':') return false;
  const uint32_t opener = nodes_[top().node].span.begin;
  report(diag::UnclosedBracket({at, at + 1}, "[", "the next member")
             .label({opener, opener + 1}, "opened here")
             .fix("close the array", {{{last_end_, last_end_}, "],"}}),
         library_text_here(at), at);
  close_frame(last_end_, true);
  top().expect = Expect::kNameOrClose;
  return true;
}

// The same, known only at the colon, since a comma stood before the string.
bool TreeBuilder::name_in_unclosed_array(uint32_t at) {
  if (in_object() || frames_.size() < 3 || nodes_[frames_[frames_.size() - 2].node].kind != NodeKind::kObject) return false;
  const auto last = static_cast<uint32_t>(nodes_.size() - 1);
  const SyntaxNode name = nodes_[last];
  if (name.kind != NodeKind::kString || last == top().node + 1 || name.span.end != last_end_) return false;
  const uint32_t opener = nodes_[top().node].span.begin;
  const auto before = static_cast<uint32_t>(text_.find_last_not_of(" \t\r\n", name.span.begin - 1) + 1);
  report(diag::UnclosedBracket({at, at + 1}, "[", "the next member")
             .label({opener, opener + 1}, "opened here")
             .label(name.span, "this is a name")
             .fix("close the array", {{{before, before}, "],"}}, FixSafety::kUnsafe),
         library_text_here(at), at);
  nodes_.pop_back();
  close_frame(before, true);
  top().expect = Expect::kNameOrClose;
  add_name_or_value(name.kind, name.span.begin, name.span.end, name.flags);
  top().expect = Expect::kValue;
  last_end_ = at + 1;
  return true;
}

// `{` where a name must stand, in an array: the object before was never closed.
void TreeBuilder::leave_object_for_value(uint32_t at) {
  const uint32_t opener = nodes_[top().node].span.begin;
  const auto before = static_cast<uint32_t>(text_.find_last_not_of(" \t\r\n,", at - 1) + 1);
  const bool first = library_text_.empty();
  report(diag::UnclosedBracket({at, at + 1}, "{", "the next `{`")
             .label({opener, opener + 1}, "opened here")
             .fix("close the object", {{{before, before}, "}"}}, FixSafety::kUnsafe),
         fmt::format("invalid character {} at start of object name", quote_go_character(text_.substr(at))), at);
  if (first) provisional_depth_ = frames_.size() - 1;
  close_frame(last_end_, true);
  top().expect = Expect::kValueOrClose;
}

// After a colon that nothing goes with: takes the value that follows, in an object as a member without a name.
void TreeBuilder::expect_any_value(uint32_t at) {
  if (in_object()) {
    begin_member(at);
    add(NodeKind::kMissing, at, at, kBroken);
    top().expect = Expect::kValue;
  } else {
    top().expect = Expect::kValueOrClose;
  }
  last_end_ = at + 1;
}

std::string_view TreeBuilder::wanted() const {
  switch (top().expect) {
    case Expect::kValue:
      return "a value";
    case Expect::kValueOrClose:
      return "a value or `]`";
    case Expect::kNameOrClose:
      return "a name in double quotes or `}`";
    case Expect::kColon:
      return "a colon";
    case Expect::kCommaOrClose:
      return in_object() ? "a comma or `}`" : "a comma or `]`";
    case Expect::kEnd:
      return "nothing";
  }
  return "";
}

void TreeBuilder::report(Diagnostic d, std::string library_text, uint32_t library_at) {
  const bool replaces = provisional_depth_ != 0 && frames_.size() > provisional_depth_;
  if (library_text_.empty() || replaces) {
    const std::string_view before = text_.substr(0, library_at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const size_t column = library_at - line_start(text_, library_at) + 1;
    library_text_ = fmt::format("hujson: line {}, column {}: {}", line, column, library_text);
    provisional_depth_ = 0;
  }
  report(std::move(d));
}

void TreeBuilder::report(Diagnostic d) {
  if (quiet_ || diagnostics_.size() >= limits_.max_diagnostics) return;
  diagnostics_.push_back(std::move(d));
}

std::vector<Diagnostic> TreeBuilder::take_diagnostics() {
  const auto place = [](const Diagnostic& d) { return std::tuple(d.span.begin, d.severity, d.span.end, d.kind); };
  const auto first =
      std::min_element(diagnostics_.begin(), diagnostics_.end(),
                       [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  if (first != diagnostics_.end()) first->upstream_text = library_text_;
  return std::move(diagnostics_);
}

void TreeBuilder::report_missing_value(uint32_t at) {
  const SyntaxNode& name = nodes_[top().member + 1];
  report(diag::MissingValue({at, at + 1}, shown(name.span.begin, name.span.end))
             .label(name.span, "the name")
             .help("write a colon and a value after the name, or remove the name"),
         library_text_here(at), at);
}

std::string TreeBuilder::library_text_here(uint32_t at) const {
  const std::string character = quote_go_character(text_.substr(at));
  switch (top().expect) {
    case Expect::kValue:
    case Expect::kValueOrClose:
    case Expect::kNameOrClose:
      return fmt::format("invalid character {} at start of value", character);
    case Expect::kColon:
      return fmt::format("invalid character {} after object name", character);
    case Expect::kCommaOrClose:
      return in_object() ? fmt::format("invalid character {} after object value (expecting ',' or '}}')", character)
                         : fmt::format("invalid character {} after array value (expecting ',' or ']')", character);
    case Expect::kEnd:
      return fmt::format("invalid character {} after top-level value", character);
  }
  return "";
}

void TreeBuilder::check_string(uint32_t begin, uint32_t end) {
  const std::string_view literal = text_.substr(begin, end - begin);
  for (auto fault = find_string_fault(literal); fault; fault = find_string_fault(literal, fault->offset + fault->length)) {
    const Span at{begin + fault->offset, begin + fault->offset + fault->length};
    const std::string library = fmt::format("invalid literal: {}", literal);
    switch (fault->what) {
      case StringFault::What::kBadEscape:
        report(diag::InvalidEscape(at, shown(at.begin, at.end))
                   .help("write a backslash itself as `\\\\`; the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX"),
               library, begin);
        break;
      case StringFault::What::kControl: {
        const auto byte = static_cast<unsigned char>(text_[at.begin]);
        const std::string escaped = byte == '\t' ? "\\t" : byte == '\n' ? "\\n" : fmt::format("\\u{:04x}", byte);
        report(diag::ControlCharacter(at, fmt::format("U+{:04X}", byte)).fix("escape it", {{at, escaped}}), library, begin);
        break;
      }
      case StringFault::What::kInvalidUtf8:
        report(diag::InvalidUtf8(at, shown(at.begin, at.end)).help("save the file as UTF-8"));
        break;
    }
  }
}

// A few characters of the text for a message; what cannot be printed is escaped.
std::string TreeBuilder::shown(uint32_t begin, uint32_t end) const {
  constexpr uint32_t kLongest = 40;
  const bool cut = end - begin > kLongest;
  const std::string quoted = quote_go(text_.substr(begin, cut ? kLongest : end - begin));
  std::string out = quoted.substr(1, quoted.size() - 2);
  for (size_t at = out.find("\\\""); at != std::string::npos; at = out.find("\\\"", at + 1)) out.erase(at, 1);
  return cut ? out + "..." : out;
}

}  // namespace aclc
