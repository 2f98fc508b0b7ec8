// SPDX-License-Identifier: Apache-2.0
// The parts of the packet filter's meaning that do not come from rules (the reference client's "Order of decisions, inbound").
#pragma once

#include <cstdint>

#include "base/net/address_set.h"
#include "base/net/protocol.h"

namespace aclc::wire {

inline constexpr uint8_t kTsmp = 99;           ///< the client's own messages: accepted wherever the destination is local
inline constexpr uint8_t kNoProtocol = 0;      ///< the client's mark for what it could not parse: denied
inline constexpr uint8_t kFragmentMark = 255;  ///< the client's mark for later fragments: never valid on the wire, denied

constexpr uint8_t icmp_of(Family family) { return family == Family::kV4 ? kIcmp : kIpv6Icmp; }

/// The addresses at which a node takes packets: `local` without multicast and link-local unicast, which the client drops
/// before any rule. 169.254.169.254 alone stays.
AddressSet reachable_destinations(const AddressSet& local);

}  // namespace aclc::wire
