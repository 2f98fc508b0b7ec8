// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/selector.h"

#include <gmock/gmock.h>

#include "built.h"
#include "parser/policy/selector_form.h"

namespace aclc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using K = SelectorKind;

K kind_of(std::string_view text) {
  return classify_selector(text).kind;
}

TEST(Selector, KindsByForm) {
  EXPECT_EQ(kind_of("*"), K::kWildcard);
  EXPECT_EQ(kind_of("192.0.2.1"), K::kAddress);
  EXPECT_EQ(kind_of("fd7a::1"), K::kAddress);
  EXPECT_EQ(kind_of("abcd::1"), K::kAddress);
  EXPECT_EQ(kind_of("192.0.2.0/24"), K::kPrefix);
  EXPECT_EQ(kind_of("::/0"), K::kPrefix);
  EXPECT_EQ(kind_of("192.0.2.1-192.0.2.9"), K::kRange);
  EXPECT_EQ(kind_of("fd7a::1-fd7a::ff"), K::kRange);
  EXPECT_EQ(kind_of("ann@example.com"), K::kUser);
  EXPECT_EQ(kind_of("logstream@tailscale"), K::kUser);
  EXPECT_EQ(kind_of("user:*@example.com"), K::kUserDomain);
  EXPECT_EQ(kind_of("group:ops"), K::kGroup);
  EXPECT_EQ(kind_of("tag:web"), K::kTag);
  EXPECT_EQ(kind_of("autogroup:self"), K::kAutogroup);
  EXPECT_EQ(kind_of("ipset:lan"), K::kIpSet);
  EXPECT_EQ(kind_of("svc:wiki"), K::kService);
  EXPECT_EQ(kind_of("posture:laptop"), K::kPosture);
  EXPECT_EQ(kind_of("printer"), K::kHost);
  EXPECT_EQ(kind_of("web-1"), K::kHost);
  EXPECT_EQ(kind_of("db.internal"), K::kHost);
}

TEST(Selector, PrefixesComeBeforeTheAtSign) {
  EXPECT_EQ(kind_of("group:ops@example.com"), K::kGroup) << "groups synced from an identity provider are named so";
  EXPECT_EQ(kind_of("tag:web@example.com"), K::kInvalid);
  EXPECT_EQ(kind_of("svc:wiki@example.com"), K::kInvalid);
}

TEST(Selector, NoForm) {
  for (const char* text : {"", "tag:", "group:", "user:ann@example.com", "user:*@", "user:a*@example.com",
                           "@example.com", "10.0.0.0/33", "10.0.0.256", "10.0.0.9-10.0.0.1", "fd7a::g", "host:printer",
                           "users:ann", "autogroup:nobody", "[fd7a::1]", "${HOST}", "web:443"}) {
    EXPECT_EQ(kind_of(text), K::kInvalid) << text;
    EXPECT_NE(classify_selector(text).fault, SelectorFault::kNone) << text;
  }
}

TEST(Selector, EveryAutogroupHasItsName) {
  for (int i = static_cast<int>(Autogroup::kMember); i <= static_cast<int>(Autogroup::kNonroot); ++i) {
    const auto a = static_cast<Autogroup>(i);
    const std::string_view name = autogroup_name(a);
    ASSERT_EQ(name.substr(0, 10), "autogroup:");
    EXPECT_EQ(parse_autogroup(name.substr(10)), a);
  }
  EXPECT_EQ(parse_autogroup("members"), Autogroup::kMember);
  EXPECT_EQ(parse_autogroup("Member"), std::nullopt);
  EXPECT_TRUE(is_role(Autogroup::kItAdmin));
  EXPECT_FALSE(is_role(Autogroup::kMember));
  EXPECT_FALSE(is_role(Autogroup::kNonroot));
}

TEST(Selector, WhiteSpaceAroundIsNoPartOfIt) {
  const Built b(R"({"grants": [{"src": [" tag:web\t"], "dst": ["*"], "ip": ["*"]}]})");
  EXPECT_THAT(b.found, IsEmpty());
  const Selector& s = b.policy.at(b.policy.grants[0].src)[0];
  EXPECT_EQ(b.policy.text(s), "tag:web");
  EXPECT_EQ(b.at(s.span), "tag:web");
}

TEST(Selector, SpansSeeThroughEscapes) {
  const Built b(
      R"({"acls": [{"action": "accept", "src": ["\u0074ag:w\u0065b"], "dst": ["tag\u003aweb:\u00344\u0033,80"]}]})");
  EXPECT_THAT(b.found, IsEmpty());
  const AclRule& r = b.policy.acls.at(0);
  EXPECT_EQ(b.policy.text(b.policy.at(r.src)[0]), "tag:web");
  EXPECT_EQ(b.at(b.policy.at(r.src)[0].span), R"(\u0074ag:w\u0065b)");
  const Destination& d = b.policy.at(r.dst)[0];
  EXPECT_EQ(b.policy.text(d.selector), "tag:web");
  EXPECT_EQ(b.at(d.selector.span), R"(tag\u003aweb)");
  ASSERT_EQ(b.policy.at(d.ports).size(), 2u);
  EXPECT_EQ(b.at(b.policy.at(d.ports)[0].span), R"(\u00344\u0033)");
  EXPECT_EQ(b.policy.at(d.ports)[0].range, PortRange::single(443));
  EXPECT_EQ(b.at(b.policy.at(d.ports)[1].span), "80");
}

TEST(Selector, FaultsAreReportedWhereverTheyStand) {
  const Built b(
      R"({"grants": [{"src": ["tags:web", "tags:web"], "dst": ["autogroup:membr", "user:ann@example.com", "${HOST}"], "ip": ["*"]}]})");
  EXPECT_THAT(b.marks(),
              ElementsAre("invalid-selector@tags:web", "invalid-selector@tags:web", "unknown-autogroup@autogroup:membr",
                          "user-prefix@user:ann@example.com", "unfilled-placeholder@${HOST}"));
  EXPECT_THAT(b.fixed(0), testing::HasSubstr(R"(["tag:web", "tags:web"])"));
  EXPECT_THAT(b.fixed(2), testing::HasSubstr(R"("autogroup:member")"));
  EXPECT_THAT(b.fixed(3), testing::HasSubstr(R"("ann@example.com")"));
  EXPECT_TRUE(b.policy.grants.at(0).broken);
}

TEST(Selector, HostBitsAreAWarningAtEachPlace) {
  const Built b(
      R"({"hosts": {"lan": "10.20.10.1/29"}, "grants": [{"src": ["10.0.0.1/8", "10.0.0.1/8"], "dst": ["*"], "ip": ["*"]}]})");
  EXPECT_THAT(b.marks(), ElementsAre("host-bits@10.20.10.1/29", "host-bits@10.0.0.1/8", "host-bits@10.0.0.1/8"));
  EXPECT_EQ(b.found[0].severity, Severity::kWarning);
  EXPECT_THAT(b.fixed(0), testing::HasSubstr(R"("10.20.10.0/29")"));
  EXPECT_FALSE(b.policy.grants.at(0).broken);
}

}  // namespace
}  // namespace aclc
