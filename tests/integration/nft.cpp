// SPDX-License-Identifier: Apache-2.0
// The kernel's rules with real packets: no loss and no leak while policies change, and nobody else's business touched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "evaluator/packet/headers.h"
#include "tests/integration/kernel.h"

namespace aclc::testing {
namespace {

using Clock = std::chrono::steady_clock;

// n rules for hosts that never send here.
std::vector<wire::FilterRule> crowd(uint32_t n, uint32_t base = 0x64500000) {
  wire::FilterRule rule{{}, {{"100.64.0.9", {1000, 1010}}}, {6}, {}};
  for (uint32_t i = 0; i < n; ++i) rule.src_ips.push_back(Address::v4(base + 2 * i).to_text());
  return {rule};
}
std::vector<wire::FilterRule> joined(std::vector<wire::FilterRule> a, const std::vector<wire::FilterRule>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_F(Kernel, DeniesAllBeforeThereIsAPolicy) {
  for (const uint8_t protocol : {kTcp, kUdp, kSctp, kIcmp, uint8_t{116}}) EXPECT_FALSE(passes(opening_packet(kPeer, kUs, protocol, 22)));
  EXPECT_FALSE(passes(opening_packet(kPeer6, kUs6, kTcp, 22)));
  EXPECT_EQ(packets("no_policy"), 6u);
}

TEST_F(Kernel, AllowsAndDeniesByRule) {
  apply(allow({"100.64.0.1", "fd7a:115c:a1e0::1"}, PortRange::single(22)));
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 22)));
  EXPECT_TRUE(passes(opening_packet(kPeer6, kUs6, kUdp, 22)));
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kIcmp, 0)));
  EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kTcp, 23)));
  EXPECT_FALSE(passes(opening_packet(addr("100.64.0.2"), kUs, kTcp, 22)));
  EXPECT_FALSE(passes(opening_packet(addr("100.64.0.2"), kUs, kIcmp, 0)));
  EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kSctp, 22)));
  EXPECT_EQ(packets("no_rule"), 4u);
  EXPECT_EQ(filter_->rule_counts().value()[0].packets, 3u);
}

TEST_F(Kernel, FragmentsGoTheWayOfTheirPacket) {
  apply(allow({"100.64.0.1"}, PortRange::single(22), {17}));
  const auto pieces_pass = [&](uint16_t port, uint32_t id) {
    EXPECT_TRUE(tun_->send(ip4_packet(kPeer, kUs, kUdp, udp_header(5, port, 152 - 8), {0, true, id})));
    return passes(ip4_packet(kPeer, kUs, kUdp, Bytes(40), {152, false, id}));
  };
  EXPECT_TRUE(pieces_pass(22, 1));
  EXPECT_FALSE(pieces_pass(23, 2));
  // The second piece lies over the first one's ports.
  EXPECT_TRUE(tun_->send(ip4_packet(kPeer, kUs, kUdp, udp_header(5, 23, 64), {0, true, 3})));
  EXPECT_FALSE(passes(ip4_packet(kPeer, kUs, kUdp, udp_header(5, 22, 72), {8, false, 3})));
}

TEST_F(Kernel, FragmentsOfIpv6GoTheWayOfTheirPacket) {
  apply(allow({"fd7a:115c:a1e0::1"}, PortRange::single(22), {17}));
  const auto pieces_pass = [&](uint16_t port, uint32_t id) {
    EXPECT_TRUE(tun_->send(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {0, true, id}, udp_header(5, port, 152 - 8)))));
    return passes(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {152, false, id}, Bytes(40))));
  };
  EXPECT_TRUE(pieces_pass(22, 1));
  EXPECT_FALSE(pieces_pass(23, 2));
  // A first piece too small for its ports, and a second one over the first's.
  EXPECT_TRUE(tun_->send(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {0, true, 3}, udp_header(5, 23, 64)))));
  EXPECT_FALSE(passes(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {8, false, 3}, udp_header(5, 22, 72)))));
  // A later piece alone is nothing.
  EXPECT_FALSE(passes(ip6_packet(kPeer6, kUs6, 44, ip6_fragment(kUdp, {152, false, 4}, Bytes(40)))));
}

TEST_F(Kernel, EverybodyIsEverybody) {
  // Alone in its set, beside single hosts, and with all ports.
  for (const auto& rules : {allow({"*"}, PortRange::single(22)), joined(allow({"*"}, PortRange::single(22)), allow({"100.64.0.1"}, PortRange::single(80))),
                            allow({"*"}, PortRange::all())}) {
    apply(rules);
    for (const char* from : {"100.64.0.1", "100.127.255.254"}) EXPECT_TRUE(passes(opening_packet(addr(from), kUs, kTcp, 22))) << from;
    EXPECT_TRUE(passes(opening_packet(kPeer6, kUs6, kUdp, 22)));
    EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kIcmp, 0)));
  }
}

TEST_F(Kernel, APolicyWithoutRulesDeniesAll) {
  apply(allow({"*"}, PortRange::all()));
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 22)));
  apply({});  // a policy without rules denies all
  for (const uint8_t protocol : {kTcp, kUdp, kSctp, kIcmp, uint8_t{116}}) EXPECT_FALSE(passes(opening_packet(kPeer, kUs, protocol, 22, 41000)));
  EXPECT_FALSE(passes(opening_packet(kPeer6, kUs6, kTcp, 22)));
}

// Sends allowed and denied packets from another thread while `change` runs again and again.
struct Traffic {
  uint32_t allowed_sent = 0, allowed_passed = 0, denied_passed = 0, changes = 0;
};

class UnderTraffic : public Kernel {
 protected:
  template <class Change>
  Traffic run(uint32_t packets, uint32_t changes_wanted, const Change& change) {
    Traffic out;
    std::atomic<bool> sending{true};
    std::atomic<uint32_t> changes{0};
    std::thread sender([&] {
      for (uint32_t i = 0; i < packets || changes.load() < changes_wanted; ++i) {
        const auto from = static_cast<uint16_t>(1024 + i % 60000);
        tun_->send(opening_packet(kPeer, kUs, kUdp, 22, from));
        ++out.allowed_sent;
        tun_->send(opening_packet(kPeer, kUs, kUdp, 23, from));
        passed_->read([&out](const LoggedPacket& p) { ++(parse_packet(p.packet).dst_port == 22 ? out.allowed_passed : out.denied_passed); });
        std::this_thread::sleep_for(std::chrono::microseconds(300));
      }
      sending = false;
    });
    while (sending) {
      change(changes.load());
      ++changes;
    }
    sender.join();
    passed_->read([&out](const LoggedPacket& p) { ++(parse_packet(p.packet).dst_port == 22 ? out.allowed_passed : out.denied_passed); });
    out.changes = changes;
    return out;
  }
};

TEST_F(UnderTraffic, NewGenerationsLoseAndLeakNothing) {
  const auto base = allow({"100.64.0.1"}, PortRange::single(22), {17});
  const FilterBoxes big = boxes_of(joined(base, crowd(10'000))), small = boxes_of(joined(base, crowd(4, 0x64600000)));
  ASSERT_TRUE(filter_->apply(big));
  const Traffic t = run(4000, 60, [&](uint32_t i) { EXPECT_TRUE(filter_->apply(i % 2 == 0 ? small : big)); });
  RecordProperty("changes", static_cast<int>(t.changes));
  EXPECT_GE(t.changes, 60u);
  EXPECT_EQ(t.allowed_passed, t.allowed_sent);
  EXPECT_EQ(t.denied_passed, 0u);
}

TEST_F(UnderTraffic, DeltasLoseAndLeakNothing) {
  const auto base = joined(allow({"100.64.0.1"}, PortRange::single(22), {17}), crowd(2'000));
  const FilterBoxes a = boxes_of(base), b = boxes_of(joined(base, allow({"100.64.0.77"}, PortRange::single(80), {6})));
  ASSERT_TRUE(filter_->apply(a));
  const Traffic t = run(4000, 100, [&](uint32_t i) {
    EXPECT_TRUE(filter_->apply(i % 2 == 0 ? b : a));
    EXPECT_TRUE(filter_->last_was_delta());
  });
  EXPECT_GE(t.changes, 100u);
  EXPECT_EQ(t.allowed_passed, t.allowed_sent);
  EXPECT_EQ(t.denied_passed, 0u);
}

TEST_F(Kernel, AnswersDoNotKeepAWithdrawnFlowAlive) {
  ASSERT_TRUE(runner_->run("flush chain inet sink i").ok());  // let packets reach the kernel, so that it answers
  apply(allow({"100.64.0.1"}, PortRange::all()));
  const auto echoes = [&](uint16_t id) {
    while (!tun_->receive().empty()) {
    }
    tun_->send(ip4_packet(kPeer, kUs, kIcmp, [&] {
      Bytes m = icmp_message(8, 0, id, Bytes(8));
      uint32_t sum = 0;
      for (size_t i = 0; i < m.size(); i += 2) sum += static_cast<uint32_t>(m[i] << 8 | m[i + 1]);
      sum = (sum & 0xffff) + (sum >> 16);
      m[2] = static_cast<uint8_t>(~sum >> 8);
      m[3] = static_cast<uint8_t>(~sum);
      return m;
    }()));
    for (Bytes p = tun_->receive(); !p.empty(); p = tun_->receive()) {
      if (is_echo_reply(parse_packet(p))) return true;
    }
    return false;
  };
  EXPECT_TRUE(echoes(5));
  EXPECT_TRUE(echoes(5));  // established now
  apply({});
  EXPECT_FALSE(echoes(5));
  EXPECT_TRUE(runner_->run("add rule inet sink i iifname \"tun0\" log prefix \"in\" group 9 drop").ok());
}

TEST_F(Kernel, ARefusedUpdateChangesNothing) {
  apply(allow({"100.64.0.1"}, PortRange::single(22)));
  FilterBoxes broken = boxes_of(allow({"100.64.0.1"}, PortRange::single(23)));
  // Two boxes that overlap: what the planner never makes, and the kernel refuses.
  const Box wide{{addr("100.64.0.4"), addr("100.64.0.4")}, {kUs, kUs}, kTcp, {20, 30}, 0};
  Box inside = wide;
  inside.ports = {25, 40};
  broken.v4.ports = {wide, inside};
  const auto done = filter_->apply(broken);
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, ::testing::HasSubstr("nftables refused"));
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 22)));
  EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kTcp, 23)));
  apply(allow({"100.64.0.1"}, PortRange::single(23)));
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 23)));
}

TEST_F(Kernel, ADeathAtAnyMomentLeavesAnEnforcingTable) {
  const auto base = allow({"100.64.0.1"}, PortRange::single(22));
  const FilterBoxes a = boxes_of(joined(base, crowd(3000))), b = boxes_of(joined(base, crowd(3000, 0x64600000)));
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const auto runner = nft::kernel_runner();
      KernelFilter filter(*runner, nft::Table{"tun0", "aclcd", 0});
      if (!filter.prepare()) _exit(1);
      for (int i = 0;; ++i) {
        const auto done = filter.apply(i % 2 == 0 ? a : b);
        if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str()), _exit(1);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(150 + 23 * round));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kTcp, 23))) << round;
    KernelFilter heir(*runner_, nft::Table{"tun0", "aclcd", 0});
    ASSERT_TRUE(heir.prepare());
    EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kTcp, 23))) << round;
    const auto done = heir.apply(a);
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 22))) << round;
  }
  const auto sets = runner_->sets("aclcd");
  ASSERT_TRUE(sets.ok());
  EXPECT_EQ(std::count_if(sets->begin(), sets->end(), [](const std::string& name) { return name.rfind("in4_g", 0) == 0; }), 1);  // nothing is left of those that died
}

TEST_F(Kernel, OthersTablesAndTrafficAreLeftAlone) {
  ASSERT_TRUE(runner_->run("add table inet neighbour\nadd chain inet neighbour c { type filter hook input priority 0; policy accept; }\n"
                           "add rule inet neighbour c tcp dport 4444 drop").ok());
  const std::string before = runner_->rules("neighbour", "c").value();
  ASSERT_FALSE(before.empty());
  apply(allow({"100.64.0.1"}, PortRange::all()));
  EXPECT_FALSE(passes(opening_packet(kPeer, kUs, kTcp, 4444)));  // our yes does not overrule their no
  EXPECT_TRUE(passes(opening_packet(kPeer, kUs, kTcp, 4445)));
  EXPECT_TRUE(run_quietly("ping -c1 -W1 127.0.0.1 || nc -zu -w1 127.0.0.1 1 || true"));
  ASSERT_TRUE(runner_->run("add rule inet sink i iifname \"lan0\" log prefix \"lan\" group 9 drop").ok());
  EXPECT_TRUE(lan_->send(opening_packet(addr("10.33.0.7"), addr("10.33.0.1"), kTcp, 9)));
  EXPECT_EQ(drain(), 1u);  // what does not come in by our interface is not ours to judge
  ASSERT_TRUE(filter_->remove());
  EXPECT_EQ(runner_->rules("neighbour", "c").value(), before);
  ASSERT_TRUE(runner_->run("delete table inet neighbour").ok());
}

TEST_F(Kernel, SeesWhenSomebodyElseChangedItsRules) {
  apply(allow({"100.64.0.1"}, PortRange::single(22)));
  EXPECT_TRUE(filter_->is_untouched().value());
  passes(opening_packet(kPeer, kUs, kTcp, 23));  // counters move
  EXPECT_TRUE(filter_->is_untouched().value());
  ASSERT_TRUE(runner_->run("insert rule inet aclcd filter accept").ok());
  EXPECT_FALSE(filter_->is_untouched().value());
}

// Deleting the entries of withdrawn flows takes minutes where there are many, and is not needed: each packet is looked up.
TEST_F(Kernel, ChangesOfPolicyTakeNothingFromConnectionTracking) {
  constexpr uint32_t kFlows = 20'000;
  const auto tracked = [] {
    std::ifstream file("/proc/sys/net/netfilter/nf_conntrack_count");
    uint32_t n = 0;
    file >> n;
    return n;
  };
  ASSERT_TRUE(runner_->run("flush chain inet sink f").ok());  // a flow is remembered once its packet has got through
  const auto all = allow({"*"}, PortRange::all());
  apply(all);
  const uint32_t before = tracked();
  for (uint32_t i = 0; i < kFlows; ++i) {
    tun_->send(opening_packet(kPeer, Address::v4(0x0a210002 + i % 200), kUdp, static_cast<uint16_t>(1000 + i / 200), static_cast<uint16_t>(1024 + i % 60000)));
    while (!lan_->receive().empty()) {
    }
  }
  ASSERT_GE(tracked(), before + kFlows);
  for (int i = 0; i < 10; ++i) {
    apply(joined(allow({"100.64.0.77"}, PortRange::single(80)), crowd(i % 2 == 0 ? 4 : 2'000)));
    EXPECT_GE(tracked(), before + kFlows);
  }
  tun_->send(opening_packet(kPeer, addr("10.33.0.2"), kUdp, 1000, 1024));  // the first of them again
  EXPECT_TRUE(lan_->receive().empty()) << "a withdrawn flow goes on";
  EXPECT_TRUE(runner_->run("add rule inet sink f iifname \"tun0\" log prefix \"fwd\" group 9 drop").ok());
}

TEST_F(Kernel, TakesLargeTables) {
  for (const uint32_t n : {100u, 1'000u, 10'000u, 24'998u}) {
    const FilterBoxes boxes = boxes_of(crowd(n));
    apply({});
    const auto start = Clock::now();
    ASSERT_TRUE(filter_->apply(boxes));
    const auto took = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    FilterBoxes more = boxes_of(joined(crowd(n), {{{"100.64.0.77"}, {{"100.64.0.9", {80, 81}}}, {6}, {}}}));
    const auto again = Clock::now();
    const auto done = filter_->apply(more);
    const auto one_rule = std::chrono::duration<double, std::milli>(Clock::now() - again).count();
    ASSERT_TRUE(done.ok()) << n;
    std::printf("%6zu elements: %.1f ms, one rule more: %.1f ms\n", boxes.v4.size(), took, one_rule);
  }
}

}  // namespace
}  // namespace aclc::testing
