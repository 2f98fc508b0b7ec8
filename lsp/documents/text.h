// SPDX-License-Identifier: Apache-2.0
// A document's text with its lines, and the one place where bytes and the protocol's positions are turned into each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "lsp/protocol/types.h"

namespace aclc::lsp {

/// What a position's character counts.
enum class PositionUnit : uint8_t { kUtf8, kUtf16 };

/// Where the lines of a text begin. A line ends with LF, CR LF or a lone CR, as the protocol has it.
class LineTable {
 public:
  LineTable() : starts_{0} {}
  explicit LineTable(std::string_view text);

  uint32_t count() const { return static_cast<uint32_t>(starts_.size()); }
  uint32_t start(uint32_t line) const { return starts_[line]; }
  /// 0-based line of a byte; offsets past the end give the last line.
  uint32_t line_of(uint32_t offset) const;
  /// The bytes [begin, old_end) were replaced; `text` is the result, in which the replacement ends at new_end.
  void replace(std::string_view text, uint32_t begin, uint32_t old_end, uint32_t new_end);

  friend bool operator==(const LineTable&, const LineTable&) = default;

 private:
  std::vector<uint32_t> starts_;
};

/// One version of a text.
struct TextVersion {
  std::string text;
  LineTable lines;

  explicit TextVersion(std::string t) : text(std::move(t)), lines(text) {}
  /// A 0-based line without its terminator.
  std::string_view line(uint32_t index) const;
  /// Replaces [span.begin, span.end) and keeps the lines true.
  void replace(Span span, std::string_view by);
  /// The terminator that the text uses: that of its first line, else LF.
  std::string_view terminator() const;
};

/// Converts positions of one version. Every position is clamped into the text, never refused: beyond a line's end means
/// the end, inside a character its start. Asking in rising order within a line is cheap.
class Positions {
 public:
  Positions(const TextVersion& version, PositionUnit unit) : version_(version), unit_(unit) {}

  uint32_t offset(Position position) const;
  Position position(uint32_t offset) const;
  Range range(Span span) const { return {position(span.begin), position(span.end)}; }
  /// Start and end are exchanged where they run backwards.
  Span span(const Range& range) const;
  /// Length of a piece of text in units.
  uint32_t length(std::string_view piece) const;
  PositionUnit unit() const { return unit_; }
  const TextVersion& version() const { return version_; }

 private:
  const TextVersion& version_;
  PositionUnit unit_;
  mutable uint32_t last_line_ = UINT32_MAX, last_offset_ = 0, last_units_ = 0;
};

}  // namespace aclc::lsp
