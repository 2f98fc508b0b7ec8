// SPDX-License-Identifier: Apache-2.0
// Kinds of findings of lint: they go on where those of kinds.def end. lint_kind::kNAME is the kind, diag::NAME makes a finding.
#pragma once

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

/// How many kinds kinds.def has.
inline constexpr uint16_t kKindsBeforeLint = 0
#define DIAG(...) +1
#include "parser/diagnostics/kinds.def"
#undef DIAG
    ;

namespace detail {
enum class LintKindIndex : uint16_t {
#define DIAG(Name, ...) k##Name,
#include "parser/diagnostics/kinds_lint_rules.def"
#undef DIAG
};
constexpr Kind lint_kind_at(LintKindIndex index) { return static_cast<Kind>(kKindsBeforeLint + static_cast<uint16_t>(index)); }
}  // namespace detail

namespace lint_kind {
#define DIAG(Name, ...) inline constexpr Kind k##Name = detail::lint_kind_at(detail::LintKindIndex::k##Name);
#include "parser/diagnostics/kinds_lint_rules.def"
#undef DIAG
}  // namespace lint_kind

namespace diag {
#define DIAG(Name, slug, severity, format, ...) inline constexpr KindMaker<__VA_ARGS__> Name{lint_kind::k##Name};
#include "parser/diagnostics/kinds_lint_rules.def"
#undef DIAG
}  // namespace diag

}  // namespace aclc
