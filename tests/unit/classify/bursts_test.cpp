// SPDX-License-Identifier: Apache-2.0
// Every way of deciding bursts gives the scan's verdicts, for filters that make each of them take all of its turns.
#include "evaluator/classify/bursts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/net/protocol.h"
#include "evaluator/classify/classify.h"
#include "evaluator/classify/linear.h"
#include "evaluator/program/compile.h"
#include "evaluator/program/hash.h"
#include "tests/support/random_filter.h"

namespace aclc {
namespace {

using Plane4 = PlaneView<AddressMap4View>;
using testing::Random;

std::string text(uint32_t address) { return Address::v4(address).to_text(); }

struct Bursts : ::testing::Test {
  std::vector<wire::FilterRule> rules;
  AddressSet local;
  struct From {
    uint32_t address;
    size_t rule;
  };
  std::vector<From> sources;  // what packets come from, besides neighbours of these and strangers
  std::vector<uint32_t> destinations;
  std::shared_ptr<const Program> program;

  void own(const std::string& place) {
    local.add(*wire::parse_address_set(place));
    destinations.push_back(static_cast<uint32_t>(wire::parse_address_set(place)->ranges()[0].first.lo));
  }
  void rule(std::vector<std::string> from, std::string to, PortRange ports, std::vector<uint8_t> protocols = {}) {
    for (const std::string& place : from) {
      const AddressSet set = *wire::parse_address_set(place);
      for (const AddressRange& r : set.ranges()) {
        if (!r.first.is_v4()) continue;
        sources.push_back({static_cast<uint32_t>(r.first.lo), rules.size()});
        sources.push_back({static_cast<uint32_t>(r.last.lo), rules.size()});
      }
    }
    rules.push_back({std::move(from), {{std::move(to), ports}}, std::move(protocols), {}});
  }
  const Plane4& compile() {
    const NodeFilter node{"n", rules, local, {}};
    program = *Program::load(ProgramBytes::copy(compile_program({&node, 1})->bytes));
    return program->filter(0).v4();
  }

  std::vector<Packet4> packets(size_t count, uint64_t seed) const {
    static constexpr uint8_t kProtocols[] = {kTcp, kTcp, kTcp, kTcp, kUdp, kSctp, kIcmp, kIpv6Icmp, wire::kTsmp, 0, 47, 127, 128, 200, 255};
    Random random(seed);
    std::vector<Packet4> out(count);
    for (Packet4& p : out) {
      const From& from = sources[random.below(static_cast<uint32_t>(sources.size()))];
      p.src = from.address;
      if (random.one_in(4)) p.src += random.below(3) - 1;
      if (random.one_in(8)) p.src = random.one_in(4) ? 0 : static_cast<uint32_t>(random.next());
      p.dst = destinations[random.below(static_cast<uint32_t>(destinations.size()))];
      if (random.one_in(6)) p.dst += random.below(3) - 1;
      if (random.one_in(30)) p.dst = 0;
      p.protocol = kProtocols[random.below(std::size(kProtocols))];
      p.port = testing::random_port(random);
      if (random.one_in(2)) {
        const PortRange ports = rules[from.rule].dst_ports[0].ports;
        p.port = static_cast<uint16_t>(random.one_in(2) ? ports.first : ports.last);
      }
    }
    return out;
  }

  // Bursts of every length up to 70, each way, and nothing written behind them.
  void check() const {
    const Plane4& plane = program->filter(0).v4();
    Plane4 other_way = plane;  // one by one in place of stages, or the other way round
    other_way.fits_cache = !plane.fits_cache;
    const std::vector<Packet4> all = packets(70 * 71 / 2, 7);
    const wire::Resolved resolved = wire::resolve(rules);
    const AddressSet reach = wire::reachable_destinations(local);
    std::vector<Verdict> want;
    for (const Packet4& p : all) want.push_back(decide_linear(resolved, reach, {Address::v4(p.src), Address::v4(p.dst), p.protocol, p.port}));
    EXPECT_GT(std::count_if(want.begin(), want.end(), [](Verdict v) { return v.has_rule(); }), 100);
    EXPECT_GT(std::count_if(want.begin(), want.end(), [](Verdict v) { return !v.allowed(); }), 100);
    const auto held = [&](const char* way, const std::function<void(std::span<const Packet4>, std::span<Verdict>)>& decide) {
      size_t at = 0;
      for (size_t n = 0; n <= 70; at += n, ++n) {
        std::vector<Verdict> got(n + 1, Verdict::by_rule(12345));
        decide(std::span(all).subspan(at, n), std::span(got).first(n));
        ASSERT_EQ(got[n], Verdict::by_rule(12345)) << way << ", length " << n;
        for (size_t i = 0; i < n; ++i) {
          const Packet4& p = all[at + i];
          ASSERT_EQ(got[i].code(), want[at + i].code()) << way << ", length " << n << ", packet " << i << ": " << text(p.src) << " to " << text(p.dst)
                                                        << " protocol " << int{p.protocol} << " port " << p.port;
        }
      }
    };
    held("in turn", [&](auto p, auto v) { bursts::decide_in_turn(plane, p, v); });
    held("in turn, other way", [&](auto p, auto v) { bursts::decide_in_turn(other_way, p, v); });
    held("as picked", [&](auto p, auto v) { classify(program->filter(0), p, v); });
    ASSERT_TRUE(plane.abreast);
    if (!bursts::can_abreast()) return;
    held("abreast", [&](auto p, auto v) { bursts::decide_abreast(plane, p, v); });
    held("abreast, other way", [&](auto p, auto v) { bursts::decide_abreast(other_way, p, v); });
  }

  void hosts(uint32_t rule_count, uint32_t each, uint64_t seed) {
    Random random(seed);
    for (uint32_t i = 0; i < rule_count; ++i) {
      std::vector<std::string> from;
      for (uint32_t k = 0; k < each; ++k) from.push_back(text(0x64400000 + random.below(1 << 22)));
      rule(from, "*", {static_cast<uint16_t>(i * 7), static_cast<uint16_t>(i * 7 + random.below(9))}, {kTcp});
    }
  }
};

// Whether a place of a host refers to a row that is not short.
bool has_wide_rows(const Plane4& plane) {
  const AddressMap4View& map = plane.sources;
  for (uint32_t b = 0; b < map.bucket_span + map.max_probe; ++b) {
    for (const uint32_t value : map.hosts[b].value) {
      if ((value & 3) != 0) return true;
    }
  }
  return false;
}

TEST_F(Bursts, HostsOnly) {
  own("100.64.0.9");
  hosts(10, 4, 1);
  const Plane4& plane = compile();
  EXPECT_EQ(plane.sources.steps, 0u);
  EXPECT_EQ(plane.destinations.bucket_span, 1u);
  check();
}

TEST_F(Bursts, RangesOnly) {
  own("10.0.0.0/8");
  rule({"10.1.0.0/16", "192.168.0.0-192.168.3.200"}, "10.2.0.0/16", {80, 443});
  rule({"0.0.0.0/4", "240.0.0.0/4"}, "10.0.0.0/8", {443, 65535}, {kTcp, kUdp, 47});
  destinations.push_back(0x0a020000);
  const Plane4& plane = compile();
  EXPECT_EQ(plane.sources.bucket_span, 0u);
  EXPECT_NE(plane.sources.steps, 0u);
  EXPECT_EQ(plane.destinations.bucket_span, 0u);
  check();
}

TEST_F(Bursts, HostsAndRanges) {
  own("100.64.0.9");
  own("100.64.7.9");
  own("10.3.0.0/16");
  hosts(40, 6, 3);
  for (uint32_t i = 0; i < 60; ++i) {
    rule({Prefix{Address::v4(0x64400000 + i * 40000), static_cast<uint8_t>(16 + i % 14)}.masked().to_text()}, i % 2 != 0 ? "10.3.0.0/17" : "*",
         {static_cast<uint16_t>(i * 100), static_cast<uint16_t>(i * 100 + 50)});
  }
  const Plane4& plane = compile();
  EXPECT_NE(plane.sources.steps, 0u);
  EXPECT_NE(plane.sources.bucket_span, 0u);
  EXPECT_GT(plane.destinations.bucket_span, 1u);
  check();
}

TEST_F(Bursts, OneHostBesideRangesAsDestination) {
  own("100.64.0.9");
  own("10.3.0.0/16");
  hosts(5, 5, 4);
  rule({"100.64.0.0/10"}, "10.3.0.0/16", {22, 80});
  const Plane4& plane = compile();
  EXPECT_NE(plane.destinations.steps, 0u);
  EXPECT_EQ(plane.destinations.bucket_span, 1u);
  check();
}

TEST_F(Bursts, FullBucketsAndTheLowestAddress) {
  own("100.64.0.9");
  own("0.0.0.0");
  own("255.255.255.255");
  hosts(300, 10, 5);
  rule({"0.0.0.0", "0.0.0.1", "255.255.255.255"}, "*", {22, 80});
  const Plane4& plane = compile();
  EXPECT_GT(plane.sources.max_probe, 0u);
  sources.insert(sources.end(), sources.size() / 4, {0, rules.size() - 1});
  check();
}

TEST_F(Bursts, HostsBehindTheirFirstBucket) {
  own("100.64.0.9");
  hosts(300, 10, 6);
  const AddressMap4View& map = compile().sources;
  // Packets from those alone, so that most of sixteen look further.
  std::vector<From> far;
  for (uint32_t b = 0; b < map.bucket_span + map.max_probe; ++b) {
    for (int i = 0; i < 4; ++i) {
      const uint32_t home = static_cast<uint32_t>(uint64_t{host_hash(map.hosts[b].key[i], map.seed)} * map.bucket_span >> 32);
      if (map.hosts[b].value[i] != 0 && home != b) far.push_back({map.hosts[b].key[i], 0});
    }
  }
  ASSERT_GT(far.size(), 3u);
  sources = far;
  for (wire::FilterRule& r : rules) r.dst_ports[0].ports = {20, 30000};
  compile();
  check();
}

TEST_F(Bursts, WideRows) {
  own("100.64.0.9");
  hosts(20, 3, 8);
  for (uint32_t i = 0; i < 30; ++i) rule({"100.64.0.1", "100.64.0.77"}, "*", {static_cast<uint16_t>(i * 100), static_cast<uint16_t>(i * 100 + i)}, {kTcp});
  EXPECT_TRUE(has_wide_rows(compile()));
  check();
}

TEST_F(Bursts, ManyPortMaps) {
  for (uint32_t i = 0; i < 20; ++i) {
    own(text(0x64400000 + i * 3));
    const auto first = static_cast<uint16_t>(i * 200);
    rule({text(0x64410000 + i)}, text(0x64400000 + i * 3), {first, static_cast<uint16_t>(first + 300)}, {kTcp, static_cast<uint8_t>(i % 3 == 0 ? kUdp : kSctp)});
    rule({"100.65.0.0/20"}, text(0x64400000 + i * 3), PortRange::all(), {200, 47});
  }
  EXPECT_GT(compile().map_count, 16u);
  check();
}

}  // namespace
}  // namespace aclc
