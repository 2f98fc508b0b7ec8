// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/net/protocol.h"
#include "tests/unit/reference/acme.h"

namespace aclc {
namespace {

using ::testing::ElementsAre;

/// A policy over the acme tailnet, asked by names.
class Asked {
 public:
  explicit Asked(const std::string& members)
      : text_(testing::acme_policy(members)),
        tailnet_(read_tailnet(testing::kAcme, SourceId(size_t{1}), findings_)),
        policy_(build_policy(parse(text_, findings_), findings_)),
        definitions_(define(policy_)),
        world_(policy_, definitions_, tailnet_),
        reach_(world_) {
    EXPECT_THAT(findings_.slugs(), ::testing::IsEmpty());
  }

  Connection flow(std::string_view src, std::string_view dst, uint16_t port, uint8_t protocol = 0) const {
    const TailnetNodeId a = node(src), b = node(dst);
    return {*world_.node(a).ipv4, *world_.node(b).ipv4, a, b, protocol, port};
  }
  ReachVerdict decide(std::string_view src, std::string_view dst, uint16_t port, uint8_t protocol = 0) {
    return reach_.decide(flow(src, dst, port, protocol));
  }
  Reach& reach() { return reach_; }

 private:
  TailnetNodeId node(std::string_view name) const {
    for (size_t i = 0; i < tailnet_.nodes.size(); ++i) {
      if (tailnet_.text(tailnet_.nodes[TailnetNodeId(i)].name) == name) return TailnetNodeId(i);
    }
    ADD_FAILURE() << name;
    return TailnetNodeId(size_t{0});
  }

  std::string text_;
  testing::Findings findings_;
  Tailnet tailnet_;
  Policy policy_;
  Definitions definitions_;
  reference::World world_;
  Reach reach_;
};

TEST(Reach, TheFirstRuleThatAllows) {
  Asked asked(R"("acls": [{"action": "accept", "src": ["ada@acme.test"], "dst": ["tag:web:80"]},
                          {"action": "accept", "src": ["autogroup:member"], "dst": ["tag:web:1-100"]}])");
  EXPECT_EQ(asked.decide("ada1", "web1", 80).rule, 0u);
  EXPECT_EQ(asked.decide("bo1", "web1", 80).rule, 1u);
  EXPECT_EQ(asked.decide("ada2", "web2", 22).rule, 1u);
  EXPECT_THAT(asked.reach().rules_for(asked.flow("ada1", "web1", 80)), ElementsAre(0u, 1u));
  EXPECT_FALSE(asked.decide("web1", "ada1", 80).allowed);
}

TEST(Reach, SaysWhatTheNearestRuleLacks) {
  Asked asked(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:db:80"]},
                          {"action": "accept", "proto": "udp", "src": ["ada@acme.test"], "dst": ["tag:web:80"]}])");
  EXPECT_EQ(asked.decide("ada1", "web1", 81).missed, Miss::kPort);
  EXPECT_EQ(asked.decide("ada1", "web1", 80, kTcp).missed, Miss::kProtocol);
  EXPECT_EQ(asked.decide("cy1", "web1", 80).missed, Miss::kSource);
  EXPECT_EQ(asked.decide("ada1", "cy1", 80).missed, Miss::kDestination);
  EXPECT_FALSE(asked.decide("cy1", "dee1", 80).has_rule());
}

/// The ends have the same addresses' rows in both questions: what tells them apart is who owns them.
TEST(Reach, OwnDevicesAreNotThoseOfOthers) {
  Asked asked(R"("acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}])");
  EXPECT_TRUE(asked.decide("ada1", "ada2", 22).allowed);
  EXPECT_FALSE(asked.decide("ada1", "bo1", 22).allowed);
  EXPECT_TRUE(asked.decide("ada2", "ada1", 22).allowed);
  EXPECT_FALSE(asked.decide("web1", "web2", 22).allowed);
}

TEST(Reach, APostureCountsForItsRuleAlone) {
  Asked asked(R"("postures": {"posture:new": ["node:tsVersion >= '1.10'"]},
                 "acls": [{"action": "accept", "src": ["ada@acme.test"], "srcPosture": ["posture:new"], "dst": ["tag:web:80"]},
                          {"action": "accept", "src": ["ada@acme.test"], "dst": ["tag:web:443"]}])");
  EXPECT_FALSE(asked.decide("ada1", "web1", 80).allowed);
  EXPECT_TRUE(asked.decide("ada2", "web1", 80).allowed);
  EXPECT_TRUE(asked.decide("ada1", "web1", 443).allowed);
}

TEST(Reach, ARuleThatMissesByItsPostureAloneIsNearest) {
  Asked asked(R"("postures": {"posture:new": ["node:tsVersion >= '1.10'"]},
                 "acls": [{"action": "accept", "src": ["ada@acme.test"], "dst": ["tag:web:443"]},
                          {"action": "accept", "src": ["ada@acme.test"], "srcPosture": ["posture:new"], "dst": ["tag:web:80"]}])");
  EXPECT_EQ(asked.decide("ada1", "web1", 80).missed, Miss::kPosture);
  EXPECT_EQ(asked.decide("ada1", "web1", 80).rule, 1u);
  EXPECT_EQ(asked.decide("bo1", "web1", 80).missed, Miss::kSource);
}

TEST(Reach, PortsOfAllRulesThatAllow) {
  Asked asked(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:web:80,443"]},
                          {"action": "accept", "src": ["autogroup:member"], "dst": ["tag:web:444-500"], "proto": "tcp"},
                          {"action": "accept", "src": ["ada@acme.test"], "dst": ["tag:web:*"]}])");
  Connection flow = asked.flow("bo1", "web1", 0);
  flow.any_port = true;
  EXPECT_EQ(asked.reach().ports_for(flow).to_text(), "80,443-500");
  flow.protocol = kUdp;
  EXPECT_EQ(asked.reach().ports_for(flow).to_text(), "80,443");
}

/// Exhaustively: every address of a small network is in the same sets as one that stands for it.
TEST(AddressRows, RepresentativesStandForAll) {
  AddressRows rows;
  const uint32_t base = 10u << 24;
  rows.add(AddressSet::of({AddressRange{Address::v4(base + 3), Address::v4(base + 9)}}));
  rows.add(AddressSet::of({AddressRange{Address::v4(base + 8), Address::v4(base + 8)}, AddressRange{Address::v4(base + 20), Address::v4(base + 300)}}));
  rows.add(AddressSet::of({Prefix{Address::v6(0), 0}.range()}));
  const AddressSet within = AddressSet::of({AddressRange{Address::v4(base), Address::v4(base + 255)}});
  const std::vector<Address> chosen = rows.representatives(within, 100);
  EXPECT_EQ(chosen.size(), 4u);
  std::set<AddressRowId> covered;
  for (const Address& a : chosen) {
    EXPECT_TRUE(within.contains(a));
    covered.insert(rows.row(a));
  }
  for (uint32_t i = 0; i < 256; ++i) EXPECT_EQ(covered.count(rows.row(Address::v4(base + i))), 1u) << i;
}

TEST(Reach, AnyPortWillDoWhereNoneIsAskedFor) {
  Asked asked(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:web:80"]}])");
  Connection flow = asked.flow("bo1", "web1", 0);
  EXPECT_FALSE(asked.reach().decide(flow).allowed);
  flow.any_port = true;
  EXPECT_TRUE(asked.reach().decide(flow).allowed);
}

TEST(AddressRows, AreTheSameForAddressesOfTheSameSets) {
  AddressRows rows;
  const AddressSetId ten = rows.add(AddressSet::of({Prefix{Address::v4(10u << 24), 8}.range()}));
  const AddressSetId low = rows.add(AddressSet::of({AddressRange{Address::v4(1), Address::v4((10u << 24) + 5)}}));
  const AddressRowId both = rows.row(Address::v4((10u << 24) + 1));
  EXPECT_EQ(rows.row(Address::v4((10u << 24) + 5)), both);
  EXPECT_TRUE(rows.has(both, ten) && rows.has(both, low));
  const AddressRowId one = rows.row(Address::v4((10u << 24) + 6));
  EXPECT_NE(one, both);
  EXPECT_TRUE(rows.has(one, ten) && !rows.has(one, low));
  const AddressRowId none = rows.row(Address::v6(1));
  EXPECT_TRUE(!rows.has(none, ten) && !rows.has(none, low));
}

}  // namespace
}  // namespace aclc
