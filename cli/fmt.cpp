// SPDX-License-Identifier: Apache-2.0
// aclc fmt: the canonical layout.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/text/json_quote.h"
#include "cli/command.h"
#include "cli/diff.h"
#include "cli/options.h"
#include "cli/output.h"
#include "parser/diagnostics/engine.h"
#include "parser/diagnostics/render.h"
#include "parser/syntax/format.h"
#include "parser/syntax/parse.h"

namespace aclc::cli {
namespace {

struct FmtArguments : CommonOptions {
  std::vector<std::string> files;
  bool write = false;
  bool check = false;
  bool diff = false;
};

Status format_file(const FmtArguments& arguments, const std::string& path) {
  auto input = read_input(path, arguments);
  if (!input) {
    complain(input.error().message);
    return kUnknown;
  }
  SourceMap sources;
  const SourceId source = sources.add(std::move(input->first), std::move(input->second));
  const std::string_view text = sources[source].text();
  DiagnosticEngine findings;
  findings.set_source(source);
  const SyntaxTree tree = parse(text, findings);
  if (arguments.json()) {
    std::vector<JsonMember> more;
    if (!findings.has_errors()) {
      append_json_string(more.emplace_back("formatted", "").second, format(tree));
    }
    print(render_json(sources, findings.sorted(), !findings.has_errors(), more));
    return findings.has_errors() ? kNo : kYes;
  }
  if (findings.has_errors()) {
    complain(fmt::format("{} is left as it is: it must parse before it can be formatted", sources[source].name()));
    print(render_text(sources, findings.sorted(), {.colour = arguments.coloured()}));
    return kNo;
  }
  const std::string formatted = format(tree);
  const bool same = formatted == text;
  if (arguments.diff && !same) print(unified_diff(sources[source].name(), text, formatted));
  if (arguments.check) {
    if (!same && !arguments.diff) print(fmt::format("{}: would be reformatted\n", sources[source].name()));
    return same ? kYes : kNo;
  }
  if (arguments.write) {
    if (same) return kYes;
    if (const auto written = write_file(path, formatted); !written) {
      complain(written.error().message);
      return kUnknown;
    }
    print(fmt::format("{}: formatted\n", path));
    return kYes;
  }
  if (!arguments.diff) print(formatted);
  return kYes;
}

Status format_files(const FmtArguments& arguments) {
  Status worst = kYes;
  for (const std::string& path : arguments.files) {
    if (arguments.write && path == "-") {
      complain("--write needs a file; standard input has none");
      return kUnknown;
    }
    worst = std::max(worst, format_file(arguments, path));
  }
  return worst;
}

}  // namespace

void add_fmt(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("fmt", "Print a policy in the canonical layout, as the hosted service saves it");
  auto arguments = std::make_shared<FmtArguments>();
  command->add_option("FILE", arguments->files, "policy files")->default_val(std::vector<std::string>{"policy.hujson"});
  CLI::Option* write = command->add_flag("-w,--write", arguments->write, "rewrite the files, each as a whole or not at all");
  command->add_flag("--check", arguments->check, "change nothing; exit 1 if a file would change")->excludes(write);
  command->add_flag("-d,--diff", arguments->diff, "print what would change as a unified diff");
  add_format(*command, *arguments);
  add_colour(*command, *arguments);
  add_stdin_filename(*command, *arguments);
  command->callback([arguments, &chosen] { chosen = [arguments] { return format_files(*arguments); }; });
}

}  // namespace aclc::cli
