// SPDX-License-Identifier: Apache-2.0
// What differs at single devices, put together so that it is said once. Internal to compiler/diff.
//
// An edge is: these sources win or lose something at this device. What is won or lost is a number that the caller gives a meaning:
// a set of ports, a capability, a login.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "compiler/diff/atoms.h"

namespace aclc::diff {

/// The destination side of an edge, and its sources.
struct Edge {
  bool gained = false;
  uint32_t what = 0;
  TailnetNodeId node;
  AtomSet src;
  bool own[2] = {false, false};  ///< the node's own addresses: IPv4, IPv6
  AddressSet behind;             ///< what it serves
};

/// Edges with the same sources and the same meaning, or those between the devices of each of some users.
struct EdgeGroup {
  bool gained = false;
  uint32_t what = 0;
  bool own_devices = false;
  AtomSet src;
  AddressSet dst;
  std::vector<TailnetNodeId> nodes;  ///< whose own addresses are among `dst`, in the order of the calls
  Edge sample;                       ///< one of the edges
};

class Edges {
 public:
  Edges(const Atoms& atoms, const Tailnet& tailnet) : atoms_(atoms), tailnet_(tailnet) {}

  /// The same edge at each node of a class; `edge.node` is not looked at. Sources may be empty where they mean nothing.
  void add(const JointClass& at, const Edge& edge);
  /// At one node only.
  void add_at(TailnetNodeId node, UserId user, const Edge& edge);

  /// All that was added, put together; in no order that means anything, but always the same. Once.
  std::vector<EdgeGroup> take();

 private:
  struct Group {
    std::vector<AddressRange> dst;
    std::vector<TailnetNodeId> nodes;
    Edge sample;
  };
  struct OwnGroup {
    std::set<uint32_t> src;
    Group rest;
  };
  /// Of one network behind several routers.
  struct Behind {
    std::set<uint32_t> src;
    Edge sample;
  };

  void add_one(TailnetNodeId node, bool own_devices, const Edge& edge, uint32_t src);
  uint32_t intern(const AtomSet& src);
  AddressSet destination(TailnetNodeId node, const Edge& edge) const;
  bool among_devices_of(UserId user, const Edge& edge) const;
  static void append(Group& group, TailnetNodeId node, const AddressSet& dst, const Edge& edge);

  const Atoms& atoms_;
  const Tailnet& tailnet_;
  std::unordered_map<identity::ContentHash, uint32_t> known_;
  std::vector<AtomSet> sources_;
  std::map<std::tuple<bool, uint32_t, uint32_t>, Group> groups_;  // gained, what, sources
  std::map<std::pair<bool, uint32_t>, OwnGroup> own_;
  std::map<std::tuple<bool, uint32_t, std::string>, Behind> behind_;
};

}  // namespace aclc::diff
