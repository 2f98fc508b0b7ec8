// SPDX-License-Identifier: Apache-2.0
// aclc dump --phase NAME: what a phase made of a policy, as text that is the same for the same policy.
#include "parser/policy/dump.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"

namespace aclc::cli {
namespace {

struct Phase {
  std::string_view name;
  std::string (*dump)(Run& run, SourceId source, const PipelineOptions& options);
};

std::string dump_source(Run& run, SourceId source, const PipelineOptions&) {
  const SourceBuffer& buffer = run.sources[source];
  std::string out = fmt::format("{} bytes, {} lines\n", buffer.text().size(), buffer.lines().line_count());
  for (uint32_t line = 1; line <= buffer.lines().line_count(); ++line) {
    out += fmt::format("{} @{}\n", line, buffer.lines().start_of(line));
  }
  return out;
}

std::string dump_syntax(Run& run, SourceId source, const PipelineOptions& options) {
  return parse_only(run, source, options).dump();
}

std::string dump_policy(Run& run, SourceId source, const PipelineOptions& options) {
  const SyntaxTree tree = parse_only(run, source, options);
  return dump(build_policy(tree, run.findings, options.target));
}

constexpr Phase kPhases[] = {{"source", dump_source}, {"syntax", dump_syntax}, {"policy", dump_policy}};

std::string phase_names() {
  std::string out;
  for (const Phase& p : kPhases) out.append(out.empty() ? "" : "|").append(p.name);
  return out;
}

struct Options {
  PolicyOptions policy;
  std::string phase = "syntax";
};

/// Exit 0 also for a policy with faults: what a phase makes of those is what one wants to see.
Exit run_dump(const Options& o, Console& console) {
  for (const Phase& p : kPhases) {
    if (p.name != o.phase) continue;
    Run run;
    const auto id = open_policy(run, o.policy.paths.front(), o.policy, console);
    if (!id) return Exit::kTrouble;
    console.print(p.dump(run, *id, o.policy.pipeline));
    return Exit::kYes;
  }
  console.complain(fmt::format("there is no phase `{}`; there are {}", o.phase, phase_names()));
  return Exit::kTrouble;
}

}  // namespace

Action define_dump(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  add_policy_options(app, o->policy, Takes::kOne);
  app.add_option("--phase", o->phase, "which (default syntax)")->type_name(phase_names());
  return [o, &console] { return run_dump(*o, console); };
}

}  // namespace aclc::cli
