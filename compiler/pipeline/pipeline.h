// SPDX-License-Identifier: Apache-2.0
// The driver: the only place that knows the order of phases.
//
//   Run run;
//   const SourceId policy = run.sources.add("policy.hujson", text);
//   Analysis a = analyse(run, policy, options);      // a.policy, a.definitions; what is wrong is in run.findings
#pragma once

#include <optional>
#include <string>

#include "compiler/check/check.h"
#include "compiler/tailnet/read.h"
#include "compiler/tailnet/tailnet.h"
#include "compiler/testrun/run.h"
#include "parser/diagnostics/engine.h"
#include "parser/policy/build.h"
#include "parser/policy/policy.h"
#include "parser/source/source.h"
#include "parser/syntax/parse.h"
#include "parser/syntax/tree.h"

namespace aclc {

struct PipelineOptions {
  Target target = Target::kTailscale;
  bool synced_groups = true;  ///< see CheckOptions
  ParseLimits parse;
  TailnetLimits tailnet;
};

/// What the policies of one run share. Owns every text: it must outlive the analyses made with it.
struct Run {
  SourceMap sources;
  DiagnosticEngine findings;
  std::optional<Tailnet> tailnet;
};

/// What is known of one policy. Complete whatever the text; usable for a compile only if nothing was reported as an
/// error.
struct Analysis {
  SourceId source;
  SyntaxTree tree;
  Policy policy;
  Definitions definitions;
};

/// Reads the tailnet that later analyses of the run are about. Reports to run.findings.
void use_tailnet(Run& run, SourceId source, const PipelineOptions& options);

/// Parse, build, define, check.
Analysis analyse(Run& run, SourceId policy, const PipelineOptions& options);

/// Runs the policy's tests and reports those that fail. Nothing where an error was found in the policy or the tailnet, tests of users
/// that it does not have aside: the hosted service runs no tests then either.
std::optional<TestReport> test(Run& run, const Analysis& analysis, std::function<void(size_t)> done = {});

/// The first step alone, for what works on the text: formatting, syntax dumps.
SyntaxTree parse_only(Run& run, SourceId source, const PipelineOptions& options);

}  // namespace aclc
