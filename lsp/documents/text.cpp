// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/text.h"

#include <algorithm>

#include "base/text/utf8.h"

namespace aclc::lsp {
namespace {

/// Whether a line begins at p (> 0): it follows a terminator, and does not part a CR LF.
bool begins_line(std::string_view text, size_t p) {
  const char before = text[p - 1];
  return before == '\n' || (before == '\r' && (p == text.size() || text[p] != '\n'));
}

bool inside_character(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

}  // namespace

LineTable::LineTable(std::string_view text) : starts_{0} {
  for (size_t p = text.find_first_of("\r\n"); p != std::string_view::npos; p = text.find_first_of("\r\n", p + 1)) {
    if (begins_line(text, p + 1)) starts_.push_back(static_cast<uint32_t>(p + 1));
  }
}

uint32_t LineTable::line_of(uint32_t offset) const {
  return static_cast<uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
}

void LineTable::replace(std::string_view text, uint32_t begin, uint32_t old_end, uint32_t new_end) {
  // A line start depends on the bytes on both sides of it: those in [begin, end] may have changed, others only moved.
  const auto first = std::lower_bound(starts_.begin() + 1, starts_.end(), begin);
  const auto last = std::upper_bound(first, starts_.end(), old_end);
  std::vector<uint32_t> fresh;
  for (uint32_t p = std::max(begin, 1u); p <= new_end; ++p) {
    if (begins_line(text, p)) fresh.push_back(p);
  }
  const auto at = first - starts_.begin();
  const size_t removed = static_cast<size_t>(last - first);
  const size_t kept = std::min(removed, fresh.size());
  std::copy(fresh.begin(), fresh.begin() + static_cast<ptrdiff_t>(kept), first);
  if (fresh.size() > kept) {
    starts_.insert(first + static_cast<ptrdiff_t>(kept), fresh.begin() + static_cast<ptrdiff_t>(kept), fresh.end());
  } else {
    starts_.erase(first + static_cast<ptrdiff_t>(kept), last);
  }
  const uint32_t delta = new_end - old_end;  // wraps around as meant
  if (delta == 0) return;
  for (size_t i = static_cast<size_t>(at) + fresh.size(); i < starts_.size(); ++i) starts_[i] += delta;
}

std::string_view TextVersion::line(uint32_t index) const {
  const uint32_t begin = lines.start(index);
  size_t end = index + 1 < lines.count() ? lines.start(index + 1) : text.size();
  while (end > begin && (text[end - 1] == '\n' || text[end - 1] == '\r')) --end;
  return std::string_view(text).substr(begin, end - begin);
}

void TextVersion::replace(Span span, std::string_view by) {
  text.replace(span.begin, span.length(), by);
  lines.replace(text, span.begin, span.end, span.begin + static_cast<uint32_t>(by.size()));
}

std::string_view TextVersion::terminator() const {
  const size_t at = text.find_first_of("\r\n");
  if (at == std::string::npos || text[at] == '\n') return "\n";
  return at + 1 < text.size() && text[at + 1] == '\n' ? "\r\n" : "\r";
}

uint32_t Positions::offset(Position position) const {
  const std::string& text = version_.text;
  if (position.line >= version_.lines.count()) return static_cast<uint32_t>(text.size());
  const std::string_view line = version_.line(position.line);
  const uint32_t begin = version_.lines.start(position.line);
  if (unit_ == PositionUnit::kUtf16) return begin + static_cast<uint32_t>(utf16_to_byte(line, position.character));
  size_t at = std::min<size_t>(position.character, line.size());
  while (at > 0 && inside_character(line, at)) --at;
  return begin + static_cast<uint32_t>(at);
}

Position Positions::position(uint32_t offset) const {
  const uint32_t line = version_.lines.line_of(offset);
  const uint32_t begin = version_.lines.start(line);
  const uint32_t size = static_cast<uint32_t>(version_.text.size());
  uint32_t end = line + 1 < version_.lines.count() ? version_.lines.start(line + 1) : size;
  while (end > begin && (version_.text[end - 1] == '\n' || version_.text[end - 1] == '\r')) --end;
  uint32_t at = std::min(offset, end);
  while (at > begin && inside_character(version_.text, at)) --at;
  if (unit_ == PositionUnit::kUtf8) return {line, at - begin};
  uint32_t from = begin, units = 0;
  if (line == last_line_ && at >= last_offset_) {
    from = last_offset_;
    units = last_units_;
  }
  units += static_cast<uint32_t>(utf16_length(std::string_view(version_.text).substr(from, at - from)));
  last_line_ = line;
  last_offset_ = at;
  last_units_ = units;
  return {line, units};
}

Span Positions::span(const Range& range) const {
  const uint32_t a = offset(range.start), b = offset(range.end);
  return {std::min(a, b), std::max(a, b)};
}

uint32_t Positions::length(std::string_view piece) const {
  return static_cast<uint32_t>(unit_ == PositionUnit::kUtf8 ? piece.size() : utf16_length(piece));
}

}  // namespace aclc::lsp
