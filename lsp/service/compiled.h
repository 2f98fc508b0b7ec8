// SPDX-License-Identifier: Apache-2.0
// What nodes get under a text, and what two texts give them differently.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lsp/service/analysis.h"

namespace aclc::lsp {

/// One node's table as `aclc compile --format json` has it. Fails without an inventory, on unknown nodes, on a policy with
/// errors, and on more nodes than an editor has memory for.
Result<std::string> compiled_json(const Analysis& analysis, std::string_view node);

/// Nodes whose tables two texts make different, in the inventory's order.
struct TableDifference {
  struct Changed {
    std::string node;
    std::vector<std::string> added, removed;  ///< "filter_rules: {...}": one line a rule, capability, route or peer
  };
  std::vector<Changed> changed;
  size_t same = 0;
};
/// Looks at `cancelled` between nodes.
Result<TableDifference> compare_tables(const Analysis& before, const Analysis& after, const std::atomic<bool>& cancelled);

}  // namespace aclc::lsp
