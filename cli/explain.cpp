// SPDX-License-Identifier: Apache-2.0
// aclc explain: what a diagnostic means, from the case that tests it.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "base/nearest.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "parser/diagnostics/diagnostic.h"

namespace aclc::cli {
namespace {

struct ExplainArguments {
  std::string slug;
  bool list = false;
};

/// A case file is documentation, then sections that begin with a line `--- NAME`.
void print_case(std::string_view text) {
  std::string out;
  bool example = false;
  for (size_t at = 0; at < text.size();) {
    const size_t stop = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, stop - at);
    at = stop + 1;
    if (!line.starts_with("--- ")) {
      out += fmt::format("{}{}\n", example && !line.empty() ? "    " : "", line);
      continue;
    }
    const std::string_view name = line.substr(4);
    example = true;
    if (name.starts_with("exit")) continue;
    out += name.starts_with("run ") ? fmt::format("\n    $ {}\n", name.substr(4))
           : name == "stdout" || name == "stderr" ? ""
                                                  : fmt::format("\n{}:\n\n", name);
  }
  print(out);
}

Status explain(const ExplainArguments& arguments) {
  if (arguments.list) {
    std::string out;
    for (const KindInfo& kind : all_kinds()) out += fmt::format("{:<28} {:<8} {}\n", kind.slug, severity_name(kind.severity), kind.format);
    print(out);
    return kYes;
  }
  const auto cases = embedded_cases();
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const EmbeddedCase& c) { return c.slug == arguments.slug; });
  if (found != cases.end()) {
    print(fmt::format("{}\n\n", arguments.slug));
    print_case(found->text);
    return kYes;
  }
  std::vector<std::string_view> slugs;
  for (const KindInfo& kind : all_kinds()) slugs.push_back(kind.slug);
  const std::string_view near = nearest(arguments.slug, slugs);
  complain(fmt::format("no diagnostic is called `{}`{}", arguments.slug,
                       near.empty() ? "; aclc explain --list names them all" : fmt::format("; did you mean `{}`?", near)));
  return kUnknown;
}

}  // namespace

void add_explain(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("explain", "What a diagnostic means, with an example and how to mend it");
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::Option* slug = command->add_option("SLUG", arguments->slug, "the name in brackets behind a message");
  CLI::Option* list = command->add_flag("--list", arguments->list, "list every diagnostic");
  slug->excludes(list);
  command->callback([arguments, &chosen] {
    if (arguments->slug.empty() && !arguments->list) throw CLI::RequiredError("SLUG or --list");
    chosen = [arguments] { return explain(*arguments); };
  });
}

}  // namespace aclc::cli
