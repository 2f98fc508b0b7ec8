// SPDX-License-Identifier: Apache-2.0
// The whole path of a packet through the filter: parse, flow state, lookup. One thread; the name gives the number of rules.
#include <benchmark/benchmark.h>

#include "evaluator/classify/linear.h"
#include "evaluator/packet/packet_filter.h"
#include "evaluator/program/compile.h"
#include "evaluator/wire/semantics.h"
#include "tests/support/packets.h"
#include "tests/support/random_filter.h"

namespace aclc::testing {
namespace {

constexpr uint32_t kPackets = 4096;

// n rules of 4 hosts each with a port range of their own, at one node of both families; half of the packets match.
struct Input {
  std::vector<wire::FilterRule> rules;
  AddressSet local;
  FilterPolicy policy;
  std::vector<Packet> packets;
  std::vector<Bytes> bytes;

  explicit Input(uint32_t n) {
    const Address us = Address::v4(0x64400009), us6 = Address::v6((uint128{0xfd7a115ca1e0} << 80) + 9);
    local.add(us);
    local.add(us6);
    Random random(n);
    const auto host = [&random](bool v6) {
      const uint32_t id = random.below(1u << 20);
      return v6 ? Address::v6((uint128{0xfd7a115ca1e0} << 80) + 0x10000 + id) : Address::v4(0x64500000 + id);
    };
    for (uint32_t i = 0; i < n; ++i) {
      wire::FilterRule rule;
      for (uint32_t k = 0; k < 4; ++k) rule.src_ips.push_back(host(k == 3).to_text());
      const auto first = static_cast<uint16_t>(1000 + i % 60000);
      rule.dst_ports.push_back({"*", {first, static_cast<uint16_t>(first + 3)}});
      rules.push_back(std::move(rule));
    }
    const NodeFilter node{"n", rules, local, {}};
    policy = {Program::load(ProgramBytes::copy(compile_program(std::span(&node, 1)).value().bytes)).value(), 0, false};
    for (uint32_t i = 0; i < kPackets; ++i) {
      const wire::FilterRule& rule = rules[random.below(n)];
      const Address src = i % 2 == 0 ? Address::parse(rule.src_ips[random.below(4)]).value() : host(i % 8 == 1);
      const uint16_t port = rule.dst_ports[0].ports.first;
      packets.push_back({src, src.is_v4() ? us : us6, i % 3 == 0 ? kUdp : kTcp, port});
      bytes.push_back(opening_packet(src, packets.back().dst, packets.back().protocol, port));
    }
  }
};

void packet_path(benchmark::State& state, FilterMode mode) {
  const Input input(static_cast<uint32_t>(state.range(0)));
  PolicySlot slot;
  slot.publish(input.policy);
  FilterOptions options;
  options.mode = mode;
  PacketFilter filter(slot, options);
  const wire::Resolved resolved = wire::resolve(input.rules);
  const AddressSet destinations = wire::reachable_destinations(input.local);
  for (uint32_t i = 0; i < kPackets; i += 16) {
    if (filter.check_in(input.bytes[i], 0).accept != decide_linear(resolved, destinations, input.packets[i]).allowed()) {
      state.SkipWithError("the filter and the rules disagree");
      return;
    }
  }
  uint64_t accepted = 0;
  uint32_t i = 0;
  for (auto _ : state) {
    accepted += filter.check_in(input.bytes[i], 0).accept ? 1 : 0;
    i = (i + 1) % kPackets;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["accepted"] = static_cast<double>(accepted) / static_cast<double>(state.iterations());
}

// A filter that meets a new policy at every 100th packet, against one that never does.
void policy_swaps(benchmark::State& state) {
  const Input a(1000), b(1001);
  PolicySlot slot;
  slot.publish(a.policy);
  PacketFilter filter(slot, {});
  const auto every = static_cast<uint64_t>(state.range(0));
  uint64_t n = 0, accepted = 0;
  for (auto _ : state) {
    if (every != 0 && n % every == 0) slot.publish(n / every % 2 == 0 ? b.policy : a.policy);
    accepted += filter.check_in(a.bytes[n % kPackets], 0).accept ? 1 : 0;
    ++n;
  }
  benchmark::DoNotOptimize(accepted);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(packet_path, strict, FilterMode::kStrict)->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK_CAPTURE(packet_path, tailscale, FilterMode::kTailscale)->Arg(10)->Arg(1000)->Arg(10000);
BENCHMARK(policy_swaps)->Arg(0)->Arg(100);

}  // namespace
}  // namespace aclc::testing

BENCHMARK_MAIN();
