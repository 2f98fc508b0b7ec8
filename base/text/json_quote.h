// SPDX-License-Identifier: Apache-2.0
// Texts as JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace aclc {

/// Appends `"text"` with JSON's escapes. Well-formed UTF-8 stays as it is; an ill-formed byte becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

}  // namespace aclc
