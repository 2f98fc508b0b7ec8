// SPDX-License-Identifier: Apache-2.0
// The pushdown automaton behind parse(): takes tokens in order, grows the tree, and where a token is out of place reports
// the one likely mistake and goes on as if it had not been made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/machine.h"
#include "parser/syntax/parse.h"
#include "parser/syntax/tree.h"

namespace aclc {

struct Repair;

class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, const ParseLimits& limits);

  /// A string that needs no look inside. This and what follows it in line is the path of every good token: inline, and
  /// anything out of place goes to the functions of builder.cpp.
  void on_plain_string(uint32_t begin, uint32_t end) {
    switch (top().expect) {
      case Expect::kNameOrClose:
        begin_member(begin);
        add(NodeKind::kString, begin, end);
        last_end_ = end;
        return;
      case Expect::kValue:
      case Expect::kValueOrClose:
        add(NodeKind::kString, begin, end);
        end_value(end);
        return;
      default:
        on_string(begin, end);
    }
  }
  void on_open(NodeKind kind, uint32_t at) {
    const Expect expect = top().expect;
    const bool nested = kind == NodeKind::kArray && expect == Expect::kValueOrClose;  // hardly ever: `[::1]:22` without quotes
    if ((expect == Expect::kValue || expect == Expect::kValueOrClose) && !nested && frames_.size() <= limits_.max_depth) {
      quiet_ = false;
      open_frame(kind, at);
    } else {
      on_open_out_of_place(kind, at);
    }
  }
  void on_close(NodeKind kind, uint32_t at) {
    const Expect expect = top().expect;
    const bool complete =
        expect == Expect::kCommaOrClose || expect == Expect::kNameOrClose || expect == Expect::kValueOrClose;
    if (complete && nodes_[top().node].kind == kind) {
      quiet_ = false;
      close_frame(at + 1, false);
    } else {
      on_close_out_of_place(kind, at);
    }
  }
  void on_comma(uint32_t at) {
    quiet_ = false;
    if (top().expect != Expect::kCommaOrClose) return on_comma_out_of_place(at);
    take_comma(at);
  }
  void on_colon(uint32_t at) {
    if (top().expect != Expect::kColon) return on_colon_out_of_place(at);
    top().expect = Expect::kValue;
    last_end_ = at + 1;
  }

  void on_string(uint32_t begin, uint32_t end);
  void on_unclosed_string(uint32_t begin, uint32_t end);
  void on_word(uint32_t begin, uint32_t end);
  void on_stray(uint32_t begin, uint32_t end);
  void on_comment(uint32_t begin, uint32_t end);
  void on_unclosed_comment(uint32_t begin);
  void on_end();

  /// The tokens go on after the last; else from take_resume() on, or, where stopped(), not at all: nothing more can be
  /// understood.
  bool going() const { return resume_ == 0 && !stopped_; }
  uint32_t take_resume() { return std::exchange(resume_, 0); }
  bool stopped() const { return stopped_; }
  std::vector<SyntaxNode> take_nodes() { return std::move(nodes_); }
  /// The first of them carries the library's text as upstream.
  std::vector<Diagnostic> take_diagnostics();

 private:
  using Expect = Machine::Expect;
  struct Frame {
    uint32_t node;    ///< the composite; kNone for the text itself
    uint32_t member;  ///< the member being read, or kNone
    Expect expect;
    bool has_comma = false;  ///< a comma came after the last child
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  // Tree
  uint32_t add(NodeKind kind, uint32_t begin, uint32_t end, uint8_t flags = 0) {
    const auto id = static_cast<uint32_t>(nodes_.size());
    if (id == nodes_.capacity()) grow(end);
    nodes_.push_back({{begin, end}, id + 1, kind, flags});
    return id;
  }
  void begin_member(uint32_t at) {
    Frame& frame = top();
    frame.member = add(NodeKind::kMember, at, at);
    frame.has_comma = false;
    frame.expect = Expect::kColon;
  }
  // A value is complete: the member that it belongs to is complete too.
  void end_value(uint32_t end) {
    last_end_ = end;
    Frame& frame = top();
    if (frame.member != kNone) {
      nodes_[frame.member].span.end = end;
      nodes_[frame.member].next = static_cast<uint32_t>(nodes_.size());
      frame.member = kNone;
    }
    frame.has_comma = false;
    frame.expect = frame.node == kNone ? Expect::kEnd : Expect::kCommaOrClose;
  }
  void take_comma(uint32_t at) {
    expect_next();
    last_end_ = at + 1;
  }
  void expect_next() {
    top().has_comma = true;
    top().expect = in_object() ? Expect::kNameOrClose : Expect::kValueOrClose;
  }
  void open_frame(NodeKind kind, uint32_t at) {
    const uint32_t node = add(kind, at, at + 1);
    frames_.push_back({node, kNone, kind == NodeKind::kObject ? Expect::kNameOrClose : Expect::kValueOrClose});
    last_end_ = at + 1;
  }
  void close_frame(uint32_t end, bool unclosed) {
    const Frame frame = top();
    SyntaxNode& node = nodes_[frame.node];
    node.span.end = end;
    node.next = static_cast<uint32_t>(nodes_.size());
    node.flags |= static_cast<uint8_t>((unclosed ? kUnclosed | kBroken : 0) | (frame.has_comma ? kTrailingComma : 0));
    frames_.pop_back();
    end_value(end);
  }
  void grow(uint32_t end);
  void add_missing(uint32_t at);
  bool in_object() const { return top().node != kNone && nodes_[top().node].kind == NodeKind::kObject; }
  Frame& top() { return frames_.back(); }
  const Frame& top() const { return frames_.back(); }

  // Recovery
  void on_open_out_of_place(NodeKind kind, uint32_t at);
  void on_close_out_of_place(NodeKind kind, uint32_t at);
  void on_comma_out_of_place(uint32_t at);
  void on_colon_out_of_place(uint32_t at);
  bool takes_value() const;
  bool ready_for_value(uint32_t at, bool is_string);
  void add_unclosed_string(uint32_t begin, uint32_t stop);
  void add_broken_string(uint32_t begin, uint32_t stop);
  void add_name_or_value(NodeKind kind, uint32_t begin, uint32_t end, uint8_t flags);
  void text_after_end(uint32_t at);
  void expect_any_value(uint32_t at);
  bool lost_first_brace(uint32_t colon);
  void report_first_brace();
  uint32_t likely_unclosed() const;
  bool lacks_last_bracket() const;

  // Repairs (apply_repair.cpp): a look at what stands around a token out of place, for the one slip behind it. False: none is
  // likely, and what is reported about the token alone has to do.
  struct Window;
  bool repair(uint32_t at);
  bool repair_from_afar(uint32_t at, const Repair& near, uint32_t near_begin);
  Window window_from(uint32_t first, uint32_t at, size_t ahead) const;
  std::vector<Frame> frames_before(uint32_t node) const;
  void rewind(const Window& window);
  void apply(const Window& window, const Repair& repair);
  void feed(const Token& token);
  void feed_all(const std::vector<Token>& tokens, size_t begin, size_t end);
  void make(const Repair& repair, const Token* token, uint32_t at);
  void close_out(const Repair& repair, const Token* token, uint32_t at);
  Diagnostic too_much(const Token& token) const;

  // Quotes (quotes.cpp)
  uint32_t likely_end(uint32_t begin, uint32_t end, bool name) const;
  bool lost_opening_quote(uint32_t end) const;
  bool wrong_quotes(uint32_t begin);
  bool merge_marker(uint32_t begin);
  bool other_comment(uint32_t begin);
  bool placeholder(uint32_t begin);
  bool bare_text(uint32_t begin);
  void leave_frames_above(size_t frame);
  std::string_view wanted() const;

  // Entries (entries.cpp)
  bool entry_without_name(uint32_t at);
  bool list_in_braces(uint32_t at);
  bool closes_list_in_braces(uint32_t at);
  bool stray_entries(uint32_t at, bool& reopened);
  bool reopen_list(uint32_t at, std::string_view list);
  void report_stray_entries(uint32_t at, bool comma, uint32_t next, std::string_view list);

  // Reports
  void report(Diagnostic d);
  void report_missing_value(uint32_t at);
  void report_unclosed_at_end();
  /// What closes a text, not to be part of a comment that it ends in.
  std::string last_line(std::string_view closers) const { return (ends_in_comment_ ? "\n" : "") + std::string(closers) + "\n"; }
  std::string_view bracket_of(uint32_t node) const { return nodes_[node].kind == NodeKind::kObject ? "{" : "["; }
  void check_string(uint32_t begin, uint32_t end);
  std::string shown(uint32_t begin, uint32_t end) const;

  std::string_view text_;
  const ParseLimits& limits_;
  std::vector<SyntaxNode> nodes_;
  std::vector<Frame> frames_;
  std::vector<Diagnostic> diagnostics_;
  uint32_t last_end_ = 0;            ///< end of the last token that was no blank or comment
  uint32_t resume_ = 0;
  uint32_t floor_ = 0;          ///< what ends before here has been reported or repaired, and is not taken back
  uint32_t murky_ = 0;          ///< what begins before here is not reported: a repair close by was a poor guess
  int searches_left_ = 100;     ///< repairs looked for; a text with more mistakes gains nothing by more
  int far_left_ = 4;            ///< the same through all of the text
  bool doubtful_ = false;       ///< the repair at hand fits badly: it is no fix to offer
  bool replaying_ = false;      ///< tokens come from a repair
  bool quiet_ = false;          ///< after garbage, until the next comma or bracket
  bool bracket_fault_ = false;  ///< brackets do not pair up: the end is not reported again
  bool stopped_ = false;
  bool ends_in_comment_ = false;  ///< the text's last line is a comment without its newline
  bool no_first_brace_ = false;  ///< the text's members stand in no object; the tree has one for them
  std::vector<uint32_t> braces_of_lists_;  ///< `}` that close arrays, the innermost last
  uint32_t entries_end_ = 0;    ///< of objects without a name that were reported together
  uint64_t faults_ = 0;         ///< also those not reported
};

}  // namespace aclc
