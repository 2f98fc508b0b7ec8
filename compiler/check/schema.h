// SPDX-License-Identifier: Apache-2.0
// A JSON Schema (draft-07) of the policy language, made from the tables that the check goes by (parser/policy/fields.h,
// positions.h), for editors that know JSON but not policies.
#pragma once

#include <string>

namespace aclc {

/// Indented JSON with a final line break. It takes every policy that the check takes under target tailscale (names in
/// any case and legacy names too), and refuses wrong types, unknown members, strings of no form, selectors where they
/// may not stand and the members that a rule cannot do without; what a name refers to is beyond a schema. Comments and
/// trailing commas are allowed in the keywords of VS Code's JSON server (`allowComments`, `allowTrailingCommas`), and
/// its `errorMessage` and `deprecationMessage` say what is wrong in words; other validators pass over these.
std::string json_schema();

}  // namespace aclc
