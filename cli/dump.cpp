// SPDX-License-Identifier: Apache-2.0
// aclc dump: what a phase made of a policy, for people who work on aclc.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "compiler/pipeline/pipeline.h"
#include "parser/policy/dump.h"

namespace aclc::cli {
namespace {

struct DumpArguments : CommonOptions {
  std::string policy = "policy.hujson";
  std::string phase;
};

Status dump_phase(const DumpArguments& arguments) {
  auto input = read_input(arguments.policy, arguments);
  if (!input) {
    complain(input.error().message);
    return kUnknown;
  }
  PipelineOptions options;
  options.target = arguments.dialect();
  const Analysis analysis = analyse(input->first, input->second, std::nullopt, options);
  print(arguments.phase == "syntax" ? analysis.tree().dump() : dump(analysis.policy()));
  return kYes;
}

}  // namespace

void add_dump(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("dump", "Print what a phase made of a policy, for people who work on aclc");
  auto arguments = std::make_shared<DumpArguments>();
  command->add_option("POLICY", arguments->policy, "policy file")->capture_default_str();
  command->add_option("--phase", arguments->phase, "syntax or policy")->required()->check(CLI::IsMember({"syntax", "policy"}));
  add_target(*command, *arguments);
  add_stdin_filename(*command, *arguments);
  command->callback([arguments, &chosen] { chosen = [arguments] { return dump_phase(*arguments); }; });
}

}  // namespace aclc::cli
