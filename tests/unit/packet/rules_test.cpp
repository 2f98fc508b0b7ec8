// SPDX-License-Identifier: Apache-2.0
// What new flows get: the same in both sets of manners and in the what-if question.
#include <gtest/gtest.h>

#include "tests/unit/packet/fixture.h"

namespace aclc::testing {
namespace {

struct Row {
  uint8_t protocol;
  const char* src;
  const char* dst;
  uint16_t port;
  bool accept;
};

std::vector<Row> both_protocols(std::initializer_list<Row> rows) {
  std::vector<Row> out;
  for (Row row : rows) {
    for (const uint8_t protocol : {kTcp, kUdp}) {
      row.protocol = protocol;
      out.push_back(row);
    }
  }
  return out;
}

void expect_rows(const std::vector<Row>& rows) {
  for (const FilterMode mode : {FilterMode::kTailscale, FilterMode::kStrict}) {
    House house(mode);
    for (const Row& row : rows) {
      const Packet packet{addr(row.src), addr(row.dst), row.protocol, row.port};
      const std::string what = std::to_string(row.protocol) + " " + row.src + " -> " + row.dst + ":" + std::to_string(row.port);
      EXPECT_EQ(house.filter->check_new(packet).accept, row.accept) << what;
      EXPECT_EQ(house.in(opening_packet(packet.src, packet.dst, row.protocol, row.port)).accept, row.accept) << what;
    }
  }
}

TEST(Rules, DecideOnTcpAndUdpAlike) {
  expect_rows(both_protocols({
      {0, "8.1.1.1", "1.2.3.4", 22, true},
      {0, "8.2.2.2", "1.2.3.4", 22, true},
      {0, "8.1.1.1", "5.6.7.8", 23, true},
      {0, "8.1.1.1", "5.6.7.8", 24, true},
      {0, "17.34.51.68", "8.1.34.51", 443, true},
      {0, "17.34.51.68", "100.122.98.50", 999, true},
      {0, "17.34.51.68", "100.122.98.50", 0, true},
      {0, "8.1.1.1", "1.2.3.4", 0, false},
      {0, "8.1.1.1", "1.2.3.4", 21, false},
      {0, "8.2.2.2", "1.2.3.4", 23, false},
      {0, "8.3.3.3", "1.2.3.4", 22, false},
      {0, "8.1.1.3", "5.6.7.8", 24, false},
      {0, "8.1.1.1", "5.6.7.8", 22, false},
      {0, "17.34.51.68", "8.1.34.51", 444, false},
  }));
}

TEST(Rules, DecideOnIpv6) {
  expect_rows(both_protocols({
      {0, "::1", "2001::1", 22, true},
      {0, "::2", "2001::1", 22, true},
      {0, "::2", "2001::2", 22, true},
      {0, "::1", "2001::1", 443, true},
      {0, "::1", "2001::1", 23, false},
      {0, "::1", "2001::1", 444, false},
      {0, "::1", "2001::3", 22, false},
      {0, "::3", "2001::1", 22, false},
  }));
}

TEST(Rules, ReachOnlyWhatIsLocal) {
  expect_rows(both_protocols({{0, "17.34.51.68", "16.32.48.64", 443, false}, {0, "::1", "2602::1", 443, false}}));
  House house(FilterMode::kStrict);
  EXPECT_EQ(house.in(opening_packet(addr("17.34.51.68"), addr("16.32.48.64"), kTcp, 443)).reason, Reason::kNotSelf);
  EXPECT_EQ(house.in(opening_packet(addr("17.34.51.68"), addr("8.1.34.51"), kTcp, 444)).reason, Reason::kNoRule);
}

TEST(Rules, LetEchoRequestsInWhereAnyPortIsOpen) {
  expect_rows({{kIcmp, "8.1.1.1", "1.2.3.4", 0, true},
               {kIpv6Icmp, "::1", "2001::1", 0, true},
               {kIcmp, "8.3.3.3", "1.2.3.4", 0, true},  // port 443 is open to all
               {kIcmp, "8.1.1.1", "16.32.48.64", 0, false}});
}

TEST(Rules, NameProtocols) {
  expect_rows({{kSctp, "8.1.1.1", "1.2.3.4", 22, false},
               {kSctp, "9.1.1.1", "1.2.3.4", 22, true},
               {116, "4.3.2.1", "5.6.7.8", 0, true},
               {116, "3::3", "2001::1", 0, true},
               {127, "4.3.2.1", "5.6.7.8", 0, false},
               {127, "3::3", "2001::1", 0, false}});
}

TEST(Rules, ForOtherProtocolsNeedAllPorts) {
  House house(FilterMode::kStrict, policy_of({rule({"*"}, {{"1.2.3.4", PortRange::single(5)}}, {116})}, {"1.2.3.4"}));
  EXPECT_FALSE(house.in(opening_packet(addr("4.3.2.1"), addr("1.2.3.4"), 116, 0)).accept);
}

TEST(Rules, TakeHoldersOfACapabilityAsSource) {
  expect_rows({{kTcp, "10.0.0.1", "1.2.3.4", 22, true}, {kTcp, "10.0.0.2", "1.2.3.4", 22, false}});
}

TEST(Rules, AreNamedInTheDecision) {
  House house(FilterMode::kStrict);
  const Decision d = house.in(opening_packet(addr("153.3.3.3"), addr("1.2.3.4"), kTcp, 999));
  EXPECT_TRUE(d.accept);
  EXPECT_EQ(d.reason, Reason::kRule);
  EXPECT_EQ(d.rule, 6u);
}

TEST(Capabilities, MayHoldSlashesAndMayHaveNoHolder) {
  const auto rules = std::vector{rule({"cap:people-in-8.8.8.0/24", "7.7.7.7"}, {{"*", PortRange::all()}})};
  EXPECT_EQ(bind_capability_sources(rules, {})[0].src_ips, std::vector<std::string>{"7.7.7.7"});
  AddressSet two;
  two.add(addr("9.9.9.8"));
  two.add(addr("9.9.9.9"));
  const auto bound = bind_capability_sources(rules, {{"people-in-8.8.8.0/24", two}});
  EXPECT_EQ(bound[0].src_ips, (std::vector<std::string>{"9.9.9.8/31", "7.7.7.7"}));
}

}  // namespace
}  // namespace aclc::testing
