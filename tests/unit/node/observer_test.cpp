// SPDX-License-Identifier: Apache-2.0
// What is recorded of packets and flows, and what is nobody's business.
#include <gmock/gmock.h>

#include "daemon/node/flow_observer.h"
#include "tests/support/packets.h"
#include "tests/unit/node/a_node.h"

namespace aclc::testing {
namespace {

using ::testing::HasSubstr;

class AnObserver : public ANode {
 protected:
  AnObserver() : log_(FlowLog::open("").value()), node_(make()), observer_(*node_, *log_) {
    Snapshot s = snapshot(1);
    s.routes = {*Prefix::parse("0.0.0.0/0"), *Prefix::parse("10.33.0.0/24")};
    s.peers.push_back({"router", phone_, {}, {*Prefix::parse("100.64.0.2/32"), *Prefix::parse("10.44.0.0/24")}, 0});
    EXPECT_TRUE(node_->start(1).ok() && node_->offer(seal(s), 1).ok());
    node_->prepare_answers(1);
  }
  void denied(const char* src, const char* dst) {
    const Bytes packet = opening_packet(addr(src), addr(dst), kTcp, 443);
    observer_.on_packet({"aclcd no-rule", packet}, 1000);
  }

  std::unique_ptr<FlowLog> log_;
  std::unique_ptr<MeshNode> node_;
  FlowObserver observer_;
};

TEST_F(AnObserver, RecordsTheTailnetAndItsRoutesButNotTheInternet) {
  for (const auto& [src, dst] : {std::pair{"100.64.0.1", "100.64.0.9"}, {"100.64.0.1", "10.33.0.7"}, {"10.44.0.7", "10.33.0.7"}}) {
    const uint64_t before = log_->written(FlowEvent::kDeny);
    denied(src, dst);
    EXPECT_EQ(log_->written(FlowEvent::kDeny), before + 1) << src << " " << dst;
  }
  const uint64_t before = log_->written(FlowEvent::kDeny);
  denied("100.64.0.1", "8.8.8.8");
  denied("8.8.8.8", "100.64.0.9");
  FlowEnd end;
  end.flow = {addr("100.64.0.1"), addr("8.8.8.8"), 40000, 443, kTcp};
  observer_.on_end(end, 1000);
  EXPECT_EQ(log_->written(FlowEvent::kDeny), before);
  EXPECT_EQ(log_->written(FlowEvent::kEnd), 0u);
}

TEST_F(AnObserver, NamesThePeerAndTheRule) {
  observer_.on_packet({"aclcd accept", opening_packet(addr("100.64.0.1"), addr("100.64.0.9"), kTcp, 80)}, 1000);
  EXPECT_THAT(log_->recent(1), HasSubstr("\"peer\":\"laptop\",\"rule\":\"policy.hujson:12\""));
}

// A snapshot that withdraws the rule, whether or not another packet of the flow comes.
TEST_F(AnObserver, TellsOnceThatAFlowWasCut) {
  const Bytes packet = opening_packet(addr("100.64.0.1"), addr("100.64.0.9"), kTcp, 80);
  observer_.on_packet({"aclcd accept", packet}, 1000);
  ASSERT_TRUE(node_->offer(seal(snapshot(2, 81)), 2).ok());
  node_->prepare_answers(2);
  observer_.on_policy(2000);
  EXPECT_EQ(log_->written(FlowEvent::kCut), 1u);
  EXPECT_THAT(log_->recent(1), HasSubstr("\"was_allowed_by\":\"policy.hujson:12\""));
  observer_.on_packet({"aclcd cut", packet}, 2100);
  observer_.on_policy(2200);
  EXPECT_EQ(log_->written(FlowEvent::kCut), 1u);
}

}  // namespace
}  // namespace aclc::testing
