// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/reference/acme.h"

namespace aclc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What `*` is as a source in this tailnet: the tailnet's ranges and the approved subnet routes, sorted as texts.
const std::string kEveryone = "10.1.0.0/16 100.115.94.0-100.127.255.255 100.64.0.0-100.115.91.255 fd7a:115c:a1e0::/48";

TEST(Filter, AllowsAllOnlyWhereBothSectionsAreAbsent) {
  EXPECT_THAT(acme(R"("groups": {})").filter("bo1"), ElementsAre(kEveryone + " > *:*"));
  EXPECT_THAT(acme(R"("acls": [])").filter("bo1"), IsEmpty());
  EXPECT_THAT(acme(R"("grants": [])").filter("bo1"), IsEmpty());
}

TEST(Filter, SourcesAreSortedAsTextsAndNeverJoined) {
  // Neighbouring addresses stay apart, doubles come once, hosts behind routers are not meant by their router's tag.
  const Compiled c = acme(R"("hosts": {"office": "192.0.2.0/24"},
    "acls": [{"action": "accept", "src": ["ada@acme.test", "autogroup:admin", "office", "10.0.0.0/8", "10.3.0.0/16", "tag:gate"],
              "dst": ["tag:web:80"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("10.0.0.0/8 10.3.0.0/16 ada1 ada2 gate1 gate2 cy1 192.0.2.0/24 ada1/6 > web1:80"));
}

TEST(Filter, WildcardKeepsOtherSourcesBesideIt) {
  const Compiled c = acme(R"("acls": [{"action": "accept", "src": ["*", "bo@acme.test"], "dst": ["tag:web:80"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("10.1.0.0/16 100.115.94.0-100.127.255.255 100.64.0.0-100.115.91.255 bo1 "
                                            "fd7a:115c:a1e0::/48 > web1:80"));
}

TEST(Filter, DangerAllIsEveryAddress) {
  const Compiled c = acme(R"("grants": [{"src": ["autogroup:danger-all", "bo@acme.test"], "dst": ["tag:web"], "ip": ["80"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("* > web1:80"));
}

TEST(Filter, GrantsComeBeforeAclsAndEqualSourcesMergeAtTheFirstPlace) {
  // The rule of bo comes first in the tailnet, though its first destination is another node.
  const Compiled c = acme(R"("acls": [
      {"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:db:1"]},
      {"action": "accept", "src": ["cy@acme.test"], "dst": ["tag:web:2"]},
      {"action": "accept", "src": ["bo@acme.test"], "dst": ["tag:web:3"]},
      {"action": "accept", "proto": "tcp", "src": ["bo@acme.test"], "dst": ["tag:web:4"]}],
    "grants": [{"src": ["dee@other.test"], "dst": ["tag:web"], "ip": ["5"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("dee1 > web1:5", "bo1 > web1:3", "cy1 > web1:2", "bo1 > web1:4 proto 6"));
  EXPECT_THAT(c.filter("web2"), ElementsAre("dee1 > web2:5", "bo1 > web2:1 web2:3", "cy1 > web2:2", "bo1 > web2:4 proto 6"));
  EXPECT_THAT(c.origins("web2", 1), ElementsAre(HasSubstr("tag:db:1"), HasSubstr("tag:web:3")));
  EXPECT_THAT(c.origins("web1", 1), ElementsAre(HasSubstr("tag:web:3")));
}

TEST(Filter, PortsAreGroupedByAddressAndKeptAsWritten) {
  const Compiled c = acme(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["ada@acme.test:22,80-90", "ada@acme.test:*,22"]}])");
  EXPECT_THAT(c.filter("ada1"), ElementsAre("bo1 > ada1:22 ada1:80-90 ada1:* ada1:22 ada1/6:22 ada1/6:80-90 ada1/6:* ada1/6:22"));
}

TEST(Filter, AGrantHasOneRuleForEachProtocol) {
  const Compiled c = acme(R"("grants": [{"src": ["bo@acme.test"], "dst": ["tag:web"], "ip": ["tcp:80", "udp:53", "tcp:443", "47", "icmp:*"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("bo1 > web1:80 web1:443 proto 6", "bo1 > web1:53 proto 17", "bo1 > web1:47",
                                            "bo1 > web1:* proto 1"));
}

TEST(Filter, ANodeWithTwoListedTagsIsListedTwice) {
  const Compiled c = acme(R"("grants": [{"src": ["bo@acme.test"], "dst": ["tag:web", "tag:db"], "ip": ["80"]}])");
  EXPECT_THAT(c.filter("web2"), ElementsAre("bo1 > web2:80 web2:80"));
  EXPECT_THAT(c.filter("db1"), ElementsAre("bo1 > db1/6:80"));
}

TEST(Filter, NothingComesOfEmptySources) {
  const Compiled c = acme(R"("groups": {"group:empty": []}, "acls": [
      {"action": "accept", "src": ["group:empty", "tag:none"], "dst": ["*:*"]}])");
  EXPECT_THAT(c.filter("bo1"), IsEmpty());
}

TEST(Filter, SelfIsBetweenTheDevicesOfOneUser) {
  const Compiled c = acme(R"("acls": [{"action": "accept", "src": ["ada@acme.test", "dee@other.test"], "dst": ["autogroup:self:22"]}])");
  EXPECT_THAT(c.filter("ada2"), ElementsAre("ada1 ada2 ada1/6 > ada2:22"));
  EXPECT_THAT(c.filter("dee1"), ElementsAre("dee1 > dee1:22"));
  EXPECT_THAT(c.filter("bo1"), IsEmpty());
  EXPECT_THAT(c.filter("web1"), IsEmpty());
}

TEST(Filter, SelfComesLastUnlessAllDestinationsAreAutogroups) {
  EXPECT_THAT(acme(R"("acls": [{"action": "accept", "src": ["*"], "dst": ["autogroup:self:1", "bo@acme.test:2"]}])").filter("bo1"),
              ElementsAre(kEveryone + " > bo1:2", "bo1 > bo1:1"));
  EXPECT_THAT(acme(R"("acls": [{"action": "accept", "src": ["*"], "dst": ["autogroup:self:1", "autogroup:member:2"]}])").filter("bo1"),
              ElementsAre("bo1 > bo1:1", kEveryone + " > bo1:2"));
}

TEST(Filter, PlainDestinationsComeBeforeNamedSets) {
  const Compiled c = acme(R"("groups": {"group:staff": ["bo@acme.test"]}, "acls": [
      {"action": "accept", "src": ["cy@acme.test"], "dst": ["group:staff:1", "bo@acme.test:2", "*:3"]}])");
  EXPECT_THAT(c.filter("bo1"), ElementsAre("cy1 > bo1:2 *:3 bo1:1"));
}

TEST(Filter, RoutersGetWhatOverlapsAnApprovedRoute) {
  const Compiled wider = acme(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["10.0.0.0/8:22"]}])");
  EXPECT_THAT(wider.filter("gate1"), ElementsAre("bo1 > 10.0.0.0/8:22"));
  EXPECT_THAT(wider.filter("gate2"), ElementsAre("bo1 > 10.0.0.0/8:22"));  // both routers, elected or not
  EXPECT_THAT(wider.filter("web1"), IsEmpty());
  const Compiled narrower = acme(R"("acls": [{"action": "accept", "src": ["bo@acme.test"], "dst": ["10.1.2.0/24:22", "10.2.0.1:22"]}])");
  EXPECT_THAT(narrower.filter("gate2"), ElementsAre("bo1 > 10.1.2.0/24:22"));  // 10.2.0.0/16 is not approved
}

TEST(Filter, OnlyApprovedExitNodesServeTheInternet) {
  const std::string grant = R"("grants": [{"src": ["bo@acme.test"], "dst": ["autogroup:internet"], "ip": ["*"]}])";
  EXPECT_THAT(acme(grant).filter("exit1"), IsEmpty());
  const Compiled approved = acme(grant + R"(, "autoApprovers": {"exitNode": ["tag:exit"]})");
  EXPECT_THAT(approved.filter("exit1"),
              ElementsAre("bo1 > 0.0.0.0-9.255.255.255:* 11.0.0.0-100.63.255.255:* 100.128.0.0-169.253.255.255:* "
                          "169.255.0.0-172.15.255.255:* 172.32.0.0-192.167.255.255:* 192.169.0.0-255.255.255.255:* "
                          "2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:*"));
  EXPECT_THAT(approved.filter("gate1"), IsEmpty());
}

TEST(Filter, ViaGoesToTaggedRoutersOfTheDestination) {
  const std::string via = R"("grants": [{"src": ["bo@acme.test"], "dst": ["10.0.0.0/8"], "ip": ["22"], "via": ["tag:gate"]}])";
  EXPECT_THAT(acme(via).filter("gate1"), ElementsAre("bo1 > 10.0.0.0/8:22"));
  const std::string other = R"("grants": [{"src": ["bo@acme.test"], "dst": ["10.0.0.0/8"], "ip": ["22"], "via": ["tag:web"]}])";
  EXPECT_THAT(acme(other).filter("gate1"), IsEmpty());
  EXPECT_THAT(acme(other).filter("web1"), IsEmpty());
}

TEST(Filter, AViaGrantHoldsNoPlaceWhereItDoesNotApply) {
  const Compiled c = acme(R"("grants": [
      {"src": ["bo@acme.test"], "dst": ["10.0.0.0/8"], "ip": ["1"], "via": ["tag:web"]},
      {"src": ["cy@acme.test"], "dst": ["10.0.0.0/8"], "ip": ["2"]},
      {"src": ["bo@acme.test"], "dst": ["10.0.0.0/8"], "ip": ["3"]}])");
  EXPECT_THAT(c.filter("gate1"), ElementsAre("cy1 > 10.0.0.0/8:2", "bo1 > 10.0.0.0/8:3"));
}

TEST(Filter, IpsetsAreEvaluatedFromTopToBottom) {
  const Compiled c = acme(R"("hosts": {"printer": "10.1.0.9"},
    "ipsets": {"ipset:office": ["add 10.1.0.0/29", "add 10.1.0.8-10.1.0.11", "remove host:printer", "add ipset:more"],
               "ipset:more": ["198.51.100.0/24"]},
    "grants": [{"src": ["ipset:office"], "dst": ["ipset:office", "tag:web"], "ip": ["22"]}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("10.1.0.0-10.1.0.8 10.1.0.10/31 198.51.100.0/24 > web1:22"));
  EXPECT_THAT(c.filter("gate1"), ElementsAre("10.1.0.0-10.1.0.8 10.1.0.10/31 198.51.100.0/24 > 10.1.0.0-10.1.0.8:22 10.1.0.10/31:22"));
}

TEST(Filter, AppCapabilitiesNameTheReceiver) {
  const Compiled c = acme(R"("grants": [
      {"src": ["bo@acme.test"], "dst": ["tag:web", "tag:db"], "ip": ["80"], "app": {"acme.test/cap/a": [{"x": 1}, /* note */ {"y": [true,],},]}},
      {"src": ["tag:none"], "dst": ["tag:web"], "app": {"acme.test/cap/b": []}}])");
  EXPECT_THAT(c.filter("web1"), ElementsAre("bo1 > web1:80", R"(bo1 > acme.test/cap/a=[{"x":1},{"y":[true]}] at web1)",
                                            " > acme.test/cap/b=[] at web1"));
  // One entry for each selector that means the node.
  EXPECT_THAT(c.at("web2").filter_rules.at(1).cap_grants.size(), 2u);
}

TEST(Filter, DriveAndRelayTellTheSources) {
  const Compiled c = acme(R"("grants": [{"src": ["bo@acme.test"], "dst": ["tag:web"],
      "app": {"tailscale.com/cap/drive": [{"shares": ["*"], "access": "ro"}], "tailscale.com/cap/relay": []}}])");
  EXPECT_THAT(c.filter("bo1"), ElementsAre("web1 web2 > tailscale.com/cap/drive-sharer=null at bo1",
                                           "web1 web2 > tailscale.com/cap/relay-target=null at bo1"));
}

TEST(Filter, PosturesTakeOutNodesThatFailThem) {
  const std::string postures = R"("postures": {"posture:new": ["node:tsVersion >= '1.10'"], "posture:linux": ["node:os == 'linux'", "custom:tier > 2"],
    "posture:odd": ["node:os != 'windows'"]},)";
  const auto sources = [&](const std::string& refs) {
    return acme(postures + R"("grants": [{"src": ["autogroup:member", "10.1.0.0/16"], "dst": ["tag:web"], "ip": ["80"], "srcPosture": )" + refs + "}]")
        .filter("web1");
  };
  EXPECT_THAT(sources(R"(["posture:new"])"), ElementsAre("10.1.0.0/16 ada2 > web1:80"));  // 1.9.2 is older than 1.10
  EXPECT_THAT(sources(R"(["posture:linux"])"), ElementsAre("10.1.0.0/16 ada1 ada1/6 > web1:80"));
  EXPECT_THAT(sources(R"(["posture:linux", "posture:new"])"), ElementsAre("10.1.0.0/16 ada1 ada2 ada1/6 > web1:80"));
  // A node without the attribute fails `!=` too.
  EXPECT_THAT(sources(R"(["posture:odd"])"), ElementsAre("10.1.0.0/16 ada1 ada2 ada1/6 > web1:80"));
  const Compiled by_default = acme(postures + R"("defaultSrcPosture": ["posture:new"], "grants": [
      {"src": ["ada@acme.test"], "dst": ["tag:web"], "ip": ["80"]},
      {"src": ["ada@acme.test"], "dst": ["tag:web"], "ip": ["81"], "srcPosture": ["posture:linux"]}])");
  EXPECT_THAT(by_default.filter("web1"), ElementsAre("ada2 > web1:80", "ada1 ada1/6 > web1:81"));
}

}  // namespace
}  // namespace aclc::testing
