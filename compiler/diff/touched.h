// SPDX-License-Identifier: Apache-2.0
// Which nodes an edit can concern at all. Internal to compiler/diff.
//
// Where two policies differ in acls and grants alone, rules that both have give a node the same under either: only nodes that the
// other rules give something, on one side or the other, can have another table. The rules that only one side has are compiled by
// themselves to find those nodes.
#pragma once

#include <vector>

#include "compiler/diff/diff.h"

namespace aclc::diff {

class Touched {
 public:
  Touched(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet);

  /// Nothing but acls and grants differs: who may log in by ssh, attributes and routes are the same everywhere.
  bool rules_only() const { return rules_only_; }
  /// Whether the node's rules may be others.
  bool is(TailnetNodeId node) const { return all_ || touched_[node.value]; }

 private:
  void mark(const PolicyView& view, const std::vector<bool>& acls, const std::vector<bool>& grants, const Tailnet& tailnet);

  bool rules_only_ = false, all_ = true;
  std::vector<bool> touched_;  ///< by node
};

}  // namespace aclc::diff
