// SPDX-License-Identifier: Apache-2.0
// The packet filter of each node.
#pragma once

#include "compiler/reference/compile.h"
#include "compiler/reference/sources.h"
#include "compiler/reference/statements.h"
#include "parser/syntax/tree.h"

namespace aclc::reference {

/// One element of DstPorts without its ports.
struct DstAddress {
  std::string text;
  AddressRange range;
  bool everything = false;  ///< `*`
};

/// A destination selector with what it means. For `autogroup:self` that differs by node and the list is empty.
struct ResolvedTarget {
  const Target* target;
  std::vector<DstAddress> addresses;
  bool literal = false;  ///< addresses, not nodes
};

struct ResolvedStatement {
  const Statement* statement;
  SourceListId sources;
  /// Beside statement->parts.
  std::vector<std::vector<ResolvedTarget>> parts;
  wire::CapMap app;
};

class FilterCompiler {
 public:
  FilterCompiler(const World& world, const SyntaxTree& tree);

  /// Fills filter_rules and filter_origins; returns the addresses from which rules on the node accept something.
  AddressSet compile(TailnetNodeId id, NodeTable& table);

 private:
  /// A rule before merging. One without destinations at this node still holds its place: merging knows no nodes.
  struct Draft {
    SourceListId sources;
    uint8_t protocol = 0;
    std::vector<wire::DstPort> dst_ports;
    std::vector<wire::CapGrant> cap_grants;
    std::vector<Span> origins;
  };

  /// The node whose filter is being made.
  struct Receiver {
    const Node* node;
    const ServedRoutes* served;
    std::vector<Address> addresses;
    std::vector<std::string> own_prefixes;

    bool has(const AddressRange& range) const {
      for (const Address& a : addresses) {
        if (range.contains(a)) return true;
      }
      return false;
    }
  };

  void part(const ResolvedStatement& s, size_t index, const Receiver& at, std::vector<Draft>& drafts, AddressSet& visible);
  void network_rules(const ResolvedStatement& s, const std::vector<ResolvedTarget>& targets, SourceListId sources,
                     const Receiver& at, std::vector<Draft>& drafts) const;
  void app_rules(const ResolvedStatement& s, size_t index, const std::vector<ResolvedTarget>& targets, SourceListId sources,
                 const Receiver& at, std::vector<Draft>& drafts);
  bool applies(const DstAddress& dst, const Receiver& at) const;
  bool applies_via(const ResolvedTarget& target, const DstAddress& dst, const Statement& s, const Receiver& at) const;
  std::vector<DstAddress> node_addresses(const NodeList& nodes) const;
  ResolvedTarget resolve(const Target& target) const;

  const World& world_;
  std::vector<Statement> statements_;
  SourceLists sources_;
  std::vector<ResolvedStatement> resolved_;
};

}  // namespace aclc::reference
