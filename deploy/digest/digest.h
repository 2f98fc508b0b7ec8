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

/// The same of a text as it is, for one that is no policy.
std::string text_digest(std::string_view text);

/// 64 lower-case hexadecimal digits.
bool is_policy_digest(std::string_view text);

/// The tag of an ETag header, without its quotes and without the mark of a weak one. Empty: none, or no ETag.
std::string_view etag_value(std::string_view header);

/// Whether two policies are the same data: comments, white space and the order of members do not count, the order of
/// elements and the spelling of names do. The trees must be free of errors.
bool same_values(const SyntaxTree& a, const SyntaxTree& b);

/// The same of the members that a comparison of who has access to what does not judge: all but `acls`, `grants`, `hosts` and `ipsets`.
/// Of groups and tag owners the order does not count.
bool same_besides_access(const SyntaxTree& a, const SyntaxTree& b);

/// The same of one section, which both may lack.
bool same_section(const SyntaxTree& a, const SyntaxTree& b, const std::string& section);

}  // namespace aclc
