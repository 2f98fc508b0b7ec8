// SPDX-License-Identifier: Apache-2.0
// What the hosted service's HuJSON library says about a text.
#pragma once

#include <string>
#include <string_view>

namespace aclc {

/// The library's one error, `hujson: line L, column C: ...` (columns in bytes), or "" where it takes the text. It stops at the
/// first fault in its own reading, which recovers from nothing: so the text is read once more, as the library reads it. Source of the
/// order of its complaints: the recorded HuJSON verdicts.
std::string library_error(std::string_view text);

}  // namespace aclc
