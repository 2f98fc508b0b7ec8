// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/planner/boxes.h"
#include "evaluator/wire/semantics.h"

namespace aclc::testing {
namespace {

FilterBoxes boxes(const std::vector<wire::FilterRule>& rules, const std::string& local = "100.64.0.9/32", BoxLimits limits = {}) {
  AddressSet set;
  set.add(*Prefix::parse(local));
  return filter_boxes(wire::resolve(rules), wire::reachable_destinations(set), limits).value();
}

wire::FilterRule tcp(std::vector<std::string> from, std::string to, PortRange ports) {
  return {std::move(from), {{std::move(to), ports}}, {6}, {}};
}

std::vector<std::string> texts(const std::vector<Box>& list) {
  std::vector<std::string> out;
  for (const Box& b : list) {
    out.push_back(b.src.to_text() + " " + b.dst.to_text() + " " + std::to_string(b.protocol) + " " + b.ports.to_text() + " r" + std::to_string(b.rule));
  }
  return out;
}

using ::testing::ElementsAre;

TEST(Boxes, ANarrowRuleInsideAWideOneAddsNothing) {
  const auto b = boxes({tcp({"100.64.0.1"}, "100.64.0.9", PortRange::single(22)), tcp({"100.64.0.0/24"}, "*", {20, 30})});
  EXPECT_THAT(texts(b.v4.ports), ElementsAre("100.64.0.0/24 100.64.0.9 6 20-30 r1"));
  EXPECT_TRUE(b.v6.ports.empty());
}

TEST(Boxes, OverlappingPortsAreSplitWhereTheyMeet) {
  const auto b = boxes({tcp({"100.64.0.1"}, "*", {20, 30}), tcp({"100.64.0.1"}, "*", {25, 40})});
  EXPECT_THAT(texts(b.v4.ports), ElementsAre("100.64.0.1 100.64.0.9 6 20-24 r0", "100.64.0.1 100.64.0.9 6 25-40 r1"));
}

TEST(Boxes, EveryoneAtOnePortAndManyHostsAtAnotherDoNotMultiply) {
  std::vector<std::string> hosts;
  for (int i = 0; i < 1000; ++i) hosts.push_back("100.65." + std::to_string(i / 250) + "." + std::to_string(2 * (i % 100)));
  const auto b = boxes({tcp(hosts, "*", PortRange::single(22)), tcp({"*"}, "*", PortRange::single(443))});
  EXPECT_EQ(b.v4.ports.size(), 401u);  // 400 different hosts
}

TEST(Boxes, IcmpPassesByAnyRuleWhateverItsPorts) {
  const auto b = boxes({tcp({"100.64.0.1"}, "*", PortRange::single(22)), {{"100.64.0.2"}, {{"*", {9, 3}}}, {17}, {}}});
  EXPECT_THAT(texts(b.v4.icmp), ElementsAre("100.64.0.1 100.64.0.9 1 0 r0", "100.64.0.2 100.64.0.9 1 0 r1"));
  EXPECT_EQ(b.v4.ports.size(), 1u);
}

TEST(Boxes, OtherProtocolsNeedARuleForAllPorts) {
  const auto b = boxes({{{"100.64.0.1"}, {{"*", PortRange::all()}}, {47, 99, 0, 255}, {}}, {{"100.64.0.2"}, {{"*", PortRange::single(7)}}, {47}, {}}});
  EXPECT_THAT(texts(b.v4.protocols), ElementsAre("100.64.0.1 100.64.0.9 47 0 r0"));
}

TEST(Boxes, AnIcmpOfTheOtherFamilyIsJustAProtocol) {
  const auto b = boxes({{{"100.64.0.1"}, {{"*", PortRange::all()}}, {58}, {}}});
  EXPECT_THAT(texts(b.v4.protocols), ElementsAre("100.64.0.1 100.64.0.9 58 0 r0"));
}

TEST(Boxes, HostsBehindARouterDoNotCutAWideRuleToPieces) {
  std::vector<wire::FilterRule> rules{tcp({"100.64.0.0/16"}, "10.0.0.0/8", PortRange::all())};
  for (int i = 0; i < 100; ++i) rules.push_back(tcp({"100.64.0.1", "100.99.0.1"}, "10.0.0." + std::to_string(2 * i), PortRange::single(80)));
  EXPECT_EQ(boxes(rules, "10.0.0.0/8").v4.ports.size(), 101u);
}

TEST(Boxes, TheLimitNamesTheRuleThatPassedIt) {
  AddressSet local;
  local.add(*Address::parse("100.64.0.9"));
  const auto rules = wire::resolve(std::vector{tcp({"100.64.0.1", "100.64.0.3"}, "*", PortRange::single(1)), tcp({"100.64.0.5"}, "*", PortRange::single(2))});
  const auto result = filter_boxes(rules, local, {2});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, ::testing::HasSubstr("more than 2 elements for IPv4; rule 1"));
  // Three for TCP and three for ICMP: all sets of a family count together.
  EXPECT_FALSE(filter_boxes(rules, local, {5}));
  EXPECT_EQ(filter_boxes(rules, local, {6}).value().v4.size(), 6u);
}

TEST(Boxes, NoRulesAreNoBoxes) { EXPECT_EQ(boxes({}).v4.size(), 0u); }

}  // namespace
}  // namespace aclc::testing
