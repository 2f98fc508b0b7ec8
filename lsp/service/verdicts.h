// SPDX-License-Identifier: Apache-2.0
// What the slow tier has to say about one text: results of the policy's own tests, and what lint finds.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lint/lint.h"
#include "compiler/testrun/run.h"
#include "lsp/service/analysis.h"

namespace aclc::lsp {

/// How the assertions of one entry of `tests` or `sshTests` fared.
struct TestCount {
  uint32_t passed = 0;
  uint32_t failed = 0;
  uint32_t all() const { return passed + failed; }
};

/// Whether lint looks at a text, and what it goes by.
struct LintSettings {
  bool on = true;
  std::string policy;  ///< path: `.aclc.hujson` is looked for beside it and above; empty for a text that is no file
  std::optional<int64_t> today;  ///< days since 1970-01-01; none: rules about dates say nothing
};

/// Spans are those of the text that was judged.
struct Verdicts {
  std::optional<TestReport> report;  ///< unset where the tests were not run
  std::string not_run;               ///< why not
  std::vector<Diagnostic> findings;  ///< failed tests and lint's, in the order of the text
  std::string trouble;               ///< why lint did not look: a configuration that cannot be understood; else empty
  std::vector<TestCount> tests, ssh_tests;  ///< beside the policy's sections; empty where the tests were not run

  /// Nothing for entries of other sections and where the tests were not run.
  std::optional<TestCount> of(Entry entry) const;
  /// How many entries of `tests` and `sshTests` have an assertion that the rule decided by allowing it.
  uint32_t tests_of_rule(Span rule) const;

 private:
  friend std::shared_ptr<const Verdicts> judge(const Analysis& analysis, const LintSettings& lint, const std::atomic<bool>& cancelled);
  void count();

  std::vector<std::pair<uint32_t, uint32_t>> by_rule_;  ///< first byte of a rule, number of tests; rising
};

/// Runs everything that is too slow for a keystroke. Looks at `cancelled` between steps; null when it was set.
std::shared_ptr<const Verdicts> judge(const Analysis& analysis, const LintSettings& lint, const std::atomic<bool>& cancelled);

/// Moves findings along with an edit: [replaced) became so many bytes. Those that stood in what is gone go too; one that the edit is
/// inside of grows or shrinks. Their fixes are for the text they were found in, and are dropped.
void move_findings(std::vector<Diagnostic>& findings, Span replaced, uint32_t length);

}  // namespace aclc::lsp
