// SPDX-License-Identifier: Apache-2.0
// Quoting as Go's %q does it, since that is how the hosted service's messages show a user's text.
#pragma once

#include <string>
#include <string_view>

namespace aclc {

/// `"text"` with Go's escapes. Controls, format characters, separators other than the space, private use and ill-formed bytes
/// are escaped; code points that Unicode has not assigned are shown as they are, where Go escapes them.
std::string quote_go(std::string_view text);

/// The first character of a non-empty text in single quotes, as the HuJSON library names it: `'x'`, `'\n'`, `'\u2028'`,
/// and `'\xff'` for an ill-formed byte (recorded HuJSON verdicts).
std::string quote_go_character(std::string_view text);

}  // namespace aclc
