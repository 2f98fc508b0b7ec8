// SPDX-License-Identifier: Apache-2.0
// What of (source, destination, port) is already covered by boxes, for one protocol. Private to this folder.
#pragma once

#include <map>
#include <vector>

#include "daemon/planner/boxes.h"

namespace aclc {

class Coverage {
 public:
  /// Appends boxes for what of src x dst x ports has not been covered, and covers it.
  void add(const AddressRange& src, const AddressRange& dst, const PortSet& ports, uint8_t protocol, uint32_t rule, std::vector<Box>& out);

 private:
  struct Piece {
    Address last;
    PortSet ports;
  };
  using Pieces = std::map<Address, Piece>;  // by first source; disjoint
  // Groups may overlap each other; what one covers, no other does.
  struct Group {
    AddressRange dst;
    Pieces pieces;
  };
  struct Part {
    AddressRange src;
    AddressRange dst;
    PortSet ports;
  };

  static void subtract(const Group& group, const Part& part, std::vector<Part>& left);
  static void subtract_sources(const Pieces& pieces, const Part& part, std::vector<Part>& left);
  void cover(const Part& part);

  std::vector<Group> groups_;
};

}  // namespace aclc
