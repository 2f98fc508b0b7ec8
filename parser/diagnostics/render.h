// SPDX-License-Identifier: Apache-2.0
// Findings as text. Each format is one function in one file; all take findings in the order in which they are to stand.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

struct TextStyle {
  bool colour = false;
  bool upstream = false;   ///< also show the hosted service's own words
  size_t max_shown = 200;  ///< findings; how many more there are is said at the end. 0: all
  int line_width = 160;    ///< columns of source shown; longer lines are cut to a window round the place
};

/// For people: place, message, the source line with the place underlined, labels, help.
std::string render_text(const SourceMap& sources, std::span<const Diagnostic> findings, const TextStyle& style = {});

/// A further member of the object that `render_json` writes; the value is JSON already.
using JsonMember = std::pair<std::string, std::string>;

/// {"ok": .., "diagnostics": [..]} and the further members, ended by a line feed. Lines and columns count from 1,
/// columns count code points, offsets and lengths bytes. Ill-formed UTF-8 comes out as U+FFFD: the result is always
/// valid.
std::string render_json(const SourceMap& sources, std::span<const Diagnostic> findings, bool ok,
                        std::span<const JsonMember> more = {});

/// What a kind's documentation says: a line, and all of it.
struct SarifHelp {
  std::string summary, text;
};
/// Who found it, and where the documentation of kinds is; `help` may be empty.
struct SarifTool {
  std::string version;
  std::function<SarifHelp(std::string_view slug)> help;
};
/// SARIF 2.1.0: a run with a rule for each kind that was found, a region for each finding, and fixes as replacements. Columns
/// count code points, as the log says. `trouble`: why the tool could not do all it was asked for; empty where it did.
std::string render_sarif(const SourceMap& sources, std::span<const Diagnostic> findings, bool ok, const SarifTool& tool, std::string_view trouble = {});

/// Workflow commands of GitHub Actions, one line a finding: annotations on the changed files of a pull request.
std::string render_github(const SourceMap& sources, std::span<const Diagnostic> findings);

/// A test that ran: an assertion of the policy.
struct JunitCase {
  SourceId source;
  std::string name, class_name;
  std::string failure;  ///< empty: it passed
};
/// JUnit XML: a suite for each file, a case for each finding and each of `cases`. There is no warning in JUnit: findings less
/// severe than `fail_on` are cases that pass and carry their text. A file without either has one case that passed. `trouble` as
/// above is an error of a case of its own.
std::string render_junit(const SourceMap& sources, std::span<const Diagnostic> findings, std::span<const SourceId> files,
                         std::span<const JunitCase> cases, Severity fail_on, std::string_view trouble = {});

/// A table for a job's page; nothing where nothing was found. 0 shows all.
std::string render_markdown(const SourceMap& sources, std::span<const Diagnostic> findings, size_t max_shown = 100);
/// A message for Markdown: code spans kept, everything else literal, harmless in a table's cell.
std::string markdown_text(std::string_view text);

}  // namespace aclc
