// SPDX-License-Identifier: Apache-2.0
// Options that several commands share, so that they have one name and one meaning everywhere.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "cli/console.h"
#include "compiler/pipeline/pipeline.h"
#include "parser/diagnostics/diagnostic.h"

namespace CLI {
class App;
}

namespace aclc::cli {

enum class Format { kText, kJson, kSarif, kJunit, kGithub, kMarkdown };

/// `--format` and `--color`; of commands whose answer is findings also `--output`, `--summary` and `--fail-on`.
struct OutputOptions {
  Format format = Format::kText;
  std::string colour = "auto";
  std::string file;                      ///< the report goes there instead of to standard output; empty: it does not
  std::string summary;                   ///< a summary in Markdown is added there; empty: nowhere
  Severity fail_on = Severity::kError;   ///< findings this severe or worse make the answer no

  bool coloured(const Console& console) const {
    return colour == "always" || (colour == "auto" && console.colour_by_default());
  }
};
void add_output_options(CLI::App& app, OutputOptions& out,
                        std::initializer_list<Format> formats = {Format::kText, Format::kJson});
/// All formats of findings, and where they go.
void add_report_options(CLI::App& app, OutputOptions& out);

/// What is read, and whose dialect it is in: POLICY..., `--stdin-filename`, `--target`, limits.
struct PolicyOptions {
  std::vector<std::string> paths;  ///< never empty once the options were read
  std::string stdin_filename = "<stdin>";
  PipelineOptions pipeline;
};
/// How many policies the command takes.
enum class Takes { kOne, kMany };
void add_policy_options(CLI::App& app, PolicyOptions& out, Takes takes);
/// All of them but POLICY, for commands that name their policies otherwise.
void add_dialect_options(CLI::App& app, PolicyOptions& out);

/// `--tailnet` and `--strict`.
struct TailnetOptions {
  std::string path;  ///< empty: none given
};
enum class Needed { kYes, kNo };
void add_tailnet_options(CLI::App& app, TailnetOptions& out, PolicyOptions& policy, Needed needed);

}  // namespace aclc::cli
