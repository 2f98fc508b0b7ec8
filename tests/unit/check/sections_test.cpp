// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/check/findings.h"

namespace aclc::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Groups, CannotNest) {
  const Findings f = findings(
      R"({"groups": {"group:outer": ["a@example.com", "group:inner"], "group:inner": ["b@example.com", "c@example.com"]}})");
  EXPECT_THAT(f.places(), ElementsAre("nested-group@group:inner"));
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(groups["group:outer"]: "group:inner": group members cannot be recursive)"));
  const std::string after = fixed(f, f.all[0].fixes.at(0));
  EXPECT_THAT(after, HasSubstr(R"(["a@example.com", "b@example.com", "c@example.com"])"));
  EXPECT_THAT(findings(after).all, IsEmpty());
}

TEST(Groups, ACircleIsReportedAtBothEnds) {
  const Findings f = findings(R"({"groups": {"group:a": ["group:b"], "group:b": ["group:a"]}})");
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(groups["group:a"]: "group:b": group members cannot be recursive)",
                                         R"(groups["group:b"]: "group:a": group members cannot be recursive)"));
}

TEST(Groups, HoldUsersOnly) {
  EXPECT_THAT(
      findings(R"({"tagOwners": {"tag:a": []}, "groups": {"group:g": ["tag:a", "autogroup:member", "x@github"]}})")
          .places(),
      ElementsAre("misplaced-selector@tag:a", "misplaced-selector@autogroup:member"));
}

TEST(Names, Forms) {
  const Findings f = findings(R"({
    "groups": {"eng": [], "group:": []},
    "hosts": {"a@b": "10.0.0.1", "c:d": "10.0.0.1", "ok_name": "10.0.0.1", "10.1.1.1": "10.0.0.1", "": "10.0.0.1"},
    "tagOwners": {"web": [], "tag:": [], "tag:1": [], "tag:a_b": [], "tag:Ok-1": [], "tag:сервер": []},
    "ipsets": {"x": []}, "postures": {"y": []}})");
  EXPECT_THAT(f.places(),
              ElementsAre("name-form@eng", "name-form@group:", "name-form@a@b", "name-form@c:d", "name-form@10.1.1.1",
                          "name-form@", "name-form@web", "name-form@tag:", "name-form@tag:1", "name-form@tag:a_b",
                          "name-form@tag:сервер", "name-form@x", "name-form@y"));
  EXPECT_THAT(f.upstreams(),
              ElementsAre(R"(host names cannot include an @, please change the name for "a@b")",
                          R"(tagOwners["web"]: tags must start with 'tag:')",
                          R"(tagOwners["tag:"]: tag names must not be empty)",
                          R"(tagOwners["tag:1"]: tag names must start with a letter, after 'tag:')",
                          R"(tagOwners["tag:a_b"]: tag names can only contain numbers, letters, or dashes)",
                          R"(tagOwners["tag:сервер"]: tag names must start with a letter, after 'tag:')"));
}

TEST(TagOwners, MayBeCircles) {
  EXPECT_THAT(
      findings(
          R"({"tagOwners": {"tag:a": ["tag:b"], "tag:b": ["tag:a", "tag:b"], "tag:c": ["autogroup:admin", "u@example.com"]}})")
          .all,
      IsEmpty());
  EXPECT_THAT(findings(R"({"tagOwners": {"tag:a": ["tag:zzz", "*", "autogroup:self"]}})").places(),
              ElementsAre("unknown-tag@tag:zzz", "misplaced-selector@*", "misplaced-selector@autogroup:self"));
}

TEST(IpSets, CyclesOnce) {
  const Findings f = findings(
      R"({"ipsets": {"ipset:a": ["add ipset:b"], "ipset:b": ["add ipset:c", "add 10.0.0.1"], "ipset:c": ["add ipset:a"],
                                             "ipset:d": ["add ipset:a"]}})");
  ASSERT_THAT(f.places(), ElementsAre("ipset-cycle@ipset:b"));
  EXPECT_THAT(f.all[0].labels, SizeIs(3));
}

TEST(IpSets, NamesInside) {
  const Findings f = findings(R"({"hosts": {"web": "10.0.0.1"},
    "ipsets": {"ipset:a": ["host:web", "host:wbe", "web", "ipset:b", "autogroup:internet", "10.0.0.1-10.0.0.9"], "ipset:b": []},
    "acls": [{"action": "accept", "src": ["ipset:c"], "dst": ["ipset:a:443"]}]})");
  EXPECT_THAT(f.all, SizeIs(3));
  EXPECT_EQ(f.at(f.all[0]), "host:wbe");
  EXPECT_THAT(fixed(f, f.all[0].fixes.at(0)), HasSubstr(R"("host:web", "host:web", "web")"));
  EXPECT_EQ(f.at(f.all[1]), "web");
  EXPECT_EQ(f.at(f.all[2]), "ipset:c");
}

TEST(NodeAttrs, TargetsAndPools) {
  const Findings f = findings(R"({"nodeAttrs": [
    {"target": ["autogroup:self", "tag:x", "%bogus%", "*", "autogroup:admin"], "attr": ["funnel"]},
    {"target": ["*"], "ipPool": ["100.100.100.0/24", "100.81.0.0/16", "100.100.20.0/24", "10.0.0.0/8", "100.100.0.0/16"]}]})");
  EXPECT_THAT(f.places(), ElementsAre("misplaced-selector@autogroup:self", "unknown-tag@tag:x", "unknown-host@%bogus%",
                                      "ip-pool@100.100.100.0/24", "ip-pool@10.0.0.0/8", "ip-pool@100.100.0.0/16"));
  EXPECT_THAT(f.upstreams(),
              ElementsAre("internal server error", R"(tag not found: "tag:x")", R"("%bogus%": invalid address)",
                          "IPPool(100.100.100.0/24): network within reserved range",
                          "IPPool(100.100.0.0/16): network within reserved range"));
}

TEST(AutoApprovers, Names) {
  const Findings f =
      findings(R"({"autoApprovers": {"routes": {"10.0.0.0/8": ["tag:a", "*"]}, "exitNode": ["group:g", "tag:b"],
    "services": {"svc:x": ["tag:c"], "tag:d": ["autogroup:member"]}}})");
  EXPECT_THAT(f.places(), ElementsAre("unknown-tag@tag:a", "misplaced-selector@*", "unknown-group@group:g",
                                      "unknown-tag@tag:b", "unknown-tag@tag:c", "unknown-tag@tag:d"));
}

TEST(Fixes, DefinitionsAreAddedWhereTheyBelong) {
  const auto after = [](const std::string& owners) {
    const Findings f =
        findings("{" + owners + R"("acls": [{"action": "accept", "src": ["tag:new"], "dst": ["*:*"]}]})");
    EXPECT_THAT(f.slugs(), ElementsAre("unknown-tag"));
    const std::string text = fixed(f, f.all[0].fixes.back());
    EXPECT_THAT(findings(text).all, IsEmpty()) << text;
    return text;
  };
  EXPECT_THAT(after(""), HasSubstr(R"("tagOwners": {"tag:new": []}})"));
  EXPECT_THAT(after(R"("tagOwners": {}, )"), HasSubstr(R"("tagOwners": {"tag:new": []})"));
  EXPECT_THAT(after(R"("tagOwners": null, )"), HasSubstr(R"("tagOwners": {"tag:new": []})"));
  EXPECT_THAT(after(R"("tagOwners": {"tag:x": []}, )"), HasSubstr(R"({"tag:x": [], "tag:new": []})"));
  EXPECT_THAT(after("\"tagOwners\": {\n\t\"tag:x\": [] // why\n}, "),
              HasSubstr("{\n\t\"tag:x\": [], // why\n\t\"tag:new\": []\n}"));
  EXPECT_THAT(after("\"tagOwners\": {\n  \"tag:x\": [], /* a\n b */\n}, "),
              HasSubstr("[], /* a\n b */\n  \"tag:new\": [],\n}"));
  EXPECT_THAT(after("\"tagOwners\": {\r\n  \"tag:x\": []\r\n}, "), HasSubstr("[],\r\n  \"tag:new\": []\r\n}"));
}

Tailnet tailnet(std::string_view name) {
  Tailnet t;
  t.name = t.names.intern(name);
  User u;
  u.login = t.names.intern("ann@corp.example");
  u.role = Role::kOwner;
  t.users.add(u);
  u.login = t.names.intern("bob@other.example");
  u.role = Role::kMember;
  t.users.add(u);
  return t;
}

TEST(Domains, AreThoseOfTheTailnetsName) {
  const std::string text =
      R"({"acls": [{"action": "accept", "src": ["user:*@corp.example", "user:*@other.example", "user:*@Corp.example"], "dst": ["*:*"]}]})";
  for (const char* name : {"corp.example", "ann@corp.example", ""}) {
    const Tailnet t = tailnet(name);
    CheckOptions options;
    options.tailnet = &t;
    const Findings f = findings(text, options);
    EXPECT_THAT(f.places(), ElementsAre("foreign-domain@user:*@other.example", "foreign-domain@user:*@Corp.example"))
        << name;
    EXPECT_EQ(f.upstreams().at(0),
              "other.example is not associated with this Tailnet and cannot be used in user:*@<domain> expressions");
    EXPECT_THAT(fixed(f, f.all[1].fixes.at(0)), HasSubstr(R"("user:*@corp.example"], "dst")"));
  }
  EXPECT_THAT(findings(text).all, IsEmpty()) << "without a tailnet nobody knows its domains";
  EXPECT_THAT(findings(R"({"acls": [{"action": "accept", "src": ["user:*@gmail.com"], "dst": ["*:*"]}]})").slugs(),
              ElementsAre("shared-domain"));
}

TEST(Tests, WhatCannotBeTested) {
  const Findings f = findings(R"({"hosts": {"net": "10.0.0.0/8", "one": "10.0.0.1"}, "tests": [
    {"accept": ["one:22"]},
    {"src": "one"},
    {"src": "one", "accept": []},
    {"src": "autogroup:member", "accept": ["one:22"]},
    {"src": "tag:zz", "accept": ["nohost:22"]},
    {"src": "one", "accept": ["net:22", "10.0.0.0/8:22", "10.0.0.1/32:22", "autogroup:internet:443", "*:22", "one:22"]},
    {"src": "one", "proto": "icmp", "accept": ["one:0"]},
    {"src": "one", "proto": "icmp", "accept": ["one:22"]},
    {"src": "one", "proto": "gre", "accept": ["one:0"]},
  ]})");
  EXPECT_THAT(f.places(), ElementsAre("missing-member@{", "test-shape@{", "test-shape@{",
                                      "misplaced-selector@autogroup:member", "unknown-tag@tag:zz",
                                      "unknown-host@nohost", "test-shape@net", "misplaced-selector@10.0.0.0/8",
                                      "misplaced-selector@10.0.0.1/32", "misplaced-selector@autogroup:internet",
                                      "misplaced-selector@*", "test-shape@22", "test-shape@gre"));
  for (const Diagnostic& d : f.all) EXPECT_EQ(d.upstream_text, "test(s) failed") << d.message;
}

TEST(Tests, SourcesOfAKnownTailnet) {
  const Tailnet t = tailnet("corp.example");
  CheckOptions options;
  options.tailnet = &t;
  const std::string text =
      R"({"tests": [{"src": "ann@corp.example", "accept": ["10.0.0.1:22"]}, {"src": "eve@corp.example", "accept": ["10.0.0.1:22"]},
    {"src": "group:none", "accept": ["10.0.0.1:22"]}]})";
  const Findings f = findings(text, options);
  EXPECT_THAT(f.places(), ElementsAre("unknown-test-user@eve@corp.example", "unknown-group@group:none"));
  EXPECT_EQ(f.all[1].severity, Severity::kError);
  EXPECT_THAT(findings(text).slugs(), ElementsAre("unknown-group"));
}

TEST(SshTests, WhatCannotBeTested) {
  const Findings f = findings(R"({"tagOwners": {"tag:a": []}, "hosts": {"one": "10.0.0.1"}, "sshTests": [
    {"src": "u@example.com", "dst": ["100.64.0.0/24", "autogroup:internet", "tag:a:22", "fd7a::1", "tag:a", "one", "100.64.0.1"], "accept": ["root"]},
    {"src": "autogroup:admin", "dst": ["tag:a"], "accept": [""]},
    {"src": "u@example.com", "dst": [], "check": ["root"]},
    {"src": "u@example.com", "dst": ["tag:a"], "deny": []},
  ]})");
  EXPECT_THAT(f.upstreams(), ElementsAre(R"(SSH tests dst contains disallowed element "100.64.0.0/24")",
                                         R"(SSH tests dst contains disallowed element "autogroup:internet")",
                                         R"(SSH tests dst contains unknown tag "tag:a:22")", "test(s) failed",
                                         R"(SSH tests src contains disallowed element "autogroup:admin")",
                                         "test(s) failed", "test(s) failed", "test(s) failed"));
}

}  // namespace
}  // namespace aclc::test
