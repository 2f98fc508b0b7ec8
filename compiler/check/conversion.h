// SPDX-License-Identifier: Apache-2.0
// An acl said in grants.
#pragma once

#include <string>
#include <vector>

#include "parser/policy/policy.h"
#include "parser/syntax/tree.h"

namespace aclc::checks {

/// The grants that allow what an acl does, one for each list of ports among its destinations. Empty where grants cannot say it: they
/// refuse a `/0`, and everybody as the source of `autogroup:self`; and where the acl is broken or incomplete.
std::vector<std::string> grants_saying(const Policy& policy, const SyntaxTree& tree, const AclRule& rule);

}  // namespace aclc::checks
