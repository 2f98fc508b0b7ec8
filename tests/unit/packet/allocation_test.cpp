// SPDX-License-Identifier: Apache-2.0
// No packet costs memory. Counting stands aside under sanitizers, which bring their own allocator.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "evaluator/packet/tunnel_filter.h"
#include "tests/unit/packet/fixture.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ACLC_OWN_ALLOCATOR 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ACLC_OWN_ALLOCATOR 0
#endif
#endif
#ifndef ACLC_OWN_ALLOCATOR
#define ACLC_OWN_ALLOCATOR 1
#endif

#if ACLC_OWN_ALLOCATOR
#ifndef __clang__
// g++ 12 inlines one half of the pair and then takes the other for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif
namespace {
std::atomic<uint64_t> g_allocations{0};
}
void* operator new(std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  void* p = std::malloc(size);
  if (p == nullptr) std::abort();
  return p;
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace aclc::testing {
namespace {

TEST(Memory, IsNotTakenForAnyPacket) {
  const Address us = addr("102.102.102.102"), peer = addr("119.0.0.1"), us6 = addr("2001::9"), peer6 = addr("3::1");
  std::vector<Bytes> packets;
  for (const uint8_t protocol : {kTcp, kUdp, kSctp, kIcmp, uint8_t{116}}) packets.push_back(opening_packet(peer, us, protocol, 443));
  for (const uint8_t protocol : {kTcp, kUdp, kIpv6Icmp}) packets.push_back(opening_packet(peer6, us6, protocol, 443));
  packets.push_back(ip4_packet(peer, us, kUdp, udp_header(1, 443, 72), {0, true}));
  packets.push_back(ip4_packet(peer, us, kUdp, Bytes(64), {80, false}));
  packets.push_back(ip6_packet(peer6, us6, 44, ip6_fragment(kUdp, {0, true}, udp_header(1, 443, 72))));
  packets.push_back(ip6_packet(peer6, us6, 44, ip6_fragment(kUdp, {80, false}, Bytes(64))));
  for (const FilterMode mode : {FilterMode::kTailscale, FilterMode::kStrict}) {
    House house(mode);
    const uint64_t before = g_allocations.load();
    uint32_t accepted = 0;
    for (uint64_t round = 0; round < 1000; ++round) {
      for (const Bytes& packet : packets) {
        accepted += house.in(packet, round).accept ? 1 : 0;
        accepted += house.out(packet, round).accept ? 1 : 0;
      }
    }
    EXPECT_EQ(g_allocations.load(), before);
    EXPECT_GT(accepted, 10'000u);
    TunnelOptions options;
    options.filter.mode = mode;
    TunnelFilter tunnel(house.slot, options);
    AddressSet jailed;
    jailed.add(peer6);
    tunnel.set_jailed(jailed);
    tunnel.set_log_scope(LogScope(jailed));
    packets.push_back(opening_packet(peer, us, kTcp, 444));
    const uint64_t begin = g_allocations.load();
    size_t told = 0;
    for (uint64_t round = 0; round < 1000; ++round) {
      for (const Bytes& packet : packets) {
        told += tunnel.in(packet, round).rejection.size();
        tunnel.out(packet, round);
      }
    }
    EXPECT_EQ(g_allocations.load(), begin);
    EXPECT_GT(told, 0u);
  }
}

}  // namespace
}  // namespace aclc::testing
#endif
