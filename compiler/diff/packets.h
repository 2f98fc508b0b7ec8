// SPDX-License-Identifier: Apache-2.0
// What the packet filters of the nodes of one class take under one policy and not under the other. Internal to compiler/diff.
//
// Plans are compared by references into the shared forms first: nodes where both have the same rules, and that is nearly all of
// them after an edit, cost no more than making the plans. Elsewhere only the sources of rules that one side alone has are looked at.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/diff/edges.h"

namespace aclc::diff {

class PacketDiff {
 public:
  /// Refers to all.
  PacketDiff(Side& before, Side& after, Atoms& atoms, const Tailnet& tailnet)
      : sides_{&before, &after}, atoms_(atoms), tailnet_(tailnet), sums_{std::vector<identity::ContentHash>(atoms.size()), {}}, stamps_(atoms.size()) {
    access_.emplace_back();
    sums_[1].resize(atoms.size());
  }

  /// Adds what differs at the nodes of a class; `what` of an edge is for access().
  void compare(const JointClass& at, Edges& out);
  const AccessSet& access(uint32_t what) const { return access_[what]; }

  /// The policy rules by which a packet to the node passes; in the order of the policy, each once. `src` is any atom.
  std::vector<Span> rules_for(bool after, TailnetNodeId node, uint32_t src, const std::vector<AccessWitness>& packets);

 private:
  /// One destination of a plan with one run of ports.
  struct Item {
    identity::ContentHash hash;    ///< of all of it, the same in both plans where it is the same
    tables::SourceRef source;
    tables::Destination destination;
    uint8_t protocol = 0;
    PortRange ports;
    Span rule;
    bool alone = false;            ///< the other plan has none such
    const AtomSet* atoms = nullptr;
  };
  /// Destinations that no item tells apart, of one family.
  struct Cell {
    Family family = Family::kV4;
    bool own = false;
    AddressSet addresses;  ///< where it is not the node's own address
    std::vector<std::pair<bool, const Item*>> items;
  };
  struct Change {
    uint32_t lost = 0, gained = 0;  ///< into access_; 0: nothing
  };
  using Found = std::map<std::pair<bool, uint32_t>, AtomSet>;  ///< by gained and access

  void compare_at(TailnetNodeId node, const JointClass* all, UserId user, Edges& out);
  template <class F>
  static void each_item(const Side& side, F&& f);
  static identity::ContentHash source_hash(const Side& side, const tables::SourceRef& source);
  static identity::ContentHash destination_hash(const Side& side, const tables::Destination& d);
  static identity::ContentHash fingerprint(const Side& side);
  std::vector<Item> items(bool after);
  AddressSet addresses(const Side& side, const tables::Destination& d, const Node& own) const;
  AddressSet behind(TailnetNodeId node) const;
  static AtomSet concerned(std::vector<Item> (&both)[2]);
  std::vector<Cell> cells(std::vector<Item> (&both)[2], TailnetNodeId node) const;
  Found changes(const Cell& cell, const AtomSet& sources);
  Change change_of(const Cell& cell, uint32_t atom);
  uint32_t intern(AccessSet access);
  bool concerns_other_nodes(TailnetNodeId node);

  Side* sides_[2];
  Atoms& atoms_;
  const Tailnet& tailnet_;
  std::deque<AtomSet> locals_;  // of the items at hand
  std::vector<identity::ContentHash> sums_[2];  // by atom: the openings of either side
  std::vector<uint32_t> stamps_;                // by atom: the cell for which sums_ hold
  uint32_t stamp_ = 0;
  std::vector<AccessSet> access_;
  std::map<std::string, uint32_t> known_access_;
  std::unordered_map<identity::ContentHash, Change> known_;  // by the openings of both sides
};

}  // namespace aclc::diff
