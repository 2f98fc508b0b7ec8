// SPDX-License-Identifier: Apache-2.0
// Findings of a run on the console, in the form that the user asked for.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"
#include "cli/options.h"
#include "parser/diagnostics/render.h"

namespace aclc::cli {

/// How findings are shown beyond what the options say.
struct Showing {
  bool ok = true;                      ///< the answer; only JSON and SARIF say it in so many words
  std::string trouble = {};            ///< of Exit::kTrouble: trouble_of; SARIF and JUnit say it
  std::string summary = {};            ///< last line of the text form, without its counts; empty: no line
  std::span<const JsonMember> more{};  ///< further members of the JSON object
  bool upstream = false;               ///< TextStyle::upstream
  size_t max_shown = 200;              ///< TextStyle::max_shown
  std::string title = "aclc";          ///< heading of the Markdown summary
  std::string text = {};               ///< what the text form has between findings and last line
  std::string markdown = {};           ///< what the Markdown summary has there
  std::span<const SourceId> files{};   ///< the policies looked at: JUnit has a suite for each
  std::span<const JunitCase> tests{};  ///< assertions, for JUnit; it then leaves out findings about them
};

/// Shows the run's findings as the options say and, in text, a last line `2 errors, 1 warning · SUMMARY`. False: a file that was
/// asked for could not be written, and the console said so.
bool show_findings(Run& run, const OutputOptions& output, const Showing& showing, Console& console);

/// What kept the run from its answer, as the console was told or as findings say; empty where the status is another.
std::string trouble_of(Exit status, Console& console);

/// For a command that could not begin, and said why: the document that a program waits for. In text there is none. Returns kTrouble.
Exit show_trouble(Run& run, const OutputOptions& output, std::string title, Console& console);

/// Whether a finding is as severe as `--fail-on` says, or worse.
bool fails(Run& run, const OutputOptions& output);

/// Writes a report: a file whole or not at all, anything else (a pipe, a terminal) as it comes. False: the console said why.
bool write_report(const std::string& path, std::string_view text, Console& console);

/// `1 error, 2 warnings`, or nothing.
std::string counts_text(const Counts& counts);

/// `1 rule`, `2 rules`.
std::string counted(size_t n, std::string_view noun);

}  // namespace aclc::cli
