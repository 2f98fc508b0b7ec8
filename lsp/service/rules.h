// SPDX-License-Identifier: Apache-2.0
// What a rule comes to: who and what its sides are in the inventory, and which tests of the policy depend on it.
#pragma once

#include <optional>
#include <string>

#include "lsp/service/analysis.h"
#include "lsp/service/verdicts.h"

namespace aclc::lsp {

/// Of several selectors together. Literals are those of selectors that no node of the inventory fits.
Reached reach_all(const Analysis& analysis, Selectors selectors);

struct Sides {
  Reached src, dst;
};
/// Of a rule in acls, grants or ssh; nothing for other entries. Without an inventory there are no nodes.
std::optional<Sides> sides_of(const Analysis& analysis, Entry rule);

/// "3 nodes and 1 range outside the tailnet"; `node` is what to call a node.
std::string said(const Reached& side, std::string_view node = "node");

/// Markdown: what a rule or test says in one line, what the rule allows with counts of the inventory, and the tests that it
/// decides or comes nearest to. `verdicts` are those of this very text, null while there are none.
std::string describe_entry(const Analysis& analysis, Entry entry, const Verdicts* verdicts = nullptr);

}  // namespace aclc::lsp
