// SPDX-License-Identifier: Apache-2.0
// Texts inside tailnet files that are neither addresses nor names: times, keys, endpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aclc {

/// RFC 3339, `2026-04-10T21:06:43.237014244Z` or with an offset, in nanoseconds since the Unix epoch. Years 1678 to 2261.
std::optional<int64_t> parse_time(std::string_view text);

/// A WireGuard key as base64, given as that or as `nodekey:` and 64 hexadecimal digits; nothing for anything else.
std::optional<std::string> parse_node_key(std::string_view text);

/// `192.0.2.7:41641` or `[2001:db8::1]:41641`.
bool is_endpoint(std::string_view text);

}  // namespace aclc
