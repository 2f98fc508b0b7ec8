// SPDX-License-Identifier: Apache-2.0
// Results of a policy's tests, as check and test show them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/testrun/run.h"
#include "parser/diagnostics/render.h"
#include "parser/source/source.h"

namespace aclc::cli {

/// Of a report over several policies: how many of its results, in order, are a policy's.
struct TestedPolicy {
  std::string_view path;
  size_t results = 0;
};

/// {"passed": .., "failed": .., "results": [..]}
std::string tests_json(const TestReport& report, std::span<const TestedPolicy> policies);

/// `, "untested_rules": [..]`: the rules that no assertion exercises, a further member of that object.
std::string untested_json(const TestReport& report, const SourceBuffer& policy);

/// A case for each assertion.
void add_junit_cases(const TestReport& report, SourceId policy, const SourceBuffer& source, std::vector<JunitCase>& out);
/// "no rule allows it; nearest is line 9: all matches but the source". `source` is the policy's text.
std::string reason_of(const AssertionResult& result, const SourceBuffer& source);

/// A line of the policy that a span begins on, white space joined and cut to a readable length: `{"action": "accept", ...`.
std::string quoted_rule(std::string_view text, Span rule);

}  // namespace aclc::cli
