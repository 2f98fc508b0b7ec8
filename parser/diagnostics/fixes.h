// SPDX-License-Identifier: Apache-2.0
// Fixes applied to a text: all edits of a fix or none, and no two fixes on the same bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

struct Mended {
  std::string text;
  size_t applied = 0;  ///< fixes
  size_t left = 0;     ///< fixes that touch bytes of one that was applied: they can be had from a look at the new text
};

/// Applies the first fix of each finding about `source` if it is at most as unsafe as `up_to`. Findings come first
/// come, first served; two insertions at one place are in each other's way. Edits that do not lie in the text make
/// their fix void.
Mended apply_fixes(std::string_view text, std::span<const Diagnostic> findings, SourceId source,
                   FixSafety up_to = FixSafety::kSafe);

}  // namespace aclc
