// SPDX-License-Identifier: Apache-2.0
// SyntaxTree -> Policy: sections, rules and selectors with their forms checked. What a name refers to, and whether a
// selector may stand where it stands, is for compiler/check.
//
// Reported here (kinds_policy.def): wrong types, unknown and doubled members, old and new spelling of one field, strings that
// are no selector (they come out as kInvalid), unknown autogroups (likewise), `${NAME}` placeholders, ports and protocols,
// CIDRs and host bits, ipset elements with their kinds of target, posture assertions, values of settings.
// Not reported here: missing members, action values, undefined names, forms of defined names (`group:`, `tag:`, `@` in hosts),
// positions of well-formed selectors, cycles, durations, capability names, ipPool limits.
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
