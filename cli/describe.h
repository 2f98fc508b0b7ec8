// SPDX-License-Identifier: Apache-2.0
// What every command takes, read from the options that it declares: man pages and completions say what --help says.
#pragma once

#include <string>
#include <vector>

namespace aclc::cli {

struct OptionText {
  std::vector<std::string> names;  ///< `-q`, `--quiet`; of a word without a name: what it is called
  std::string value;               ///< FILE, N, a|b|c; empty: a flag
  std::string summary;
  bool required = false;
  bool many = false;

  bool is_word() const { return names.front().front() != '-'; }
  /// The values to choose from, where there is a choice.
  std::vector<std::string> choices() const;
};

struct CommandText {
  std::string name;
  std::string summary;
  std::vector<OptionText> options;  ///< those without names first
  std::string footer;
};

std::vector<CommandText> describe_commands();

}  // namespace aclc::cli
