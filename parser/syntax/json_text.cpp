// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/json_text.h"

namespace aclc {

std::string json_text(const SyntaxTree& tree, NodeId value) {
  // One pass over the flat array: composites that are open are kept with the index at which they end.
  struct Open {
    uint32_t end;
    char close;
  };
  std::vector<Open> open;
  std::string out;
  const auto close_until = [&](uint32_t at) {
    while (!open.empty() && open.back().end <= at) {
      if (open.back().close != '\0') out += open.back().close;
      open.pop_back();
    }
  };
  const uint32_t end = tree[value].next;
  bool first = true;
  for (uint32_t i = value.value; i < end; ++i) {
    const NodeId id{size_t{i}};
    const SyntaxNode& node = tree[id];
    const size_t depth = open.size();
    close_until(i);
    if (open.size() < depth) first = false;
    const bool is_value_of_member = !open.empty() && open.back().close == '\0';
    if (is_value_of_member) {
      if (!first) out += ':';
    } else if (!first && !open.empty()) {
      out += ',';
    }
    first = false;
    switch (node.kind) {
      case NodeKind::kObject:
        out += '{';
        open.push_back({node.next, '}'});
        first = true;
        break;
      case NodeKind::kArray:
        out += '[';
        open.push_back({node.next, ']'});
        first = true;
        break;
      case NodeKind::kMember:
        open.push_back({node.next, '\0'});
        first = true;
        break;
      case NodeKind::kMissing:
      case NodeKind::kError:
        out += "null";
        break;
      default:
        out += tree.text_of(id);
        break;
    }
  }
  close_until(end);
  return out;
}

}  // namespace aclc
