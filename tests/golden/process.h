// SPDX-License-Identifier: Apache-2.0
// One run of a program in a folder, with what it wrote.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace aclc::test {

struct Outcome {
  std::string out, err;
  int exit = -1;  ///< 128 + n for a program that signal n ended
};

struct Call {
  std::filesystem::path program;
  std::vector<std::string> words;
  std::filesystem::path folder;  ///< to run in
  std::filesystem::path input;   ///< for standard input; empty for none
};

/// With an environment of its own, so that a developer's colours and locale change nothing. Ended after two minutes.
Outcome run_process(const Call& call);

std::string read_all(const std::filesystem::path& path);
void write_all(const std::filesystem::path& path, const std::string& text);

}  // namespace aclc::test
