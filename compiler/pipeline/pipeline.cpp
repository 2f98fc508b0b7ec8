// SPDX-License-Identifier: Apache-2.0
#include "compiler/pipeline/pipeline.h"

namespace aclc {

void use_tailnet(Run& run, SourceId source, const PipelineOptions& options) {
  run.findings.set_source(source);
  run.tailnet = read_tailnet(run.sources[source].text(), source, run.findings, options.tailnet);
}

SyntaxTree parse_only(Run& run, SourceId source, const PipelineOptions& options) {
  run.findings.set_source(source);
  return parse(run.sources[source].text(), run.findings, options.parse);
}

Analysis analyse(Run& run, SourceId policy, const PipelineOptions& options) {
  Analysis out{policy, parse_only(run, policy, options), {}, {}};
  out.policy = build_policy(out.tree, run.findings, options.target);
  out.definitions = define(out.policy);
  const CheckOptions check_options{options.target, run.tailnet ? &*run.tailnet : nullptr, options.synced_groups};
  check(out.policy, out.tree, out.definitions, check_options, run.findings);
  return out;
}

std::optional<TestReport> test(Run& run, const Analysis& analysis, std::function<void(size_t)> done) {
  for (const Diagnostic& d : run.findings.sorted()) {
    const bool relevant = d.source == analysis.source || (run.tailnet && d.source == run.tailnet->source);
    // A test of nobody cannot hold, and says nothing about the others.
    if (relevant && d.severity == Severity::kError && d.kind != Kind::kUnknownTestUser) return std::nullopt;
  }
  TestReport report = run_tests(analysis.policy, analysis.definitions, run.tailnet ? &*run.tailnet : nullptr, nullptr, std::move(done));
  run.findings.set_source(analysis.source);
  report_failures(report, run.findings);
  return report;
}

}  // namespace aclc
