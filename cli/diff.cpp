// SPDX-License-Identifier: Apache-2.0
#include "cli/diff.h"

#include <dtl/dtl.hpp>
#include <sstream>
#include <vector>

namespace aclc::cli {
namespace {

/// Beyond this many lines that may differ the search for the smallest difference takes too long for anybody to wait.
constexpr size_t kSearched = 4'000;
constexpr size_t kContext = 3;
constexpr std::string_view kNoNewline = "\n\\ No newline at end of file";

/// Without line feeds; the last line of a text that does not end in one says so, which is also how the format has it.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) out.back() += kNoNewline;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string range(size_t first, size_t count) {
  // A range without lines is named by the line before it.
  const std::string begin = std::to_string(count == 0 ? first : first + 1);
  return count == 1 ? begin : begin + "," + std::to_string(count);
}

/// One hunk: lines [first, first + n) of both sides, with what is common round them as context.
std::string whole_hunk(const std::vector<std::string>& a, const std::vector<std::string>& b, size_t prefix,
                       size_t suffix) {
  const size_t lead = std::min(prefix, kContext);
  const size_t trail = std::min(suffix, kContext);
  const size_t first = prefix - lead;
  std::string out = "@@ -" + range(first, a.size() - suffix + trail - first) + " +" +
                    range(first, b.size() - suffix + trail - first) + " @@\n";
  const auto add = [&](char mark, const std::vector<std::string>& lines, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) out.append(1, mark).append(lines[i]).append("\n");
  };
  add(' ', a, first, prefix);
  add('-', a, prefix, a.size() - suffix);
  add('+', b, prefix, b.size() - suffix);
  add(' ', a, a.size() - suffix, a.size() - suffix + trail);
  return out;
}

std::string searched_hunks(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  dtl::Diff<std::string> diff(a, b);
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream out;
  diff.printUnifiedFormat(out);
  return out.str();
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const std::vector<std::string> a = lines_of(before);
  const std::vector<std::string> b = lines_of(after);
  const size_t shorter = std::min(a.size(), b.size());
  size_t prefix = 0;
  while (prefix < shorter && a[prefix] == b[prefix]) ++prefix;
  size_t suffix = 0;
  while (suffix < shorter - prefix && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) ++suffix;

  std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
  const bool few = std::max(a.size(), b.size()) - prefix - suffix <= kSearched;
  return out + (few ? searched_hunks(a, b) : whole_hunk(a, b, prefix, suffix));
}

}  // namespace aclc::cli
