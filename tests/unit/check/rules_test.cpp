// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/check/findings.h"

namespace aclc::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Findings acl(const std::string& src, const std::string& dst) {
  return findings(R"({"tagOwners": {"tag:a": []}, "groups": {"group:g": ["u@example.com"]}, "hosts": {"h": "10.0.0.1"},
    "acls": [{"action": "accept", "src": [)" +
                  src + R"(], "dst": [)" + dst + "]}]}");
}
Findings grant(const std::string& body) {
  return findings(R"({"tagOwners": {"tag:a": []}, "hosts": {"h": "10.0.0.1"}, "grants": [{)" + body + "}]}");
}

TEST(Acl, DefinedNamesAreFine) {
  EXPECT_THAT(acl(R"("tag:a", "group:g", "h", "*", "u@example.com", "10.0.0.0/8")",
                  R"("tag:a:22", "h:*", "autogroup:internet:*", "0.0.0.0/0:*")")
                  .all,
              IsEmpty());
}

TEST(Acl, UndefinedTagEverywhereItStands) {
  const Findings f = acl(R"("tag:b", "tag:c")", R"("tag:b:22")");
  EXPECT_THAT(f.places(), ElementsAre("unknown-tag@tag:b", "unknown-tag@tag:c", "unknown-tag@tag:b"));
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(src=tag not found: "tag:b")", R"(src=tag not found: "tag:c")",
                                         R"(dst="tag:b": tag not found: "tag:b")"));
}

TEST(Acl, UndefinedNamesGetTheNearestAsAFix) {
  const Findings f = findings(
      R"({"tagOwners": {"tag:prod": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["tag:prdo:443"]}]})");
  ASSERT_THAT(f.all, SizeIs(1));
  ASSERT_THAT(f.all[0].fixes, SizeIs(2));
  EXPECT_EQ(f.all[0].fixes[0].safety, FixSafety::kSafe);
  EXPECT_THAT(fixed(f, f.all[0].fixes[0]), HasSubstr(R"("dst": ["tag:prod:443"])"));
  EXPECT_THAT(findings(fixed(f, f.all[0].fixes[1])).all, IsEmpty());
}

TEST(Acl, ShortNamesAreNotNearBecauseOfTheirPrefix) {
  const Findings f =
      findings(R"({"tagOwners": {"tag:qa": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["tag:db:443"]}]})");
  ASSERT_THAT(f.all, SizeIs(1));
  EXPECT_THAT(f.all[0].help_text, ::testing::Not(HasSubstr("did you mean")));
}

TEST(Acl, TheSameWordOfAnotherKindIsOffered) {
  const Findings f = acl(R"("g")", R"("*:*")");
  ASSERT_THAT(f.all, SizeIs(1));
  EXPECT_EQ(f.all[0].slug(), "unknown-host");
  EXPECT_THAT(f.all[0].help_text, HasSubstr("`group:g`"));
  EXPECT_EQ(f.all[0].fixes.at(0).safety, FixSafety::kUnsafe);
}

TEST(Acl, UndefinedGroupsMayBeSynced) {
  const std::string text = R"({"acls": [{"action": "accept", "src": ["group:eng@example.com"], "dst": ["*:*"]}]})";
  Findings f = findings(text);
  ASSERT_THAT(f.places(), ElementsAre("unknown-group@group:eng@example.com"));
  EXPECT_EQ(f.all[0].severity, Severity::kWarning);
  CheckOptions none_synced;
  none_synced.synced_groups = false;
  f = findings(text, none_synced);
  EXPECT_EQ(f.all.at(0).severity, Severity::kError);
}

TEST(Acl, Positions) {
  const Findings f = acl(R"("autogroup:self", "autogroup:internet", "svc:x", "10.0.0.1-10.0.0.9")",
                         R"("autogroup:danger-all:*", "autogroup:shared:*")");
  EXPECT_THAT(f.places(),
              ElementsAre("misplaced-selector@autogroup:self", "misplaced-selector@autogroup:internet",
                          "misplaced-selector@svc:x", "misplaced-selector@10.0.0.1-10.0.0.9",
                          "misplaced-selector@autogroup:danger-all", "misplaced-selector@autogroup:shared"));
  EXPECT_THAT(f.upstreams(), Contains(R"("autogroup:self" not valid on the src side of a rule)"));
  EXPECT_THAT(f.upstreams(), Contains("cannot use autogroup:danger-all as a dst"));
}

TEST(Acl, SelfIsForPeople) {
  EXPECT_THAT(acl(R"("*")", R"("autogroup:self:*")").all, IsEmpty());
  EXPECT_THAT(
      acl(R"("u@example.com", "group:g", "autogroup:member", "autogroup:admin")", R"("tag:a:1", "autogroup:self:*")")
          .all,
      IsEmpty());
  for (const char* bad : {R"("tag:a")", R"("h")", R"("10.0.0.1")", R"("10.0.0.0/8")", R"("autogroup:tagged")",
                          R"("autogroup:danger-all")"}) {
    const Findings f = acl(std::string(R"("autogroup:member", )") + bad, R"("autogroup:self:*")");
    EXPECT_THAT(f.places(), ElementsAre("self-source@" + std::string(bad + 1, std::string_view(bad).size() - 2)));
    EXPECT_THAT(f.upstreams(),
                ElementsAre("autogroup:self can only be used with users, groups, or supported autogroups"));
  }
}

TEST(Acl, OneFindingForAPoisonedRule) {
  const Findings f = acl(R"("tag:a", "h")", R"("autogroup:self:*", "autogroup:self:22")");
  ASSERT_THAT(f.places(), ElementsAre("self-source@tag:a"));
  EXPECT_THAT(f.all[0].labels, SizeIs(2));
}

TEST(Acl, AnUndefinedSourceIsNoFollowUp) {
  EXPECT_THAT(acl(R"("autogroup:self")", R"("autogroup:self:*")").slugs(), ElementsAre("misplaced-selector"));
  EXPECT_THAT(acl(R"("autogroup:nosuch")", R"("autogroup:self:*")").slugs(), ElementsAre("unknown-autogroup"));
}

TEST(Acl, Actions) {
  const auto action = [](const std::string& member) {
    return findings(R"({"acls": [{)" + member + R"("src": ["*"], "dst": ["*:*"]}]})");
  };
  EXPECT_THAT(action(R"("action": "accept", )").all, IsEmpty());
  Findings f = action(R"("action": "deny", )");
  EXPECT_THAT(f.places(), ElementsAre("acl-action@deny"));
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(action="deny" is not supported)"));
  ASSERT_EQ(f.all[0].fixes.size(), 1u);
  EXPECT_EQ(f.all[0].fixes[0].safety, FixSafety::kUnsafe);
  EXPECT_EQ(fixed(f, f.all[0].fixes[0]), R"({"acls": []})");
  f = action(R"("action": "Accept", )");
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(action="Accept" is not supported)"));
  EXPECT_THAT(findings(fixed(f, f.all[0].fixes.at(0))).all, IsEmpty());
  f = action("");
  EXPECT_THAT(f.slugs(), ElementsAre("missing-member"));
  EXPECT_THAT(findings(fixed(f, f.all[0].fixes.at(0))).all, IsEmpty());
  EXPECT_THAT(action(R"("action": null, )").slugs(), ElementsAre("missing-member"));
  EXPECT_THAT(action(R"("action": 7, )").slugs(), ElementsAre("wrong-type"));
}

TEST(Grant, NeedsIpOrApp) {
  for (const char* body :
       {R"("src": ["*"], "dst": ["*"])", R"("src": ["*"], "dst": ["*"], "ip": [])",
        R"("src": ["*"], "dst": ["*"], "app": {})", R"("src": ["*"], "dst": ["*"], "via": ["tag:a"])"}) {
    const Findings f = grant(body);
    EXPECT_THAT(f.slugs(), ElementsAre("empty-grant")) << body;
    EXPECT_THAT(f.upstreams(), ElementsAre("ip and app can not both be empty"));
  }
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["*"], "app": {"example.com/cap": []})").all, IsEmpty());
  EXPECT_THAT(grant(R"("src": [], "dst": [], "ip": ["*"])").all, IsEmpty());
}

TEST(Grant, WildcardCannotBeSelf) {
  const Findings f = grant(R"("src": ["*"], "dst": ["autogroup:self"], "ip": ["*"])");
  EXPECT_THAT(f.places(), ElementsAre("self-source@*"));
  EXPECT_THAT(findings(fixed(f, f.all[0].fixes.at(0))).all, IsEmpty());
}

TEST(Grant, AllAddressesAndInternet) {
  const Findings f = grant(R"("src": ["*"], "dst": ["0.0.0.0/0", "::/0", "10.0.0.0/8"], "ip": ["*"])");
  EXPECT_THAT(f.upstreams(),
              ElementsAre(R"(dst "0.0.0.0/0": to allow all IP addresses, use "*" or "autogroup:internet")",
                          R"(dst "::/0": to allow all IP addresses, use "*" or "autogroup:internet")"));
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["autogroup:internet"], "ip": ["*"])").all, IsEmpty());
  const Findings app =
      grant(R"("src": ["*"], "dst": ["autogroup:internet"], "ip": ["*"], "app": {"example.com/x": [{}]})");
  EXPECT_THAT(app.places(), ElementsAre("internet-with-app@autogroup:internet"));
  EXPECT_THAT(app.upstreams(), ElementsAre("cannot use app grants with autogroup:internet"));
}

TEST(Grant, Via) {
  const Findings f =
      grant(R"("src": ["*"], "dst": ["h"], "ip": ["*"], "via": ["tag:a", "tag:b", "autogroup:tagged", "h"])");
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(tag "tag:b" not found)", "via can only be a tag", "via can only be a tag"));
}

TEST(Grant, CapabilityNames) {
  const auto cap = [](const std::string& name) {
    return grant(R"("src": ["*"], "dst": ["*"], "app": {")" + name + R"(": [{}]})");
  };
  for (const char* good : {"example.com/a/b/c", "my-company.internal/cap/access", "tailscale.com/cap/drive",
                           "tailscale.com/cap/relay", "tailscale.com/cap/golink", "x/y"}) {
    EXPECT_THAT(cap(good).all, IsEmpty()) << good;
  }
  for (const char* bad : {"https://example.com/cap/x", "example.com", "/cap", "example.com/"}) {
    EXPECT_THAT(cap(bad).upstreams(), ElementsAre("capability name must have the form {domain}/{path}")) << bad;
  }
  for (const char* bad : {"tailscale.com/cap/funnel", "tailscale.com/cap/ingress", "tailscale.com/cap/relay-target"}) {
    const Findings f = cap(bad);
    EXPECT_THAT(f.upstreams(), ElementsAre("capability name must not be in the tailscale.com domain")) << bad;
    EXPECT_EQ(f.all[0].severity, Severity::kError);
  }
  EXPECT_EQ(cap("tailscale.com/cap/databases").all.at(0).severity, Severity::kWarning);
}

TEST(Postures, References) {
  const Findings f =
      findings(R"({"postures": {"posture:new": ["node:tsVersion >= '1.40'"]}, "defaultSrcPosture": ["posture:nwe"],
    "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"], "srcPosture": ["posture:new", "posture:other"]}]})");
  EXPECT_THAT(f.places(), ElementsAre("unknown-posture@posture:nwe", "unknown-posture@posture:other"));
  EXPECT_THAT(f.all[0].fixes, SizeIs(1));
}

TEST(Spellings, MemberAndMembers) {
  const Findings f = findings(R"({"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["*:*"]},
    {"action": "accept", "src": ["autogroup:members"], "dst": ["autogroup:members:*"]}]})");
  EXPECT_THAT(f.slugs(), ElementsAre("two-member-spellings"));
  EXPECT_THAT(findings(fixed(f, f.all[0].fixes.at(0))).all, IsEmpty());
  EXPECT_THAT(findings(R"({"acls": [{"action": "accept", "src": ["autogroup:members"], "dst": ["*:*"]}]})").all,
              IsEmpty());
}

TEST(Check, AFloodOfFindingsIsBounded) {
  std::string text = R"({"tagOwners": {)";
  for (int i = 0; i < 3000; ++i) text += R"("tag:known-)" + std::to_string(i) + R"(": [], )";
  text += R"(}, "acls": [)";
  for (int i = 0; i < 5000; ++i) {
    text += R"({"src": ["tag:unknown-)" + std::to_string(i) + R"("], "dst": ["*:*"]}, )";
  }
  const Findings f = findings(text + "]}");
  EXPECT_EQ(f.all.size(), 2000u) << "a thousand of each kind";
  EXPECT_EQ(
      std::count_if(f.all.begin(), f.all.end(),
                    [](const Diagnostic& d) { return d.help_text == "further findings of this kind are not shown"; }),
      2);
}

TEST(Check, TenFaultsTenFindings) {
  const Findings f = findings(R"({
    "groups": {"group:a": ["group:b"], "group:b": ["u@example.com"]},
    "hosts": {"a@b": "10.0.0.1"},
    "tagOwners": {"tag:1st": [], "tag:ok": []},
    "ipsets": {"ipset:x": ["ipset:x"]},
    "acls": [{"action": "deny", "src": ["*"], "dst": ["tag:gone:22"]},
             {"action": "accept", "src": ["tag:ok"], "dst": ["autogroup:self:*"]}],
    "grants": [{"src": ["*"], "dst": ["*"]}, {"src": ["*"], "dst": ["0.0.0.0/0"], "ip": ["*"]}],
    "ssh": [{"action": "allow", "src": ["autogroup:member"], "dst": ["tag:ok"], "users": ["*"]}],
  })");
  EXPECT_THAT(f.places(),
              ElementsAre("nested-group@group:b", "name-form@a@b", "name-form@tag:1st", "ipset-cycle@ipset:x",
                          "acl-action@deny", "unknown-tag@tag:gone", "self-source@tag:ok", "empty-grant@{",
                          "all-addresses@0.0.0.0/0", "ssh-action@allow", "ssh-user@*"));
}

}  // namespace
}  // namespace aclc::test
