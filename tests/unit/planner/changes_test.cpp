// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/planner/changes.h"

namespace aclc::testing {
namespace {

using ::testing::ElementsAre;

Prefix prefix(const char* text) { return *Prefix::parse(text); }
SnapshotPeer peer(const char* key, std::vector<Prefix> ips, const char* endpoint = "192.0.2.1:1", uint16_t keepalive = 0) {
  return {key, key, {endpoint}, std::move(ips), keepalive};
}
TunnelPeer there(const SnapshotPeer& p, const char* endpoint) { return {p.key, endpoint, p.allowed_ips, p.keepalive}; }

TEST(Changes, AreWhatDiffers) {
  const auto c = changes(std::vector{3, 1, 2, 2}, std::vector{4, 2, 3});
  EXPECT_THAT(c.remove, ElementsAre(1));
  EXPECT_THAT(c.add, ElementsAre(4));
}

TEST(Peers, WithoutAChangeNothingIsSaid) {
  const auto a = peer("a", {prefix("100.64.0.1/32"), prefix("10.0.0.0/8")}, "192.0.2.1:1", 25);
  TunnelPeer have = there(a, "198.51.100.9:7");  // it has moved since
  std::swap(have.allowed_ips[0], have.allowed_ips[1]);
  EXPECT_TRUE(peer_changes({have}, {a}, {a}).empty());
}

TEST(Peers, ANewOneIsToldWhole) {
  const auto c = peer_changes({}, {peer("a", {prefix("100.64.0.1/32")}, "192.0.2.1:1", 25)}, {});
  ASSERT_EQ(c.size(), 1u);
  EXPECT_EQ(c[0].endpoint, "192.0.2.1:1");
  EXPECT_TRUE(c[0].set_allowed_ips);
  EXPECT_TRUE(c[0].set_keepalive);
  EXPECT_EQ(c[0].keepalive, 25);
}

TEST(Peers, RemovalsComeFirst) {
  const auto old = peer("z", {prefix("100.64.0.1/32")});
  const auto c = peer_changes({there(old, "")}, {peer("a", {prefix("100.64.0.1/32")})}, {old});
  ASSERT_EQ(c.size(), 2u);
  EXPECT_TRUE(c[0].remove);
  EXPECT_EQ(c[0].key, "z");
  EXPECT_EQ(c[1].key, "a");
}

TEST(Peers, ANewEndpointIsSetOnceTheSnapshotSaysSo) {
  const auto before = peer("a", {}), after = peer("a", {}, "192.0.2.2:2");
  const auto c = peer_changes({there(before, "198.51.100.9:7")}, {after}, {before});
  ASSERT_EQ(c.size(), 1u);
  EXPECT_EQ(c[0].endpoint, "192.0.2.2:2");
  EXPECT_FALSE(c[0].set_allowed_ips);
}

TEST(Peers, APeerThatLosesItsLastAddressIsToldSo) {
  const auto before = peer("a", {prefix("100.64.0.1/32")});
  const auto c = peer_changes({there(before, "x")}, {peer("a", {})}, {before});
  ASSERT_EQ(c.size(), 1u);
  EXPECT_TRUE(c[0].set_allowed_ips);
  EXPECT_TRUE(c[0].allowed_ips.empty());
}

TEST(Routes, TheMeshWholeAndWhatPeersServe) {
  Snapshot s;
  s.routes = {prefix("10.1.0.0/16")};
  s.peers = {peer("a", {prefix("100.64.0.1/32"), prefix("fd7a:115c:a1e0::1/128"), prefix("10.33.0.0/16"), prefix("0.0.0.0/0"), prefix("10.1.0.0/16")})};
  EXPECT_THAT(tunnel_routes(s), ElementsAre(prefix("10.33.0.0/16"), prefix("100.64.0.0/10"), prefix("fd7a:115c:a1e0::/48")));
}

}  // namespace
}  // namespace aclc::testing
