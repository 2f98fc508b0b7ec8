// SPDX-License-Identifier: Apache-2.0
// Durations as Go's time package reads and writes them: the hosted service's answers quote it. Internal to
// compiler/check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc::checks {

/// In nanoseconds. The failure's message is Go's own (`time: invalid duration "abc"`).
Result<int64_t> parse_duration(std::string_view text);
/// Go's normalised form: `1h0m0s`, `1m30s`, `1.5s`, `-1m0s`, `0s`.
std::string duration_text(int64_t nanoseconds);

}  // namespace aclc::checks
