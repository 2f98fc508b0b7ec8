// SPDX-License-Identifier: Apache-2.0
// Which policy is deployed, told without reading it: its digest is the server's ETag.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parser/syntax/tree.h"

namespace aclc {

/// SHA-256 of the policy in canonical layout, in lower-case hexadecimal: what the hosted service gives as ETag. The tree
/// must be free of errors.
std::string policy_digest(const SyntaxTree& tree);

/// 64 lower-case hexadecimal digits.
bool is_policy_digest(std::string_view text);

/// The tag of an ETag header, without its quotes and without the mark of a weak one. Empty: none, or no ETag.
std::string_view etag_value(std::string_view header);

/// Whether two policies are the same data: comments, white space and the order of members do not count, the order of
/// elements and the spelling of names do. The trees must be free of errors.
bool same_values(const SyntaxTree& a, const SyntaxTree& b);

}  // namespace aclc
