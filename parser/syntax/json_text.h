// SPDX-License-Identifier: Apache-2.0
// A value of the tree as plain, compact JSON: what goes over the wire where the language passes values on verbatim.
#pragma once

#include <string>

#include "parser/syntax/tree.h"

namespace aclc {

/// Without comments, white space and trailing commas; strings, numbers and the order of members as written. Broken parts
/// come out as null.
std::string json_text(const SyntaxTree& tree, NodeId value);

}  // namespace aclc
