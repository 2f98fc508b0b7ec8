// SPDX-License-Identifier: Apache-2.0
// The policy's own `tests` and `sshTests`, with the semantics of the hosted service (recorded answers: tests, sshTests).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/reach/reach.h"
#include "parser/diagnostics/diagnostic.h"

namespace aclc {

enum class Expectation : uint8_t { kAccept, kDeny, kCheck };
std::string_view expectation_name(Expectation e);  ///< "accept", "deny", "check"

/// One assertion: one source against one destination, in sshTests for one login user.
struct AssertionResult {
  bool ssh = false;
  uint32_t test = 0;  ///< index into policy.tests or policy.ssh_tests
  Span at;            ///< the destination (or, in sshTests, the user) as it stands in the test
  std::string source, destination, user;
  uint8_t protocol = 0;
  Expectation expected = Expectation::kAccept;
  Expectation got = Expectation::kDeny;
  bool passed = false;
  Span rule;               ///< what decided: the rule that allowed, or where nothing did the nearest miss; may be empty
  Miss missed = Miss::kNone;
  std::string witness;     ///< the one of several source nodes that failed the assertion; empty where there is one
};

struct TestReport {
  std::vector<AssertionResult> results;
  size_t passed = 0;
  size_t failed = 0;
  std::vector<Span> rules;         ///< every rule of acls and grants, then of ssh, with a place in the text
  std::vector<bool> exercised;     ///< beside rules: some accept or check assertion was allowed by it
  bool on_stand_ins = false;       ///< no tailnet was given: run on the identities that the policy names
};

/// The policy must have passed the check. `cancelled` (may be null) is looked at before each test: once it is set the rest is left
/// out, and the report says nothing. `done` (may be empty) hears before each test how many are done.
TestReport run_tests(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet,
                     const std::atomic<bool>* cancelled = nullptr, std::function<void(size_t)> done = {});

/// A finding for each failed assertion, in the hosted service's words as well.
void report_failures(const TestReport& report, DiagnosticSink& sink);

}  // namespace aclc
