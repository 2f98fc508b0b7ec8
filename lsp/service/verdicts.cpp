// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/verdicts.h"

#include <algorithm>

namespace aclc::lsp {
namespace {

struct Collector : DiagnosticSink {
  std::vector<Diagnostic>& found;
  explicit Collector(std::vector<Diagnostic>& f) : found(f) {}
  void report(Diagnostic d) override { found.push_back(std::move(d)); }
};

bool has_error(const std::vector<Diagnostic>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

}  // namespace

std::optional<TestCount> Verdicts::of(Entry entry) const {
  const std::vector<TestCount>* counts = entry.section == field::kTests      ? &tests
                                         : entry.section == field::kSshTests ? &ssh_tests
                                                                             : nullptr;
  if (!counts || entry.index >= counts->size()) return std::nullopt;
  return (*counts)[entry.index];
}

uint32_t Verdicts::tests_of_rule(Span rule) const {
  const auto found = std::lower_bound(by_rule_.begin(), by_rule_.end(), std::pair(rule.begin, uint32_t{0}));
  return found != by_rule_.end() && found->first == rule.begin ? found->second : 0;
}

void Verdicts::count() {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;  // rule, test; those of sshTests after all others
  for (const AssertionResult& r : report->results) {
    TestCount& count = (r.ssh ? ssh_tests : tests)[r.test];
    ++(r.passed ? count.passed : count.failed);
    if (r.got == Expectation::kDeny || r.rule.empty()) continue;
    pairs.emplace_back(r.rule.begin, r.test + (r.ssh ? static_cast<uint32_t>(tests.size()) : 0));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const auto& [rule, test] : pairs) {
    if (by_rule_.empty() || by_rule_.back().first != rule) by_rule_.emplace_back(rule, 0);
    ++by_rule_.back().second;
  }
}

std::shared_ptr<const Verdicts> judge(const Analysis& analysis, const std::atomic<bool>& cancelled) {
  auto out = std::make_shared<Verdicts>();
  if (has_error(analysis.findings())) {
    out->not_run = "the policy has errors";
    return out;
  }
  const Inventory* inventory = analysis.inventory();
  if (inventory && has_error(inventory->findings())) {
    out->not_run = inventory->path() + " has errors";
    return out;
  }
  const Policy& policy = analysis.policy();
  out->tests.resize(policy.tests.size());
  out->ssh_tests.resize(policy.ssh_tests.size());
  TestReport report;
  if (!policy.tests.empty() || !policy.ssh_tests.empty())
    report = run_tests(policy, analysis.definitions(), inventory ? &inventory->tailnet() : nullptr, &cancelled);
  if (cancelled) return nullptr;
  Collector sink(out->findings);
  report_failures(report, sink);
  out->report = std::move(report);
  out->count();
  return out;
}

}  // namespace aclc::lsp
