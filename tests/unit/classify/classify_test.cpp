// SPDX-License-Identifier: Apache-2.0
#include "evaluator/classify/classify.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "evaluator/classify/linear.h"
#include "evaluator/program/compile.h"
#include "tests/support/filter_shapes.h"

namespace {
std::atomic<size_t> allocations{0};
}

#ifndef __clang__
// g++ 12 inlines one half of the pair and then takes the other for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
// Counts what the program asks of the heap. The plain forms reach all others in the standard library's implementation.
void* operator new(size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace aclc {
namespace {

struct Node {
  std::vector<wire::FilterRule> rules;
  AddressSet local;

  Node& at(const char* place) {
    local.add(*wire::parse_address_set(place));
    return *this;
  }
  Node& rule(std::vector<std::string> from, std::string to, PortRange ports, std::vector<uint8_t> protocols = {}) {
    rules.push_back({std::move(from), {{std::move(to), ports}}, std::move(protocols), {}});
    return *this;
  }
  // The program's answer, which must be the scan's: a rule's number, -1 for denied, -2 for allowed without a rule.
  int decide(const char* from, const char* to, uint8_t protocol, uint16_t port) const {
    const NodeFilter node{"n", rules, local, {}};
    const auto program = *Program::load(ProgramBytes::copy(compile_program({&node, 1})->bytes));
    const Packet packet{*Address::parse(from), *Address::parse(to), protocol, port};
    const Verdict got = classify(program->filter(0), packet);
    EXPECT_EQ(got, decide_linear(wire::resolve(rules), wire::reachable_destinations(local), packet)) << from << " " << to;
    if (!got.allowed()) return -1;
    return got.has_rule() ? static_cast<int>(got.rule()) : -2;
  }
};

constexpr int kDenied = -1;

TEST(Classify, PortsOfTcpUdpAndSctp) {
  Node node;
  node.at("100.64.0.9").rule({"100.64.0.1"}, "*", {80, 90}).rule({"100.64.0.1"}, "*", {85, 443}, {kSctp});
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kTcp, 80), 0);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kUdp, 90), 0);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kTcp, 79), kDenied);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kTcp, 91), kDenied);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kSctp, 80), kDenied);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kSctp, 443), 1);
  EXPECT_EQ(node.decide("100.64.0.2", "100.64.0.9", kTcp, 80), kDenied);
}

TEST(Classify, OnlyLocalDestinations) {
  Node node;
  node.at("100.64.0.9").at("10.1.0.0/16").rule({"*"}, "*", PortRange::all());
  EXPECT_EQ(node.decide("8.8.8.8", "100.64.0.9", kTcp, 1), 0);
  EXPECT_EQ(node.decide("8.8.8.8", "10.1.255.255", kTcp, 1), 0);
  EXPECT_EQ(node.decide("8.8.8.8", "10.2.0.0", kTcp, 1), kDenied);
  EXPECT_EQ(node.decide("8.8.8.8", "100.64.0.8", kTcp, 1), kDenied);
  EXPECT_EQ(node.decide("8.8.8.8", "fd7a::9", kTcp, 1), kDenied);
}

TEST(Classify, PingPassesWhereAnythingMay) {
  Node node;
  node.at("100.64.0.9").at("fd7a::9").rule({"100.64.0.1", "fd7a::1"}, "*", {22, 22}, {kTcp});
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kIcmp, 0), 0);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kIcmp, 7), 0);
  EXPECT_EQ(node.decide("fd7a::1", "fd7a::9", kIpv6Icmp, 0), 0);
  EXPECT_EQ(node.decide("100.64.0.2", "100.64.0.9", kIcmp, 0), kDenied);
  // The other family's ICMP is a protocol like any other.
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kIpv6Icmp, 0), kDenied);
  EXPECT_EQ(node.decide("fd7a::1", "fd7a::9", kIcmp, 0), kDenied);
}

TEST(Classify, OtherProtocolsNeedARuleForAllPorts) {
  Node node;
  node.at("100.64.0.9").rule({"*"}, "*", {1, 65535}, {47}).rule({"*"}, "*", PortRange::all(), {50}).rule({"*"}, "*", PortRange::all());
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", 47, 5), kDenied);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", 50, 5), 1);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", 51, 0), kDenied);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", kIpv6Icmp, 0), 2);
}

TEST(Classify, ProtocolsWithAMeaningOfTheirOwn) {
  Node node;
  node.at("100.64.0.9").rule({"*"}, "*", PortRange::all(), {0, 255, wire::kTsmp});
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", 0, 0), kDenied);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", 255, 0), kDenied);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", wire::kTsmp, 0), -2);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.8", wire::kTsmp, 0), kDenied);
}

TEST(Classify, TheFirstRuleIsTheOneReported) {
  Node node;
  node.at("100.64.0.9").rule({"100.64.0.0/24"}, "*", {80, 80}).rule({"100.64.0.1"}, "*", {80, 81}).rule({"*"}, "100.64.0.9", {81, 90});
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kTcp, 80), 0);
  EXPECT_EQ(node.decide("100.64.0.1", "100.64.0.9", kTcp, 81), 1);
  EXPECT_EQ(node.decide("100.64.0.2", "100.64.0.9", kTcp, 81), 2);
}

TEST(Classify, EndsOfTheAddressSpace) {
  Node node;
  node.at("*").rule({"0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "*", {0, 0}).rule({"0.0.0.0-0.0.0.3"}, "*", {65535, 65535});
  EXPECT_EQ(node.decide("0.0.0.0", "1.2.3.4", kTcp, 0), 0);
  EXPECT_EQ(node.decide("255.255.255.255", "0.0.0.0", kTcp, 0), 0);
  EXPECT_EQ(node.decide("0.0.0.1", "255.255.255.255", kTcp, 65535), 1);
  EXPECT_EQ(node.decide("0.0.0.4", "1.2.3.4", kTcp, 65535), kDenied);
  EXPECT_EQ(node.decide("::", "::", kTcp, 0), 0);
  EXPECT_EQ(node.decide("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", kUdp, 0), 0);
}

TEST(Classify, NothingIsAllowedWithoutRulesOrAddresses) {
  Node empty;
  EXPECT_EQ(empty.decide("1.1.1.1", "2.2.2.2", kTcp, 1), kDenied);
  Node homeless;
  homeless.rule({"*"}, "*", PortRange::all());
  EXPECT_EQ(homeless.decide("1.1.1.1", "2.2.2.2", kTcp, 1), kDenied);
}

TEST(Classify, ReversedPortsLetOnlyPingThrough) {
  Node node;
  node.at("100.64.0.9").rule({"*"}, "*", {90, 80});
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", kTcp, 85), kDenied);
  EXPECT_EQ(node.decide("1.1.1.1", "100.64.0.9", kIcmp, 0), 0);
}

TEST(Classify, NoPacketAllocates) {
  for (const bool v6 : {false, true}) {
    const testing::FilterShape shape{300, 40, v6, true, false};
    const auto rules = testing::make_rules(shape);
    NodeFilter node{"n", rules, {}, {}};
    node.local.add(*Address::parse(testing::own_address(v6)));
    const auto program = *Program::load(ProgramBytes::copy(compile_program({&node, 1})->bytes));
    const std::vector<Packet> packets = testing::make_packets(rules, shape, 50, 1000);
    std::vector<Packet4> v4s;
    std::vector<Packet6> v6s;
    for (const Packet& p : packets) {
      v4s.push_back({static_cast<uint32_t>(p.src.lo), static_cast<uint32_t>(p.dst.lo), p.port, p.protocol});
      v6s.push_back({p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, p.port, p.protocol});
    }
    std::vector<Verdict> verdicts(packets.size());
    size_t allowed = 0;
    const size_t before = allocations;
    for (const Packet& p : packets) allowed += classify(program->filter(0), p).allowed();
    classify(program->filter(0), v4s, verdicts);
    classify(program->filter(0), v6s, verdicts);
    EXPECT_EQ(allocations, before);
    EXPECT_GT(allowed, 300u);
    EXPECT_LT(allowed, 700u);
  }
}

TEST(Classify, BatchesOfEveryLength) {
  Node node;
  node.at("100.64.0.9").rule({"100.64.0.1"}, "*", {80, 80});
  const NodeFilter filter{"n", node.rules, node.local, {}};
  const auto program = *Program::load(ProgramBytes::copy(compile_program({&filter, 1})->bytes));
  for (size_t n = 0; n < 100; ++n) {
    std::vector<Packet4> packets(n);
    for (size_t i = 0; i < n; ++i) packets[i] = {0x64400001, 0x64400009, static_cast<uint16_t>(i % 3 == 0 ? 80 : 81), kTcp};
    std::vector<Verdict> verdicts(n + 1, Verdict::by_rule(77));
    classify(program->filter(0), packets, verdicts);
    for (size_t i = 0; i < n; ++i) ASSERT_EQ(verdicts[i].allowed(), i % 3 == 0);
    ASSERT_EQ(verdicts[n], Verdict::by_rule(77));
  }
}

}  // namespace
}  // namespace aclc
