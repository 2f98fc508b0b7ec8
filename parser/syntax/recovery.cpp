// SPDX-License-Identifier: Apache-2.0
// What a token out of place most likely means, and how it is reported.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text/quote.h"
#include "base/text/utf8.h"
#include "parser/syntax/builder.h"
#include "parser/syntax/look.h"
#include "parser/syntax/strings.h"

namespace aclc {
// The frame that a closing bracket is for; 0 where it closes nothing. A bracket of the wrong kind is told apart from a
// missing one by the layout: brackets that belong together begin lines of equal indentation, or stand on one line.
size_t TreeBuilder::frame_closed_by(uint32_t at) const {
  const size_t innermost = frames_.size() - 1;
  const NodeKind kind = text_[at] == '}' ? NodeKind::kObject : NodeKind::kArray;
  const auto opener = [&](size_t frame) { return nodes_[frames_[frame].node].span.begin; };
  if (innermost == 0) return 0;
  if (nodes_[frames_[innermost].node].kind == kind) return innermost;

  // What more follows cannot stand after the whole text's value: the bracket is not for that one.
  const bool more = next_character(text_, at + 1) != 0;
  if (more && innermost == 1) return 0;
  size_t nearest = innermost;
  while (nearest > 0 && nodes_[frames_[nearest].node].kind != kind) --nearest;
  if (more && nearest == 1) return innermost;
  const size_t start = near_line_start(text_, at);
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

void TreeBuilder::text_after_end(uint32_t at) {
  Diagnostic d = diag::TextAfterEnd({at, at + 1}, shown(at, at + 1));
  const SyntaxNode& root = nodes_.front();
  const auto end = static_cast<uint32_t>(text_.size());
  if (text_[at] == ':' && root.kind == NodeKind::kString) {
    d = std::move(d)
            .help("members stand between `{` and `}`")
            .fix("put braces around the text", {{{root.span.begin, root.span.begin}, "{"}, {{end, end}, "}\n"}}, FixSafety::kUnsafe);
  } else {
    d.help_text = "a policy is one value; remove what follows it, or look for a bracket that closes too early";
    const bool one_mark = std::string_view("]},").find(text_[at]) != std::string_view::npos;
    if (one_mark && next_character(text_, at + 1) == 0) d = std::move(d).fix("remove it", {{{at, at + 1}, ""}});
  }
  report(std::move(d), fmt::format("invalid character {} after top-level value", quote_go_character(text_.substr(at))), at);
  stopped_ = true;
}

// A second value after a member's value: no comma is missing before it, since it is no name.
bool TreeBuilder::extra_value(uint32_t at, bool is_string) {
  if (!in_object() || text_[at] == '{' || text_[at] == '[') return false;
  constexpr size_t kFar = 256;
  const size_t word = text_.substr(at, kFar).find_first_of(" \t\r\n,:{}[]\"/");
  const size_t end = is_string ? string_end(text_, at) : at + std::min(word, kFar);
  if (next_character(text_, end) == ':') return false;
  const auto stop = static_cast<uint32_t>(std::min(end, text_.size()));
  report(diag::ExtraValue({at, stop}, shown(at, stop)).help("a member has one value; several stand in an array"),
         library_text_here(at), at);
  quiet_ = true;
  return true;
}

// The bracket that was most likely forgotten where the text ends too early: the innermost whose partner is indented less
// than its own line.
uint32_t TreeBuilder::likely_unclosed() const {
  constexpr size_t kMost = 200'000;  // looking back in the line is slow
  uint32_t found = top().node;
  for (uint32_t i = 0; i < std::min(nodes_.size(), kMost); ++i) {
    const SyntaxNode& node = nodes_[i];
    const bool composite = node.kind == NodeKind::kObject || node.kind == NodeKind::kArray;
    if (!composite || (node.flags & kUnclosed) || node.next == i + 1 || node.span.length() < 2) continue;
    const uint32_t close = node.span.end - 1;
    const std::string_view own = indentation(text_, close);
    const bool begins_line = own.data() + own.size() == text_.data() + close;
    if (begins_line && own.size() < indentation(text_, node.span.begin).size()) found = i;
  }
  return found;
}

// A string in an array after a missing comma, followed by a colon, in an object: the array was never closed.
bool TreeBuilder::leave_array_for_name(uint32_t at) {
  if (frames_.size() < 3 || top().as_name || nodes_[frames_[frames_.size() - 2].node].kind != NodeKind::kObject) return false;
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
  if (in_object() || frames_.size() < 3 || top().as_name || nodes_[frames_[frames_.size() - 2].node].kind != NodeKind::kObject) return false;
  const auto last = static_cast<uint32_t>(nodes_.size() - 1);
  const SyntaxNode name = nodes_[last];
  if (name.kind != NodeKind::kString || last == top().node + 1 || name.span.end != last_end_) return false;
  const uint32_t opener = nodes_[top().node].span.begin;
  const auto before = static_cast<uint32_t>(text_.find_last_not_of(" \t\r\n", name.span.begin - 1) + 1);
  const uint32_t close = before - 1;  // a comma stands there
  report(diag::UnclosedBracket({at, at + 1}, "[", "the next member")
             .label({opener, opener + 1}, "opened here")
             .label(name.span, "this is a name")
             .fix("close the array", {{{close, close}, "]"}}, FixSafety::kUnsafe),
         library_text_here(at), at);
  nodes_.pop_back();
  close_frame(before, true);
  top().expect = Expect::kNameOrClose;
  add_name_or_value(name.kind, name.span.begin, name.span.end, name.flags);
  top().expect = Expect::kValue;
  last_end_ = at + 1;
  return true;
}

// `{` in an object in an array, where only a member may stand: the object was never closed.
void TreeBuilder::leave_object_for_value(uint32_t at) {
  const uint32_t opener = nodes_[top().node].span.begin;
  const auto before = static_cast<uint32_t>(text_.find_last_not_of(" \t\r\n,", at - 1) + 1);
  const bool for_name = top().expect == Expect::kNameOrClose;
  // The library reads the whole value before it says that it is no name; a fault inside comes first.
  const bool provisional = for_name && sets_library_text();
  report(diag::UnclosedBracket({at, at + 1}, "{", "the next `{`")
             .label({opener, opener + 1}, "opened here")
             .fix("close the object", {{{before, before}, for_name ? "}" : "},"}}, FixSafety::kUnsafe),
         for_name ? fmt::format("invalid character {} at start of object name", quote_go_character(text_.substr(at)))
                  : library_text_here(at),
         at);
  close_frame(last_end_, true);
  if (provisional) provisional_depth_ = frames_.size();
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
  if (sets_library_text()) {
    const std::string_view before = text_.substr(0, library_at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const size_t column = library_at - line_start(text_, library_at) + 1;
    library_text_ = fmt::format("hujson: line {}, column {}: {}", line, column, library_text);
    provisional_depth_ = 0;
  }
  report(std::move(d));
}

// Some recoveries look at all open brackets or at the whole line: their number is bounded too, so that the cost stays in
// proportion to the text.
void TreeBuilder::report(Diagnostic d) {
  constexpr uint64_t kUnreported = 16;
  if (stopped_) return;
  ++faults_;
  const uint32_t at = d.span.end;
  if (!quiet_) diagnostics_.push_back(std::move(d));
  if (diagnostics_.size() < limits_.max_diagnostics && faults_ < kUnreported * limits_.max_diagnostics) return;
  diagnostics_.push_back(diag::TooManyFaults({at, at}, static_cast<int64_t>(diagnostics_.size()))
                             .help("is this HuJSON at all? mend the first ones and look again"));
  stopped_ = true;
  bracket_fault_ = true;
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
  for (auto fault = find_string_fault(literal); fault && !stopped_;
       fault = find_string_fault(literal, fault->offset + fault->length)) {
    const Span at{begin + fault->offset, begin + fault->offset + fault->length};
    const std::string library = sets_library_text() ? fmt::format("invalid literal: {}", literal) : "";
    switch (fault->what) {
      case StringFault::What::kBadEscape:
        report(diag::InvalidEscape(at, shown(at.begin, at.end))
                   .help("the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")
                   .fix("write the backslash itself", {{{at.begin, at.begin}, "\\"}}, FixSafety::kUnsafe),
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
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && (quoted[i + 1] == '"' || quoted[i + 1] == '\\')) ++i;
    out += quoted[i];
  }
  return cut ? out + "..." : out;
}

}  // namespace aclc
