// SPDX-License-Identifier: Apache-2.0
// A node's rules as boxes that do not overlap, which is what the kernel's concatenated sets can hold: one overlapping element there loses
// the whole update.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"
#include "base/result.h"
#include "evaluator/wire/resolve.h"

namespace aclc {

/// Packets from `src` to `dst` of one protocol and with a destination port in `ports` are allowed, among others by `rule`.
struct Box {
  AddressRange src;
  AddressRange dst;
  uint8_t protocol = 0;
  PortRange ports;
  uint32_t rule = 0;

  friend bool operator==(const Box&, const Box&) = default;
  friend auto operator<=>(const Box&, const Box&) = default;
};

/// What the kernel looks at: all but the rule.
inline auto place(const Box& b) { return std::tie(b.src, b.dst, b.protocol, b.ports); }

/// The table of one node for one family, by what the kernel has to look at. Ports are of no meaning but in `ports`.
struct FamilyBoxes {
  std::vector<Box> ports;      ///< TCP, UDP, SCTP
  std::vector<Box> icmp;       ///< any rule between two addresses lets ICMP through
  std::vector<Box> protocols;  ///< other protocols
  AddressSet self;             ///< destinations that are this node's business

  size_t size() const { return ports.size() + icmp.size() + protocols.size(); }
  friend bool operator==(const FamilyBoxes&, const FamilyBoxes&) = default;
};

struct FilterBoxes {
  FamilyBoxes v4;
  FamilyBoxes v6;
  friend bool operator==(const FilterBoxes&, const FilterBoxes&) = default;
};

struct BoxLimits {
  size_t per_family = 50'000;  ///< above that a packet costs more than a microsecond and an update more than a second
};

/// Allows exactly what the rules allow at `destinations` (see wire::reachable_destinations). Boxes are sorted. Where several rules
/// allow the same packet, the widest of them has it: that keeps the number of boxes near the number of (rule, source, destination).
/// Fails where the limit is passed, naming the rule that passed it.
Result<FilterBoxes> filter_boxes(const wire::Resolved& rules, const AddressSet& destinations, const BoxLimits& limits = {});

}  // namespace aclc
