// SPDX-License-Identifier: Apache-2.0
// A policy applied to a tailnet: which nodes and addresses a selector means, and which routes a node serves.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "parser/policy/policy.h"

namespace aclc::reference {

using NodeList = std::vector<TailnetNodeId>;

/// The addresses of `autogroup:internet`: the public ones (recorded answers).
const AddressSet& internet();
/// The ranges that `*` stands for as a source (recorded answers): the addresses that nodes can have, without 100.115.92.0/23.
const AddressSet& tailnet_addresses();

/// The routes that a node serves: advertised, and approved by hand or through autoApprovers.
struct ServedRoutes {
  std::vector<Prefix> all;
  std::vector<Prefix> subnets;  ///< all but the exit routes
  bool exit_node = false;       ///< one of them is 0.0.0.0/0 or ::/0
};

class World {
 public:
  World(const Policy& policy, const Definitions& definitions, const Tailnet& tailnet);

  const Policy& policy() const { return policy_; }
  const Tailnet& tailnet() const { return tailnet_; }
  const Node& node(TailnetNodeId id) const { return tailnet_.nodes[id]; }
  const NodeList& all_nodes() const { return all_; }

  /// The nodes that a selector names, in the tailnet's order. A literal (address, CIDR, host, ipset) names the nodes that
  /// have one of their addresses in it; `autogroup:self` and `autogroup:internet` name none.
  NodeList nodes_of(const Selector& selector) const;
  /// The addresses of a literal; nothing for selectors that mean nodes.
  std::optional<AddressSet> literal(const Selector& selector) const;

  /// The node's own addresses, IPv4 first.
  static std::vector<Address> addresses(const Node& node);
  /// Nodes of the same user, itself included; none for a tagged node.
  NodeList siblings(const Node& node) const;
  const ServedRoutes& served(TailnetNodeId id) const { return served_[id.value]; }
  /// Every subnet route of the tailnet once, in the order of nodes.
  const std::vector<Prefix>& subnet_routes() const { return subnet_routes_; }

  /// Whether the node may use a rule with this srcPosture (Tailscale docs, "Device posture"): one of the named postures holds.
  bool passes(const Node& node, const PostureRefs& own) const;
  /// The list that counts for a rule of `acls` or `grants`: its own, or defaultSrcPosture where it has none.
  const PostureRefs& effective(const PostureRefs& own) const;

 private:
  AddressSet evaluate_ipset(uint32_t index, std::vector<uint32_t>& open) const;
  NodeList autogroup(Autogroup group) const;
  NodeList where_login(std::string_view login) const;
  bool holds(const Node& node, const PostureAssertion& assertion) const;
  bool equal(const PostureValueOf& actual, const PostureValue& wanted, bool version) const;
  void approve_routes();

  const Policy& policy_;
  const Definitions& definitions_;
  const Tailnet& tailnet_;
  NodeList all_;
  std::map<std::string_view, NodeList> by_login_, by_tag_;
  std::vector<ServedRoutes> served_;
  std::vector<Prefix> subnet_routes_;
};

}  // namespace aclc::reference
