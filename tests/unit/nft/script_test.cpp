// SPDX-License-Identifier: Apache-2.0
// What is sent to the kernel, and in which order, with a recorder in the kernel's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/backend/nft/element_messages.h"
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

// Elements stand in the record as `delete in4_g1 {..., ...}` and `add in4_g1 {..., ...}`.
class Recorder : public Runner {
 public:
  Result<Done> run(const std::string& script) override {
    scripts.push_back(script);
    if (refuse_with_text.empty() || script.find(refuse_with_text) == std::string::npos) return Done{};
    return Failure{"refused"};
  }
  Result<Done> change_elements(const std::string&, std::span<const ElementChange> changes) override { return run(text(changes)); }
  Result<std::vector<std::string>> chains(const std::string&) override { return chains_there; }
  Result<std::vector<std::string>> sets(const std::string&) override { return sets_there; }
  Result<std::string> rules(const std::string&, const std::string& chain) override { return rules_there + chain; }
  Result<std::map<std::string, Count>> counters(const std::string&) override { return std::map<std::string, Count>{}; }
  Result<std::vector<CountedBox>> elements(const std::string&, const std::string&, Key key, Family) override {
    return key == Key::kPorts ? counted : key == Key::kIcmp ? counted_icmp : std::vector<CountedBox>{};
  }
  uint32_t ruleset_id() override { return id; }

  static std::string text(std::span<const ElementChange> changes) {
    std::string out;
    const auto append = [&out](const char* verb, const ElementChange& change, const std::vector<const Box*>& boxes) {
      if (boxes.empty()) return;
      out += std::string(verb) + " " + change.set + " { ";
      for (const Box* box : boxes) {
        append_element(out, change.key, *box);
        out += ", ";
      }
      out += "}\n";
    };
    for (const ElementChange& change : changes) append("delete", change, change.gone);
    for (const ElementChange& change : changes) append("add", change, change.come);
    return out;
  }

  std::vector<std::string> scripts;
  std::string refuse_with_text;
  std::vector<std::string> sets_there, chains_there;
  std::vector<CountedBox> counted, counted_icmp;
  std::string rules_there;
  uint32_t id = 1;
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

TEST(Script, WhatNoRuleAllowsIsDroppedOrAnswered) {
  const FilterBoxes boxes = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  EXPECT_THAT(flip_script(kTable, boxes, 1, false, {}), Not(HasSubstr("reject")));
  Table answers = kTable;
  answers.reject = true;
  for (const bool shields_up : {false, true}) {
    const std::string text = flip_script(answers, boxes, 1, shields_up, {});
    const size_t reset = text.find("meta l4proto tcp counter name \"no_rule\" reject with tcp reset\n");
    const size_t prohibited = text.find("meta nfproto { ipv4, ipv6 } counter name \"no_rule\" reject with icmpx type admin-prohibited\n");
    ASSERT_NE(reset, std::string::npos);
    EXPECT_LT(reset, prohibited);
    EXPECT_LT(text.rfind(" accept\n"), reset);
    EXPECT_THAT(text, Not(HasSubstr("counter name \"no_rule\" drop")));
  }
}

TEST(Script, GenerationsAreReadFromNames) {
  EXPECT_EQ(generation_of("in4_g12"), 12u);
  for (const char* name : {"in4", "in4_g", "in4_gx", "in4_g1x", ""}) EXPECT_EQ(generation_of(name), std::nullopt) << name;
}

TEST(Delta, TakesWhatChangedAndNothingElse) {
  const auto from = boxes_of({tcp({"100.64.0.1", "100.64.0.3"}, PortRange::single(80))});
  const auto to = boxes_of({tcp({"100.64.0.1", "100.64.0.5"}, PortRange::single(80))});
  const auto changes = delta(from, to, 4);
  ASSERT_TRUE(changes);
  const std::string text = Recorder::text(*changes);
  EXPECT_THAT(text, HasSubstr("delete in4_g4 { 100.64.0.3 . 100.64.0.9 . 6 . 80, }"));
  EXPECT_THAT(text, HasSubstr("add in4_g4 { 100.64.0.5 . 100.64.0.9 . 6 . 80, }"));
  EXPECT_THAT(text, Not(HasSubstr("100.64.0.1 ")));
}

TEST(Delta, OtherNumbersOfRulesAreNoChange) {
  const auto from = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  const auto to = boxes_of({tcp({}, PortRange::single(80)), tcp({"100.64.0.1"}, PortRange::single(80))});
  const auto changes = delta(from, to, 1);
  ASSERT_TRUE(changes);
  EXPECT_TRUE(changes->empty());
}

TEST(Delta, IsNotForOtherSets) {
  const auto from = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  EXPECT_FALSE(delta(from, boxes_of({}), 1));
  EXPECT_FALSE(delta(from, boxes_of({tcp({"100.64.0.1"}, {80, 81})}), 1));  // intervals now
  EXPECT_FALSE(delta(from, boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))}, "100.64.0.8/32"), 1));
}

std::vector<std::string> hosts(size_t n) {
  std::vector<std::string> out;
  for (size_t i = 0; i < n; ++i) out.push_back(Address::v4(static_cast<uint32_t>(0x64500000 + 2 * i)).to_text());
  return out;
}

TEST(Delta, IsNotForMuchThatGoesFromALargeSetWithRanges) {
  auto less = hosts(5000);
  less.resize(4999);
  const auto from = boxes_of({tcp(hosts(5000), {80, 81})});
  EXPECT_TRUE(delta(from, boxes_of({tcp(less, {80, 81})}), 1));
  less.resize(4900);
  EXPECT_FALSE(delta(from, boxes_of({tcp(less, {80, 81})}), 1));
  EXPECT_TRUE(delta(boxes_of({tcp(less, {80, 81})}), from, 1));  // but many may come
  EXPECT_TRUE(delta(boxes_of({tcp(hosts(5000), {80, 80})}), boxes_of({tcp(less, {80, 80})}), 1));  // or go where no ranges are
}

TEST(ElementMessages, AKeyIsReadAsItsBox) {
  const auto boxes = boxes_of({tcp({"100.64.0.0/29", "fd7a:115c:a1e0::1"}, {20, 30})}, "100.64.0.9/32");
  for (const SetPlan& set : sets_of(boxes)) {
    if (set.key == Key::kSelf) continue;
    for (const Box& box : *set.boxes) {
      const ElementKey key = key_of(set.key, box);
      EXPECT_EQ(key.size % 4, 0u);
      const auto read = box_of(set.key, set.family, {key.first, key.size}, {key.last, key.size});
      ASSERT_TRUE(read);
      EXPECT_TRUE(place(*read) == place(box)) << set.name;
      EXPECT_FALSE(box_of(set.key, set.family, {key.first, key.size - 4}, {key.last, key.size}));
    }
  }
  const ElementKey key = key_of(Key::kPorts, boxes.v4.ports.at(0));
  const std::vector<uint8_t> first(key.first, key.first + key.size), last(key.last, key.last + key.size);
  EXPECT_EQ(first, (std::vector<uint8_t>{100, 64, 0, 0, 100, 64, 0, 9, 6, 0, 0, 0, 0, 20, 0, 0}));
  EXPECT_EQ(last, (std::vector<uint8_t>{100, 64, 0, 7, 100, 64, 0, 9, 6, 0, 0, 0, 0, 30, 0, 0}));
}

TEST(KernelFilter, StagesBeforeItFlips) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.prepare());
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("no_policy"));
  kernel.scripts.clear();
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  ASSERT_EQ(kernel.scripts.size(), 3u);
  EXPECT_THAT(kernel.scripts[0], HasSubstr("add set inet aclcd in4_g1"));
  EXPECT_THAT(kernel.scripts[0], HasSubstr("add element inet aclcd self4_g1 { 100.64.0.9 }"));
  EXPECT_THAT(kernel.scripts[0], Not(HasSubstr("add element inet aclcd in4")));
  EXPECT_THAT(kernel.scripts[1], HasSubstr("add in4_g1 { 100.64.0.1 . 100.64.0.9 . 6 . 80, }"));
  EXPECT_THAT(kernel.scripts[2], HasSubstr("flush chain inet aclcd filter"));
  EXPECT_FALSE(filter.last_was_delta());
}

TEST(KernelFilter, DeletesTheSetsBeforeWithTheFlip) {
  Recorder kernel;
  kernel.sets_there = {"in4_g6", "self4_g6"};
  kernel.chains_there = {"input", "filter"};
  KernelFilter filter(kernel, kTable);
  ASSERT_TRUE(filter.prepare());
  EXPECT_THAT(kernel.scripts.back(), Not(HasSubstr("flush chain inet aclcd filter")));  // what is enforced stays
  ASSERT_TRUE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("delete set inet aclcd in4_g6"));
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("delete set inet aclcd self4_g6"));
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

TEST(KernelFilter, RefusedElementsLeaveNothingBehind) {
  Recorder kernel;
  kernel.refuse_with_text = "add in4_g1 {";
  KernelFilter filter(kernel, kTable);
  EXPECT_FALSE(filter.apply(boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))})));
  EXPECT_THAT(kernel.scripts.back(), HasSubstr("delete set inet aclcd in4_g1"));
}

TEST(KernelFilter, SeesOthersChangesOnly) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  EXPECT_TRUE(filter.is_untouched().value());  // there is nothing to touch yet
  const auto boxes = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  ASSERT_TRUE(filter.apply(boxes));
  EXPECT_TRUE(filter.is_untouched().value());
  kernel.counted.push_back({boxes.v4.ports[0], {}});
  kernel.counted_icmp.push_back({boxes.v4.icmp[0], {}});
  kernel.id = 2;  // somebody changed something, but not here
  EXPECT_TRUE(filter.is_untouched().value());
  kernel.id = 3;
  kernel.rules_there = "accept";
  EXPECT_FALSE(filter.is_untouched().value());
}

TEST(KernelFilter, SeesElementsThatOthersPutInOrTakeOut) {
  const auto boxes = boxes_of({tcp({"100.64.0.1"}, PortRange::single(80))});
  Box foreign = boxes.v4.ports[0];
  foreign.ports = {1, 1000};
  for (const std::vector<CountedBox>& there : {std::vector<CountedBox>{{boxes.v4.ports[0], {}}, {foreign, {}}}, {{foreign, {}}}, {}}) {
    Recorder kernel;
    KernelFilter filter(kernel, kTable);
    ASSERT_TRUE(filter.apply(boxes));
    kernel.counted = there;
    kernel.counted_icmp.push_back({boxes.v4.icmp[0], {}});
    EXPECT_TRUE(filter.is_untouched().value());  // not looked at: nobody has changed anything
    kernel.id = 2;
    EXPECT_FALSE(filter.is_untouched().value()) << there.size();
  }
}

TEST(KernelFilter, CountsByRule) {
  Recorder kernel;
  KernelFilter filter(kernel, kTable);
  const auto boxes = boxes_of({tcp({"100.64.0.3"}, {20, 30}), tcp({"100.64.0.1", "100.64.0.5"}, {80, 81})});
  ASSERT_TRUE(filter.apply(boxes));
  for (const Box& box : boxes.v4.ports) kernel.counted.push_back({box, {box.rule + 1, 100}});
  kernel.counted.push_back({boxes.v4.ports[0], {1000, 1}});
  kernel.counted.back().box.ports = {1, 1};  // put there by somebody else
  for (CountedBox& element : kernel.counted) element.box.rule = 0;
  const auto counts = filter.rule_counts().value();
  EXPECT_EQ(counts.at(0).packets, 1u);
  EXPECT_EQ(counts.at(1).packets, 4u);
  EXPECT_EQ(counts.at(1).bytes, 200u);
}

}  // namespace
}  // namespace aclc::nft::testing
