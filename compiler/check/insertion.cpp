// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/insertion.h"

#include <optional>

#include "base/text/json_quote.h"

namespace aclc::checks {
namespace {

struct Gap {
  std::optional<uint32_t> line_end;  ///< of the line where the gap begins, comments on it included
};

// A line break inside a block comment ends no line.
Gap scan_gap(std::string_view text, uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    if (text[i] == '\n') return {i > begin && text[i - 1] == '\r' ? i - 1 : i};
    if (text[i] != '/' || i + 1 >= end) continue;
    if (text[i + 1] == '*') {
      const size_t close = text.find("*/", i + 2);
      if (close == std::string_view::npos || close >= end) return {};
      i = static_cast<uint32_t>(close) + 1;
    } else if (text[i + 1] == '/') {
      const size_t line = text.find('\n', i);
      if (line == std::string_view::npos || line >= end) return {};
      i = static_cast<uint32_t>(line) - 1;
    }
  }
  return {};
}

// Line break and white space before the offset, if nothing else stands between it and the line's beginning.
std::string indentation(std::string_view text, uint32_t offset) {
  uint32_t line = offset;
  while (line > 0 && (text[line - 1] == ' ' || text[line - 1] == '\t')) --line;
  const bool crlf = line > 1 && text[line - 1] == '\n' && text[line - 2] == '\r';
  if (line > 0 && text[line - 1] != '\n') return "\n";
  return (crlf ? "\r\n" : "\n") + std::string(text.substr(line, offset - line));
}

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

}  // namespace

NodeId node_begun(const SyntaxTree& tree, uint32_t offset) {
  size_t low = 0, high = tree.size();
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    if (tree[NodeId(middle)].span.begin <= offset) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return NodeId(low);
}

NodeId find_field(const SyntaxTree& tree, NodeId object, std::string_view name) {
  NodeId found;
  if (!tree.is(object, NodeKind::kObject)) return found;
  const std::string wanted = folded(name);
  std::string scratch;
  for (const NodeId member : tree.children(object)) {
    if (!tree.is(member, NodeKind::kMember) || !tree.is(tree.name_of(member), NodeKind::kString)) continue;
    if (folded(tree.string_value(tree.name_of(member), scratch)) == wanted) found = member;
  }
  return found;
}

bool gives(const SyntaxTree& tree, Span object, std::string_view field) {
  const NodeId node = node_begun(tree, object.begin);
  const NodeId member = find_field(tree, node, field);
  if (member.valid()) return !tree.is(tree.value_of(member), NodeKind::kNull);
  // A name that is only quoted in a wrong way, or not at all, was reported as that.
  if (!tree.is(node, NodeKind::kObject)) return false;
  for (const NodeId child : tree.children(node)) {
    if (!tree.is(child, NodeKind::kMember)) continue;
    const NodeId name = tree.name_of(child);
    if (tree.is(name, NodeKind::kString) && (tree[name].flags & kBroken) == 0) continue;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    std::string_view text = tree.text_of(name);
    while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
    while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
    if (text == field) return true;
  }
  return false;
}

std::vector<Edit> set_field(const SyntaxTree& tree, Span object, std::string_view field, std::string_view value) {
  const NodeId node = node_begun(tree, object.begin);
  if (!tree.is(node, NodeKind::kObject) || (tree[node].flags & kBroken) != 0) return {};
  const NodeId member = find_field(tree, node, field);
  if (member.valid()) return {{tree[tree.value_of(member)].span, std::string(value)}};
  std::string text = json_string(field).append(": ").append(value);
  const auto children = tree.children(node);
  if (!children.empty()) text += ", ";
  const uint32_t at = children.empty() ? object.begin + 1 : tree[*children.begin()].span.begin;
  return {{{at, at}, std::move(text)}};
}

std::vector<Edit> append_child(const SyntaxTree& tree, NodeId composite, std::string_view child) {
  const SyntaxNode& node = tree[composite];
  if ((node.kind != NodeKind::kObject && node.kind != NodeKind::kArray) || (node.flags & (kBroken | kUnclosed)) != 0) return {};
  NodeId last;
  for (const NodeId each : tree.children(composite)) last = each;
  const std::string text(child);
  if (!last.valid()) return {{{node.span.begin + 1, node.span.begin + 1}, text}};

  const uint32_t end = tree[last].span.end;
  const bool trailing_comma = (node.flags & kTrailingComma) != 0;
  const Gap gap = scan_gap(tree.text(), end, node.span.end);
  if (!gap.line_end) {
    return {{{end, end}, ", " + text}};
  }
  const std::string line = indentation(tree.text(), tree[last].span.begin);
  if (trailing_comma) return {{{*gap.line_end, *gap.line_end}, line + text + ","}};
  if (*gap.line_end == end) return {{{end, end}, "," + line + text}};
  return {{{end, end}, ","}, {{*gap.line_end, *gap.line_end}, line + text}};
}

std::vector<Edit> add_member(const SyntaxTree& tree, NodeId object, std::string_view name, std::string_view value) {
  if (!tree.is(object, NodeKind::kObject)) return {};
  return append_child(tree, object, json_string(name).append(": ").append(value));
}

std::vector<Edit> add_definition(const SyntaxTree& tree, std::string_view section, std::string_view name,
                                 std::string_view value) {
  if (tree.size() == 0) return {};
  const NodeId member = find_field(tree, tree.root(), section);
  if (member.valid()) {
    const NodeId at = tree.value_of(member);
    if (!tree.is(at, NodeKind::kNull)) return add_member(tree, at, name, value);
    return {{tree[at].span, "{" + json_string(name).append(": ").append(value) + "}"}};
  }
  return add_member(tree, tree.root(), section, "{" + json_string(name).append(": ").append(value) + "}");
}

}  // namespace aclc::checks
