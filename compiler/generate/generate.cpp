// SPDX-License-Identifier: Apache-2.0
#include "compiler/generate/generate.h"

#include <fmt/format.h>

#include "compiler/generate/model.h"
#include "parser/syntax/format.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

/// What is generated is well-formed; anything else is our own fault.
struct NoFindings final : DiagnosticSink {
  void report(Diagnostic) override { ACLC_CHECK(!"a generated policy is well-formed"); }
};

}  // namespace

Result<GeneratedTailnet> generate(const GenerateOptions& options) {
  constexpr uint32_t most = 4'000'000;
  if (options.users == 0) return Failure{"a tailnet has at least one user"};
  if (options.rules == 0) return Failure{"a policy without rules is not worth generating: ask for at least one"};
  if (options.nodes > most) return Failure{fmt::format("{} nodes are more than the {} that have room in 100.64.0.0/10", options.nodes, most)};
  if (options.users > most || options.rules > most) return Failure{fmt::format("more than {} users or rules cannot be generated", most)};
  generated::Random random(options.seed);
  const generated::Model model = generated::make_model(options, random);
  GeneratedTailnet out;
  out.tailnet = generated::tailnet_text(model, random);
  const std::string policy = generated::policy_text(model, options, random);
  NoFindings sink;
  out.policy = format(parse(policy, sink));
  return out;
}

}  // namespace aclc
