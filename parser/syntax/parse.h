// SPDX-License-Identifier: Apache-2.0
// HuJSON text -> SyntaxTree. Never fails: every fault is reported and the rest of the text is still understood.
#pragma once

#include <string_view>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// Passing a limit is a diagnostic, never a crash.
struct ParseLimits {
  size_t max_bytes = size_t{256} << 20;
  /// Nesting of objects and arrays. The parser itself needs no stack for it, but who walks the tree may use recursion, and
  /// the canonical layout of a text grows with the square of its depth. Policies nest about six deep.
  uint32_t max_depth = 1'000;
  uint32_t max_diagnostics = 1'000;  ///< after these the parser says so and stops; the rest of the text is in no node
};

/// The text must outlive the tree. The first error's upstream_text is what the hosted service's HuJSON library says
/// (`hujson: line L, column C: ...`; see the recorded HuJSON verdicts), later ones have none: the library stops at its first.
SyntaxTree parse(std::string_view text, DiagnosticSink& sink, const ParseLimits& limits = {});

}  // namespace aclc
