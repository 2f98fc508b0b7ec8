// SPDX-License-Identifier: Apache-2.0
// The texts of wire rules as sets: what each rule matches, before any packet is seen.
// Forms and faults are those of the reference client ("Packet-filter behaviour": source forms, absent IPProto).
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc::wire {

struct Destination {
  AddressSet addresses;
  PortRange ports;  ///< as written: first > last matches no port
};

/// One rule's own condition. A rule that only grants capabilities has no destinations and matches no packet.
struct RuleMatch {
  AddressSet sources;
  std::vector<Destination> destinations;
  std::bitset<256> protocols;
};

struct Resolved {
  std::vector<RuleMatch> rules;     ///< as many as there were rules
  std::vector<std::string> faults;  ///< what could not be read; it matches nothing, all else still holds
};

/// `*` is both families whole; else an address, a CIDR without host bits, or `first-last`. nullopt for anything else.
std::optional<AddressSet> parse_address_set(std::string_view text);

/// Protocols a rule names, or TCP, UDP, ICMP and ICMPv6 where it names none.
std::bitset<256> protocols_of(const FilterRule& rule);

/// Sources of the form `cap:NAME` need what a peer was granted, which no address tells: they match nothing and are no fault.
Resolved resolve(std::span<const FilterRule> rules);

}  // namespace aclc::wire
