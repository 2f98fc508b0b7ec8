// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <CLI/App.hpp>
#include <map>
#include <string_view>

namespace aclc::cli {
namespace {

constexpr std::string_view kFormatNames[] = {"text", "json", "sarif", "junit", "github", "markdown"};

/// An option that takes one of some words. What is not among them is a usage error that lists them.
template <class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Value& value,
                        const std::vector<std::pair<std::string, Value>>& choices, const std::string& summary) {
  std::string all;
  for (const auto& [word, meaning] : choices) all += (all.empty() ? "" : "|") + word;
  CLI::Option* option = app.add_option_function<std::string>(
      name,
      [&value, choices, all, name](const std::string& given) {
        for (const auto& [word, meaning] : choices) {
          if (word != given) continue;
          value = meaning;
          return;
        }
        throw CLI::ValidationError(name, "`" + given + "` is none of " + all);
      },
      summary);
  return option->type_name(all);
}

}  // namespace

void add_output_options(CLI::App& app, OutputOptions& out, std::initializer_list<Format> formats) {
  std::vector<std::pair<std::string, Format>> choices;
  for (const Format f : formats) choices.emplace_back(kFormatNames[static_cast<size_t>(f)], f);
  add_choice(app, "--format", out.format, choices, "how findings are shown (default text)");
  add_choice<std::string>(app, "--color", out.colour, {{"auto", "auto"}, {"always", "always"}, {"never", "never"}},
                          "auto: on a terminal, unless NO_COLOR is set");
}

void add_report_options(CLI::App& app, OutputOptions& out) {
  add_output_options(app, out, {Format::kText, Format::kJson, Format::kSarif, Format::kJunit, Format::kGithub});
  app.add_option("-o,--output", out.file, "write the report to FILE, whole or not at all, and only the last line here")
      ->type_name("FILE");
  app.add_option("--summary", out.summary, "also add a summary in Markdown to FILE, for the page of a CI job")
      ->type_name("FILE");
  add_choice<Severity>(app, "--fail-on", out.fail_on,
                       {{"error", Severity::kError}, {"warning", Severity::kWarning}, {"note", Severity::kNote}},
                       "the least severe finding that makes the answer no (default error)");
}

void add_policy_options(CLI::App& app, PolicyOptions& out, Takes takes) {
  out.paths = {"policy.hujson"};
  CLI::Option* paths =
      app.add_option("POLICY", out.paths, "file to read, - for standard input (default policy.hujson)");
  paths->type_name("")->expected(1, takes == Takes::kOne ? 1 : CLI::detail::expected_max_vector_size);
  add_dialect_options(app, out);
}

void add_dialect_options(CLI::App& app, PolicyOptions& out) {
  app.add_option("--stdin-filename", out.stdin_filename, "name of standard input in messages")->type_name("NAME");
  add_choice<Target>(app, "--target", out.pipeline.target,
                     {{"tailscale", Target::kTailscale}, {"headscale", Target::kHeadscale}},
                     "whose dialect is meant (default tailscale)");
  app.add_option("--max-bytes", out.pipeline.parse.max_bytes, "refuse longer policies")->type_name("N");
  app.add_option("--max-errors", out.pipeline.parse.max_diagnostics, "read no further after so many errors of syntax")
      ->type_name("N");
  app.add_option("--max-depth", out.pipeline.parse.max_depth, "refuse deeper nesting")->type_name("N");
}

void add_tailnet_options(CLI::App& app, TailnetOptions& out, PolicyOptions& policy, Needed needed) {
  CLI::Option* path =
      app.add_option("--tailnet", out.path, "who and what the policy is applied to: users, nodes, routes");
  path->type_name("FILE");
  if (needed == Needed::kYes) path->required();
  app.add_flag("--strict", policy.pipeline.tailnet.strict, "unknown keys of the tailnet file are errors");
}

}  // namespace aclc::cli
