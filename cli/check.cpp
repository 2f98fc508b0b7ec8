// SPDX-License-Identifier: Apache-2.0
// aclc check: would the control plane take this policy?
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "compiler/pipeline/pipeline.h"
#include "parser/diagnostics/fixes.h"
#include "parser/diagnostics/render.h"

namespace aclc::cli {
namespace {

struct CheckArguments : CommonOptions {
  std::vector<std::string> policies;
  bool fix = false;
  bool strict = false;
  bool no_synced_groups = false;
};

PipelineOptions pipeline_options(const CheckArguments& arguments) {
  PipelineOptions options;
  options.target = arguments.dialect();
  options.synced_groups = !arguments.no_synced_groups;
  options.tailnet_limits.strict = arguments.strict;
  return options;
}

Status fix_file(const std::string& path, const NamedText& input, Analysis& analysis) {
  const Mended fixed = apply_fixes(input.second, analysis.findings().sorted(), analysis.policy_source());
  if (fixed.applied == 0) return kYes;
  if (path == "-") {
    complain("--fix rewrites a file; standard input has none");
    return kUnknown;
  }
  if (const auto written = write_file(path, fixed.text); !written) {
    complain(written.error().message);
    return kUnknown;
  }
  complain(fmt::format("{}: mended {} finding{}", path, fixed.applied, fixed.applied == 1 ? "" : "s"));
  return kYes;
}

/// "214 rules, 3 groups": what a valid policy was found to hold.
std::string size_of(const Policy& policy) {
  std::string out;
  const auto add = [&](size_t n, std::string_view what) {
    if (n > 0) out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", n, what, n == 1 ? "" : "s");
  };
  add(policy.acls.size() + policy.grants.size(), "rule");
  add(policy.ssh.size(), "ssh rule");
  add(policy.groups.size(), "group");
  add(policy.tag_owners.size(), "tag");
  add(policy.tests.size() + policy.ssh_tests.size(), "test");
  return out.empty() ? "empty" : out;
}

std::string summary(const Counts& counts) {
  std::string out;
  const auto add = [&](size_t n, std::string_view what) {
    if (n > 0) out += fmt::format("{}{} {}{}", out.empty() ? "" : ", ", n, what, n == 1 ? "" : "s");
  };
  add(counts.errors, "error");
  add(counts.warnings, "warning");
  add(counts.notes, "note");
  return out.empty() ? "ok" : out;
}

Status check_policies(const CheckArguments& arguments) {
  auto tailnet = read_tailnet_file(arguments);
  if (!tailnet) {
    complain(tailnet.error().message);
    return kUnknown;
  }
  Status status = kYes;
  std::string json;
  for (const std::string& path : arguments.policies) {
    auto input = read_input(path, arguments);
    if (!input) {
      complain(input.error().message);
      status = kUnknown;
      continue;
    }
    Analysis analysis = analyse(input->first, input->second, *tailnet, pipeline_options(arguments));
    if (arguments.fix) {
      const Status fixed = fix_file(path, *input, analysis);
      if (fixed != kYes) return fixed;
      input = read_input(path, arguments);
      if (!input) return kUnknown;
      analysis = analyse(input->first, input->second, *tailnet, pipeline_options(arguments));
    }
    const bool ok = !analysis.findings().has_errors();
    if (!ok && status == kYes) status = kNo;
    const auto& findings = analysis.findings().sorted();
    if (arguments.json()) {
      if (!json.empty()) json += ',';
      json += render_json(analysis.sources(), findings, ok);
      continue;
    }
    print(render_text(analysis.sources(), findings, {.colour = arguments.coloured()}));
    if (!arguments.quiet) {
      print(fmt::format("{}: {} ({})\n", input->first, summary(analysis.findings().counts()), size_of(analysis.policy())));
    }
  }
  if (arguments.json() && !json.empty()) {
    print(arguments.policies.size() == 1 ? json : "[" + json + "]\n");
  }
  return status;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("check", "Would the control plane take this policy? Every fault at once");
  auto arguments = std::make_shared<CheckArguments>();
  command->add_option("POLICY", arguments->policies, "policy files")->default_val(std::vector<std::string>{"policy.hujson"});
  command->add_flag("--fix", arguments->fix, "apply the safe fixes to the files");
  command->add_flag("--strict", arguments->strict, "unknown keys of the tailnet file are errors");
  command->add_flag("--no-synced-groups", arguments->no_synced_groups,
                    "no identity provider syncs groups: an undefined group is an error");
  command->add_flag("-q,--quiet", arguments->quiet, "print findings only");
  add_tailnet(*command, *arguments);
  add_format(*command, *arguments);
  add_colour(*command, *arguments);
  add_target(*command, *arguments);
  add_stdin_filename(*command, *arguments);
  command->callback([arguments, &chosen] { chosen = [arguments] { return check_policies(*arguments); }; });
}

}  // namespace aclc::cli
