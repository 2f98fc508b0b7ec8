// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/verdicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/lint/config.h"
#include "parser/diagnostics/lint_kinds.h"
#include "parser/source/source.h"

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

/// Lint as `aclc lint` runs it. Gives the trouble that kept it from looking, if any.
std::string add_lint(const Analysis& analysis, const LintSettings& settings, const TestReport& report, const std::atomic<bool>& cancelled,
                     DiagnosticSink& sink) {
  LintOptions options;
  const std::string path = settings.policy.empty() ? std::string() : find_lint_config(settings.policy);
  if (!path.empty()) {
    const Result<std::string> text = read_file(path);
    if (!text) return text.error().message;
    std::vector<Diagnostic> found;
    Collector faults(found);
    read_lint_config(*text, SourceId(), options, faults);
    const auto error = std::find_if(found.begin(), found.end(), [](const Diagnostic& d) { return d.severity == Severity::kError; });
    if (error != found.end()) {
      const LineIndex lines(*text);
      return fmt::format("{}:{}: {}; lint is off until it is mended", path, lines.line_of(error->span.begin), error->message);
    }
  }
  options.target = analysis.options().target;
  options.tailnet = analysis.inventory() ? &analysis.inventory()->tailnet() : nullptr;
  options.today = settings.today;
  options.cancelled = &cancelled;
  const auto untested = options.levels.find(lint_kind::kUntestedRule);
  if (untested != options.levels.end() && untested->second != LintLevel::kOff) options.tests = &report;
  lint(analysis.policy(), analysis.tree(), analysis.definitions(), options, sink);
  return {};
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

std::shared_ptr<const Verdicts> judge(const Analysis& analysis, const LintSettings& lint, const std::atomic<bool>& cancelled) {
  auto out = std::make_shared<Verdicts>();
  if (analysis.options().kind != TextKind::kPolicy) {
    out->not_run = "the text is no policy";
    return out;
  }
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
  if (lint.on) out->trouble = add_lint(analysis, lint, report, cancelled, sink);
  if (cancelled) return nullptr;
  std::stable_sort(out->findings.begin(), out->findings.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  out->report = std::move(report);
  out->count();
  return out;
}

void move_findings(std::vector<Diagnostic>& findings, Span replaced, uint32_t length) {
  const auto move = [&](Span& span) {
    if (span.end <= replaced.begin) return true;
    const bool around = span.begin <= replaced.begin && replaced.end <= span.end && replaced.length() < span.length();
    if (!around && span.begin < replaced.end) return false;
    if (!around || span.begin == replaced.begin) {
      // Text put in right before it, or in the stead of its beginning.
      if (!around || replaced.empty()) span.begin = span.begin - replaced.length() + length;
    }
    span.end = span.end - replaced.length() + length;
    return true;
  };
  std::erase_if(findings, [&](Diagnostic& finding) {
    finding.fixes.clear();
    std::erase_if(finding.labels, [&](Label& label) { return !label.source.valid() && !move(label.span); });
    return !move(finding.span);
  });
}

}  // namespace aclc::lsp
