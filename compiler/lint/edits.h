// SPDX-License-Identifier: Apache-2.0
// What fixes of lint are put together from. Internal to lint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/lint/context.h"

namespace aclc {

/// Edits that put an element at the end of a top-level list, which is made where there is none. Empty where it is damaged.
std::vector<Edit> append_to_section(const LintContext& c, std::string_view section, const std::string& element);

/// Whether a comment stands in the text of a rule, behind it on its last line, or directly above it.
bool has_comments(LintContext& c, Span rule);

/// The string, quotes included, that a part of it stands in.
Span string_around(const LintContext& c, Span part);

/// The strings of a list as they are written, quotes included.
std::vector<std::string> strings_of(const LintContext& c, Selectors list);

/// `[a, b]`
std::string bracketed(const std::vector<std::string>& elements);

/// Adds edits to others unless some of them touch the same bytes.
bool add_apart(std::vector<Edit>& edits, std::vector<Edit> more);

/// A rule as one test of the policy could ask for it: somebody of its sources, one of its destinations, a port.
struct TestedRule {
  std::string source, destination;  ///< as they stand in the rule, without quotes
  std::string port;
  std::string protocol;  ///< empty: none is said
};
/// Nothing where the rule has no part that tests take, or holds under conditions that are not a test's.
std::optional<TestedRule> tested(const LintContext& c, const AclRule& rule);
std::optional<TestedRule> tested(const LintContext& c, const Grant& rule);
/// As an element of `tests`. `expected` is `accept` or `deny`.
std::string test_of(const TestedRule& rule, std::string_view source, std::string_view expected);

/// How each of these elements ends, if they are added to the policy's tests.
std::vector<bool> pass_as_tests(const LintContext& c, const std::vector<std::string>& tests);

}  // namespace aclc
