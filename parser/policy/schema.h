// SPDX-License-Identifier: Apache-2.0
// A JSON Schema (draft-07) of the policy language, made from the tables of fields.h, for editors that know JSON but not
// policies.
#pragma once

#include <string>

namespace aclc {

/// Indented JSON with a final line break. It accepts every policy that builds without an error under target tailscale
/// (names in any case and legacy names too), and refuses wrong types, unknown members and strings of no form; what a
/// name refers to is beyond a schema. Comments and trailing commas are for the editor to allow.
std::string json_schema();

}  // namespace aclc
