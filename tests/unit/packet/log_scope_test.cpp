// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evaluator/packet/log_scope.h"
#include "tests/support/packets.h"

namespace aclc::testing {
namespace {

PacketHeaders headers(const char* src, const char* dst) { return parse_packet(opening_packet(addr(src), addr(dst), kUdp, 53)); }

TEST(LogScope, OnlyTrafficInsideTheTailnet) {
  AddressSet routes;
  routes.add(Prefix::parse("10.33.0.0/16").value());
  routes.add(Prefix::parse("0.0.0.0/0").value());
  routes.add(Prefix::parse("::/0").value());
  const LogScope scope(routes);
  for (const bool outbound : {false, true}) {
    EXPECT_TRUE(scope.may_log(headers("100.64.0.1", "100.64.0.2"), outbound));
    EXPECT_TRUE(scope.may_log(headers("fd7a:115c:a1e0::1", "fd7a:115c:a1e0::2"), outbound));
    EXPECT_FALSE(scope.may_log(headers("100.64.0.1", "8.8.8.8"), outbound));
    EXPECT_FALSE(scope.may_log(headers("8.8.8.8", "100.64.0.1"), outbound));
    EXPECT_FALSE(scope.may_log(headers("fd7a:115c:a1e0::1", "2001::1"), outbound));
  }
}

TEST(LogScope, RoutesBesideADefaultRouteCount) {
  AddressSet routes;
  routes.add(Prefix::parse("10.33.0.0/16").value());
  EXPECT_TRUE(LogScope(routes).may_log(headers("100.64.0.1", "10.33.0.7"), true));
}

TEST(LogScope, LeavesOutNoiseThatIsDroppedByDesign) {
  AddressSet all_noise;
  for (const char* text : {"224.0.0.0/4", "169.254.0.0/16", "ff00::/8", "fe80::/10"}) all_noise.add(Prefix::parse(text).value());
  const LogScope scope(all_noise);
  EXPECT_FALSE(scope.may_log(headers("100.64.0.1", "224.0.0.22"), true));
  EXPECT_FALSE(scope.may_log(headers("100.64.0.1", "169.254.1.2"), true));
  EXPECT_FALSE(scope.may_log(headers("fd7a:115c:a1e0::1", "ff02::16"), true));
  EXPECT_TRUE(scope.may_log(headers("100.64.0.1", "169.254.1.2"), false));
}

TEST(LogScope, LeavesOutWhatHostsSendByThemselves) {
  AddressSet routes;
  for (const char* text : {"224.0.0.0/4", "169.254.0.0/16", "ff00::/8"}) routes.add(Prefix::parse(text).value());
  const LogScope scope(routes);
  const auto sent = [&](const Bytes& packet) { return scope.may_log(parse_packet(packet), true); };
  const Address us6 = addr("fd7a:115c:a1e0::1"), us = addr("100.64.0.1");
  EXPECT_FALSE(sent(ip6_packet(us6, addr("ff02::1:ff00:2"), kIpv6Icmp, icmp_message(135, 0))));  // who has this address?
  EXPECT_FALSE(sent(ip6_packet(us6, addr("ff02::16"), kIpv6Icmp, icmp_message(143, 0))));
  EXPECT_FALSE(sent(ip6_packet(us6, addr("ff15::1"), kUdp, udp_header(1, 2))));
  EXPECT_FALSE(sent(ip4_packet(us, addr("224.0.0.22"), 2, Bytes(8))));
  EXPECT_FALSE(sent(ip4_packet(us, addr("100.64.0.2"), 2, Bytes(8))));
  EXPECT_FALSE(sent(ip4_packet(us, addr("239.255.255.250"), kUdp, udp_header(1, 1900))));
  EXPECT_FALSE(sent(ip4_packet(us, addr("169.254.1.2"), kUdp, udp_header(1, 53))));
  EXPECT_TRUE(sent(ip4_packet(us, addr("169.254.169.254"), kUdp, udp_header(1, 53))));
  EXPECT_TRUE(sent(opening_packet(us, addr("100.64.0.2"), kTcp, 80)));
}

TEST(LogBudget, ABurstThenATrickle) {
  LogBudget budget = LogBudget::for_drops();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.take(0)) << i;
  EXPECT_FALSE(budget.take(4999));
  EXPECT_TRUE(budget.take(5000));
  EXPECT_FALSE(budget.take(5001));
  EXPECT_TRUE(budget.take(15000));
  EXPECT_TRUE(budget.take(15000));
  EXPECT_FALSE(budget.take(15000));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(budget.take(1'000'000)) << i;
  EXPECT_FALSE(budget.take(1'000'001));
}

}  // namespace
}  // namespace aclc::testing
