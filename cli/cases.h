// SPDX-License-Identifier: Apache-2.0
// The cases of testdata/cases that are named like a diagnostic, put into the program by the build (cmake/EmbedCases.cmake).
#pragma once

#include <span>
#include <string_view>

namespace aclc::cli {

struct EmbeddedCase {
  std::string_view slug;
  std::string_view text;
};

std::span<const EmbeddedCase> embedded_cases();

}  // namespace aclc::cli
