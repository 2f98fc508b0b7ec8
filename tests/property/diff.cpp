// SPDX-License-Identifier: Apache-2.0
// The difference of two policies is exactly the packets that one of their tables lets pass and the other does not.
#include "compiler/diff/diff.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/net/protocol.h"
#include "tests/support/packets_of_tables.h"
#include "tests/support/random_policy.h"

namespace aclc::testing {
namespace {

class Nowhere final : public DiagnosticSink {
 public:
  void report(Diagnostic) override {}
};

bool in(const AccessSet& a, const Packet& p) {
  switch (p.protocol) {
    case kTcp: return a.tcp.contains(p.port);
    case kUdp: return a.udp.contains(p.port);
    case kSctp: return a.sctp.contains(p.port);
    case kIcmp:
    case kIpv6Icmp: return a.ping;
    default: return a.others[p.protocol];
  }
}

bool icmp_of_other_family(const Packet& p) { return p.protocol == (p.dst.is_v4() ? kIpv6Icmp : kIcmp); }

/// The user of the device with the address.
UserId user_of(const Tailnet& t, const Address& a) {
  for (const Node& n : t.nodes) {
    if ((n.ipv4 && *n.ipv4 == a) || (n.ipv6 && *n.ipv6 == a)) return n.tagged() ? UserId() : n.user;
  }
  return {};
}

bool tells(const Tailnet& t, const AccessDiff& diff, bool gained, const Packet& p) {
  for (const AccessChange& c : diff.changes) {
    if (c.gained != gained || !in(c.access, p) || !c.source_addresses.contains(p.src) || !c.destination_addresses.contains(p.dst)) continue;
    if (!c.own_devices) return true;
    if (user_of(t, p.src).valid() && user_of(t, p.src) == user_of(t, p.dst)) return true;
  }
  return false;
}

void compare(const BuiltPolicy& a, const BuiltPolicy& b, const Tailnet& tailnet) {
  const AccessDiff diff = diff_access({a.policy, a.tree, a.definitions}, {b.policy, b.tree, b.definitions}, tailnet);
  const auto before = reference::compile(a.policy, a.tree, a.definitions, tailnet);
  const auto after = reference::compile(b.policy, b.tree, b.definitions, tailnet);
  const reference::World world(a.policy, a.definitions, tailnet), other(b.policy, b.definitions, tailnet);
  // Two routers of one network may take different packets: what is told is what some device of the class takes.
  for (size_t i = 0; i < before.size(); ++i) {
    AddressSet local = local_of(world, TailnetNodeId(i));
    local.add(local_of(other, TailnetNodeId(i)));
    each_packet(tailnet, wire::resolve(before[i].filter_rules), wire::resolve(after[i].filter_rules), local, [&](const Packet& p, bool x, bool y) {
      if (icmp_of_other_family(p) || x == y) return;
      if (tells(tailnet, diff, y, p)) return;
      RC_LOG() << a.text << "\n" << b.text << "\n";
      RC_FAIL("not told: " + p.src.to_text() + " -> " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port));
    });
  }
  // What is told is so at the device, or at one of the routers, that the packet goes to.
  for (const AccessChange& c : diff.changes) {
    Packet p;
    p.src = c.witness.src;
    p.dst = c.witness.dst;
    p.protocol = c.witness.protocol;
    p.port = c.witness.port;
    bool real = false;
    for (size_t i = 0; i < before.size() && !real; ++i) {
      AddressSet local = local_of(world, TailnetNodeId(i));
      local.add(local_of(other, TailnetNodeId(i)));
      const bool x = decide_linear(wire::resolve(before[i].filter_rules), local, p).allowed();
      const bool y = decide_linear(wire::resolve(after[i].filter_rules), local, p).allowed();
      real = x != y && y == c.gained;
    }
    if (real) continue;
    RC_LOG() << a.text << "\n" << b.text << "\n";
    RC_FAIL("no witness: " + p.src.to_text() + " -> " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port));
  }
}

RC_GTEST_PROP(Diff, AgreesWithEveryPacket, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  Nowhere nowhere;
  const std::string text = dice.tailnet();
  compare(a, b, read_tailnet(text, SourceId(size_t{0}), nowhere));
}

RC_GTEST_PROP(Diff, AgreesWithEveryPacketWithoutTailnet, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  compare(a, b, universe_of(a.policy, b.policy));
}

RC_GTEST_PROP(Diff, OfAPolicyWithItselfIsEmpty, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy());
  RC_PRE(a.valid());
  const Tailnet t = universe_of(a.policy, a.policy);
  RC_ASSERT(diff_access({a.policy, a.tree, a.definitions}, {a.policy, a.tree, a.definitions}, t).empty());
}

}  // namespace
}  // namespace aclc::testing
