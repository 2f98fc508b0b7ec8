// SPDX-License-Identifier: Apache-2.0
// What a device's table lets pass, packet by packet: the slow side of properties about rules that can go and about differences.
#pragma once

#include <algorithm>
#include <vector>

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"
#include "evaluator/classify/linear.h"
#include "evaluator/wire/resolve.h"

namespace aclc::testing {

/// Addresses at which something may change: ends of ranges and what follows them, and every device's own.
inline std::vector<Address> boundary_addresses(const Tailnet& tailnet, const std::vector<const wire::Resolved*>& tables) {
  std::vector<Address> out;
  const auto add = [&](const AddressSet& set) {
    for (const AddressRange& r : set.ranges()) {
      out.push_back(r.first);
      out.push_back(r.last);
      const uint128 top = r.last.is_v4() ? uint128{0xffffffffU} : ~uint128{0};
      if (r.last.bits() < top) out.push_back(Address::of(r.last.family, r.last.bits() + 1));
    }
  };
  for (const Node& n : tailnet.nodes) {
    if (n.ipv4) out.push_back(*n.ipv4);
    if (n.ipv6) out.push_back(*n.ipv6);
  }
  for (const wire::Resolved* t : tables) {
    for (const wire::RuleMatch& rule : t->rules) {
      add(rule.sources);
      for (const wire::Destination& d : rule.destinations) add(d.addresses);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Ports at which something may change.
inline std::vector<uint16_t> boundary_ports(const std::vector<const wire::Resolved*>& tables) {
  std::vector<uint16_t> out = {0, 65535};
  for (const wire::Resolved* t : tables) {
    for (const wire::RuleMatch& rule : t->rules) {
      for (const wire::Destination& d : rule.destinations) {
        for (const int p : {d.ports.first - 1, d.ports.first + 0, d.ports.last + 0, d.ports.last + 1}) {
          if (p >= 0 && p <= 65535) out.push_back(static_cast<uint16_t>(p));
        }
      }
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

inline constexpr uint8_t kTriedProtocols[] = {1, 6, 17, 47, 58, 132};

/// What a device receives under a world: its addresses and the networks that it serves.
inline AddressSet local_of(const reference::World& world, TailnetNodeId id) {
  AddressSet out;
  for (const Address& a : reference::World::addresses(world.node(id))) out.add(a);
  for (const Prefix& p : world.served(id).subnets) out.add(p);
  if (world.served(id).exit_node) out.add(reference::internet());
  return out;
}

/// f(packet, allowed by `a`, allowed by `b`) for every packet from and to a boundary.
template <class F>
void each_packet(const Tailnet& tailnet, const wire::Resolved& a, const wire::Resolved& b, const AddressSet& local, F&& f) {
  const std::vector<Address> addresses = boundary_addresses(tailnet, {&a, &b});
  const std::vector<uint16_t> ports = boundary_ports({&a, &b});
  for (const Address& src : addresses) {
    for (const Address& dst : addresses) {
      if (src.family != dst.family || !local.contains(dst)) continue;
      for (const uint8_t protocol : kTriedProtocols) {
        const bool has_ports = protocol == 6 || protocol == 17 || protocol == 132;
        for (const uint16_t port : ports) {
          Packet p;
          p.src = src;
          p.dst = dst;
          p.protocol = protocol;
          p.port = has_ports ? port : uint16_t{0};
          f(p, decide_linear(a, local, p).allowed(), decide_linear(b, local, p).allowed());
          if (!has_ports) break;
        }
      }
    }
  }
}

}  // namespace aclc::testing
