// SPDX-License-Identifier: Apache-2.0
// The pushdown automaton behind parse(): takes tokens in order, grows the tree, and where a token is out of place reports
// the one likely mistake and goes on as if it had not been made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/parse.h"
#include "parser/syntax/tree.h"

namespace aclc {

class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, const ParseLimits& limits);

  void on_string(uint32_t begin, uint32_t end);
  void on_unclosed_string(uint32_t begin, uint32_t end, bool ends_the_text);
  void on_word(uint32_t begin, uint32_t end);
  void on_open(uint32_t at);
  void on_close(uint32_t at);
  void on_comma(uint32_t at);
  void on_colon(uint32_t at);
  void on_stray(uint32_t begin, uint32_t end);
  void on_comment(uint32_t begin, uint32_t end);
  void on_unclosed_comment(uint32_t begin);
  void on_end();

  /// Where the tokens must go on, where a token was cut short; else 0.
  uint32_t take_resume();
  /// Nothing more can be understood.
  bool stopped() const { return stopped_; }

  std::vector<SyntaxNode> take_nodes() { return std::move(nodes_); }
  /// The first of them carries the library's text as upstream.
  std::vector<Diagnostic> take_diagnostics();

 private:
  enum class Expect : uint8_t {
    kValue,          ///< the top-level value or a member's value
    kValueOrClose,   ///< in an array
    kNameOrClose,    ///< in an object
    kColon,          ///< after a name
    kCommaOrClose,   ///< after a value
    kEnd,            ///< after the top-level value
  };
  struct Frame {
    uint32_t node;    ///< the composite; kNone for the text itself
    uint32_t member;  ///< the member being read, or kNone
    Expect expect;
    bool as_name = false;    ///< a composite where a name must stand
    bool has_comma = false;  ///< a comma came after the last child
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  // Tree
  uint32_t add(NodeKind kind, uint32_t begin, uint32_t end, uint8_t flags = 0);
  void begin_member(uint32_t at);
  void end_value(uint32_t end);
  void add_missing(uint32_t at);
  void open_frame(uint32_t at, bool as_name);
  void close_frame(uint32_t end, bool unclosed);
  bool in_object() const { return top().node != kNone && nodes_[top().node].kind == NodeKind::kObject; }
  Frame& top() { return frames_.back(); }
  const Frame& top() const { return frames_.back(); }

  // Recovery
  bool ready_for_value(uint32_t at, bool is_string);
  void add_name_or_value(NodeKind kind, uint32_t begin, uint32_t end, uint8_t flags);
  bool leave_array_for_name(uint32_t at);
  bool name_in_unclosed_array(uint32_t at);
  void leave_object_for_value(uint32_t at);
  void expect_any_value(uint32_t at);
  size_t frame_closed_by(uint32_t at) const;
  void leave_frames_above(size_t frame);
  std::string_view wanted() const;

  // Reports
  void report(Diagnostic d, std::string library_text, uint32_t library_at);
  void report(Diagnostic d);
  void report_missing_value(uint32_t at);
  std::string library_text_here(uint32_t at) const;
  void check_string(uint32_t begin, uint32_t end);
  std::string shown(uint32_t begin, uint32_t end) const;

  std::string_view text_;
  const ParseLimits& limits_;
  std::vector<SyntaxNode> nodes_;
  std::vector<Frame> frames_;
  std::vector<Diagnostic> diagnostics_;
  std::string library_text_;      ///< what the library says: its first error
  size_t provisional_depth_ = 0;  ///< while more frames are open than these, an inner error replaces that text
  uint32_t last_end_ = 0;            ///< end of the last token that was no blank or comment
  uint32_t resume_ = 0;
  bool quiet_ = false;          ///< after garbage, until the next comma or bracket
  bool bracket_fault_ = false;  ///< brackets do not pair up: the end is not reported again
  bool stopped_ = false;
};

}  // namespace aclc
