// SPDX-License-Identifier: Apache-2.0
// Checks a policy with the installed libraries; exit 0 if it has no errors.
#include <cstdio>

#include "compiler/pipeline/pipeline.h"
#include "evaluator/classify/classify.h"
#include "parser/diagnostics/render.h"

int main(int argc, char** argv) {
  aclc::Run run;
  const aclc::SourceId policy = run.sources.add("policy.hujson", argc > 1 ? argv[1] : "{}");
  aclc::analyse(run, policy, {});
  std::fputs(aclc::render_text(run.sources, run.findings.sorted()).c_str(), stdout);
  return run.findings.has_errors() ? 1 : 0;
}
