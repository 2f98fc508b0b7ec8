// SPDX-License-Identifier: Apache-2.0
// The strings of the policy language as schemas: patterns that decide, beside whole words that completion offers.
// Internal to the JSON Schema.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/positions.h"

namespace aclc::schema {

/// A string that the pattern (ECMA 262, unanchored) matches; `wrong` is what an editor says of one that it does not.
nlohmann::ordered_json matching(std::string pattern, std::string wrong);
/// The same, and `words` are offered.
nlohmann::ordered_json suggested(std::string pattern, std::vector<std::string> words, std::string wrong);

/// A selector that may stand there. Of destinations of acls and tests with its ports.
nlohmann::ordered_json selector_at(Position position);
/// A source that `autogroup:self` may stand opposite to, for acls and grants.
nlohmann::ordered_json source_of_self(Position position);

nlohmann::ordered_json net_capability();
nlohmann::ordered_json protocol();
nlohmann::ordered_json ipset_element();
nlohmann::ordered_json posture_assertion();
nlohmann::ordered_json check_period(std::vector<std::string> words);
nlohmann::ordered_json login(std::vector<std::string> words);
nlohmann::ordered_json address();
nlohmann::ordered_json prefix();
nlohmann::ordered_json address_or_prefix();

/// A pattern that matches the word in any case, without anchors.
std::string any_case(std::string_view word);

inline constexpr std::string_view kAddressPattern = R"([0-9A-Fa-f:.]+)";
inline constexpr std::string_view kPrefixPattern = R"([0-9A-Fa-f:.]+/[0-9]{1,3})";

}  // namespace aclc::schema
