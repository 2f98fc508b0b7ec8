// SPDX-License-Identifier: Apache-2.0
// aclc diff: who gains and who loses access between two policies.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/App.hpp>
#include <memory>

#include "cli/access_report.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/git.h"
#include "cli/options.h"

namespace aclc::cli {
namespace {

struct Options {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string before, after;
  bool exit_code = false;
  size_t most = 100;
};

bool is_file(const std::string& path) {
  struct stat status {};
  return path == "-" || ::stat(path.c_str(), &status) == 0;
}

std::optional<SourceId> open_side(Run& run, const std::string& path, const PolicyOptions& options, Console& console) {
  if (is_file(path) || path.find(':') == std::string::npos) return open_policy(run, path, options, console);
  auto text = text_at_revision(path, options.pipeline.parse.max_bytes);
  if (!text) {
    console.complain(text.error().message);
    return std::nullopt;
  }
  return run.sources.add(path, std::move(text.value()));
}

Exit run_diff(const Options& o, Console& console) {
  Run run;
  const auto before = open_side(run, o.before, o.policy, console);
  const auto after = open_side(run, o.after, o.policy, console);
  if (!before || !after || !open_tailnet(run, o.tailnet, o.policy, console)) return Exit::kTrouble;
  const Analysis a = analyse(run, *before, o.policy.pipeline), b = analyse(run, *after, o.policy.pipeline);
  if (run.findings.has_errors()) {
    Showing showing;
    showing.ok = false;
    showing.summary = "a difference needs two valid policies";
    show_findings(run, o.output, showing, console);
    return Exit::kTrouble;
  }
  const ComparedAccess compared = compare_access(a, b, run.tailnet);
  const AccessReport report(compared, run.sources[*before], run.sources[*after], o.most);
  const std::string text = o.output.format == Format::kMarkdown ? report.markdown()
                           : o.output.format == Format::kJson   ? report.json()
                                                                : report.text();
  if (o.output.file.empty()) {
    console.print(text);
  } else if (!write_report(o.output.file, text, console)) {
    return Exit::kTrouble;
  }
  return o.exit_code && !compared.diff.empty() ? Exit::kNo : Exit::kYes;
}

}  // namespace

Action define_diff(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  app.add_option("OLD", o->before, "policy: a file, -, or REVISION:PATH as git knows it")->type_name("")->required();
  app.add_option("NEW", o->after, "policy: likewise")->type_name("")->required();
  add_dialect_options(app, o->policy);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_output_options(app, o->output, {Format::kText, Format::kJson, Format::kMarkdown});
  app.add_option("-o,--output", o->output.file, "write it to FILE, whole or not at all")->type_name("FILE");
  app.add_option("--max-changes", o->most, "show at most so many of each sort to people, 0 for all (default 100)")->type_name("N");
  app.add_flag("--exit-code", o->exit_code, "the answer is no where the policies differ");
  return [o, &console] { return run_diff(*o, console); };
}

}  // namespace aclc::cli
