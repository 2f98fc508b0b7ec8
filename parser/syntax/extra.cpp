// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/extra.h"

#include <algorithm>

namespace aclc {
namespace {

bool is_line_comment(std::string_view text) { return text.starts_with("//"); }

/// The end of the comment that begins text; a line comment's newline is not part of it.
size_t comment_end(std::string_view text) {
  if (is_line_comment(text)) return std::min(text.find('\n'), text.size());
  const size_t close = text.find("*/", 2);
  return close == std::string_view::npos ? text.size() : close + 2;
}

/// CRLF and LFCR become LF, a lone CR a space.
std::string normalise_newlines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if ((c == '\r' && next == '\n') || (c == '\n' && next == '\r')) {
      out += '\n';
      ++i;
    } else {
      out += c == '\r' ? ' ' : c;
    }
  }
  return out;
}

std::string_view trim_right(std::string_view text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

Extra read_extra(std::string_view text) {
  Extra out;
  uint32_t newlines = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '/') {
      if (text[at] == '\n') {
        ++newlines;
        out.has_newline = true;
      }
      ++at;
      continue;
    }
    const size_t length = comment_end(text.substr(at));
    const std::string_view comment = text.substr(at, length);
    out.has_newline = out.has_newline || comment.find('\n') != std::string_view::npos;
    out.comments.push_back({comment, newlines});
    newlines = 0;
    at += length;
  }
  out.newlines = newlines;
  return out;
}

size_t find_outside_comments(std::string_view text, char separator) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == separator) return at;
    at += text[at] == '/' ? comment_end(text.substr(at)) : 1;
  }
  return std::string_view::npos;
}

std::string print_comment(std::string_view comment, uint32_t tabs) {
  const std::string text = normalise_newlines(comment);
  if (is_line_comment(text)) return std::string(trim_right(text));

  std::vector<std::string_view> lines;
  for (size_t at = 0; at <= text.size();) {
    const size_t stop = std::min(text.find('\n', at), text.size());
    lines.push_back(trim_right(std::string_view(text).substr(at, stop - at)));
    at = stop + 1;
  }
  // Lines after the first lose the white space that they have in common; where each begins with a star, the stars stand
  // under the first line's.
  bool starred = true;
  std::string_view common;
  bool first = true;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.empty()) continue;
    const std::string_view lead = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
    starred = starred && line.substr(lead.size()).starts_with('*');
    if (first) common = lead;
    const auto [end, other] = std::mismatch(common.begin(), common.end(), lead.begin(), lead.end());
    common = common.substr(0, static_cast<size_t>(end - common.begin()));
    first = false;
  }
  std::string out(lines.front());
  for (size_t i = 1; i < lines.size(); ++i) {
    out += '\n';
    if (lines[i].empty()) continue;
    out.append(tabs, '\t');
    if (starred) out += ' ';
    out += lines[i].substr(common.size());
  }
  return out;
}

}  // namespace aclc
