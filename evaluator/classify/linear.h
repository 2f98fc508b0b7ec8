// SPDX-License-Identifier: Apache-2.0
// What a packet filter decides, stated once and plainly: rules in order, no tables. Every fast path is held to this.
// Semantics: the reference client's packet filter ("Packet-filter behaviour to match") for the first packet of a flow: a TCP
// packet is the opening SYN, an ICMP packet neither echo reply nor error, and there was no earlier traffic.
#pragma once

#include "base/net/address_set.h"
#include "evaluator/classify/packet.h"
#include "evaluator/wire/resolve.h"
#include "evaluator/wire/semantics.h"

namespace aclc {

/// Linear in the rules. `destinations` is what reachable_destinations gave.
Verdict decide_linear(const wire::Resolved& rules, const AddressSet& destinations, const Packet& packet);

}  // namespace aclc
