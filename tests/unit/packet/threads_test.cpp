// SPDX-License-Identifier: Apache-2.0
// One thread publishes policies, others filter: each packet is decided by one policy, whole.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/unit/packet/fixture.h"

namespace aclc::testing {
namespace {

TEST(Threads, EachPacketIsDecidedByOnePolicyWhole) {
  constexpr uint16_t kEven = 22, kOdd = 23;  // the port that policies of even and odd version open
  const auto opens = [](uint16_t port) { return policy_of({rule({"8.1.1.1"}, {{"1.2.3.4", PortRange::single(port)}})}, {"1.2.3.4"}); };
  const FilterPolicy even = opens(kEven), odd = opens(kOdd);
  const Address peer = addr("8.1.1.1"), us = addr("1.2.3.4");
  PolicySlot slot;
  slot.publish(odd);  // version 1
  std::atomic<bool> done{false};
  std::atomic<uint32_t> judged{0}, wrong{0}, waiting{2};
  const auto filter_packets = [&] {
    PacketFilter filter(slot, {});
    uint32_t source = 0;
    for (bool first = true; !done; first = false) {
      if (first) --waiting;
      const uint64_t before = slot.version();
      const auto from = static_cast<uint16_t>(1024 + source++ % 60000);
      const bool at_even = filter.check_in(opening_packet(peer, us, kTcp, kEven, from), source).accept;
      const bool at_odd = filter.check_in(opening_packet(peer, us, kTcp, kOdd, from), source).accept;
      if (slot.version() != before) continue;  // which of the two policies decided, nobody can say
      ++judged;
      if (at_even != (before % 2 == 0) || at_odd != (before % 2 == 1)) ++wrong;
    }
  };
  std::thread one(filter_packets), two(filter_packets);
  while (waiting > 0) std::this_thread::yield();
  for (int i = 0; i < 500 || judged < 500; ++i) {
    slot.publish(i % 2 == 0 ? even : odd);
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  done = true;
  one.join();
  two.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(slot.version() % 2, slot.current().program == odd.program ? 1u : 0u);
}

}  // namespace
}  // namespace aclc::testing
