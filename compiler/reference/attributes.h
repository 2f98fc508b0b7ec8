// SPDX-License-Identifier: Apache-2.0
// What a node has apart from rules: capabilities from nodeAttrs, allowed addresses, elected routes.
#pragma once

#include <functional>
#include <string>

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"
#include "parser/syntax/tree.h"

namespace aclc::reference {

/// What nodeAttrs and settings of the whole tailnet give a node, where `meant` says whether a target means it. Sorted by name,
/// each once.
wire::CapMap capabilities(const Policy& policy, const SyntaxTree& tree, const std::function<bool(const Selector&)>& meant);
wire::CapMap node_capabilities(const World& world, const SyntaxTree& tree, TailnetNodeId id);

/// The node's addresses and the routes that it serves, exit routes too. Without IPv4 where `caps` has `disable-ipv4`.
std::vector<std::string> allowed_ips(const Node& node, const ServedRoutes& served, const wire::CapMap& caps);

/// Whether a is elected before b as the router of a route that both serve: the one created first, by the tailnet's order among equals.
bool elected_before(const Tailnet& tailnet, TailnetNodeId a, TailnetNodeId b);

/// The subnet routes for which the node is the elected router.
std::vector<std::string> primary_routes(const World& world, TailnetNodeId id);

/// `[a]` and `[b]` as one list, `[a,b]`; `null` and `[]` add nothing.
std::string join_json_arrays(const std::string& a, const std::string& b);

}  // namespace aclc::reference
