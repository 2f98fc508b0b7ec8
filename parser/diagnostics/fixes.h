// SPDX-License-Identifier: Apache-2.0
// Which fixes may be applied unasked, and fixes applied to a text: all edits of a fix or none, and no two fixes on the
// same bytes.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

/// The findings whose first fix may be applied unasked. Where a text has a fault of syntax without a safe fix, its brackets
/// are a guess: what is a duplicate or unknown there may belong to another rule, so that only fixes of syntax count.
class SafeFixes {
 public:
  explicit SafeFixes(std::span<const Diagnostic> findings);
  bool has(const Diagnostic& d) const;

 private:
  std::set<SourceId> doubtful_;
};

struct Mended {
  std::string text;
  size_t applied = 0;  ///< fixes
  size_t left = 0;     ///< fixes that touch bytes of one that was applied: they can be had from a look at the new text
};

/// Applies the first fix of each finding about `source` if `up_to` takes in what is unsafe or SafeFixes has it. Findings
/// come first come, first served; two insertions at one place are in each other's way. Edits that do not lie in the text make
/// their fix void.
Mended apply_fixes(std::string_view text, std::span<const Diagnostic> findings, SourceId source,
                   FixSafety up_to = FixSafety::kSafe);

}  // namespace aclc
