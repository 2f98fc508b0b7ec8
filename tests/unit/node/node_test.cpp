// SPDX-License-Identifier: Apache-2.0
// The order of a change, and what is left when the host refuses one of its steps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/node/explain.h"
#include "daemon/planner/exit_node.h"
#include "daemon/snapshot/store.h"
#include "tests/unit/node/a_node.h"

namespace aclc::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(ANode, DeniesAllThenOpensThenPeersThenPolicy) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok());
  EXPECT_EQ(host_.steps, std::vector<std::string>{"nft deny-all"});
  ASSERT_TRUE(node->offer(seal(snapshot(1)), 1).ok());
  EXPECT_LT(host_.at("nft deny-all"), host_.at("tunnel open"));
  EXPECT_LT(host_.at("tunnel open"), host_.at("link up"));
  EXPECT_LT(host_.at("link up"), host_.at("peer add"));
  EXPECT_LT(host_.at("peer add"), host_.at("nft policy"));
  EXPECT_NE(host_.at("route add 100.64.0.0/10"), -1);
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, TakesPeersAwayBeforeAPolicyAndAddsThemBehindIt) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  // The address moves from the laptop to the phone.
  Snapshot next = snapshot(2, 443);
  next.peers = {{"phone", phone_, {"192.0.2.7:51820"}, {*Prefix::parse("100.64.0.1/32")}, 0}};
  host_.steps.clear();
  ASSERT_TRUE(node->offer(seal(next), 2).ok());
  EXPECT_LT(host_.at("peer remove " + laptop_), host_.at("nft sets"));
  EXPECT_LT(host_.at("nft sets"), host_.at("peer add " + phone_));
  EXPECT_LT(host_.at("peer add " + phone_), host_.at("peer change " + phone_));  // greeted, since it may hold a session of before
}

TEST_F(ANode, KeepsThePolicyThatIsInForceWhateverStepFails) {
  for (const std::string refused : {"nft sets", "peer remove", "peer add"}) {
    SCOPED_TRACE(refused);
    auto node = make();
    host_.refuse.clear();
    std::filesystem::remove(folder_ + "/last-good.snapshot");
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
    Snapshot next = snapshot(2, 443);
    next.peers = {{"phone", phone_, {}, {*Prefix::parse("100.64.0.2/32")}, 0}};
    host_.refuse = refused;
    const auto done = node->offer(seal(next), 2);
    ASSERT_FALSE(done.ok());
    EXPECT_THAT(done.error().message, HasSubstr("refused"));
    EXPECT_EQ(node->policy()->snapshot.generation, 1u);
    EXPECT_THAT(node->health().troubles().at("pending").message, HasSubstr("generation 2 waits"));
    host_.refuse.clear();
    ASSERT_TRUE(node->offer(seal(next), 3).ok());
    EXPECT_EQ(tunnel_.peers.count(laptop_), 0u);
    EXPECT_EQ(tunnel_.peers.count(phone_), 1u);
    EXPECT_TRUE(node->health().ok());
    tunnel_.close();
  }
}

TEST_F(ANode, GoesOnFromDiskAndNeverBackwards) {
  {
    auto node = make();
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(5)), 1).ok());
    node->stop();
  }
  auto node = make();
  ASSERT_TRUE(node->start(2).ok());
  ASSERT_TRUE(node->resume(seal(snapshot(4)), 2).ok());
  EXPECT_EQ(node->policy()->snapshot.generation, 5u);
  EXPECT_EQ(node->counts().refused, 1u);
  EXPECT_FALSE(node->offer(seal(snapshot(5, 81)), 2).ok()) << "the same generation with another content";
}

TEST_F(ANode, PrefersANewerOneToThatOnDisk) {
  {
    auto node = make();
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(5)), 1).ok());
    node->stop();
  }
  auto node = make();
  ASSERT_TRUE(node->start(2).ok() && node->resume(seal(snapshot(6)), 2).ok());
  EXPECT_EQ(node->policy()->snapshot.generation, 6u);
  EXPECT_EQ(node->counts().applied, 1u);
}

TEST_F(ANode, ADamagedStateIsSaidAndDoesNotOpenAnything) {
  std::filesystem::create_directories(folder_);
  ASSERT_TRUE(write_file_whole(folder_ + "/last-good.snapshot", "garbage").ok());
  auto node = make();
  ASSERT_TRUE(node->start(1).ok());
  const auto done = node->resume("", 1);
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().message, HasSubstr("last good snapshot"));
  EXPECT_EQ(host_.at("nft policy"), -1);
  node->tick(2);
  EXPECT_THAT(node->health().troubles().at("state").message, HasSubstr("an older one than before would be taken"));
  ASSERT_TRUE(node->offer(seal(snapshot(1)), 3).ok());
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, ADamagedStateIsSaidEvenWhereTheSourceHasAnother) {
  ASSERT_TRUE(write_file_whole(folder_ + "/last-good.snapshot", "garbage").ok());
  auto node = make();
  ASSERT_TRUE(node->start(1).ok());
  EXPECT_THAT(node->resume(seal(snapshot(1)), 1).error().message, HasSubstr("last good snapshot"));
  EXPECT_EQ(node->policy()->snapshot.generation, 1u);
  EXPECT_TRUE(node->health().ok()) << "a good one has taken its place";
}

TEST_F(ANode, ExpiryIsStaticOrClosedAsConfigured) {
  Snapshot s = snapshot(1);
  s.expires = 100;
  for (const OnExpiry choice : {OnExpiry::kFailStatic, OnExpiry::kFailClosed}) {
    config_.on_expiry = choice;
    std::filesystem::remove(folder_ + "/last-good.snapshot");
    auto node = make();
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(s), 1).ok());
    host_.steps.clear();
    node->tick(99);
    EXPECT_TRUE(node->health().ok());
    node->tick(100);
    EXPECT_EQ(node->health().troubles().at("expiry").since, 100u);
    EXPECT_EQ(node->closed_by_expiry(), choice == OnExpiry::kFailClosed);
    EXPECT_EQ(host_.at("nft deny-all") != -1, choice == OnExpiry::kFailClosed);
    // A tunnel that has to be started again does not open what is closed.
    tunnel_.close();
    host_.steps.clear();
    node->tick(101);
    EXPECT_TRUE(tunnel_.is_open());
    EXPECT_EQ(host_.at("nft policy") != -1 && node->closed_by_expiry(), false);
    Snapshot next = snapshot(2);
    next.expires = 200;
    ASSERT_TRUE(node->offer(seal(next), 102).ok());
    EXPECT_FALSE(node->closed_by_expiry());
    node->tick(103);
    EXPECT_TRUE(node->health().ok());
    node->stop();
  }
}

TEST_F(ANode, DownStaysDownAndUpComesBack) {
  {
    auto node = make();
    ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
    ASSERT_TRUE(node->down().ok());
    EXPECT_EQ(host_.steps.back(), "nft remove");
    EXPECT_FALSE(tunnel_.is_open());
    EXPECT_TRUE(borrowed_.empty());
  }
  host_.steps.clear();
  auto node = make();
  ASSERT_TRUE(node->start(2).ok() && node->resume("", 2).ok());
  EXPECT_FALSE(node->is_up());
  EXPECT_EQ(host_.steps, std::vector<std::string>{"nft remove"}) << "in case that death came before that";
  EXPECT_TRUE(borrowed_.empty());
  ASSERT_TRUE(node->up(3).ok());
  EXPECT_EQ(borrowed_, (std::set<std::string>{"net/netfilter/nf_conntrack_acct", "net/netfilter/nf_conntrack_timestamp"}));
  EXPECT_TRUE(tunnel_.is_open());
  EXPECT_NE(host_.at("nft policy"), -1);
}

TEST_F(ANode, ServesApprovedRoutesAndGivesBackWhatItBorrowed) {
  auto node = make();
  Snapshot s = snapshot(1);
  s.routes = {*Prefix::parse("10.33.0.0/24")};
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(s), 1).ok());
  EXPECT_EQ(borrowed_.count("net/ipv4/ip_forward"), 1u);
  EXPECT_NE(host_.at("nft nat"), -1);
  ASSERT_TRUE(node->offer(seal(snapshot(2)), 1).ok());
  EXPECT_EQ(borrowed_.count("net/ipv4/ip_forward"), 0u);
}

TEST_F(ANode, UsesOneExitNodeOnly) {
  config_.exit_node = "laptop";
  auto node = make();
  Snapshot s = snapshot(1);
  s.peers.push_back({"phone", phone_, {}, {*Prefix::parse("100.64.0.2/32"), *Prefix::parse("0.0.0.0/0")}, 0});
  s.peers[0].allowed_ips.push_back(*Prefix::parse("0.0.0.0/0"));
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(s), 1).ok());
  EXPECT_EQ(tunnel_.peers[laptop_].allowed_ips.size(), 2u);
  EXPECT_EQ(tunnel_.peers[phone_].allowed_ips.size(), 1u);
  ASSERT_EQ(network_.rules_now().size(), 2u) << "IPv6, too, which it does not carry";
  EXPECT_EQ(network_.rules_now()[0].unless_mark, kTunnelMark);
  EXPECT_EQ(borrowed_.count("net/ipv4/conf/all/rp_filter"), 1u);
  node->stop();
  EXPECT_TRUE(network_.rules_now().empty());
  EXPECT_TRUE(borrowed_.empty());
}

TEST_F(ANode, NothingLeavesBesideTheExitNodeBeforeThereIsATunnel) {
  config_.exit_node = "laptop";
  auto node = make();
  ASSERT_TRUE(node->start(1).ok());
  EXPECT_EQ(network_.refused, (std::set<Family>{Family::kV4, Family::kV6}));
  EXPECT_EQ(network_.rules_now().size(), 2u);
  EXPECT_LT(host_.at("refuse rest"), host_.at("rule add")) << "or there would be a moment without either";
  EXPECT_EQ(host_.at("tunnel open"), -1);
  node->stop();
  EXPECT_TRUE(network_.refused.empty());
  EXPECT_TRUE(network_.rules_now().empty());
  // What a death has left behind goes where no exit node is used any more.
  network_.refused = {Family::kV4};
  ASSERT_TRUE(network_.add_rule(exit_rules({Family::kV4}, false)[0]).ok());
  config_.exit_node.clear();
  node = make();
  ASSERT_TRUE(node->start(2).ok());
  EXPECT_TRUE(network_.refused.empty());
  EXPECT_TRUE(network_.rules_now().empty());
}

TEST_F(ANode, AWayToTheInternetLeavesOutTheHostsNetworksAndFollowsThem) {
  network_.beside = {*Prefix::parse("203.0.113.7/24")};
  auto node = make();
  Snapshot s = snapshot(1);
  s.routes = {*Prefix::parse("0.0.0.0/0")};
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(s), 1).ok());
  const auto reaches = [&](const char* text) { return node->policy()->boxes.v4.self.contains(*Address::parse(text)); };
  EXPECT_TRUE(reaches("203.0.113.7") && !reaches("203.0.113.8") && reaches("198.51.100.8"));
  host_.steps.clear();
  node->tick(2);
  EXPECT_EQ(host_.at("nft"), -1) << "nothing has changed";
  network_.beside = {*Prefix::parse("198.51.100.7/24")};
  node->tick(3);
  EXPECT_NE(host_.at("nft policy"), -1);
  EXPECT_TRUE(reaches("203.0.113.8") && !reaches("198.51.100.8"));
  EXPECT_EQ(node->counts().applied, 1u) << "it is the same policy";
}

TEST_F(ANode, AnExitNodeThatIsNoneIsSaidAndNothingLeavesDirectly) {
  config_.exit_node = "laptob";
  auto node = make();
  Snapshot s = snapshot(1);
  s.peers[0].allowed_ips.push_back(*Prefix::parse("0.0.0.0/0"));
  network_.ipv6 = false;
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(s), 1).ok());
  EXPECT_THAT(node->health().troubles().at("exit-node").message, HasSubstr("no peer is called `laptob`"));
  EXPECT_THAT(node->health().troubles().at("exit-node").message, HasSubstr("did you mean `laptop`?"));
  EXPECT_EQ(network_.routes("", kExitTable).value(), std::vector<Prefix>{*Prefix::parse("0.0.0.0/0")}) << "into the tunnel, where no peer takes it";
  EXPECT_EQ(tunnel_.peers[laptop_].allowed_ips.size(), 1u);
  node->stop();

  config_.exit_node = "laptop";
  network_.ipv6 = true;
  std::filesystem::remove(folder_ + "/last-good.snapshot");
  node = make();
  ASSERT_TRUE(node->start(2).ok() && node->offer(seal(s), 2).ok());
  EXPECT_TRUE(node->health().ok());
  ASSERT_TRUE(node->offer(seal(snapshot(2)), 3).ok());
  EXPECT_THAT(node->health().troubles().at("exit-node").message, HasSubstr("`laptop` is no exit node in this snapshot"));
  EXPECT_EQ(network_.rules_now().size(), 2u);
  ASSERT_TRUE(node->down().ok());
  EXPECT_TRUE(network_.rules_now().empty());
  EXPECT_TRUE(node->health().ok());
}

TEST_F(ANode, ExplainsThatAllIsDenied) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  node->prepare_answers(1);
  using State = Enforcement::State;
  for (const auto& [state, reason] : {std::pair{State::kExpired, "expired"}, {State::kDown, "down"}, {State::kNotYet, "not-in-force"}}) {
    const auto e = explain(*node->policy(), "laptop", "", 6, 80, {state, false});
    EXPECT_FALSE(e->allowed);
    EXPECT_EQ(e->reason, reason);
    EXPECT_EQ(e->place, "");
    ASSERT_EQ(e->nearest.size(), 1u);
    EXPECT_EQ(e->nearest[0].place, "policy.hujson:12");
    EXPECT_THAT(e->nearest[0].lacks, HasSubstr("it allows this, but "));
    EXPECT_THAT(explain(*node->policy(), "laptop", "", 6, 22, {state, false})->nearest[0].lacks, HasSubstr("the port does not")) << reason;
  }
}

TEST_F(ANode, ExplainsWithTheNearestRules) {
  auto node = make();
  ASSERT_TRUE(node->start(1).ok() && node->offer(seal(snapshot(1)), 1).ok());
  node->prepare_answers(1);
  const auto yes = explain(*node->policy(), "laptop", "", 6, 80, {});
  ASSERT_TRUE(yes.ok());
  EXPECT_TRUE(yes->allowed);
  EXPECT_EQ(yes->place, "policy.hujson:12");
  const auto no = explain(*node->policy(), "laptop", "web", 6, 22, {});
  EXPECT_EQ(no->reason, "no-rule");
  ASSERT_EQ(no->nearest.size(), 1u);
  EXPECT_EQ(no->nearest[0].lacks, "source and destination match, the port does not: it allows 80");
  EXPECT_EQ(explain(*node->policy(), "laptop", "10.0.0.1", 6, 80, {})->reason, "not-self");
  EXPECT_EQ(explain(*node->policy(), "laptop", "web", 6, 80, {Enforcement::State::kInForce, true})->reason, "shields-up");
  EXPECT_THAT(explain(*node->policy(), "laptob", "web", 6, 80, {}).error().message, HasSubstr("did you mean `laptop`?"));
}

}  // namespace
}  // namespace aclc::testing
