// SPDX-License-Identifier: Apache-2.0
// Literals that are no strings: the runs of letters, digits, `+`, `-` and `.`.
#pragma once

#include <string_view>

#include "parser/diagnostics/diagnostic.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// kTrue, kFalse, kNull, kNumber, or kError.
NodeKind word_kind(std::string_view word);

/// Adds help and a fix for a word that is no literal to a diagnostic about it.
void suggest_literal(std::string_view word, Diagnostic& d);

}  // namespace aclc
