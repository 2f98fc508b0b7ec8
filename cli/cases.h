// SPDX-License-Identifier: Apache-2.0
// Golden cases as text: the documentation of a diagnostic, the files that show it and what aclc says of them.
// `aclc explain` prints from them and the golden runner runs them. The format: tests/golden/README.md.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aclc::cli {

/// A case that was compiled in.
struct EmbeddedCase {
  std::string_view name;  ///< file name without ending: the slug, for a case that documents one
  std::string_view text;
};
std::span<const EmbeddedCase> embedded_cases();

struct CaseFile {
  std::string name;
  std::string bytes;
};

struct CaseRun {
  std::string command;             ///< as it stands: words, quotes, `< FILE`
  std::vector<std::string> words;  ///< without `aclc`
  std::string input;               ///< name of the file that standard input reads; empty for none
  std::string out, err;            ///< expected output
  int exit = 0;
  std::vector<CaseFile> after;  ///< files as they must be afterwards
};

struct Case {
  std::string documentation;
  std::vector<CaseFile> files;
  std::vector<CaseRun> runs;
};

/// Fails with the line that is wrong.
Result<Case> parse_case(std::string_view text);

/// The inverse, in one certain spelling.
std::string print_case(const Case& c);

}  // namespace aclc::cli
