// SPDX-License-Identifier: Apache-2.0
// What a node has apart from rules: capabilities from nodeAttrs, allowed addresses, elected routes.
#pragma once

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"
#include "parser/syntax/tree.h"

namespace aclc::reference {

/// Sorted by name, each once.
wire::CapMap node_capabilities(const World& world, const SyntaxTree& tree, TailnetNodeId id);

/// The node's addresses and the routes that it serves, exit routes too. Without IPv4 where `caps` has `disable-ipv4`.
std::vector<std::string> allowed_ips(const World& world, TailnetNodeId id, const wire::CapMap& caps);

/// The subnet routes for which the node is the elected router: of all that serve the same route, the one created first.
std::vector<std::string> primary_routes(const World& world, TailnetNodeId id);

/// `[a]` and `[b]` as one list, `[a,b]`; `null` and `[]` add nothing.
std::string join_json_arrays(const std::string& a, const std::string& b);

}  // namespace aclc::reference
