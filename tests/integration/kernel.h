// SPDX-License-Identifier: Apache-2.0
// A kernel with our table in a namespace of its own, and packets that the test writes into the tunnel.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/backend/nft/kernel_filter.h"
#include "daemon/telemetry/packet_log.h"
#include "evaluator/wire/semantics.h"
#include "tests/integration/tunnel.h"

namespace aclc::testing {

using nft::KernelFilter;

inline const Address kUs = addr("100.64.0.9"), kUs6 = addr("fd7a:115c:a1e0::9"), kPeer = addr("100.64.0.1"), kPeer6 = addr("fd7a:115c:a1e0::1");

inline AddressSet local_addresses() {
  AddressSet out;
  out.add(kUs);
  out.add(kUs6);
  out.add(*Prefix::parse("10.33.0.0/24"));
  out.remove({addr("10.33.0.1"), addr("10.33.0.1")});
  return out;
}

inline FilterBoxes boxes_of(const std::vector<wire::FilterRule>& rules) {
  return filter_boxes(wire::resolve(rules), wire::reachable_destinations(local_addresses())).value();
}

inline std::vector<wire::FilterRule> allow(std::vector<std::string> from, PortRange ports, std::vector<uint8_t> protocols = {}) {
  return {{std::move(from), {{"*", ports}}, std::move(protocols), {}}};
}

// One namespace for the whole program; a fresh table for each test. What our hooks let pass is counted behind them and dropped there,
// so that the kernel answers nothing.
class Kernel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!enter_own_network()) return;
    tun_ = std::make_unique<Tunnel>("tun0");
    lan_ = std::make_unique<Tunnel>("lan0");
    runner_ = nft::kernel_runner();
    usable_ = tun_->ok() && lan_->ok() && configure_own_network();
    if (!usable_) return;
    usable_ = runner_->run("add table inet sink\n"
                           "add chain inet sink i { type filter hook input priority 100; policy accept; }\n"
                           "add chain inet sink f { type filter hook forward priority 100; policy accept; }\n"
                           "add rule inet sink i iifname \"tun0\" log prefix \"in\" group 9 drop\n"
                           "add rule inet sink f iifname \"tun0\" log prefix \"fwd\" group 9 drop\n").ok();
    auto log = PacketLog::open(9);
    usable_ = usable_ && log.ok();
    if (log) passed_ = std::move(log).value();
  }
  static void TearDownTestSuite() {
    passed_.reset();
    tun_.reset();
    lan_.reset();
  }
  void SetUp() override {
    if (!usable_) GTEST_SKIP() << "needs root, network namespaces, /dev/net/tun and nftables";
    filter_ = std::make_unique<KernelFilter>(*runner_, nft::Table{"tun0", "aclcd", 0});
    ASSERT_TRUE(filter_->prepare());
    drain();
  }
  void TearDown() override {
    if (usable_ && filter_) static_cast<void>(filter_->remove());
  }

  static uint32_t drain() {
    uint32_t n = 0;
    passed_->read([&n](const LoggedPacket&) { ++n; });
    return n;
  }
  static bool passes(const Bytes& packet) {
    EXPECT_TRUE(tun_->send(packet));
    return drain() > 0;
  }
  void apply(const std::vector<wire::FilterRule>& rules) {
    const auto done = filter_->apply(boxes_of(rules));
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  uint64_t packets(const std::string& counter) { return filter_->counters().value()[counter].packets; }

  static inline std::unique_ptr<Tunnel> tun_, lan_;
  static inline std::unique_ptr<nft::Runner> runner_;
  static inline std::unique_ptr<PacketLog> passed_;
  static inline bool usable_ = false;
  std::unique_ptr<KernelFilter> filter_;
};

}  // namespace aclc::testing
