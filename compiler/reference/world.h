// SPDX-License-Identifier: Apache-2.0
// A policy applied to a tailnet: which nodes a selector means, and which routes a node serves.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/reference/meaning.h"

namespace aclc::reference {

using NodeList = std::vector<TailnetNodeId>;

class World : public Meaning {
 public:
  World(const Policy& policy, const Definitions& definitions, const Tailnet& tailnet);

  const NodeList& all_nodes() const { return all_; }

  /// The nodes that a selector names, in the tailnet's order. A literal (address, CIDR, host, ipset) names the nodes that
  /// have one of their addresses in it; `autogroup:self` and `autogroup:internet` name none.
  NodeList nodes_of(const Selector& selector) const;
  /// Nodes of the same user, itself included; none for a tagged node.
  NodeList siblings(const Node& node) const;
  const ServedRoutes& served(TailnetNodeId id) const { return served_[id.value]; }
  /// Every subnet route of the tailnet once, in the order of nodes.
  const std::vector<Prefix>& subnet_routes() const { return subnet_routes_; }

 private:
  NodeList autogroup(Autogroup group) const;
  NodeList where_login(std::string_view login) const;
  void approve_routes();

  NodeList all_;
  std::unordered_map<std::string_view, NodeList> by_login_, by_tag_;
  std::vector<ServedRoutes> served_;
  std::vector<Prefix> subnet_routes_;
};

}  // namespace aclc::reference
