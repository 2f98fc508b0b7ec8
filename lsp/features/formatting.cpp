// SPDX-License-Identifier: Apache-2.0
// Formatting as edits: the canonical layout is computed whole, then only the differing gaps between tokens are sent, joined
// to pieces of a few kilobytes, since clients are slow with thousands of small edits.
#include "parser/syntax/format.h"

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/place.h"

namespace aclc::lsp {
namespace {

constexpr uint32_t kMaxPiece = 4096;
constexpr uint32_t kJoin = 200;  ///< unchanged bytes between two changes that are sent along to make one edit

/// Everything but white space and commas. The text has no faults.
std::vector<Span> tokens(std::string_view text) {
  std::vector<Span> out;
  const uint32_t size = static_cast<uint32_t>(text.size());
  for (uint32_t i = 0; i < size;) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
      ++i;
      continue;
    }
    uint32_t end = i + 1;
    if (c == '"') {
      while (end < size && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, size);
    } else if (c == '/' && end < size && text[end] == '/') {
      while (end < size && text[end] != '\n') ++end;
    } else if (c == '/' && end < size && text[end] == '*') {
      const size_t close = text.find("*/", end + 1);
      end = close == std::string_view::npos ? size : static_cast<uint32_t>(close) + 2;
    } else if (std::string_view("{}[]:").find(c) == std::string_view::npos) {
      while (end < size && std::string_view(" \t\r\n,{}[]:\"/").find(text[end]) == std::string_view::npos) ++end;
    }
    out.push_back({i, end});
    i = end;
  }
  return out;
}

std::string with_terminator(std::string text, std::string_view terminator) {
  if (terminator == "\n") return text;
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') out += terminator;
    else out += text[i];
  }
  return out;
}

struct Change {
  Span old_span, new_span;
};

/// The children that a span touches, of the smallest composite around it; with the gap before them.
Span whole_members(const SyntaxTree& tree, Span wanted) {
  NodeId at = tree.root();
  while (true) {
    NodeId only;
    uint32_t touched = 0;
    Span span{UINT32_MAX, 0};
    uint32_t before = tree[at].span.begin;
    for (const NodeId child : tree.children(at)) {
      const Span s = tree[child].span;
      if (s.end < wanted.begin) before = s.end;
      if (s.end < wanted.begin || s.begin > wanted.end) continue;
      ++touched;
      only = child;
      span = {std::min(span.begin, s.begin), std::max(span.end, s.end)};
    }
    if (touched == 0) return tree[at].span;
    const bool deeper = touched == 1 && tree[only].span.begin < wanted.begin && wanted.end < tree[only].span.end &&
                        !tree.children(only).empty();
    if (!deeper) return {before, span.end};
    at = only;
  }
}

}  // namespace

std::vector<TextEdit> format_edits(const View& view, std::optional<Span> only) {
  const Analysis& a = view.analysis;
  if (a.broken()) return {};
  const std::string_view old_text = a.text();
  const std::string new_text = with_terminator(format(a.tree()), a.version().terminator());
  if (new_text == old_text) return {};
  const std::vector<Span> old_tokens = tokens(old_text), new_tokens = tokens(new_text);
  const uint32_t old_size = static_cast<uint32_t>(old_text.size()), new_size = static_cast<uint32_t>(new_text.size());
  std::vector<Change> changes;
  const auto piece = [](std::string_view text, Span s) { return text.substr(s.begin, s.length()); };
  if (old_tokens.size() != new_tokens.size()) {
    if (only) return {};
    return {{view.at.range({0, old_size}), new_text}};
  }
  uint32_t old_end = 0, new_end = 0;
  for (size_t i = 0; i <= old_tokens.size(); ++i) {
    const bool last = i == old_tokens.size();
    const Span old_token = last ? Span{old_size, old_size} : old_tokens[i];
    const Span new_token = last ? Span{new_size, new_size} : new_tokens[i];
    const Change gap{{old_end, old_token.begin}, {new_end, new_token.begin}};
    if (piece(old_text, gap.old_span) != piece(new_text, gap.new_span)) changes.push_back(gap);
    if (piece(old_text, old_token) != piece(new_text, new_token)) changes.push_back({old_token, new_token});
    old_end = old_token.end;
    new_end = new_token.end;
  }
  if (only) {
    const Span members = whole_members(a.tree(), *only);
    std::erase_if(changes, [&](const Change& c) {
      return c.old_span.begin < members.begin || c.old_span.end > members.end;
    });
  }
  std::vector<Change> joined;
  for (const Change& change : changes) {
    if (!joined.empty()) {
      Change& previous = joined.back();
      if (change.old_span.begin - previous.old_span.end <= kJoin &&
          change.old_span.end - previous.old_span.begin <= kMaxPiece) {
        previous.old_span.end = change.old_span.end;
        previous.new_span.end = change.new_span.end;
        continue;
      }
    }
    joined.push_back(change);
  }
  std::vector<TextEdit> edits;
  edits.reserve(joined.size());
  for (const Change& change : joined) {
    // An edit must not begin or end between CR and LF: positions cannot say that.
    edits.push_back({view.at.range(change.old_span), std::string(piece(new_text, change.new_span))});
  }
  return edits;
}

}  // namespace aclc::lsp
