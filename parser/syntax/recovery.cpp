// SPDX-License-Identifier: Apache-2.0
// What a token out of place most likely means, and how it is reported.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text/quote.h"
#include "base/text/utf8.h"
#include "parser/syntax/builder.h"
#include "parser/syntax/library_error.h"
#include "parser/syntax/look.h"
#include "parser/syntax/strings.h"

namespace aclc {
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
  d.help_text = "a policy is one value; remove what follows it, or look for a bracket that closes too early";
  const bool one_mark = std::string_view("]},").find(text_[at]) != std::string_view::npos;
  if (one_mark && next_character(text_, at + 1) == 0) d = std::move(d).fix("remove it", {{{at, at + 1}, ""}});
  report(std::move(d));
  stopped_ = true;
}

// A text that begins with `"name": value`: its members are read as if a brace stood before them.
bool TreeBuilder::lost_first_brace(uint32_t colon) {
  const bool first = top().expect == Expect::kEnd && nodes_.size() == 1 && nodes_.front().kind == NodeKind::kString;
  const char value = near_character(text_, colon + 1);
  const bool begins_value = std::string_view("\"{[-").find(value) != std::string_view::npos || is_word_character(value);
  if (!first || !begins_value) return false;
  const SyntaxNode name = nodes_.front();
  nodes_.clear();
  frames_.assign(1, {kNone, kNone, Expect::kValue});
  open_frame(NodeKind::kObject, name.span.begin);
  begin_member(name.span.begin);
  add(name.kind, name.span.begin, name.span.end, name.flags);
  top().expect = Expect::kValue;
  last_end_ = colon + 1;
  floor_ = colon + 1;  // no repair reads the name again
  no_first_brace_ = true;
  return true;
}

// Known at the end: whether the last brace is missing, too.
void TreeBuilder::report_first_brace() {
  const uint32_t begin = nodes_.front().span.begin;
  const SyntaxNode& name = nodes_[2];
  const auto end = static_cast<uint32_t>(text_.size());
  Diagnostic d = diag::StrayBracket({begin, begin + 1}, "{");
  d.message = fmt::format("an opening `{{` is missing before `{}`", shown(name.span.begin, name.span.end));
  d.help_text = "members stand in an object, between `{` and `}`";
  std::vector<Edit> edits{{{begin, begin}, "{"}};
  if (frames_.size() == 2 && (top().expect == Expect::kCommaOrClose || top().expect == Expect::kNameOrClose)) {
    edits.push_back({{end, end}, last_line("}")});
    close_frame(end, true);
  }
  report(std::move(d).fix("insert `{`", std::move(edits)));
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

// Whether the text lacks the bracket of the top-level object and no other: every member begins a line and ends on it, or on one with
// the same indentation.
bool TreeBuilder::lacks_last_bracket() const {
  if (frames_.size() != 2 || !in_object()) return false;
  const auto begins_line = [&](uint32_t at) { return indentation(text_, at).data() + indentation(text_, at).size() == text_.data() + at; };
  for (uint32_t at = top().node + 1; at < nodes_.size(); at = nodes_[at].next) {
    const SyntaxNode& member = nodes_[at];
    if (member.kind != NodeKind::kMember || (member.flags & kBroken) || !begins_line(member.span.begin)) return false;
    const bool one_line = text_.substr(member.span.begin, member.span.length()).find('\n') == std::string_view::npos;
    const uint32_t last = member.span.end - 1;
    if (!one_line && !(begins_line(last) && indentation(text_, last) == indentation(text_, member.span.begin))) return false;
  }
  return true;
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

// Some recoveries look at all open brackets or at the whole line: their number is bounded too, so that the cost stays in
// proportion to the text.
void TreeBuilder::report(Diagnostic d) {
  constexpr uint64_t kUnreported = 16;
  if (stopped_) return;
  ++faults_;
  const uint32_t at = d.span.end;
  floor_ = std::max(floor_, at);
  if (doubtful_) d.fixes.clear();
  if (!quiet_ && d.span.begin >= murky_) diagnostics_.push_back(std::move(d));
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
  if (first != diagnostics_.end()) first->upstream_text = library_error(text_);
  return std::move(diagnostics_);
}

void TreeBuilder::report_unclosed_at_end() {
  const auto end = static_cast<uint32_t>(text_.size());
  const uint32_t unclosed = likely_unclosed();
  const uint32_t opener = nodes_[unclosed].span.begin;
  std::string closers;
  for (size_t i = frames_.size() - 1; i > 0; --i) closers += nodes_[frames_[i].node].kind == NodeKind::kObject ? '}' : ']';
  report(diag::UnclosedBracket({end, end}, bracket_of(unclosed), "the end of the text")
             .label({opener, opener + 1}, "opened here")
             .help(fmt::format("close what is open with `{}`", closers.substr(0, 40)))
             .fix("close what is open", {{{end, end}, last_line(closers)}}, FixSafety::kUnsafe));
}

void TreeBuilder::report_missing_value(uint32_t at) {
  const SyntaxNode& name = nodes_[top().member + 1];
  report(diag::MissingValue({at, at + 1}, shown(name.span.begin, name.span.end))
             .label(name.span, "the name")
             .help("write a colon and a value after the name, or remove the name"));
}

void TreeBuilder::check_string(uint32_t begin, uint32_t end) {
  const std::string_view literal = text_.substr(begin, end - begin);
  for (auto fault = find_string_fault(literal); fault && !stopped_;
       fault = find_string_fault(literal, fault->offset + fault->length)) {
    const Span at{begin + fault->offset, begin + fault->offset + fault->length};
    switch (fault->what) {
      case StringFault::What::kBadEscape:
        report(diag::InvalidEscape(at, shown(at.begin, at.end))
                   .help("the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")
                   .fix("write the backslash itself", {{{at.begin, at.begin}, "\\"}}, FixSafety::kUnsafe));
        break;
      case StringFault::What::kControl: {
        const auto byte = static_cast<unsigned char>(text_[at.begin]);
        const std::string escaped = byte == '\t' ? "\\t" : byte == '\n' ? "\\n" : fmt::format("\\u{:04x}", byte);
        report(diag::ControlCharacter(at, fmt::format("U+{:04X}", byte)).fix("escape it", {{at, escaped}}));
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
