// SPDX-License-Identifier: Apache-2.0
// What earlier packets change, in both sets of manners.
#include <gtest/gtest.h>

#include "tests/unit/packet/fixture.h"

namespace aclc::testing {
namespace {

const Address kUs = addr("102.102.102.102"), kPeer = addr("119.0.0.1"), kUs6 = addr("2001::9"), kPeer6 = addr("3::1");
constexpr uint64_t kSecond = 1000;

Bytes tcp(const Address& from, const Address& to, uint16_t sport, uint16_t dport, uint8_t flags) {
  return ip_packet(from, to, kTcp, tcp_header(sport, dport, flags));
}
Bytes udp(const Address& from, const Address& to, uint16_t sport, uint16_t dport) {
  return ip_packet(from, to, kUdp, udp_header(sport, dport));
}

class BothManners : public ::testing::TestWithParam<FilterMode> {};
INSTANTIATE_TEST_SUITE_P(Manners, BothManners, ::testing::Values(FilterMode::kStrict, FilterMode::kTailscale));

TEST_P(BothManners, NothingPassesWithoutAPolicy) {
  PolicySlot slot;
  FilterOptions options;
  options.mode = GetParam();
  PacketFilter filter(slot, options);
  EXPECT_EQ(filter.check_in({}, 0).reason, Reason::kNoPolicy);
  EXPECT_FALSE(filter.check_in(udp(kPeer, kUs, 1, 443), 0).accept);
  EXPECT_FALSE(filter.check_out(udp(kUs, kPeer, 1, 443), 0).accept);
  EXPECT_FALSE(filter.check_new({kPeer, kUs, kTcp, 443}).accept);
  slot.publish(policy_of(house_rules(), house_local()));
  EXPECT_TRUE(filter.check_in(udp(kPeer, kUs, 1, 443), 0).accept);
}

TEST_P(BothManners, AnEmptyTableDeniesAll) {
  House house(GetParam(), policy_of({}, {"1.2.3.4"}));
  EXPECT_EQ(house.in(opening_packet(kPeer, addr("1.2.3.4"), kTcp, 22)).reason, Reason::kNoRule);
  EXPECT_EQ(house.in(opening_packet(kPeer, addr("1.2.3.5"), kTcp, 22)).reason, Reason::kNotSelf);
}

TEST_P(BothManners, BeforeAnyRule) {
  House house(GetParam());
  EXPECT_EQ(house.in({}).reason, Reason::kKeepalive);
  EXPECT_TRUE(house.in({}).accept);
  EXPECT_EQ(house.in(Bytes(10)).reason, Reason::kTooShort);
  EXPECT_EQ(house.in(Bytes(21)).reason, Reason::kUnknownProtocol);
  for (const char* group : {"224.0.0.22", "239.255.255.250"}) {
    EXPECT_EQ(house.in(udp(kPeer, addr(group), 1, 443)).reason, Reason::kMulticast);
    EXPECT_EQ(house.out(udp(kUs, addr(group), 1, 443)).reason, Reason::kMulticast);
  }
  EXPECT_EQ(house.in(udp(kPeer6, addr("ff02::16"), 1, 443)).reason, Reason::kMulticast);
  EXPECT_EQ(house.in(udp(kPeer, addr("169.254.1.2"), 1, 443)).reason, Reason::kLinkLocalUnicast);
  EXPECT_EQ(house.out(udp(kUs6, addr("fe80::1"), 1, 443)).reason, Reason::kLinkLocalUnicast);
  EXPECT_EQ(house.out(udp(kUs, addr("169.254.169.254"), 1, 80)).reason, Reason::kOutbound);
  EXPECT_EQ(house.in(udp(kPeer, addr("169.254.169.254"), 1, 80)).reason, Reason::kNotSelf);
}

TEST_P(BothManners, TheMetadataServiceIsReachedThroughARouterOfIt) {
  House house(GetParam(), policy_of({rule({"*"}, {{"169.254.169.254", PortRange::single(80)}})}, {"169.254.169.254"}));
  EXPECT_TRUE(house.in(udp(kPeer, addr("169.254.169.254"), 1, 80)).accept);
}

TEST_P(BothManners, OwnMessagesPassWhereTheDestinationIsLocal) {
  House house(GetParam());
  EXPECT_EQ(house.in(ip4_packet(kPeer, kUs, 99, Bytes(16))).reason, Reason::kOwnMessage);
  EXPECT_EQ(house.in(ip4_packet(kPeer, addr("16.16.16.16"), 99, Bytes(16))).reason, Reason::kNotSelf);
}

TEST_P(BothManners, UdpRepliesPassAfterOurOwnPacket) {
  House house(GetParam());
  for (const auto& [us, peer] : {std::pair{kUs, kPeer}, std::pair{kUs6, kPeer6}}) {
    const Bytes reply = udp(peer, us, 4242, 4343);
    EXPECT_EQ(house.in(reply).reason, Reason::kNoRule);
    EXPECT_TRUE(house.out(udp(us, peer, 4343, 4242)).accept);
    EXPECT_EQ(house.in(reply).reason, Reason::kReply);
    EXPECT_FALSE(house.in(udp(peer, us, 4242, 4344)).accept);
    EXPECT_FALSE(house.in(udp(peer, us, 4241, 4343)).accept);
    EXPECT_FALSE(house.in(tcp(peer, us, 4242, 4343, kTcpSyn)).accept);
  }
}

TEST_P(BothManners, SctpRepliesPassAfterOurOwnPacket) {
  House house(GetParam());
  for (const auto& [us, peer] : {std::pair{kUs, kPeer}, std::pair{kUs6, kPeer6}}) {
    const Bytes reply = ip_packet(peer, us, kSctp, sctp_header(4242, 4343));
    EXPECT_EQ(house.in(reply).reason, Reason::kNoRule);
    EXPECT_TRUE(house.out(ip_packet(us, peer, kSctp, sctp_init(4343, 4242))).accept);
    EXPECT_EQ(house.in(reply).reason, Reason::kReply);
    EXPECT_FALSE(house.in(ip_packet(peer, us, kSctp, sctp_header(4242, 4344))).accept);
    EXPECT_FALSE(house.in(udp(peer, us, 4242, 4343)).accept);
  }
}

TEST_P(BothManners, ANewPolicyKeepsFlowsButRaisedShieldsEndThem) {
  House house(GetParam());
  const Bytes reply = udp(kPeer, kUs, 4242, 4343);
  house.out(udp(kUs, kPeer, 4343, 4242));
  house.slot.publish(policy_of({}, house_local()));
  EXPECT_TRUE(house.in(reply).accept);
  FilterPolicy shielded = policy_of(house_rules(), house_local());
  shielded.shields_up = true;
  house.slot.publish(shielded);
  EXPECT_FALSE(house.in(reply).accept);
  EXPECT_EQ(house.in(udp(kPeer, kUs, 1, 443)).reason, Reason::kShieldsUp);
  house.out(udp(kUs, kPeer, 4343, 4242));
  house.slot.publish(shielded);  // shields stay up: what was opened meanwhile stays open
  EXPECT_TRUE(house.in(reply).accept);
}

TEST_P(BothManners, HooksLetInWhatWasDropped) {
  uint16_t wanted = 7777;
  FilterOptions options;
  const auto ask = [](void* context, const PacketHeaders& p) { return p.dst_port == *static_cast<uint16_t*>(context); };
  options.ingress_hooks.push_back({ask, &wanted});
  options.link_local_hooks.push_back({ask, &wanted});
  House house(GetParam(), policy_of(house_rules(), house_local()), options);
  EXPECT_EQ(house.in(udp(kPeer, kUs, 1, 7777)).reason, Reason::kHook);
  EXPECT_EQ(house.in(udp(kPeer, addr("16.16.16.16"), 1, 7777)).reason, Reason::kHook);
  EXPECT_FALSE(house.in(udp(kPeer, kUs, 1, 7778)).accept);
  EXPECT_EQ(house.in(udp(kPeer, addr("169.254.1.2"), 1, 7777)).reason, Reason::kHook);
  EXPECT_EQ(house.in(udp(kPeer, addr("169.254.1.2"), 1, 7778)).reason, Reason::kLinkLocalUnicast);
}

TEST_P(BothManners, TheFirstHookThatAgreesIsTheLastOneAsked) {
  struct Asked {
    bool answer;
    int times = 0;
  } no{false}, yes{true}, never{true};
  FilterOptions options;
  const auto ask = [](void* context, const PacketHeaders&) {
    auto* asked = static_cast<Asked*>(context);
    ++asked->times;
    return asked->answer;
  };
  for (Asked* asked : {&no, &yes, &never}) options.ingress_hooks.push_back({ask, asked});
  House house(GetParam(), policy_of(house_rules(), house_local()), options);
  EXPECT_EQ(house.in(udp(kPeer, kUs, 1, 444)).reason, Reason::kHook);
  EXPECT_TRUE(house.in(udp(kPeer, kUs, 1, 443)).accept);  // by a rule: nobody is asked
  EXPECT_EQ(no.times, 1);
  EXPECT_EQ(yes.times, 1);
  EXPECT_EQ(never.times, 0);
}

TEST(Tailscale, KnowsNoStateForTcpAndIcmp) {
  House house(FilterMode::kTailscale);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 22, kTcpAck)).reason, Reason::kTcpNonSyn);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 22, kTcpSyn | kTcpAck)).reason, Reason::kTcpNonSyn);
  EXPECT_EQ(house.in(ip4_packet(kPeer, kUs, kIcmp, icmp_message(0, 0))).reason, Reason::kIcmpReply);
  EXPECT_EQ(house.in(ip4_packet(kPeer, kUs, kIcmp, icmp_message(3, 1))).reason, Reason::kIcmpReply);
  EXPECT_EQ(house.in(ip6_packet(kPeer6, kUs6, kIpv6Icmp, icmp_message(2, 0))).reason, Reason::kIcmpReply);
  EXPECT_EQ(house.in(ip4_packet(kPeer, kUs, kUdp, Bytes(64), {160, false})).reason, Reason::kFragment);
}

TEST(Tailscale, RemembersTheLast512Flows) {
  House house(FilterMode::kTailscale);
  for (uint16_t i = 0; i < 513; ++i) house.out(udp(kUs, kPeer, static_cast<uint16_t>(1000 + i), 53));
  EXPECT_FALSE(house.in(udp(kPeer, kUs, 53, 1000)).accept);
  EXPECT_TRUE(house.in(udp(kPeer, kUs, 53, 1001), 1u << 31).accept);  // whenever
  house.out(udp(kUs, kPeer, 9999, 53));
  EXPECT_TRUE(house.in(udp(kPeer, kUs, 53, 1001)).accept);  // used, so it was not the oldest
  EXPECT_FALSE(house.in(udp(kPeer, kUs, 53, 1002)).accept);
}

TEST(Strict, TcpNeedsARuleOrAFlowOfOurs) {
  House house(FilterMode::kStrict);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 22, kTcpAck)).reason, Reason::kNoRule);
  EXPECT_TRUE(house.in(tcp(kPeer, kUs, 1, 443, kTcpAck)).accept);
  house.out(tcp(kUs, kPeer, 5000, 22, kTcpSyn));
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 22, 5000, kTcpSyn | kTcpAck)).reason, Reason::kReply);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 22, 5000, kTcpAck)).reason, Reason::kReply);
}

TEST(Strict, AConnectionDoesNotBeginWithAnAnswerOrItsEnd) {
  House house(FilterMode::kStrict);
  for (const int flags : {kTcpSyn | kTcpAck, kTcpFin | kTcpAck, int{kTcpFin}, int{kTcpRst}, kTcpRst | kTcpAck, kTcpSyn | kTcpFin | kTcpAck, 0}) {
    EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 443, static_cast<uint8_t>(flags))).reason, Reason::kNoFlow) << flags;
  }
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 443, kTcpSyn)).reason, Reason::kRule);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 443, kTcpFin | kTcpAck)).reason, Reason::kRule);
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 1, 443, kTcpRst)).reason, Reason::kRule);
}

TEST(Strict, OurAnswersOpenNothing) {
  House house(FilterMode::kStrict);
  EXPECT_TRUE(house.in(tcp(kPeer, kUs, 6000, 443, kTcpSyn)).accept);
  house.out(tcp(kUs, kPeer, 443, 6000, kTcpSyn | kTcpAck));
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 6000, 443, kTcpAck)).reason, Reason::kRule);
  house.slot.publish(policy_of({}, house_local()));  // the rule is withdrawn
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 6000, 443, kTcpAck)).reason, Reason::kNoRule);
  house.out(tcp(kUs, kPeer, 443, 6000, kTcpAck));  // we go on sending
  EXPECT_EQ(house.in(tcp(kPeer, kUs, 6000, 443, kTcpAck)).reason, Reason::kNoRule);
}

TEST(Strict, RevocationCutsUdpAndEchoToo) {
  House house(FilterMode::kStrict);
  const Bytes ping = ip4_packet(kPeer, kUs, kIcmp, icmp_message(8, 0));
  EXPECT_TRUE(house.in(ping).accept);
  house.out(ip4_packet(kUs, kPeer, kIcmp, icmp_message(0, 0)));
  EXPECT_TRUE(house.in(udp(kPeer, kUs, 6000, 443)).accept);
  house.out(udp(kUs, kPeer, 443, 6000));
  house.slot.publish(policy_of({}, house_local()));
  EXPECT_FALSE(house.in(ping).accept);
  EXPECT_FALSE(house.in(udp(kPeer, kUs, 6000, 443)).accept);
}

TEST(Strict, FlowsEnd) {
  House house(FilterMode::kStrict);
  const Bytes reply = udp(kPeer, kUs, 53, 5000);
  house.out(udp(kUs, kPeer, 5000, 53), 0);
  EXPECT_TRUE(house.in(reply, 29 * kSecond).accept);
  EXPECT_TRUE(house.in(reply, 148 * kSecond).accept);
  EXPECT_FALSE(house.in(reply, 269 * kSecond).accept);
  house.out(tcp(kUs, kPeer, 5000, 22, kTcpSyn), 0);
  house.in(tcp(kPeer, kUs, 22, 5000, kTcpSyn | kTcpAck), 0);
  EXPECT_TRUE(house.in(tcp(kPeer, kUs, 22, 5000, kTcpAck), 3600 * kSecond).accept);
  house.out(tcp(kUs, kPeer, 5000, 22, kTcpFin | kTcpAck), 3600 * kSecond);
  EXPECT_TRUE(house.in(tcp(kPeer, kUs, 22, 5000, kTcpFin | kTcpAck), 3601 * kSecond).accept);
  EXPECT_FALSE(house.in(tcp(kPeer, kUs, 22, 5000, kTcpAck), 3722 * kSecond).accept);
}

TEST(Strict, EchoRepliesAndErrorsNeedWhatTheyAnswer) {
  House house(FilterMode::kStrict);
  const Bytes reply = ip4_packet(kPeer, kUs, kIcmp, icmp_message(0, 0, 77));
  EXPECT_EQ(house.in(reply).reason, Reason::kNoFlow);
  house.out(ip4_packet(kUs, kPeer, kIcmp, icmp_message(8, 0, 77)));
  EXPECT_EQ(house.in(reply).reason, Reason::kReply);
  EXPECT_FALSE(house.in(ip4_packet(kPeer, kUs, kIcmp, icmp_message(0, 0, 78))).accept);
  const Bytes sent = udp(kUs6, kPeer6, 5000, 53);
  const Bytes error = ip6_packet(addr("3::ffff"), kUs6, kIpv6Icmp, icmp_message(2, 0, 0, sent));
  EXPECT_EQ(house.in(error).reason, Reason::kNoFlow);
  house.out(sent);
  EXPECT_EQ(house.in(error).reason, Reason::kRelated);
  // About a packet that someone else sent.
  const Bytes foreign = ip6_packet(addr("3::ffff"), addr("2001::8"), kIpv6Icmp, icmp_message(2, 0, 0, sent));
  EXPECT_EQ(house.in(foreign).reason, Reason::kNoFlow);
}

TEST(Strict, APeersEchoWithTheSameIdIsNoReply) {
  House house(FilterMode::kStrict, policy_of({}, house_local()));
  house.out(ip4_packet(kUs, kPeer, kIcmp, icmp_message(8, 0, 77)));
  EXPECT_FALSE(house.in(ip4_packet(kPeer, kUs, kIcmp, icmp_message(8, 0, 77))).accept);
}

TEST(Strict, LaterFragmentsFollowTheirFirst) {
  House house(FilterMode::kStrict);
  const auto first = [](uint16_t port, uint32_t id) { return ip4_packet(kPeer, kUs, kUdp, udp_header(1, port, 72), {0, true, id}); };
  const auto later = [](uint32_t id) { return ip4_packet(kPeer, kUs, kUdp, Bytes(64), {80, false, id}); };
  EXPECT_EQ(house.in(later(1)).reason, Reason::kStrayFragment);
  EXPECT_TRUE(house.in(first(443, 1)).accept);
  EXPECT_EQ(house.in(later(1)).reason, Reason::kFragment);
  EXPECT_EQ(house.in(later(1), 31 * kSecond).reason, Reason::kStrayFragment);
  EXPECT_FALSE(house.in(first(444, 2)).accept);
  EXPECT_EQ(house.in(later(2)).reason, Reason::kStrayFragment);
  EXPECT_TRUE(house.in(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {0, true, 70000}, udp_header(1, 443, 72)))).accept);
  EXPECT_TRUE(house.in(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {80, false, 70000}, Bytes(64)))).accept);
  EXPECT_FALSE(house.in(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {80, false, 70000 - 65536}, Bytes(64)))).accept);
}

TEST(Strict, AFullTableForgetsTheOldestFlow) {
  FilterOptions options;
  options.flows = 4;
  House house(FilterMode::kStrict, policy_of(house_rules(), house_local()), options);
  for (uint16_t i = 0; i < 5; ++i) house.out(udp(kUs, kPeer, static_cast<uint16_t>(1000 + i), 53));
  EXPECT_FALSE(house.in(udp(kPeer, kUs, 53, 1000)).accept);
  for (uint16_t i = 1; i < 5; ++i) EXPECT_TRUE(house.in(udp(kPeer, kUs, 53, static_cast<uint16_t>(1000 + i))).accept);
}

}  // namespace
}  // namespace aclc::testing
