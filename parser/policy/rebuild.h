// SPDX-License-Identifier: Apache-2.0
// The policy of a text that was edited, from the policy of the text before: where the edits stayed inside one entry of a list
// of rules or tests, only that entry is read again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "parser/policy/build.h"
#include "parser/syntax/reparse.h"

namespace aclc {

/// What build_policy made of a text, with what rebuild_policy needs to go on from it.
struct BuiltPolicy {
  Policy policy;
  std::vector<Diagnostic> findings;
  size_t nodes = 0;       ///< of the tree that it was made of
  uint32_t rebuilt = 0;   ///< entries read again since the whole was
};

BuiltPolicy build_with_findings(const SyntaxTree& tree, Target target);

/// Turns the policy of a text into that of `tree`, whose text differs from it by `damage`; parse() has found no fault in
/// either. The result is what build_policy(tree) gives, findings included (up to their order), but that texts which stand nowhere any
/// more keep an id. False where that cannot be had by reading one entry of acls, grants, ssh, nodeAttrs, tests or sshTests:
/// `built` is of no use then. Costs a pass over the parts that have moved.
bool rebuild_policy(BuiltPolicy& built, const Damage& damage, const SyntaxTree& tree, Target target);

}  // namespace aclc
