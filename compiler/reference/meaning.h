// SPDX-License-Identifier: Apache-2.0
// What the names and conditions of a policy mean for one node at a time. Stateless but for its references, so that every
// compile, slow or fast, asks the same questions here.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/net/address_set.h"
#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "parser/policy/policy.h"

namespace aclc::reference {

/// The addresses of `autogroup:internet`: the public ones (recorded answers).
const AddressSet& internet();
/// The ranges that `*` stands for as a source (recorded answers): the addresses that nodes can have, without 100.115.92.0/23.
const AddressSet& tailnet_addresses();
/// What follows the last `@` of a login.
std::string_view domain_of(std::string_view login);

/// The routes that a node serves: advertised, and approved by hand or through autoApprovers.
struct ServedRoutes {
  std::vector<Prefix> all;
  std::vector<Prefix> subnets;  ///< all but the exit routes
  bool exit_node = false;       ///< one of them is 0.0.0.0/0 or ::/0
};

/// Refers to all three: they must outlive it.
class Meaning {
 public:
  Meaning(const Policy& policy, const Definitions& definitions, const Tailnet& tailnet)
      : policy_(policy), definitions_(definitions), tailnet_(tailnet) {}

  const Policy& policy() const { return policy_; }
  const Definitions& definitions() const { return definitions_; }
  const Tailnet& tailnet() const { return tailnet_; }
  const Node& node(TailnetNodeId id) const { return tailnet_.nodes[id]; }

  /// The addresses of a literal; nothing for selectors that mean nodes.
  std::optional<AddressSet> literal(const Selector& selector) const;
  /// Whether the autogroup has the node; `autogroup:self` and `autogroup:internet` have none.
  bool in_autogroup(const Node& node, Autogroup group) const;
  /// The node's own addresses, IPv4 first.
  static std::vector<Address> addresses(const Node& node);

  /// Whether the node may use a rule with this srcPosture (Tailscale docs, "Device posture"): one of the named postures holds.
  bool passes(const Node& node, const PostureRefs& own) const;
  /// The first assertion of the posture that the node fails; none where it holds.
  const PostureAssertion* failed(const Node& node, const Posture& posture) const;
  /// The list that counts for a rule of `acls` or `grants`: its own, or defaultSrcPosture where it has none.
  const PostureRefs& effective(const PostureRefs& own) const;

  /// Of the routes that the node advertises, those that are approved: by hand, an exit route by `exit_approved`, any other
  /// where `auto_approved` says so.
  static ServedRoutes served_routes(const Node& node, bool exit_approved,
                                    const std::function<bool(const Prefix&)>& auto_approved);

 private:
  AddressSet ipset(uint32_t index) const;
  bool holds(const Node& node, const PostureAssertion& assertion) const;
  bool equal(const PostureValueOf& actual, const PostureValue& wanted, bool version) const;

  const Policy& policy_;
  const Definitions& definitions_;
  const Tailnet& tailnet_;
};

}  // namespace aclc::reference
