// SPDX-License-Identifier: Apache-2.0
// Puts the sections of a policy in the order of the documentation, each with the comments above it and at its end.
#include <algorithm>

#include "lsp/features/actions.h"

namespace aclc::lsp {
namespace {

/// A member of the policy with the text that belongs to it. The comma after it is left out: who comes last may have none.
struct Chunk {
  std::string_view lead, body, tail;
  uint32_t rank = 0;
};

/// The end of what stands behind a value on its line: white space and a comment, with the line's end.
uint32_t end_of_line(std::string_view text, uint32_t at) {
  uint32_t i = at;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  if (text.substr(i, 2) == "//") {
    while (i < text.size() && text[i] != '\n') ++i;
  } else if (text.substr(i, 2) == "/*") {
    const size_t close = text.find("*/", i);
    if (close == std::string_view::npos || text.substr(i, close - i).find('\n') != std::string_view::npos) return at;
    i = static_cast<uint32_t>(close) + 2;
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  }
  if (text.substr(i, 2) == "\r\n") return i + 2;
  if (i < text.size() && text[i] == '\n') return i + 1;
  return at;
}

}  // namespace

void Actions::organize() {
  const std::string_view text = a_.text();
  const NodeId root = tree_.root();
  if (!tree_.is(root, NodeKind::kObject) || p_.sections.size() < 2) return;
  std::vector<Chunk> chunks;
  const uint32_t begin = end_of_line(text, tree_[root].span.begin + 1);
  uint32_t at = begin;
  std::string scratch;
  for (const NodeId member : tree_.children(root)) {
    const Span span = tree_[member].span;
    uint32_t end = span.end;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r' || text[end] == '\n')) ++end;
    const bool last = tree_[member].next == tree_[root].next;
    if (end < text.size() && text[end] == ',') ++end;
    else if (last) end = span.end;
    else return;  // a comment before the comma: whose it is, nobody knows
    const uint32_t stop = end_of_line(text, end);
    const auto match = find_field(Shape::kPolicy, tree_.string_value(tree_.name_of(member), scratch), a_.options().target);
    if (!match) return;
    chunks.push_back({text.substr(at, span.begin - at), text.substr(span.begin, span.length()), text.substr(end, stop - end),
                      match->index});
    at = stop;
  }
  const auto by_rank = [](const Chunk& x, const Chunk& y) { return x.rank < y.rank; };
  if (std::is_sorted(chunks.begin(), chunks.end(), by_rank)) return;
  std::stable_sort(chunks.begin(), chunks.end(), by_rank);
  const bool trailing = (tree_[root].flags & kTrailingComma) != 0;
  std::string out;
  for (size_t i = 0; i < chunks.size(); ++i) {
    const Chunk& chunk = chunks[i];
    out.append(chunk.lead).append(chunk.body);
    if (i + 1 < chunks.size() || trailing) out += ',';
    // Every member keeps its line; what was last in a line of several gets one.
    out.append(chunk.tail.empty() ? std::string_view("\n") : chunk.tail);
  }
  add_if_sound("sort the sections", "source.organize.aclc", {{{begin, at}, std::move(out)}});
}

}  // namespace aclc::lsp
