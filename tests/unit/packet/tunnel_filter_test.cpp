// SPDX-License-Identifier: Apache-2.0
// What stands around the filter: short packets, the node's own service, refusals that are told, jailed peers, counts, what is logged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "evaluator/packet/tunnel_filter.h"
#include "tests/unit/packet/fixture.h"

namespace aclc::testing {
namespace {

const Address kUs = addr("1.2.3.4"), kPeer = addr("5.6.7.8"), kStranger = addr("4.3.2.1"), kUs6 = addr("2001::1"), kPeer6 = addr("3::1");

Bytes tcp(const Address& from, const Address& to, uint16_t sport, uint16_t dport, uint8_t flags = kTcpSyn) {
  return ip_packet(from, to, kTcp, tcp_header(sport, dport, flags));
}
Bytes udp(const Address& from, const Address& to, uint16_t sport, uint16_t dport) { return ip_packet(from, to, kUdp, udp_header(sport, dport)); }

class ATunnel : public ::testing::TestWithParam<FilterMode> {
 protected:
  ATunnel() : filter_(slot_, options()) {}
  static TunnelOptions options() {
    TunnelOptions out;
    out.filter.mode = GetParam();
    return out;
  }
  // UDP and TCP from the peer to port 89, here and on IPv6.
  void publish(bool shields_up = false) {
    FilterPolicy policy = policy_of({rule({"5.6.7.8", "3::1"}, {{"1.2.3.4", {89, 90}}, {"2001::1", {89, 90}}})}, {"1.2.3.4", "2001::1"});
    policy.shields_up = shields_up;
    slot_.publish(std::move(policy));
  }
  Decision in(const Bytes& packet) { return filter_.in(packet, 0).decision; }
  Decision out(const Bytes& packet) { return filter_.out(packet, 0).decision; }
  std::map<std::pair<uint16_t, uint16_t>, Traffic> traffic() {  // by our port and theirs
    std::map<std::pair<uint16_t, uint16_t>, Traffic> flows;
    filter_.traffic().take([&](const FlowKey& key, const Traffic& t) { flows[{key.local_port, key.remote_port}] = t; });
    return flows;
  }

  PolicySlot slot_;
  TunnelFilter filter_;
};
INSTANTIATE_TEST_SUITE_P(Manners, ATunnel, ::testing::Values(FilterMode::kStrict, FilterMode::kTailscale));

TEST_P(ATunnel, TakesAndRefusesInBothDirections) {
  publish();
  const struct {
    const char* what;
    bool inbound;
    Bytes packet;
    bool accept;
  } rows[] = {
      {"a stub in", true, {0x45}, false},
      {"a stub out", false, {0x45}, false},
      {"an unusual protocol out", false, ip4_packet(kUs, kPeer, 97, Bytes(1)), true},
      {"another port in", true, udp(kPeer, kUs, 22, 22), false},
      {"another port out", false, udp(kUs, kPeer, 22, 22), true},
      {"another source in", true, udp(addr("8.1.1.1"), kUs, 89, 89), false},
      {"another source out", false, udp(kUs, addr("8.1.1.1"), 89, 89), true},
      {"what a rule allows in", true, udp(kPeer, kUs, 89, 89), true},
      {"the same out", false, udp(kUs, kPeer, 89, 89), true},
  };
  for (const auto& row : rows) EXPECT_EQ((row.inbound ? in(row.packet) : out(row.packet)).accept, row.accept) << row.what;
}

TEST_P(ATunnel, CountsWhatPassedByFlowAsOurSideSeesIt) {
  publish();
  const Bytes allowed = udp(kPeer, kUs, 1000, 89), answer = udp(kUs, kPeer, 89, 1000), refused = udp(kPeer, kUs, 1000, 88);
  for (int i = 0; i < 3; ++i) in(allowed);
  out(answer);
  in(refused);
  in({});  // a keepalive is no traffic
  const auto flows = traffic();
  ASSERT_EQ(flows.size(), 1u);
  const Traffic& t = flows.at({89, 1000});
  EXPECT_EQ(t.packets_in, 3u);
  EXPECT_EQ(t.bytes_in, 3 * allowed.size());
  EXPECT_EQ(t.packets_out, 1u);
  EXPECT_EQ(t.bytes_out, answer.size());
  EXPECT_TRUE(traffic().empty());  // once only
}

TEST_P(ATunnel, LetsPeersReachItsOwnServiceWhateverTheRules) {
  EXPECT_EQ(in(tcp(kStranger, kUs, 1, 4000)).reason, Reason::kNoPolicy);
  filter_.set_peer_services({{kUs, 4000}, {kUs6, 4001}});
  EXPECT_EQ(in(tcp(kStranger, kUs, 1, 4000)).reason, Reason::kNoPolicy);  // not before there is a policy
  publish();
  EXPECT_EQ(in(tcp(kStranger, kUs, 1, 4000)).reason, Reason::kPeerService);
  EXPECT_EQ(in(tcp(kPeer6, kUs6, 1, 4001)).reason, Reason::kPeerService);
  EXPECT_TRUE(in(tcp(kStranger, kUs, 1, 4000, kTcpAck)).accept);
  EXPECT_EQ(in(tcp(kStranger, kUs, 1, 4001)).reason, Reason::kNoRule);
  EXPECT_EQ(in(tcp(kPeer6, kUs6, 1, 4000)).reason, Reason::kNoRule);
  EXPECT_EQ(in(tcp(kStranger, addr("1.2.3.5"), 1, 4000)).reason, Reason::kNotSelf);
  EXPECT_EQ(in(udp(kStranger, kUs, 1, 4000)).reason, Reason::kNoRule);
  filter_.set_peer_services({});
  EXPECT_EQ(in(tcp(kStranger, kUs, 1, 4000)).reason, Reason::kNoRule);
}

TEST_P(ATunnel, TellsWhoWasRefusedAConnection) {
  publish();
  const TunnelVerdict verdict = filter_.in(tcp(kPeer, kUs, 40001, 22), 0);
  EXPECT_FALSE(verdict.decision.accept);
  Bytes told(verdict.rejection.begin(), verdict.rejection.end());
  Bytes want = ip4_packet(kUs, kPeer, 99, {'!', 6, 'A', 40001 >> 8, 40001 & 255, 0, 22});
  want[4] = want[5] = 0;  // no identification
  fix_ip4_checksum(want);
  EXPECT_EQ(told, want);
  EXPECT_TRUE(filter_.out(told, 0).decision.accept);
  publish(true);
  EXPECT_EQ(filter_.in(tcp(kPeer, kUs, 40001, 89), 0).rejection[22], 'S');
}

TEST_P(ATunnel, TellsOfNothingElse) {
  publish();
  for (const Bytes& packet : {udp(kPeer, kUs, 1, 22), tcp(kPeer6, kUs6, 1, 22), tcp(kPeer, kUs, 1, 89), tcp(kPeer, kUs, 1, 22, kTcpSyn | kTcpAck),
                              tcp(kPeer, addr("224.0.0.1"), 1, 22), Bytes(21)}) {
    EXPECT_TRUE(filter_.in(packet, 0).rejection.empty());
  }
  TunnelOptions silent = options();
  silent.tell_refused = false;
  EXPECT_TRUE(TunnelFilter(slot_, silent).in(tcp(kPeer, kUs, 1, 22), 0).rejection.empty());
}

TEST_P(ATunnel, JailedPeersMayOnlyAnswer) {
  publish();
  AddressSet jailed;
  jailed.add(kPeer);
  jailed.add(kPeer6);
  EXPECT_TRUE(in(tcp(kPeer, kUs, 1, 89)).accept);
  filter_.set_jailed(jailed);
  EXPECT_EQ(in(tcp(kPeer, kUs, 2, 89)).reason, Reason::kShieldsUp);
  EXPECT_EQ(in(udp(kPeer6, kUs6, 2, 89)).reason, Reason::kShieldsUp);
  EXPECT_EQ(filter_.in(tcp(kPeer, kUs, 2, 89), 0).rejection[22], 'S');
  EXPECT_FALSE(in(udp(kPeer, kUs, 53, 5000)).accept);
  out(udp(kUs, kPeer, 5000, 53));
  EXPECT_EQ(in(udp(kPeer, kUs, 53, 5000)).reason, Reason::kReply);
  publish();  // a new policy leaves the jail and its flows as they are
  EXPECT_EQ(in(udp(kPeer, kUs, 53, 5000)).reason, Reason::kReply);
  EXPECT_EQ(in(tcp(kPeer, kUs, 3, 89)).reason, Reason::kShieldsUp);
  filter_.set_jailed({});
  EXPECT_TRUE(in(tcp(kPeer, kUs, 4, 89)).accept);
}

// A stack inside the process sends by the same call as the host does, so its flows are known as well.
TEST_P(ATunnel, AnswersToInjectedPacketsComeBack) {
  publish();
  for (const auto& [us, peer] : {std::pair{kUs, kStranger}, {kUs6, addr("9::9")}}) {
    EXPECT_FALSE(in(udp(peer, us, 53, 6000)).accept);
    out(udp(us, peer, 6000, 53));
    EXPECT_EQ(in(udp(peer, us, 53, 6000)).reason, Reason::kReply);
  }
}

TEST_P(ATunnel, LogsDecisionsInsideTheTailnetWithinABudget) {
  slot_.publish(policy_of({rule({"*"}, {{"*", PortRange::single(89)}})}, {"100.64.0.1"}));
  const Address own = addr("100.64.0.1"), other = addr("100.64.0.2");
  const auto logged = [&](const Bytes& packet, uint64_t now) { return filter_.in(packet, now).log; };
  EXPECT_FALSE(logged(udp(other, own, 1, 89), 0));  // no scope yet
  filter_.set_log_scope(LogScope({}));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(logged(udp(other, own, 1, 89), 0)) << i;
  EXPECT_FALSE(logged(udp(other, own, 1, 89), 9'999));
  EXPECT_TRUE(logged(udp(other, own, 1, 89), 10'000));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(logged(udp(other, own, 1, 88), 10'000)) << i;  // drops have a budget of their own
  EXPECT_FALSE(logged(udp(other, own, 1, 88), 10'001));
  EXPECT_FALSE(logged(udp(addr("8.8.8.8"), own, 1, 88), 100'000));
  EXPECT_FALSE(logged(Bytes(10), 100'000));
  EXPECT_FALSE(filter_.out(udp(own, addr("224.0.0.251"), 5353, 5353), 200'000).log);
  EXPECT_TRUE(filter_.out(udp(own, other, 1, 2), 200'000).log);
}

TEST(TrafficCounts, WhatFindsNoRoomIsLostAndSaidSo) {
  TrafficCounts counts(4, 7);
  for (uint16_t port = 1; port <= 6; ++port) {
    for (int i = 0; i < 2; ++i) counts.add(parse_packet(udp(kPeer, kUs, port, 89)), false, 10);
  }
  EXPECT_EQ(counts.lost(), 4u);
  uint64_t bytes = 0, flows = 0;
  counts.take([&](const FlowKey&, const Traffic& t) { ++flows, bytes += t.bytes_in; });
  EXPECT_EQ(flows, 4u);
  EXPECT_EQ(bytes, 80u);
  counts.add(parse_packet(udp(kPeer, kUs, 6, 89)), false, 10);
  EXPECT_EQ(counts.lost(), 4u);  // there is room again
}

}  // namespace
}  // namespace aclc::testing
