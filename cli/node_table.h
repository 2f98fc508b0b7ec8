// SPDX-License-Identifier: Apache-2.0
// What nodes get, in a form for people: from whom, to what, which ports, because of which line.
#pragma once

#include <span>
#include <string>

#include "compiler/pipeline/pipeline.h"
#include "compiler/reference/compile.h"
#include "compiler/tables/tables.h"

namespace aclc::cli {

/// One node's table, with the policy rules that it comes from.
std::string node_table_text(const Run& run, const Analysis& analysis, TailnetNodeId id, const reference::NodeTable& table);

/// One line for each of the tailnet's first nodes: owner, how many rules, peers and routes.
std::string nodes_overview(const Tailnet& tailnet, std::span<const tables::Summary> nodes);

}  // namespace aclc::cli
