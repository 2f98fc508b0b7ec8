// SPDX-License-Identifier: Apache-2.0
// Formatting as edits: the canonical layout is computed whole, then only the differing gaps between tokens are sent. Those of one
// rule or definition are joined, since clients are slow with thousands of small edits; those of two are not, so that the cursor
// and folds elsewhere stay where they are.
#include "parser/syntax/format.h"

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/features/layout.h"
#include "lsp/service/place.h"

namespace aclc::lsp {
namespace {

constexpr uint32_t kMaxPiece = 4096;
constexpr uint32_t kJoin = 200;  ///< unchanged bytes between two changes that are sent along to make one edit
constexpr size_t kMaxEdits = 2000;  ///< with more, changes are joined whatever they are in

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

/// Where the entries of a policy begin: its sections, and what each section lists. Rising.
std::vector<uint32_t> entry_starts(const SyntaxTree& tree) {
  std::vector<uint32_t> out;
  for (const NodeId member : tree.children(tree.root())) {
    out.push_back(tree[member].span.begin);
    if (!tree.is(member, NodeKind::kMember)) continue;
    for (const NodeId entry : tree.children(tree.value_of(member))) out.push_back(tree[entry].span.begin);
  }
  return out;
}

/// Makes one of neighbours that stand close together; of those in different entries only where `starts` is empty.
std::vector<Change> joined(const std::vector<Change>& changes, const std::vector<uint32_t>& starts) {
  const auto same_entry = [&](const Change& a, const Change& b) {
    return std::upper_bound(starts.begin(), starts.end(), a.old_span.begin) == std::upper_bound(starts.begin(), starts.end(), b.old_span.begin);
  };
  std::vector<Change> out;
  for (const Change& change : changes) {
    if (!out.empty()) {
      Change& previous = out.back();
      if (change.old_span.begin - previous.old_span.end <= kJoin && change.old_span.end - previous.old_span.begin <= kMaxPiece &&
          same_entry(previous, change)) {
        previous.old_span.end = change.old_span.end;
        previous.new_span.end = change.new_span.end;
        continue;
      }
    }
    out.push_back(change);
  }
  return out;
}

/// Whether something in it has members of its own: a list of names alone is laid out with the member that holds it.
bool holds_composites(const SyntaxTree& tree, NodeId node) {
  for (const NodeId child : tree.children(node)) {
    const NodeId value = tree.is(child, NodeKind::kMember) ? tree.value_of(child) : child;
    if (tree.is(value, NodeKind::kMember) || tree.is(value, NodeKind::kObject) || tree.is(value, NodeKind::kArray)) return true;
  }
  return false;
}

/// The members and rules that a span touches, of the smallest object or list of them around it; with the gap before them. Nothing
/// where it touches none, as in a comment.
std::optional<Span> whole_members(const SyntaxTree& tree, Span wanted) {
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
    if (touched == 0) return std::nullopt;
    const NodeId value = tree.is(only, NodeKind::kMember) ? tree.value_of(only) : only;
    const bool deeper = touched == 1 && tree[value].span.begin < wanted.begin && wanted.end < tree[value].span.end &&
                        (tree.is(value, NodeKind::kObject) || holds_composites(tree, value));
    if (!deeper) return Span{before, span.end};
    at = value;
  }
}

}  // namespace

std::vector<Edit> keep_layout(const Analysis& before, const Analysis& after) {
  if (before.broken() || after.broken()) return {};
  const std::string_view text = before.text();
  if (with_terminator(format(before.tree()), before.version().terminator()) != text) return {};
  const std::string wanted = with_terminator(format(after.tree()), before.version().terminator());
  const std::vector<Span> have = tokens(text), want = tokens(wanted);
  std::vector<Edit> out;
  if (have.size() != want.size()) return out;
  uint32_t have_end = 0, want_end = 0;
  for (size_t i = 0; i < have.size(); ++i) {
    const std::string_view gap = std::string_view(wanted).substr(want_end, want[i].begin - want_end);
    if (text.substr(have_end, have[i].begin - have_end) != gap) out.push_back({{have_end, have[i].begin}, std::string(gap)});
    have_end = have[i].end;
    want_end = want[i].end;
  }
  return out;
}

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
    const std::optional<Span> members = whole_members(a.tree(), *only);
    if (!members) return {};
    std::erase_if(changes, [&](const Change& c) {
      return c.old_span.begin < members->begin || c.old_span.end > members->end;
    });
  }
  std::vector<Change> pieces = joined(changes, entry_starts(a.tree()));
  if (pieces.size() > kMaxEdits) pieces = joined(changes, {});
  std::vector<TextEdit> edits;
  edits.reserve(pieces.size());
  for (const Change& change : pieces) {
    // An edit must not begin or end between CR and LF: positions cannot say that.
    edits.push_back({view.at.range(change.old_span), std::string(piece(new_text, change.new_span))});
  }
  return edits;
}

}  // namespace aclc::lsp
