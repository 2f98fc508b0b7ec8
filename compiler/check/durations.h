// SPDX-License-Identifier: Apache-2.0
// Durations as Go's time package reads and writes them: the hosted service's answers quote it. Internal to
// compiler/check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aclc::checks {

/// In nanoseconds. The failure's message is Go's own (`time: invalid duration "abc"`).
Result<int64_t> parse_duration(std::string_view text);
/// What people write for one: `12 hours`, `7d`, `1 day 30 min`. In nanoseconds; nothing where it is not that.
std::optional<int64_t> read_spoken_duration(std::string_view text);
/// As short as Go takes it: `12h`, `1h30m`.
std::string short_duration(int64_t nanoseconds);
/// Go's normalised form: `1h0m0s`, `1m30s`, `1.5s`, `-1m0s`, `0s`.
std::string duration_text(int64_t nanoseconds);

}  // namespace aclc::checks
