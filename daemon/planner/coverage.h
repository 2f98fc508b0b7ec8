// SPDX-License-Identifier: Apache-2.0
// What of (source, destination, port) is already covered by boxes, for one protocol. Private to this folder.
#pragma once

#include <deque>
#include <map>
#include <memory_resource>
#include <span>
#include <vector>

#include "daemon/planner/boxes.h"

namespace aclc {

/// Sources of one rule at one range of destinations.
struct CoverageClaim {
  std::span<const AddressRange> sources;  ///< sorted, disjoint, of one family
  AddressRange dst;
  PortSet ports;
  uint8_t protocol = 0;
  uint32_t rule = 0;
};

class Coverage {
 public:
  Coverage() = default;
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;
  /// Appends boxes for what of the claim has not been covered, and covers it. Stops once `out` has more than `most` boxes.
  void add(const CoverageClaim& claim, size_t most, std::vector<Box>& out);

 private:
  using Ports = const PortSet*;  // in port_sets_; most pieces have those of their rule
  struct Piece {
    Address last;
    Ports ports;
  };
  using Pieces = std::pmr::map<Address, Piece>;  // by first source; disjoint
  // Groups may overlap each other; what one covers, no other does.
  struct Group {
    AddressRange dst;
    Pieces pieces;
  };
  struct Part {
    AddressRange src;
    AddressRange dst;
    Ports ports;
  };

  static bool touches(const Pieces& pieces, const AddressRange& src);
  void subtract(const Group& group, const Part& part, std::vector<Part>& left);
  void subtract_sources(const Pieces& pieces, const Part& part, std::vector<Part>& left);
  void cover(Pieces& pieces, const AddressRange& src, Ports ports);
  size_t group_of(const AddressRange& dst);
  Ports keep(PortSet ports) { return &port_sets_.emplace_back(std::move(ports)); }

  std::pmr::monotonic_buffer_resource memory_;  // of pieces: there are as many as boxes, and all go at once
  std::deque<PortSet> port_sets_;
  std::vector<Group> groups_;
  std::map<AddressRange, size_t> by_destination_;
};

}  // namespace aclc
