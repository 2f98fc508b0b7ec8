// SPDX-License-Identifier: Apache-2.0
// The packet filter against plainer statements of the same thing.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <list>
#include <utility>

#include "evaluator/classify/linear.h"
#include "evaluator/packet/packet_filter.h"
#include "evaluator/program/compile.h"
#include "tests/support/packets.h"
#include "tests/support/random_filter.h"

namespace aclc::testing {
namespace {

struct World {
  std::vector<wire::FilterRule> rules;
  AddressSet local;
  PolicySlot slot;

  explicit World(uint64_t seed) : local(random_local(seed)) {
    Random random(seed + 1);
    for (uint32_t i = random.below(8); i > 0; --i) rules.push_back(random_rule(random.next()));
    const NodeFilter node{"n", rules, local, {}};
    slot.publish({Program::load(ProgramBytes::copy(compile_program(std::span(&node, 1)).value().bytes)).value(), 0, false});
  }
};

bool dropped_before_rules(const Packet& p) {
  if (is_multicast(p.dst)) return true;
  return is_link_local_unicast(p.dst) && p.dst != Address::v4(0xa9fea9fe);
}

// A new flow's first packet, as bytes, gets what the plain scan over the rules says.
RC_GTEST_PROP(PacketFilter, OpeningPacketsGetWhatTheRulesSay, (uint64_t seed)) {
  World world(seed);
  const wire::Resolved resolved = wire::resolve(world.rules);
  const AddressSet destinations = wire::reachable_destinations(world.local);
  Random random(seed + 2);
  for (int i = 0; i < 60; ++i) {
    const Packet packet = random_packet(random);
    const Verdict want = dropped_before_rules(packet) ? Verdict() : decide_linear(resolved, destinations, packet);
    for (const FilterMode mode : {FilterMode::kStrict, FilterMode::kTailscale}) {
      FilterOptions options;
      options.mode = mode;
      options.flows = 16;
      PacketFilter filter(world.slot, options);
      // Protocol 0 in IPv6 is an extension header; its packet has nothing behind it and cannot be read.
      const Decision got = filter.check_in(opening_packet(packet.src, packet.dst, packet.protocol, packet.port), 0);
      RC_ASSERT(got.accept == want.allowed());
      RC_ASSERT(filter.check_new(packet).accept == want.allowed());
      if (want.has_rule()) RC_ASSERT(got.rule == want.rule());
    }
  }
}

// The table against a list in order of use.
RC_GTEST_PROP(FlowTable, HoldsTheFlowsUsedLast, (uint64_t seed)) {
  Random random(seed);
  const uint32_t capacity = 1 + random.below(9);
  FlowTable table(capacity, seed);
  std::list<std::pair<uint16_t, uint64_t>> model;  // port and end, newest first
  const auto place = [&model](uint16_t port) {
    return std::find_if(model.begin(), model.end(), [port](const auto& e) { return e.first == port; });
  };
  uint64_t now = 1;
  for (int step = 0; step < 400; ++step) {
    now += random.below(3);
    const auto port = static_cast<uint16_t>(random.below(14));
    FlowKey key;
    key.remote_port = port;
    const auto at = place(port);
    if (random.one_in(2)) {
      const uint64_t end = now + 1 + random.below(40);
      table.insert(key, now).expires = end;
      if (at != model.end()) model.erase(at);
      else if (model.size() == capacity) model.pop_back();
      model.emplace_front(port, end);
    } else {
      const bool there = at != model.end() && at->second > now;
      const Flow* found = table.find(key, now);
      RC_ASSERT((found != nullptr) == there);
      if (there) {
        RC_ASSERT(found->expires == at->second);
        model.splice(model.begin(), model, at);
      }
    }
    RC_ASSERT(table.size() == model.size());
  }
}

// Whatever is cut, flipped or glued on: a parser that reads outside of the bytes would be seen under the sanitizer.
RC_GTEST_PROP(Headers, OfBrokenPacketsStayInside, (uint64_t seed)) {
  Random random(seed);
  for (int i = 0; i < 200; ++i) {
    const Packet p = random_packet(random);
    Bytes bytes = opening_packet(p.src, p.dst, p.protocol, p.port);
    for (uint32_t flips = random.below(6); flips > 0; --flips) bytes[random.below(static_cast<uint32_t>(bytes.size()))] = static_cast<uint8_t>(random.next());
    bytes.resize(random.below(static_cast<uint32_t>(bytes.size()) + 8));
    const Bytes exact(bytes.begin(), bytes.end());
    const PacketHeaders h = parse_packet(exact);
    RC_ASSERT((h.shape == PacketShape::kEmpty) == exact.empty());
    if (h.shape == PacketShape::kWhole || h.shape == PacketShape::kFirstFragment) RC_ASSERT(h.payload <= exact.size());
    parse_quoted(exact, h);
  }
}

}  // namespace
}  // namespace aclc::testing
