// SPDX-License-Identifier: Apache-2.0
// Boxes for the kernel: disjoint, and the same decisions as the rules.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daemon/planner/boxes.h"
#include "evaluator/classify/linear.h"
#include "evaluator/wire/semantics.h"
#include "tests/support/random_filter.h"

namespace aclc::testing {
namespace {

bool contains(const Box& box, const Packet& p, bool ported) {
  return box.protocol == p.protocol && box.src.contains(p.src) && box.dst.contains(p.dst) && (!ported || box.ports.contains(p.port));
}

bool overlap(const Box& a, const Box& b) {
  return a.protocol == b.protocol && a.src.overlaps(b.src) && a.dst.overlaps(b.dst) && a.ports.overlaps(b.ports);
}

void expect_disjoint(const std::vector<Box>& boxes) {
  for (size_t i = 0; i < boxes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) RC_ASSERT(!overlap(boxes[i], boxes[j]));
  }
}

// As the kernel decides, after the steps that no rule can change.
const Box* find(const FilterBoxes& all, const Packet& p) {
  const FamilyBoxes& family = p.dst.is_v4() ? all.v4 : all.v6;
  if (!family.self.contains(p.dst)) return nullptr;
  const bool ported = protocol_has_ports(p.protocol);
  const auto& boxes = ported ? family.ports : p.protocol == wire::icmp_of(p.dst.family) ? family.icmp : family.protocols;
  for (const Box& box : boxes) {
    if (contains(box, p, ported)) return &box;
  }
  return nullptr;
}

Packet near_border(Random& random, const Box& box) {
  const auto pick = [&random](const AddressRange& r) {
    const Address at = random.one_in(2) ? r.first : r.last;
    if (random.one_in(2)) return at;
    return Address::of(at.family, random.one_in(2) ? at.bits() + 1 : at.bits() - 1);
  };
  const uint16_t port = random.one_in(2) ? box.ports.first : static_cast<uint16_t>(box.ports.last + random.below(2));
  return {pick(box.src), pick(box.dst), box.protocol, port};
}

RC_GTEST_PROP(Boxes, AreDisjointAndDecideAsTheRulesDo, (uint64_t seed)) {
  Random random(seed);
  std::vector<wire::FilterRule> rules;
  for (uint32_t i = random.below(9); i > 0; --i) rules.push_back(random_rule(random.next()));
  AddressSet local = random_local(random.next());
  if (random.one_in(3)) local.add(AddressSet::of({{Address::v4(0x64400000), Address::v4(0x6440001f)}}));
  const wire::Resolved resolved = wire::resolve(rules);
  const AddressSet destinations = wire::reachable_destinations(local);
  const auto result = filter_boxes(resolved, destinations);
  RC_ASSERT(result.ok());
  const FilterBoxes& boxes = *result;
  std::vector<Packet> packets;
  for (const FamilyBoxes* family : {&boxes.v4, &boxes.v6}) {
    for (const auto* list : {&family->ports, &family->icmp, &family->protocols}) {
      expect_disjoint(*list);
      for (const Box& box : *list) packets.push_back(near_border(random, box));
    }
  }
  for (int i = 0; i < 100; ++i) packets.push_back(random_packet(random));
  for (const Packet& p : packets) {
    const Verdict want = decide_linear(resolved, destinations, p);
    if (want.allowed() && !want.has_rule()) continue;  // own messages: not by boxes
    const Box* box = find(boxes, p);
    RC_ASSERT((box != nullptr) == want.allowed());
    if (box == nullptr) continue;
    const wire::Resolved alone{{resolved.rules[box->rule]}, {}};
    RC_ASSERT(decide_linear(alone, destinations, p).allowed());  // the box names a rule that does allow it
  }
}

}  // namespace
}  // namespace aclc::testing
