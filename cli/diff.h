// SPDX-License-Identifier: Apache-2.0
// Differences of two texts by lines, as `diff -u` prints them.
#pragma once

#include <string>
#include <string_view>

namespace aclc::cli {

/// Empty where the texts are equal. Time and memory are bounded: past a limit the differing middle is shown as one change.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace aclc::cli
