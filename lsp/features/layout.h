// SPDX-License-Identifier: Apache-2.0
// The canonical layout for features that change a text. Internal to lsp/features.
#pragma once

#include <vector>

#include "lsp/service/analysis.h"
#include "parser/diagnostics/diagnostic.h"

namespace aclc::lsp {

/// Edits of the white space of `before` that leave `after`, the same tokens but for their spelling, in the canonical layout:
/// values stay in the column of their neighbours. None where `before` is not laid out so.
std::vector<Edit> keep_layout(const Analysis& before, const Analysis& after);

}  // namespace aclc::lsp
