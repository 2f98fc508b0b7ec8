// SPDX-License-Identifier: Apache-2.0
#include "evaluator/classify/linear.h"

#include "base/net/protocol.h"

namespace aclc {
namespace {

// Whether the rule's protocols and this destination's ports take the packet.
bool takes(const wire::RuleMatch& rule, const wire::Destination& to, const Packet& packet) {
  // Echo requests and the like pass wherever the source may send anything at all.
  const bool icmp = packet.protocol == wire::icmp_of(packet.dst.family);
  if (icmp) return true;
  if (!rule.protocols[packet.protocol]) return false;
  // A protocol without ports is allowed only by a rule for all ports.
  return protocol_has_ports(packet.protocol) ? to.ports.contains(packet.port) : to.ports.is_all();
}

}  // namespace

Verdict decide_linear(const wire::Resolved& rules, const AddressSet& destinations, const Packet& packet) {
  if (packet.src.family != packet.dst.family) return {};
  if (packet.protocol == wire::kNoProtocol || packet.protocol == wire::kFragmentMark) return {};
  if (!destinations.contains(packet.dst)) return {};
  if (packet.protocol == wire::kTsmp) return Verdict(Verdict::kWithoutRule);
  for (uint32_t i = 0; i < rules.rules.size(); ++i) {
    const wire::RuleMatch& rule = rules.rules[i];
    if (!rule.sources.contains(packet.src)) continue;
    for (const wire::Destination& to : rule.destinations) {
      if (to.addresses.contains(packet.dst) && takes(rule, to, packet)) return Verdict::by_rule(i);
    }
  }
  return {};
}

}  // namespace aclc
