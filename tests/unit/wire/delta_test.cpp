// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wire/delta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aclc::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

FilterRule rule(std::vector<std::string> src, std::vector<DstPort> dst, std::vector<uint8_t> protocols = {}) {
  return {std::move(src), std::move(dst), std::move(protocols), {}};
}
DstPort to(const char* ip, uint16_t port) { return {ip, PortRange::single(port)}; }

const std::vector<FilterRule> kHad = {rule({"100.64.0.1", "100.64.0.2"}, {to("100.64.0.9", 22)}),
                                      rule({"100.64.0.3"}, {to("100.64.0.9", 80), to("100.64.0.9", 443)}),
                                      rule({"*"}, {to("100.64.0.9", 53)}, {17})};

std::vector<FilterRule> applied(const FilterDelta& d) {
  const auto out = apply(kHad, d);
  EXPECT_TRUE(out.has_value());
  return out.value_or(std::vector<FilterRule>());
}

TEST(Delta, OfTheSameFilterIsOneRun) {
  const FilterDelta d = delta(kHad, kHad);
  ASSERT_THAT(d, SizeIs(1));
  EXPECT_EQ(d[0].kind, Step::Kind::kKeep);
  EXPECT_EQ(d[0].count, 3u);
  EXPECT_EQ(spelt_out(d), 0u);
  EXPECT_EQ(applied(d), kHad);
}

TEST(Delta, OneMoreSourceIsOneAddress) {
  std::vector<FilterRule> has = kHad;
  has[0].src_ips = {"100.64.0.1", "100.64.0.15", "100.64.0.2"};
  const FilterDelta d = delta(kHad, has);
  ASSERT_THAT(d, SizeIs(2));
  ASSERT_THAT(d[0].src_ips, SizeIs(1));
  EXPECT_EQ(d[0].src_ips[0].first, 1u);
  EXPECT_THAT(d[0].src_ips[0].added, ElementsAre("100.64.0.15"));
  EXPECT_EQ(spelt_out(d), 1u);
  EXPECT_EQ(applied(d), has);
}

TEST(Delta, OtherPortsAreASpliceInTheMiddle) {
  std::vector<FilterRule> has = kHad;
  has[1].dst_ports.insert(has[1].dst_ports.begin() + 1, to("100.64.0.9", 8080));
  const FilterDelta d = delta(kHad, has);
  EXPECT_EQ(spelt_out(d), 1u);
  EXPECT_EQ(applied(d), has);
}

TEST(Delta, OrderIsOfTheNewFilter) {
  const std::vector<FilterRule> has = {kHad[2], kHad[0]};
  const FilterDelta d = delta(kHad, has);
  EXPECT_EQ(spelt_out(d), 0u);
  EXPECT_EQ(applied(d), has);
}

TEST(Delta, ProtocolsAndCapabilitiesMakeANewRule) {
  std::vector<FilterRule> has = kHad;
  has[2].ip_proto = {6};
  has[1].cap_grants = {{{"100.64.0.9/32"}, {{"example.com/cap/x", "[1]"}}}};
  has[1].dst_ports.clear();
  EXPECT_EQ(applied(delta(kHad, has)), has);
}

TEST(Delta, RulesWrittenTwiceStayTwice) {
  const std::vector<FilterRule> has = {kHad[0], kHad[0], kHad[1], kHad[0]};
  EXPECT_EQ(applied(delta(kHad, has)), has);
}

TEST(Delta, FromAndToNothing) {
  EXPECT_THAT(delta(kHad, {}), IsEmpty());
  EXPECT_EQ(apply({}, delta({}, kHad)), kHad);
}

TEST(Delta, ThatWasMadeFromAnotherFilterIsRefused) {
  std::vector<FilterRule> has = kHad;
  has[0].src_ips.pop_back();
  EXPECT_EQ(apply({}, delta(kHad, kHad)), std::nullopt);
  EXPECT_EQ(apply({rule({}, {})}, delta(kHad, has)), std::nullopt);
  Step beyond;
  beyond.rule = UINT32_MAX;
  beyond.count = UINT32_MAX;
  EXPECT_EQ(apply(kHad, {beyond}), std::nullopt);
}

}  // namespace
}  // namespace aclc::wire
