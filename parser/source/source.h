// SPDX-License-Identifier: Apache-2.0
// The bytes of the files in play and where a byte stands for a person: lines and columns.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/span.h"

namespace aclc {

using SourceId = Id<struct SourceTag>;

/// Both count from 1. What a column counts (bytes, code points, UTF-16 units) is said by the function that gives it.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// Where each line begins. A line ends with LF (a CR before it belongs to the line's text).
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  uint32_t line_count() const { return static_cast<uint32_t>(starts_.size()); }
  /// 1-based line that holds the byte; offsets past the end give the last line.
  uint32_t line_of(uint32_t offset) const;
  /// First byte of the 1-based line.
  uint32_t start_of(uint32_t line) const;

 private:
  std::vector<uint32_t> starts_;
};

/// One file's name and bytes. The line index is made on first use.
class SourceBuffer {
 public:
  SourceBuffer(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  const LineIndex& lines() const;
  /// The line's text without its line ending.
  std::string_view line_text(uint32_t line) const;
  /// Columns in Unicode code points (an invalid byte counts as one), the unit of every output format.
  LineColumn position(uint32_t offset) const;
  /// Columns in bytes, the unit of the HuJSON library's messages.
  LineColumn byte_position(uint32_t offset) const;

 private:
  std::string name_;
  std::string text_;
  mutable std::once_flag indexed_;
  mutable std::vector<LineIndex> lines_;
};

/// The files of one run. Buffers never move: references and views stay valid as long as the map lives.
class SourceMap {
 public:
  SourceId add(std::string name, std::string text);
  const SourceBuffer& operator[](SourceId id) const { return buffers_[id.value]; }
  size_t size() const { return buffers_.size(); }

 private:
  std::deque<SourceBuffer> buffers_;
};

/// Reads a whole file, or standard input for `-`. Fails on directories, missing files and files over max_bytes.
Result<std::string> read_file(const std::string& path, size_t max_bytes = size_t{1} << 30);

}  // namespace aclc
