// SPDX-License-Identifier: Apache-2.0
// Edits that add a member to an object of the policy and leave its layout and comments as they are.
#pragma once

#include <string_view>
#include <vector>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/tree.h"

namespace aclc::checks {

/// The node that begins last at the offset or before it: the string around it, or the object whose bracket stands
/// there. Unlike SyntaxTree::node_at it does not walk past earlier siblings.
NodeId node_begun(const SyntaxTree& tree, uint32_t offset);

/// The member of an object, its name's case and `_`, `-` in it aside as for all fields; invalid where there is none. Of
/// several the last.
NodeId find_field(const SyntaxTree& tree, NodeId object, std::string_view name);
/// Whether the object that begins there gives the field another value than null, whatever the builder made of it.
bool gives(const SyntaxTree& tree, Span object, std::string_view field);
/// Sets a field that is missing or null.
std::vector<Edit> set_field(const SyntaxTree& tree, Span object, std::string_view field, std::string_view value);

/// Adds an element or a member, or several with commas between them, behind the last child of an array or object. Empty where
/// that is broken.
std::vector<Edit> append_child(const SyntaxTree& tree, NodeId composite, std::string_view child);

/// Adds `"name": value` behind the last member of the object. Empty where the object is broken.
std::vector<Edit> add_member(const SyntaxTree& tree, NodeId object, std::string_view name, std::string_view value);

/// Adds `"name": value` to the top-level section, and the section where there is none.
std::vector<Edit> add_definition(const SyntaxTree& tree, std::string_view section, std::string_view name,
                                 std::string_view value);

}  // namespace aclc::checks
