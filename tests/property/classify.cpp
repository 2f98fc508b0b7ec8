// SPDX-License-Identifier: Apache-2.0
// The compiled program decides what the plain scan over the rules decides, packet for packet and rule for rule.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "evaluator/classify/bursts.h"
#include "evaluator/classify/classify.h"
#include "evaluator/classify/linear.h"
#include "evaluator/program/compile.h"
#include "tests/support/random_filter.h"

namespace aclc {
namespace {

std::shared_ptr<const Program> compiled(const std::vector<wire::FilterRule>& rules, const AddressSet& local) {
  const NodeFilter node{"n", rules, local, {}};
  auto program = compile_program({&node, 1});
  RC_ASSERT(program.ok());
  auto loaded = Program::load(ProgramBytes::copy(program->bytes));
  if (!loaded) RC_FAIL(loaded.error().message);
  return *loaded;
}

std::string shown(const Packet& p) {
  return p.src.to_text() + " " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port);
}

// Every address next to a border of the rules, and the borders themselves.
std::vector<Address> borders(const std::vector<AddressSet>& sets) {
  std::vector<Address> out;
  for (const AddressSet& set : sets) {
    for (const AddressRange& r : set.ranges()) {
      for (const Address& a : {r.first, r.last}) {
        for (const uint128 d : {uint128{0}, uint128{1}, ~uint128{0}}) out.push_back(Address::of(a.family, a.bits() + d));
      }
    }
  }
  return out;
}

void check_packets(const Filter& filter, const wire::Resolved& rules, const AddressSet& reach, const std::vector<Packet>& packets) {
  std::vector<Packet4> v4;
  std::vector<Packet6> v6;
  std::vector<Verdict> want4;
  std::vector<Verdict> want6;
  for (const Packet& p : packets) {
    const Verdict want = decide_linear(rules, reach, p);
    const Verdict got = classify(filter, p);
    if (got != want) RC_FAIL(shown(p) + ": " + std::to_string(got.code()) + " instead of " + std::to_string(want.code()));
    if (p.src.family != p.dst.family) continue;
    if (p.src.is_v4()) {
      v4.push_back({static_cast<uint32_t>(p.src.lo), static_cast<uint32_t>(p.dst.lo), p.port, p.protocol});
      want4.push_back(want);
    } else {
      v6.push_back({p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, p.port, p.protocol});
      want6.push_back(want);
    }
  }
  std::vector<Verdict> got4(v4.size());
  std::vector<Verdict> got6(v6.size());
  classify(filter, v4, got4);
  classify(filter, v6, got6);
  RC_ASSERT(got4 == want4);
  RC_ASSERT(got6 == want6);
  bursts::decide_in_turn(filter.v4(), v4, got4);
  RC_ASSERT(got4 == want4);
  if (!filter.v4().abreast || !bursts::can_abreast()) return;
  // In bursts of every length up to 70, as long as there are packets.
  std::fill(got4.begin(), got4.end(), Verdict::by_rule(UINT32_MAX - 2));
  for (size_t at = 0, n = 0; at < v4.size(); at += n, n = n % 70 + 1) {
    bursts::decide_abreast(filter.v4(), std::span(v4).subspan(at, std::min(n, v4.size() - at)), std::span(got4).subspan(at));
  }
  RC_ASSERT(got4 == want4);
}

void check_filter(const std::vector<wire::FilterRule>& rules, const AddressSet& local, uint64_t seed, int count) {
  const auto program = compiled(rules, local);
  const wire::Resolved resolved = wire::resolve(rules);
  const AddressSet reach = wire::reachable_destinations(local);
  std::vector<AddressSet> from;
  std::vector<AddressSet> to = {local};
  for (const wire::RuleMatch& rule : resolved.rules) {
    from.push_back(rule.sources);
    for (const wire::Destination& d : rule.destinations) to.push_back(d.addresses);
  }
  const std::vector<Address> sources = borders(from);
  const std::vector<Address> destinations = borders(to);
  testing::Random random(seed);
  std::vector<Packet> packets;
  for (int i = 0; i < count; ++i) {
    Packet p = testing::random_packet(random);
    if (!sources.empty() && random.one_in(2)) p.src = sources[random.below(static_cast<uint32_t>(sources.size()))];
    if (!destinations.empty() && !random.one_in(3)) p.dst = destinations[random.below(static_cast<uint32_t>(destinations.size()))];
    packets.push_back(p);
  }
  check_packets(program->filter(0), resolved, reach, packets);
}

RC_GTEST_PROP(Classify, AgreesWithTheScanOnSmallFilters, ()) {
  std::vector<wire::FilterRule> rules;
  for (const uint64_t seed : *rc::gen::container<std::vector<uint64_t>>(rc::gen::arbitrary<uint64_t>())) rules.push_back(testing::random_rule(seed));
  check_filter(rules, testing::random_local(*rc::gen::arbitrary<uint64_t>()), *rc::gen::arbitrary<uint64_t>(), 300);
}

// Many hosts and ports, so that host tables, long rows and dense rows all come up.
RC_GTEST_PROP(Classify, AgreesWithTheScanOnLargeFilters, ()) {
  testing::Random random(*rc::gen::arbitrary<uint64_t>());
  const bool v6 = random.one_in(2);
  const AddressSet local = wire::parse_address_set(v6 ? "fd7a:115c:a1e0::1" : "100.64.0.1").value();
  const uint32_t world = 1 + random.below(3000);
  std::vector<wire::FilterRule> rules(random.below(200));
  for (wire::FilterRule& rule : rules) {
    for (uint32_t i = random.below(40); i > 0; --i) {
      const uint32_t host = random.below(world);
      const Address a = v6 ? Address::v6((uint128{0xfd7a115ca1e0} << 80) + (uint128{host} << (host % 3 * 30))) : Address::v4(0x64400000 + host * 7);
      rule.src_ips.push_back(random.one_in(20) ? Prefix{a, static_cast<uint8_t>(address_bits(a.family) - 8)}.masked().to_text() : a.to_text());
    }
    const auto first = static_cast<uint16_t>(random.below(65000));
    rule.dst_ports.push_back({"*", {first, static_cast<uint16_t>(first + random.below(500))}});
  }
  check_filter(rules, local, random.next(), 1000);
}

}  // namespace
}  // namespace aclc
