// SPDX-License-Identifier: Apache-2.0
// What kind of selector a string is, from its form alone.
#pragma once

#include <string_view>

#include "parser/policy/selector.h"

namespace aclc {

enum class SelectorFault : uint8_t {
  kNone,
  kForm,         ///< reason says what is wrong
  kPlaceholder,  ///< holds `${...}`
  kAutogroup,    ///< `autogroup:` with an unknown name
  kUserPrefix,   ///< `user:` before something other than `*@domain`
};

struct ClassifiedSelector {
  SelectorKind kind = SelectorKind::kInvalid;
  Autogroup autogroup = Autogroup::kNone;
  SelectorFault fault = SelectorFault::kNone;
  std::string_view name;         ///< as in Selector::name; a view of the argument
  std::string_view reason;       ///< of kForm: what is wrong, for a message
  std::string_view replacement;  ///< of kForm: the prefix that was probably meant, `tag:`, or empty
  Prefix prefix;
  Address last;
};

/// First match wins: address or CIDR, `*`, the prefixed forms, `@`, range, bare word. Prefixed names other than groups
/// hold no `@` (Headscale would take such a string for a user; here it is no selector). The text has no white space
/// around it.
ClassifiedSelector classify_selector(std::string_view text);

/// The first `${...}` of a text, or an empty view.
std::string_view find_placeholder(std::string_view text);

/// What is left without spaces, tabs and line breaks at both ends.
std::string_view trim(std::string_view text);

}  // namespace aclc
