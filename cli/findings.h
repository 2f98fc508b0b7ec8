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
  bool ok = true;                      ///< the answer; only JSON says it in so many words
  std::string summary = {};            ///< last line of the text form, without its counts; empty: no line
  std::span<const JsonMember> more{};  ///< further members of the JSON object
  bool upstream = false;               ///< TextStyle::upstream
  size_t max_shown = 200;              ///< TextStyle::max_shown
};

/// Prints the run's findings and, in text, a last line `2 errors, 1 warning · SUMMARY`.
void show_findings(Run& run, const OutputOptions& output, const Showing& showing, Console& console);

/// `1 error, 2 warnings`, or nothing.
std::string counts_text(const Counts& counts);

/// `1 rule`, `2 rules`.
std::string counted(size_t n, std::string_view noun);

}  // namespace aclc::cli
