// SPDX-License-Identifier: Apache-2.0
// What could not be applied for a reason that passes is applied when it has passed.
#include <gmock/gmock.h>

#include "tests/unit/node/a_node.h"

namespace aclc::testing {
namespace {

using ::testing::HasSubstr;

std::string message(const MeshNode& node, const std::string& topic) {
  const auto it = node.health().troubles().find(topic);
  return it == node.health().troubles().end() ? "" : it->second.message;
}

TEST(Retry, PausesGrowUpToHalfAMinute) {
  Retry retry;
  uint64_t now = 100;
  EXPECT_TRUE(retry.is_due(now));
  for (const uint64_t pause : {1, 2, 4, 8, 16, 30, 30}) {
    retry.failed(now);
    EXPECT_FALSE(retry.is_due(now + pause - 1));
    EXPECT_TRUE(retry.is_due(now + pause));
    now += pause;
  }
  retry.failed(now);
  EXPECT_TRUE(retry.is_due(now - 1'000'000)) << "the clock was set back";
}

TEST_F(ANode, TriesAgainWhatTheHostRefused) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  Snapshot next = snapshot(2, 443);
  next.peers = {{"phone", phone_, {}, {*Prefix::parse("100.64.0.2/32")}, 0}};
  host_.refuse = "peer";
  ASSERT_FALSE(node->offer(seal(next), 10).ok());
  EXPECT_EQ(node->counts().refused, 0u);
  for (uint64_t now = 11; now < 100; ++now) node->tick(now);
  EXPECT_EQ(node->policy()->snapshot.generation, 1u);
  EXPECT_EQ(node->health().troubles().at("pending").since, 10u);
  EXPECT_THAT(message(*node, "pending"), HasSubstr("generation 2 waits and is tried again: the host refused peer"));
  EXPECT_LE(std::count(host_.steps.begin(), host_.steps.end(), "peer remove " + laptop_), 9) << "with growing pauses";
  host_.refuse.clear();
  for (uint64_t now = 100; now < 131; ++now) node->tick(now);
  EXPECT_EQ(node->policy()->snapshot.generation, 2u);
  EXPECT_TRUE(node->health().ok());
  node->stop();
  auto after = make();
  ASSERT_TRUE(after->start(200).ok() && after->resume("", 200).ok());
  EXPECT_EQ(after->policy()->snapshot.generation, 2u) << "kept on disk, too";
}

TEST_F(ANode, ANewerOneTakesThePlaceOfWhatWaits) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  host_.refuse = "nft sets";
  ASSERT_FALSE(node->offer(seal(snapshot(2, 443)), 2).ok());
  ASSERT_FALSE(node->offer("junk", 2).ok());
  EXPECT_THAT(message(*node, "pending"), HasSubstr("generation 2")) << "junk does not";
  host_.refuse.clear();
  ASSERT_TRUE(node->offer(seal(snapshot(3, 444)), 2).ok());
  node->tick(60);
  EXPECT_EQ(node->policy()->snapshot.generation, 3u);
  EXPECT_EQ(node->counts().applied, 2u);
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, WhatIsTakenBackWaitsNoLonger) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  host_.refuse = "nft sets";
  ASSERT_FALSE(node->offer(seal(snapshot(2, 443)), 2).ok());
  host_.refuse.clear();
  ASSERT_TRUE(node->offer(seal(snapshot(1)), 2).ok());
  EXPECT_TRUE(node->health().ok());
  node->tick(60);
  EXPECT_EQ(node->policy()->snapshot.generation, 1u);
}

TEST_F(ANode, WhatIsNotGenuineIsNotTriedAgain) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(5)), 1).ok());
  Snapshot foreign = snapshot(6);
  foreign.node_key = laptop_;
  for (const std::string& bad : {seal(snapshot(4)), seal(foreign), seal_snapshot(snapshot(6), SigningKey::generate())}) {
    ASSERT_FALSE(node->offer(bad, 2).ok());
    EXPECT_FALSE(node->is_waiting());
  }
  EXPECT_EQ(node->counts().refused, 3u);
}

TEST_F(ANode, AClockThatWasWrongIsNoRefusalForGood) {
  auto node = make();
  ASSERT_TRUE(node->start(10'000).ok());
  Snapshot s = snapshot(1);
  s.expires = 5'000;
  ASSERT_FALSE(node->offer(seal(s), 10'000).ok());
  EXPECT_THAT(message(*node, "pending"), HasSubstr("has expired: by this host's clock, 1970-01-01T01:23:20.000Z is past"));
  node->tick(10'040);
  EXPECT_EQ(node->policy(), nullptr);
  node->tick(1'000);  // set right
  ASSERT_NE(node->policy(), nullptr);
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, AClockThatIsSetRightOpensWhatItHadClosed) {
  config_.on_expiry = OnExpiry::kFailClosed;
  auto node = make();
  Snapshot s = snapshot(1);
  s.expires = 5'000;
  ASSERT_TRUE(node->start(1'000).ok() && node->offer(seal(s), 1'000).ok());
  node->tick(10'000);
  ASSERT_TRUE(node->closed_by_expiry());
  host_.steps.clear();
  node->tick(1'001);
  EXPECT_FALSE(node->closed_by_expiry());
  EXPECT_NE(host_.at("nft policy"), -1);
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, AFirstApplyThatFailsIsSaidAndTriedAgain) {
  {
    auto node = make();
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
    node->stop();
  }
  for (const bool source_has_it : {false, true}) {
    host_.refuse = "tunnel open";
    auto node = make();
    ASSERT_TRUE(node->start(2).ok());
    ASSERT_FALSE(node->resume(source_has_it ? seal(snapshot(1)) : "", 2).ok());
    EXPECT_THAT(message(*node, "pending"), HasSubstr("generation 1 waits and is tried again: the host refused tunnel open"));
    EXPECT_TRUE(node->is_waiting());
    node->tick(3);
    EXPECT_EQ(node->policy(), nullptr);
    host_.refuse.clear();
    node->tick(10);
    ASSERT_NE(node->policy(), nullptr);
    EXPECT_TRUE(node->is_enforced());
    EXPECT_FALSE(node->is_waiting());
    EXPECT_TRUE(node->health().ok());
    node->stop();
  }
}

TEST_F(ANode, AnUpThatFailsIsTriedAgain) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok() && node->down().ok());
  host_.refuse = "nft policy";
  ASSERT_FALSE(node->up(2).ok());
  EXPECT_FALSE(node->is_enforced());
  EXPECT_FALSE(node->health().ok());
  host_.refuse.clear();
  node->tick(10);
  EXPECT_TRUE(node->is_enforced());
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, KeepsOnDiskWhatItCouldNotKeepAtOnce) {
  auto node = make();
  std::filesystem::create_directory(folder_ + "/last-good.snapshot");  // in the way
  ASSERT_TRUE(node->start(1).ok());
  ASSERT_TRUE(node->offer(seal(snapshot(7)), 1).ok()) << "it is in force all the same";
  EXPECT_THAT(message(*node, "state"), HasSubstr("a restart would go on from an earlier one: cannot replace"));
  std::filesystem::remove(folder_ + "/last-good.snapshot");
  node->tick(5);
  EXPECT_TRUE(node->health().ok());
  EXPECT_TRUE(std::filesystem::is_regular_file(folder_ + "/last-good.snapshot"));
}

}  // namespace
}  // namespace aclc::testing
