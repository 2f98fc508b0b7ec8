// SPDX-License-Identifier: Apache-2.0
// What is sent to the kernel, and in which order, with a recorder in the kernel's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/backend/nft/kernel_filter.h"
#include "evaluator/wire/resolve.h"
#include "evaluator/wire/semantics.h"

namespace aclc::nft::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

FilterBoxes boxes_of(std::vector<wire::FilterRule> rules, const std::string& local = "100.64.0.9/32") {
  AddressSet set;
  set.add(*Prefix::parse(local));
  return filter_boxes(wire::resolve(rules), wire::reachable_destinations(set)).value();
}
wire::FilterRule tcp(std::vector<std::string> from, PortRange ports) { return {std::move(from), {{"*", ports}}, {6}, {}}; }

class Recorder : public Runner {
 public:
  Result<Done> run(const std::string& script) override {
    scripts.push_back(script);
    if (refuse_with_text.empty() || script.find(refuse_with_text) == std::string::npos) return Done{};
    return Failure{"refused"};
  }
  Result<std::string> query(const std::string& command, bool) override {
    if (command == "list sets inet") return sets;
    if (command == "list chains inet") return chains;
    return std::string("{\"nftables\": []}");
  }
  std::vector<std::string> scripts;
  std::string refuse_with_text;
  std::string sets = "{\"nftables\": []}";
  std::string chains = "{\"nftables\": []}";
};

const Table kTable{"wg0", "aclcd", 5};

TEST(Script, ABoxIsOneElement) {
  const std::string text = stage_script(kTable, boxes_of({tcp({"100.64.0.0/29"}, {20, 30}), tcp({"100.64.9.9"}, PortRange::single(80))}), 3);
  EXPECT_THAT(text, HasSubstr("add set inet aclcd in4_g3 { type ipv4_addr . ipv4_addr . inet_proto . inet_service; flags interval; counter; }"));
  EXPECT_THAT(text, HasSubstr("add element inet aclcd in4_g3 { 100.64.0.0/29 . 100.64.0.9 . 6 . 20-30, 100.64.9.9 . 100.64.0.9 . 6 . 80 }"));
}

TEST(Script, SetsOfSingleAddressesAndPortsNeedNoIntervals) {
  const std::string text = stage_script(kTable, boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))}), 1);
  EXPECT_THAT(text, Not(HasSubstr("interval")));
}

TEST(Script, RepliesComeBeforeTheLookAndEstablishedDoesNotSuffice) {
  const std::string text = flip_script(kTable, boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))}), 1, false, {});
  EXPECT_LT(text.find("ct direction reply"), text.find("@in4_g1"));
  EXPECT_THAT(text, Not(HasSubstr("established")));
  EXPECT_THAT(text, HasSubstr("flush chain inet aclcd filter"));
  EXPECT_THAT(text, HasSubstr("meta nfproto ipv6 counter name \"not_self\" drop"));  // no address of that family is ours
}

TEST(Script, ShieldsUpLookAtNoSet) {
  const std::string text = flip_script(kTable, boxes_of({tcp({"*"}, PortRange::all())}), 1, true, {});
  EXPECT_THAT(text, Not(HasSubstr("@in4")));
  EXPECT_THAT(text, Not(HasSubstr("l4proto 99")));
}

TEST(Script, GenerationsAreReadFromNames) {
  EXPECT_EQ(generation_of("in4_g12"), 12u);
  for (const char* name : {"in4", "in4_g", "in4_gx", "in4_g1x", ""}) EXPECT_EQ(generation_of(name), std::nullopt) << name;
}

TEST(Delta, TakesWhatChangedAndNothingElse) {
  const auto from = boxes_of({tcp({"100.64.0.1", "100.64.0.3"}, PortRange::single(80))});
  const auto to = boxes_of({tcp({"100.64.0.1", "100.64.0.5"}, PortRange::single(80))});
  const auto text = delta_script(kTable, from, to, 4, 64);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("delete element inet aclcd in4_g4 { 100.64.0.3 . 100.64.0.9 . 6 . 80 }"));
  EXPECT_THAT(*text, HasSubstr("add element inet aclcd in4_g4 { 100.64.0.5 . 100.64.0.9 . 6 . 80 }"));
  EXPECT_THAT(*text, Not(HasSubstr("100.64.0.1 ")));
  EXPECT_LT(text->find("delete"), text->find("add"));
}

TEST(Delta, OtherNumbersOfRulesAreNoChange) {
  const auto from = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  const auto to = boxes_of({tcp({}, PortRange::single(80)), tcp({"100.64.0.1"}, PortRange::single(80))});
  EXPECT_EQ(delta_script(kTable, from, to, 1, 64), "");
}

TEST(Delta, IsNotForOtherSets) {
  const auto from = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  EXPECT_FALSE(delta_script(kTable, from, boxes_of({}), 1, 64));
  EXPECT_FALSE(delta_script(kTable, from, boxes_of({tcp({"100.64.0.1"}, {80, 81})}), 1, 64));          // intervals now
  EXPECT_FALSE(delta_script(kTable, from, boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))}, "100.64.0.8/32"), 1, 64));
  EXPECT_FALSE(delta_script(kTable, from, boxes_of({tcp({"100.64.0.2", "100.64.0.4"}, PortRange::single(80))}), 1, 3));
}

TEST(KernelFilter, StagesBeforeItFlips) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.prepare());
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("no_policy"));
  kernel.scripts.clear();
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  ASSERT_EQ(kernel.scripts.size(), 2u);
  EXPECT_THAT(kernel.scripts[0], HasSubstr("add element"));
  EXPECT_THAT(kernel.scripts[0], Not(HasSubstr("flush")));
  EXPECT_THAT(kernel.scripts[1], HasSubstr("flush chain inet aclcd filter"));
  EXPECT_FALSE(filter.last_was_delta());
}

TEST(KernelFilter, DeletesTheSetsBeforeWithTheFlip) {
  Recorder kernel;
  kernel.sets = R"({"nftables": [{"set": {"table": "aclcd", "name": "in4_g6"}}, {"set": {"table": "other", "name": "in4_g9"}}]})";
  kernel.chains = R"({"nftables": [{"chain": {"table": "aclcd", "name": "filter"}}]})";
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.prepare());
  EXPECT_THAT(kernel.scripts.back(), Not(HasSubstr("flush chain inet aclcd filter")));  // what is enforced stays
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("delete set inet aclcd in4_g6"));
  EXPECT_THAT(kernel.scripts.back(), Not(HasSubstr("in4_g9")));
  EXPECT_EQ(filter.generation(), 7u);
}

TEST(KernelFilter, SmallChangesAreDeltas) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  kernel.scripts.clear();
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1", "100.64.0.3"}, PortRange::single(80))})));
  EXPECT_TRUE(filter.last_was_delta());
  EXPECT_EQ(kernel.scripts.size(), 1u);
  kernel.scripts.clear();
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1", "100.64.0.3"}, PortRange::single(80))})));
  EXPECT_TRUE(kernel.scripts.empty());  // nothing changed, nothing is sent
}

TEST(KernelFilter, ARefusedDeltaBecomesANewGeneration) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  kernel.refuse_with_text = "in4_g1 {";
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.5"}, PortRange::single(80))})));
  EXPECT_FALSE(filter.last_was_delta());
  EXPECT_EQ(filter.generation(), 2u);
}

TEST(KernelFilter, ARefusedFlipLeavesNothingBehind) {
  Recorder kernel;
  kernel.refuse_with_text = "flush chain inet aclcd filter";
  KernelFilter filter(kernel, kTable);
  EXPECT_FALSE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("delete set inet aclcd in4_g1"));
  EXPECT_EQ(filter.generation(), 0u);
}

}  // namespace
}  // namespace aclc::nft::testing
