// SPDX-License-Identifier: Apache-2.0
#include "cli/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace aclc::cli {
namespace {

constexpr size_t kContext = 3;
constexpr size_t kMostCells = size_t{16} << 20;  // of the table of common subsequences

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    const size_t stop = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, stop - at));
    at = stop + 1;
  }
  if (!text.empty() && text.back() != '\n') out.back() = text.substr(text.size() - out.back().size());
  return out;
}

struct Line {
  char mark;  ///< ' ', '-' or '+'
  std::string_view text;
};

/// The shortest edit of the differing middle by a table of longest common subsequences.
void edit_middle(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, std::vector<Line>& out) {
  if (a.size() * b.size() > kMostCells) {
    for (const std::string_view line : a) out.push_back({'-', line});
    for (const std::string_view line : b) out.push_back({'+', line});
    return;
  }
  const size_t width = b.size() + 1;
  std::vector<uint32_t> longest((a.size() + 1) * width, 0);
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      longest[i * width + j] = a[i] == b[j] ? longest[(i + 1) * width + j + 1] + 1
                                            : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out.push_back({' ', a[i]});
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
}

void append_hunk(std::string& out, const std::vector<Line>& lines, size_t begin, size_t end, size_t old_line, size_t new_line) {
  size_t removed = 0, added = 0;
  for (size_t i = begin; i < end; ++i) {
    removed += lines[i].mark != '+';
    added += lines[i].mark != '-';
  }
  fmt::format_to(std::back_inserter(out), "@@ -{},{} +{},{} @@\n", removed == 0 ? old_line - 1 : old_line, removed,
                 added == 0 ? new_line - 1 : new_line, added);
  for (size_t i = begin; i < end; ++i) {
    out += lines[i].mark;
    out += lines[i].text;
    out += '\n';
  }
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return "";
  std::vector<std::string_view> a = lines_of(before), b = lines_of(after);
  std::vector<Line> lines;
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) lines.push_back({' ', a[head++]});
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  edit_middle({a.begin() + static_cast<long>(head), a.end() - static_cast<long>(tail)},
              {b.begin() + static_cast<long>(head), b.end() - static_cast<long>(tail)}, lines);
  for (size_t i = a.size() - tail; i < a.size(); ++i) lines.push_back({' ', a[i]});

  std::string out = fmt::format("--- {}\n+++ {} (formatted)\n", name, name);
  size_t old_line = 1, new_line = 1;
  for (size_t i = 0; i < lines.size();) {
    if (lines[i].mark == ' ') {
      ++i, ++old_line, ++new_line;
      continue;
    }
    const size_t lead = std::min(i, kContext);
    const size_t begin = i - lead;
    size_t end = i;
    for (size_t quiet = 0; end < lines.size() && quiet <= 2 * kContext; ++end) {
      quiet = lines[end].mark == ' ' ? quiet + 1 : 0;
    }
    size_t trailing = 0;
    while (lines[end - 1 - trailing].mark == ' ') ++trailing;
    const size_t stop = end - trailing + std::min(trailing, kContext);
    append_hunk(out, lines, begin, stop, old_line - lead, new_line - lead);
    for (; i < stop; ++i) {
      old_line += lines[i].mark != '+';
      new_line += lines[i].mark != '-';
    }
  }
  return out;
}

}  // namespace aclc::cli
