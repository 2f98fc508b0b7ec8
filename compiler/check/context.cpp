// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/context.h"

namespace aclc::checks {
namespace {

// Field names are folded as the builder does: case and `_`, `-` aside.
std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

}  // namespace

bool gives(const Context& context, Span object, std::string_view member) {
  const SyntaxTree& tree = context.tree;
  const NodeId node = tree.node_at(object.begin);
  if (!tree.is(node, NodeKind::kObject)) return false;
  const std::string wanted = folded(member);
  std::string scratch;
  for (const NodeId child : tree.children(node)) {
    if (!tree.is(child, NodeKind::kMember) || !tree.is(tree.name_of(child), NodeKind::kString)) continue;
    if (folded(tree.string_value(tree.name_of(child), scratch)) == wanted) return !tree.is(tree.value_of(child), NodeKind::kNull);
  }
  return false;
}

}  // namespace aclc::checks
