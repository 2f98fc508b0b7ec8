// SPDX-License-Identifier: Apache-2.0
// The difference of two texts in the unified format that patch(1) reads.
#pragma once

#include <string>
#include <string_view>

namespace aclc::cli {

/// Empty for equal texts. Texts that differ in very many lines come out as one hunk that replaces them.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace aclc::cli
