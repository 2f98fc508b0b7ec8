// SPDX-License-Identifier: Apache-2.0
// SSH rules, capabilities, routes, peers.
#include "compiler/reference/version.h"
#include "tests/unit/reference/acme.h"

namespace aclc::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

const std::string kNoRules = R"("grants": [],)";

TEST(Ssh, ChecksComeFirstAndRootIsAlwaysNamed) {
  const Compiled c = acme(kNoRules + R"("ssh": [
      {"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:web"], "users": ["autogroup:nonroot"]},
      {"action": "check", "src": ["ada@acme.test"], "dst": ["tag:web"], "users": ["root", "deploy"]}])");
  EXPECT_THAT(c.ssh("web1"), ElementsAre("check ada1 ada2 ada1/6: deploy=deploy root=root", "accept bo1: *== root="));
  EXPECT_THAT(c.ssh("bo1"), IsEmpty());
}

TEST(Ssh, SelfReachesTheDevicesOfOneUser) {
  const Compiled c = acme(kNoRules + R"("ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]}])");
  EXPECT_THAT(c.ssh("ada2"), ElementsAre("accept ada1 ada2 ada1/6: root=root"));
  EXPECT_THAT(c.ssh("web1"), IsEmpty());
}

TEST(Ssh, LocalpartSplitsByUserAndReachesTheSourcesThemselves) {
  const Compiled c = acme(kNoRules + R"("ssh": [{"action": "accept", "src": ["dee@other.test", "bo@acme.test"], "dst": ["tag:web"],
      "users": ["localpart:*@acme.test", "guest"]}])");
  EXPECT_THAT(c.ssh("web1"), ElementsAre("accept bo1: guest=guest root=", "accept bo1: bo=bo", "accept dee1: guest=guest root="));
  EXPECT_THAT(c.ssh("bo1"), ElementsAre("accept bo1: guest=guest root=", "accept bo1: bo=bo"));
  EXPECT_THAT(c.ssh("dee1"), ElementsAre("accept dee1: guest=guest root="));
  EXPECT_THAT(c.ssh("ada1"), IsEmpty());
}

TEST(Ssh, ATaggedSourceComesOnceForEachOfItsTags) {
  const Compiled c = acme(kNoRules + R"("ssh": [{"action": "accept", "src": ["autogroup:tagged"], "dst": ["tag:db"], "users": ["root"]}])");
  EXPECT_THAT(c.ssh("db1"), ElementsAre("accept web1 web2 web2 gate1 gate2 exit1 db1/6: root=root"));
}

TEST(Capabilities, ComeFromEveryEntryThatMeansTheNode) {
  const Compiled c = acme(kNoRules + R"("nodeAttrs": [
      {"target": ["tag:web", "100.64.2.1"], "attr": ["funnel", "custom:x"]},
      {"target": ["autogroup:admin"], "attr": ["custom:x", "custom:y"]}], "randomizeClientPort": true)");
  EXPECT_THAT(c.caps("web1"), ElementsAre("custom:x", "funnel", "https://tailscale.com/cap/funnel-ports?ports=443,8443,10000",
                                          "https://tailscale.com/cap/warn-funnel-no-https", "randomize-client-port"));
  EXPECT_THAT(c.caps("bo1"), Contains("funnel"));
  EXPECT_THAT(c.caps("ada1"), ElementsAre("custom:x", "custom:y", "randomize-client-port"));  // the owner is an admin
  EXPECT_THAT(c.caps("dee1"), ElementsAre("randomize-client-port"));
}

TEST(Capabilities, DisableIpv4TakesTheAddress) {
  const Compiled c = acme(kNoRules + R"("nodeAttrs": [{"target": ["ada@acme.test"], "attr": ["disable-ipv4"]}])");
  EXPECT_THAT(c.at("ada1").allowed_ips, ElementsAre("fd7a:115c:a1e0::101/128"));
  EXPECT_THAT(c.at("bo1").allowed_ips, ElementsAre("100.64.2.1/32"));
}

TEST(Routes, AnyCoveringKeyApprovesAndOnlyExitNodeApprovesExits) {
  const Compiled c = acme(kNoRules + R"("autoApprovers": {"routes": {"0.0.0.0/0": ["tag:gate", "tag:exit"], "::/0": ["tag:exit"]}})");
  EXPECT_THAT(c.at("gate2").allowed_ips, ElementsAre("100.64.20.2/32", "10.1.0.0/16", "10.2.0.0/16"));
  EXPECT_THAT(c.at("exit1").allowed_ips, ElementsAre("100.64.30.1/32"));
  const Compiled exits = acme(kNoRules + R"("autoApprovers": {"exitNode": ["tag:exit"]})");
  EXPECT_THAT(exits.at("exit1").allowed_ips, ElementsAre("100.64.30.1/32", "0.0.0.0/0", "::/0"));
  EXPECT_THAT(exits.at("exit1").primary_routes, IsEmpty());
}

TEST(Routes, TheOldestRouterIsElected) {
  const Compiled c = acme(R"("grants": [])");
  EXPECT_THAT(c.at("gate2").primary_routes, ElementsAre("10.1.0.0/16"));
  EXPECT_THAT(c.at("gate1").primary_routes, IsEmpty());
}

TEST(Peers, SeeEachOtherBothWays) {
  const Compiled c = acme(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:web:80"]}])");
  EXPECT_THAT(c.peers("bo1"), ElementsAre("web1", "web2"));
  EXPECT_THAT(c.peers("web1"), ElementsAre("bo1"));
  EXPECT_THAT(c.peers("cy1"), IsEmpty());
}

TEST(Peers, ARouterStandsForTheHostsBehindIt) {
  const Compiled c = acme(R"("acls": [{"action": "accept", "src": ["10.1.2.3"], "dst": ["tag:web:80"]}])");
  EXPECT_THAT(c.peers("web1"), ElementsAre("gate1", "gate2"));
}

TEST(Peers, ViaWithAppAloneIsSeenThoughNothingIsOnTheWire) {
  const Compiled c = acme(R"("grants": [{"src": ["bo@acme.test"], "dst": ["10.1.0.0/16"], "via": ["tag:gate"], "app": {"acme.test/cap/a": [1]}}])");
  EXPECT_THAT(c.filter("gate1"), IsEmpty());
  EXPECT_THAT(c.peers("bo1"), ElementsAre("gate1", "gate2"));
}

TEST(Whois, AddsUpWhatTheRulesGive) {
  const Compiled c = acme(R"("grants": [
      {"src": ["bo@acme.test"], "dst": ["tag:web"], "app": {"acme.test/cap/a": [1]}},
      {"src": ["autogroup:member"], "dst": ["tag:web"], "app": {"acme.test/cap/a": [{"b": 2}], "acme.test/cap/c": []}}])");
  const auto& whois = c.at("web1").whois_caps;
  EXPECT_THAT(whois.at("100.64.2.1"), ElementsAre(Pair("acme.test/cap/a", R"([1,{"b":2}])"), Pair("acme.test/cap/c", "[]")));
  EXPECT_THAT(whois.at("100.64.3.1"), ElementsAre(Pair("acme.test/cap/a", R"([{"b":2}])"), Pair("acme.test/cap/c", "[]")));
  // The node has no IPv6 address, so an IPv6 source holds nothing there.
  EXPECT_THAT(whois, Not(Contains(::testing::Key("fd7a:115c:a1e0::101"))));
}

TEST(Versions, CompareByParts) {
  using reference::compare_versions;
  EXPECT_LT(compare_versions("1.9.2", "1.10"), 0);
  EXPECT_EQ(compare_versions("1.80", "1.80.0"), 0);
  EXPECT_GT(compare_versions("1.80.1", "1.80"), 0);
  EXPECT_LT(compare_versions("1.80.0", "2"), 0);
  EXPECT_LT(compare_versions("10.0.19045", "10.0.22000.1"), 0);
}

}  // namespace
}  // namespace aclc::testing
