// SPDX-License-Identifier: Apache-2.0
// One node's filter that has a rule of every kind, for the tests of the packet filter.
#pragma once

#include <memory>
#include <vector>

#include "evaluator/packet/capability_sources.h"
#include "evaluator/packet/packet_filter.h"
#include "evaluator/program/compile.h"
#include "tests/support/packets.h"

namespace aclc::testing {

inline wire::FilterRule rule(std::vector<std::string> from, std::vector<wire::DstPort> to, std::vector<uint8_t> protocols = {}) {
  return {std::move(from), std::move(to), std::move(protocols), {}};
}

inline FilterPolicy policy_of(const std::vector<wire::FilterRule>& rules, const std::vector<std::string>& local) {
  AddressSet addresses;
  for (const std::string& text : local) {
    if (const auto prefix = Prefix::parse(text)) {
      addresses.add(*prefix);
    } else {
      addresses.add(addr(text));
    }
  }
  const NodeFilter node{"n", rules, addresses, {}};
  auto compiled = compile_program(std::span(&node, 1));
  return {Program::load(ProgramBytes::copy(compiled.value().bytes)).value(), 0, false};
}

inline const std::vector<std::string>& house_local() {
  static const std::vector<std::string> local{"100.122.98.50", "1.2.3.4",     "5.6.7.8",    "102.102.102.102",
                                              "119.119.119.119", "8.1.0.0/16", "2001::/16"};
  return local;
}

inline std::vector<wire::FilterRule> house_rules() {
  const std::vector<std::string> two{"8.1.1.1", "8.2.2.2"};
  const auto one = [](uint16_t port) { return PortRange::single(port); };
  std::vector<wire::FilterRule> rules{
      rule(two, {{"1.2.3.4", one(22)}, {"5.6.7.8", {23, 24}}}),
      rule({"9.1.1.1", "9.2.2.2"}, {{"1.2.3.4", one(22)}, {"5.6.7.8", {23, 24}}}, {kSctp}),
      rule(two, {{"5.6.7.8", {27, 28}}}),
      rule({"2.2.2.2"}, {{"8.1.1.1", one(22)}}),
      rule({"0.0.0.0/0"}, {{"100.122.98.50", PortRange::all()}}),
      rule({"0.0.0.0/0"}, {{"0.0.0.0/0", one(443)}}),
      rule({"153.1.1.1", "153.1.1.2", "153.3.3.3"}, {{"1.2.3.4", one(999)}}),
      rule({"::1", "::2"}, {{"2001::1", one(22)}, {"2001::2", one(22)}}),
      rule({"::/0"}, {{"::/0", one(443)}}),
      rule({"0.0.0.0/0"}, {{"0.0.0.0/0", PortRange::all()}}, {116}),
      rule({"::/0"}, {{"::/0", PortRange::all()}}, {116}),
      rule({"cap:x.test/cap/a"}, {{"1.2.3.4", one(22)}}),
  };
  AddressSet holder;
  holder.add(addr("10.0.0.1"));
  return bind_capability_sources(rules, {{"x.test/cap/a", holder}});
}

/// A filter over the house's rules, or others.
struct House {
  explicit House(FilterMode mode, FilterPolicy policy = policy_of(house_rules(), house_local()), FilterOptions options = {}) {
    slot.publish(std::move(policy));
    options.mode = mode;
    filter = std::make_unique<PacketFilter>(slot, std::move(options));
  }
  Decision in(const Bytes& packet, uint64_t now = 0) { return filter->check_in(packet, now); }
  Decision out(const Bytes& packet, uint64_t now = 0) { return filter->check_out(packet, now); }

  PolicySlot slot;
  std::unique_ptr<PacketFilter> filter;
};

}  // namespace aclc::testing
