// SPDX-License-Identifier: Apache-2.0
// What was deployed last from a folder, so that a change by somebody else is told from the first push. A hint and no more: a
// record that is missing, damaged or out of date makes nobody trust it over the server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aclc {

/// The digest that the record's text (JSON) has for a place; a place is a server and a tailnet in one text.
std::optional<std::string> recorded_digest(std::string_view record, const std::string& place);

/// The record with the digest for that place put in; what else stands in it stays. A damaged record is begun anew.
std::string with_digest(std::string_view record, const std::string& place, const std::string& digest);

}  // namespace aclc
