// SPDX-License-Identifier: Apache-2.0
// What people call the ends of a connection -> addresses and nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/check/check.h"
#include "compiler/reach/reach.h"

namespace aclc {

/// The addresses that a person's word stands for.
struct Endpoint {
  struct At {
    Address address;
    TailnetNodeId node;  ///< invalid where no node has the address
  };
  std::string name;
  std::vector<At> at;
  AddressSet range;  ///< and, of a range of addresses, those that no node has

  size_t node_count() const;
};

/// A node's name, a user, a tag, a group, an autogroup, an address, a CIDR, or a host or ipset of the policy. A word that names nothing is a
/// Failure that says what is like it.
Result<Endpoint> find_endpoint(const reference::World& world, const Definitions& definitions, std::string_view word);

/// What came out for all pairs of addresses of two ends.
struct Answer {
  Endpoint src, dst;
  std::optional<uint16_t> port;
  uint8_t protocol = 0;
  size_t pairs = 0, allowed = 0;
  ReachVerdict decision;  ///< of the first pair that is denied, or else of the first
  Address from, to;   ///< that pair
  TailnetNodeId src_node, dst_node;  ///< its nodes
  std::optional<PortSet> ports;      ///< where no port was asked for: those that are open between all pairs; none where they are too many

  bool all() const { return allowed == pairs; }
};

/// Asks for pairs of one family; where there are none, for all.
Answer ask(Reach& reach, Endpoint src, Endpoint dst, std::optional<uint16_t> port, uint8_t protocol);

/// The protocol to name with an answer: the one that was asked for; where none was, the one of TCP and UDP that alone is open; else 0.
uint8_t named_protocol(Reach& reach, const Answer& answer);

/// `DST`, `DST:PORT`, `[v6]:PORT`.
struct DestinationWord {
  std::string name;
  std::optional<uint16_t> port;
};
Result<DestinationWord> split_destination(std::string_view word);

}  // namespace aclc
