// SPDX-License-Identifier: Apache-2.0
// Nodes and addresses that neither policy tells apart as sources. Internal to compiler/diff.
//
// An atom is a set of addresses of one family which every source of either policy has wholly or not at all: one family of the
// nodes of a joint class, or addresses of no node that lie in the same ranges. Each address is in exactly one atom.
#pragma once

#include <vector>

#include "base/net/address_set.h"
#include "compiler/diff/side.h"

namespace aclc::diff {

/// Ascending, each once.
using AtomSet = std::vector<uint32_t>;

/// Nodes of one class under both policies. Not empty.
struct JointClass {
  identity::ClassId in[2];
  std::vector<TailnetNodeId> nodes;  ///< ascending
  AtomSet atoms[2];                  ///< of their addresses: IPv4, IPv6
  UserId user;                       ///< of untagged nodes
};

class Atoms {
 public:
  /// Refers to all three. O(nodes + ranges of both policies), but for sorting.
  Atoms(const Side& before, const Side& after, const Tailnet& tailnet);

  /// In the order of their first nodes.
  const std::vector<JointClass>& classes() const { return classes_; }
  size_t size() const { return atoms_.size(); }
  Family family(uint32_t atom) const { return atoms_[atom].family; }
  /// The first of the tailnet's nodes with an address in the atom; invalid where none has.
  TailnetNodeId first_node(uint32_t atom) const { return atoms_[atom].first_node; }
  /// Whether nodes share an address: then a destination does not tell its node.
  bool shares_addresses() const { return shares_; }

  /// Of what SrcIPs holds. Kept.
  const AtomSet& of(bool after, lower::ContentId content);
  /// Of the nodes of some classes.
  AtomSet of(bool after, const std::vector<identity::ClassId>& classes) const;
  /// Of a user's untagged nodes.
  AtomSet of_user(UserId user) const;
  /// Of an address that a node has.
  uint32_t of_node_address(const Address& a) const;
  AddressSet addresses(const AtomSet& atoms) const;

 private:
  struct Atom {
    Family family;
    std::vector<AddressRange> ranges;
    TailnetNodeId first_node;
  };
  struct Owned {
    Address address;
    uint32_t atom;
  };

  void join_classes();
  void add_node_atoms();
  void add_range_atoms();
  void add_split(const AddressSet& addresses, std::vector<uint32_t>& added);
  void add_classes(bool after, const std::vector<identity::ClassId>& classes, AtomSet& out) const;
  AtomSet resolve(bool after, lower::ContentId content) const;

  const Side* sides_[2];
  const Tailnet& tailnet_;
  std::vector<JointClass> classes_;
  std::vector<std::vector<uint32_t>> joint_of_[2];  // by ClassId
  std::vector<std::vector<uint32_t>> of_user_;      // joint classes by UserId
  std::vector<Atom> atoms_;
  std::vector<Owned> owned_;                        // by address, each once
  std::vector<AtomSet> atoms_of_range_[2];          // of those that no node has, by RangeId
  std::vector<AtomSet> of_content_[2];              // empty until asked for
  bool shares_ = false;
};

}  // namespace aclc::diff
