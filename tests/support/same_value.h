// SPDX-License-Identifier: Apache-2.0
// Whether two texts mean the same: kinds, order, names, decoded strings, the text of numbers.
#pragma once

#include <string>

#include "parser/syntax/tree.h"

namespace aclc {

/// Of two trees without errors. Documents with equal nodes in equal order have equal values.
inline bool same_value(const SyntaxTree& a, const SyntaxTree& b) {
  if (a.size() != b.size()) return false;
  std::string of_a;
  std::string of_b;
  for (size_t i = 0; i < a.size(); ++i) {
    const NodeId id(i);
    if (a[id].kind != b[id].kind || a[id].next != b[id].next) return false;
    if (a.is(id, NodeKind::kString) && a.string_value(id, of_a) != b.string_value(id, of_b)) return false;
    if (a.is(id, NodeKind::kNumber) && a.text_of(id) != b.text_of(id)) return false;
  }
  return true;
}

}  // namespace aclc
