// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/tree.h"

#include <fmt/format.h>

#include "parser/syntax/strings.h"

namespace aclc {
namespace {

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::kObject:
      return "object";
    case NodeKind::kArray:
      return "array";
    case NodeKind::kMember:
      return "member";
    case NodeKind::kString:
      return "string";
    case NodeKind::kNumber:
      return "number";
    case NodeKind::kTrue:
      return "true";
    case NodeKind::kFalse:
      return "false";
    case NodeKind::kNull:
      return "null";
    case NodeKind::kMissing:
      return "missing";
    case NodeKind::kError:
      return "error";
  }
  return "";
}

bool is_composite(NodeKind kind) {
  return kind == NodeKind::kObject || kind == NodeKind::kArray || kind == NodeKind::kMember;
}

}  // namespace

std::string_view SyntaxTree::string_value(NodeId id, std::string& scratch) const {
  const std::string_view literal = text_of(id);
  if (!(nodes_[id.value].flags & kHasEscape)) {
    if (literal.empty()) return literal;
    const bool closed = literal.size() > 1 && literal.back() == '"';
    return literal.substr(1, literal.size() - (closed ? 2 : 1));
  }
  scratch.clear();
  decode_string(literal, scratch);
  return scratch;
}

uint32_t SyntaxTree::string_offset(NodeId id, uint32_t index) const {
  const SyntaxNode& node = nodes_[id.value];
  if (!(node.flags & kHasEscape)) return node.span.begin + 1 + index;
  const std::string_view literal = text_of(id);
  std::string decoded;
  uint32_t at = 1;
  while (at < literal.size() && decoded.size() < index) {
    if (literal[at] != '\\') {
      decoded += literal[at++];
      continue;
    }
    const Escape escape = read_escape(literal.substr(at));
    if (escape.valid) append_utf8(escape.value, decoded);
    else decoded += literal[at];
    at += escape.length;
  }
  return node.span.begin + at;
}

NodeId SyntaxTree::node_at(uint32_t offset) const {
  NodeId at = root();
  for (bool deeper = true; deeper;) {
    deeper = false;
    NodeId touching;
    for (NodeId child : children(at)) {
      const Span span = nodes_[child.value].span;
      if (span.begin > offset) break;
      if (span.contains(offset)) touching = child;
      else if (span.end == offset) touching = child;
    }
    if (touching.valid()) {
      at = touching;
      deeper = true;
    }
  }
  return at;
}

std::string SyntaxTree::print() const {
  std::string out;
  out.reserve(text_.size());
  uint32_t cursor = 0;
  for (const SyntaxNode& node : nodes_) {
    if (is_composite(node.kind)) continue;
    out.append(text_, cursor, node.span.begin - cursor);
    out.append(text_, node.span.begin, node.span.length());
    cursor = node.span.end;
  }
  out.append(text_, cursor);
  return out;
}

std::string SyntaxTree::dump() const {
  std::string out;
  std::vector<uint32_t> ends;
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    while (!ends.empty() && ends.back() <= i) ends.pop_back();
    const SyntaxNode& node = nodes_[i];
    fmt::format_to(std::back_inserter(out), "{:{}}{} {}..{}", "", ends.size() * 2, kind_name(node.kind), node.span.begin,
                   node.span.end);
    if (node.flags & kHasEscape) out += " escape";
    if (node.flags & kBroken) out += " broken";
    if (node.flags & kTrailingComma) out += " trailing-comma";
    if (node.flags & kUnclosed) out += " unclosed";
    if (!is_composite(node.kind) && node.kind != NodeKind::kMissing) {
      out += ' ';
      out += text_of(NodeId(size_t{i}));
    }
    out += '\n';
    ends.push_back(node.next);
  }
  return out;
}

}  // namespace aclc
