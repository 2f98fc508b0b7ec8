// SPDX-License-Identifier: Apache-2.0
// Versions as postures compare them.
#pragma once

#include <string_view>

namespace aclc::reference {

/// Negative, zero or positive. Part by part between dots, numbers as numbers (1.9 < 1.10), a missing part as zero, other parts
/// as text.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace aclc::reference
