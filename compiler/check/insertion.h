// SPDX-License-Identifier: Apache-2.0
// Edits that add a member to an object of the policy and leave its layout and comments as they are.
#pragma once

#include <string_view>
#include <vector>

#include "parser/diagnostics/diagnostic.h"
#include "parser/policy/policy.h"
#include "parser/syntax/tree.h"

namespace aclc::checks {

/// Adds `"name": value` behind the last member of the object. Empty where the object is broken.
std::vector<Edit> add_member(const SyntaxTree& tree, NodeId object, std::string_view name, std::string_view value);

/// Adds `"name": value` to the top-level section, and the section where there is none.
std::vector<Edit> add_definition(const Policy& policy, const SyntaxTree& tree, std::string_view section, std::string_view name,
                                 std::string_view value);

/// The text as a JSON string, quotes included.
std::string json_string(std::string_view text);

}  // namespace aclc::checks
