// SPDX-License-Identifier: Apache-2.0
// The shape that every syntax tree has, whatever the text.
#pragma once

#include <string>
#include <vector>

#include "parser/syntax/tree.h"

namespace aclc {

/// What is wrong with the tree; empty where nothing is.
inline std::string ill_formed(const SyntaxTree& tree) {
  const auto at = [](size_t i) { return " at node " + std::to_string(i); };
  if (tree.size() == 0) return "no root";
  if (tree[tree.root()].next != tree.size()) return "the root does not hold all nodes";
  struct Open {
    size_t node;
    uint32_t cursor;  ///< where the next child may begin
    size_t children;
  };
  std::vector<Open> open;
  for (size_t i = 0; i < tree.size(); ++i) {
    while (!open.empty() && tree[NodeId(open.back().node)].next == i) {
      const Open done = open.back();
      open.pop_back();
      if (tree.is(NodeId(done.node), NodeKind::kMember) && done.children != 2) return "a member without name and value" + at(done.node);
    }
    const SyntaxNode& node = tree[NodeId(i)];
    if (node.span.begin > node.span.end || node.span.end > tree.text().size()) return "a bad span" + at(i);
    if (node.next <= i || node.next > tree.size()) return "a bad next" + at(i);
    if (!open.empty()) {
      Open& parent = open.back();
      const SyntaxNode& outer = tree[NodeId(parent.node)];
      if (node.next > outer.next) return "a node ends after its parent" + at(i);
      if (node.span.begin < parent.cursor) return "a node begins before its elder sibling ends" + at(i);
      if (node.span.end > outer.span.end) return "a node leaves its parent's span" + at(i);
      if ((node.kind == NodeKind::kMember) != (outer.kind == NodeKind::kObject)) return "a member outside an object" + at(i);
      parent.cursor = node.span.end;
      ++parent.children;
    }
    const bool inner = node.kind == NodeKind::kObject || node.kind == NodeKind::kArray || node.kind == NodeKind::kMember;
    if (!inner && node.next != i + 1) return "a leaf with children" + at(i);
    if (node.kind == NodeKind::kMissing && !node.span.empty()) return "something missing with a span" + at(i);
    if (inner && node.next != i + 1) open.push_back({i, node.span.begin, 0});
  }
  while (!open.empty()) {
    const Open done = open.back();
    open.pop_back();
    if (tree.is(NodeId(done.node), NodeKind::kMember) && done.children != 2) return "a member without name and value" + at(done.node);
  }
  return "";
}

}  // namespace aclc
