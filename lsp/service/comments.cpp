// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/comments.h"

#include <algorithm>

namespace aclc::lsp {
namespace {

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// The line that ends before `end`, and where it begins.
std::string_view line_before(std::string_view text, size_t end, size_t& begin) {
  const size_t newline = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
  begin = newline == std::string_view::npos ? 0 : newline + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

void comments_in_gap(std::string_view text, uint32_t begin, uint32_t end, std::vector<Comment>& out) {
  for (uint32_t i = begin; i < end;) {
    if (text[i] != '/' || i + 1 >= end || (text[i + 1] != '/' && text[i + 1] != '*')) {
      ++i;
      continue;
    }
    const bool block = text[i + 1] == '*';
    const size_t close = block ? text.find("*/", i + 2) : text.find('\n', i);
    uint32_t stop = close == std::string_view::npos ? end : std::min(end, static_cast<uint32_t>(close) + (block ? 2 : 0));
    const uint32_t next = stop;
    if (!block && stop > i && text[stop - 1] == '\r') --stop;
    out.push_back({{i, stop}, block});
    i = std::max(next, i + 2);
  }
}

std::vector<Comment> comments(const SyntaxTree& tree) {
  std::vector<Comment> out;
  uint32_t cursor = 0;
  for (uint32_t i = 0; i < tree.size(); ++i) {
    const SyntaxNode& node = tree[NodeId(size_t{i})];
    if (node.kind == NodeKind::kObject || node.kind == NodeKind::kArray || node.kind == NodeKind::kMember) continue;
    if (node.span.begin > cursor) comments_in_gap(tree.text(), cursor, node.span.begin, out);
    cursor = std::max(cursor, node.span.end);
  }
  comments_in_gap(tree.text(), cursor, static_cast<uint32_t>(tree.text().size()), out);
  return out;
}

std::string comment_above(std::string_view text, uint32_t offset) {
  size_t begin = 0;
  line_before(text, offset, begin);
  std::vector<std::string_view> lines;
  while (begin > 0 && lines.size() < 20) {
    const size_t end = begin - 1;
    const std::string_view line = trim(line_before(text, end, begin));
    if (line.starts_with("//")) {
      lines.push_back(trim(line.substr(2)));
    } else if (lines.empty() && line.ends_with("*/") && line.starts_with("/*")) {
      lines.push_back(trim(line.substr(2, line.size() - 4)));
      break;
    } else {
      break;
    }
  }
  std::reverse(lines.begin(), lines.end());
  std::string out;
  for (const std::string_view line : lines) {
    if (!out.empty()) out += '\n';
    out += line;
  }
  return out;
}

}  // namespace aclc::lsp
