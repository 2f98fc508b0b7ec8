// SPDX-License-Identifier: Apache-2.0
// Where each name of a policy stands: its definition and all its uses, found by place and by name.
#pragma once

#include <span>
#include <vector>

#include "lsp/service/walk.h"

namespace aclc::lsp {

struct Occurrence {
  Span span;      ///< of the selector, without ports
  StringId name;  ///< as Selector::name
  SelectorKind kind{};
  bool definition = false;
  Standpoint at{};  ///< of a use
  Entry entry;
};

class Occurrences {
 public:
  Occurrences(const Policy& policy, const SyntaxTree& tree);

  /// In the order of the text.
  std::span<const Occurrence> all() const { return all_; }
  /// The one that covers the offset or ends at it; null where there is none.
  const Occurrence* at(uint32_t offset) const;
  /// All of one name, definitions included, in the order of the text.
  std::vector<const Occurrence*> of(SelectorKind kind, StringId name) const;
  uint32_t uses_of(SelectorKind kind, StringId name) const;

 private:
  void add_opaque(const Policy& policy, const SyntaxTree& tree, NodeId value, Entry entry);

  std::vector<Occurrence> all_;
  std::vector<uint32_t> by_name_;  ///< indices of all_, grouped by name in order of the text
  std::vector<uint32_t> first_;    ///< by StringId: where the group begins in by_name_; one more at the end
};

}  // namespace aclc::lsp
