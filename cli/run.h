// SPDX-License-Identifier: Apache-2.0
// A whole command line, from words to exit status.
#pragma once

#include <string>
#include <vector>

namespace aclc::cli {

/// The words after the program's name. Writes to standard output and error; never throws.
int run(const std::vector<std::string>& words);

}  // namespace aclc::cli
