// SPDX-License-Identifier: Apache-2.0
// SyntaxTree -> Policy: sections, rules and selectors with their forms checked. What a name refers to, and whether a
// selector may stand where it stands, is for compiler/check.
#pragma once

#include "parser/diagnostics/diagnostic.h"
#include "parser/policy/policy.h"
#include "parser/syntax/tree.h"

namespace aclc {

/// Whose dialect is meant.
enum class Target : uint8_t { kTailscale, kHeadscale };

/// Total: broken parts are reported and left out, the rest is usable.
Policy build_policy(const SyntaxTree& tree, DiagnosticSink& sink, Target target = Target::kTailscale);

}  // namespace aclc
