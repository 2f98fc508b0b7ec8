// SPDX-License-Identifier: Apache-2.0
// Members, types, doubled and unknown names.
#include <gmock/gmock.h>

#include "built.h"
#include "parser/policy/fields.h"

namespace aclc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Shape, TopLevelIsAnObject) {
  EXPECT_THAT(Built("[1]").marks(), ElementsAre("not-an-object@["));
  EXPECT_THAT(Built("\"x\"").marks(), ElementsAre("not-an-object@\"x\""));
  EXPECT_THAT(Built("null").marks(), ElementsAre("not-an-object@null"));
  EXPECT_THAT(Built("{}").found, IsEmpty());
  EXPECT_TRUE(Built("{}").policy.allows_all());
}

TEST(Shape, AbsentIsNotEmpty) {
  EXPECT_TRUE(Built(R"({"acls": null, "grants": null})").policy.allows_all());
  EXPECT_FALSE(Built(R"({"acls": []})").policy.allows_all());
  EXPECT_FALSE(Built(R"({"grants": []})").policy.allows_all());
  EXPECT_FALSE(Built(R"({"acls": "x"})").policy.allows_all())
      << "a section that cannot be read must not open everything";
}

TEST(Shape, NamesMatchInAnyCase) {
  const Built b(R"({"ACLs": [{"Action": "accept", "SRC": ["*"], "Dst": ["*:*"]}], "TagOwners": {}, "tagowners2": 1})");
  EXPECT_THAT(b.marks(), ElementsAre("unknown-field@tagowners2"));
  EXPECT_EQ(b.found[0].upstream_text, R"(json: unknown field "tagowners2")");
  EXPECT_THAT(b.fixed(), HasSubstr(R"("tagOwners": 1)"));
  ASSERT_EQ(b.policy.acls.size(), 1u);
  ASSERT_EQ(b.policy.sections.size(), 2u);
  EXPECT_EQ(b.policy.text(b.policy.sections[0].name), "acls");
  EXPECT_EQ(b.at(b.policy.sections[0].name_span), "ACLs");
  EXPECT_EQ(b.policy.text(b.policy.sections[1].name), "tagOwners");
}

TEST(Shape, JoinersAreHeadscalesOwn) {
  const std::string text = R"({"tag_owners": {}, "auto-approvers": {}})";
  EXPECT_THAT(Built(text).slugs(), ElementsAre("unknown-field", "unknown-field"));
  EXPECT_THAT(Built(text, Target::kHeadscale).found, IsEmpty());
}

TEST(Shape, LegacyNames) {
  const std::string text =
      R"({"acls": [{"action": "accept", "users": ["*"], "ports": ["*:22"]}], "tests": [{"user": "ann@example.com", "allow": ["tag:web:22"]}]})";
  const Built b(text);
  EXPECT_THAT(b.found, IsEmpty());
  EXPECT_EQ(b.policy.acls.at(0).src.count, 1u);
  EXPECT_EQ(b.policy.acls.at(0).dst.count, 1u);
  EXPECT_EQ(b.policy.tests.at(0).accept.count, 1u);
  EXPECT_THAT(Built(text, Target::kHeadscale).slugs(),
              ElementsAre("unknown-field", "unknown-field", "unknown-field", "unknown-field"));
}

TEST(Shape, OldAndNewNameTogether) {
  const Built b(R"({"acls": [{"action": "accept", "src": ["*"], "users": ["*"], "dst": ["*:*"]}]})");
  EXPECT_THAT(b.marks(), ElementsAre("two-names-for-field@users"));
  ASSERT_EQ(b.found[0].labels.size(), 1u);
  EXPECT_EQ(b.at(b.found[0].labels[0].span), "src");
}

TEST(Shape, DoubledMembers) {
  const Built b(R"({"hosts": {"a": "192.0.2.1", "a": "192.0.2.1", "A": "192.0.2.2"}, "Hosts": {}})");
  EXPECT_THAT(b.marks(), ElementsAre("duplicate-key@a", "duplicate-key@Hosts"));
  EXPECT_THAT(b.fixed(0), HasSubstr(R"({"a": "192.0.2.1", "A")"));
  EXPECT_EQ(b.found[0].fixes[0].safety, FixSafety::kSafe) << "both say the same";
  EXPECT_EQ(b.found[1].fixes[0].safety, FixSafety::kUnsafe);
}

TEST(Shape, SameKeyInTwoMapsIsNoDuplicate) {
  EXPECT_THAT(Built(R"({"groups": {"x": []}, "hosts": {"x": "192.0.2.1"}})").found, IsEmpty());
}

TEST(Shape, ManyDoubledKeysStayCheap) {
  std::string text = R"({"hosts": {)";
  for (int i = 0; i < 100'000; ++i) text += R"("a":"192.0.2.1",)";
  text += "}}";
  const Built b(text);
  EXPECT_GE(b.found.size(), 1u);
  EXPECT_LE(b.found.size(), 2000u);
}

TEST(Shape, WrongTypes) {
  struct Case {
    const char *text, *mark, *fixed;
  };
  for (const Case& c :
       {Case{R"({"acls": {}})", "wrong-type@{", R"([{}])"}, Case{R"({"acls": [1]})", "wrong-type@1", ""},
        Case{R"({"groups": []})", "wrong-type@[", ""},
        Case{R"({"groups": {"group:x": "ann@example.com"}})", R"(wrong-type@"ann@example.com")",
             R"(["ann@example.com"])"},
        Case{R"({"groups": {"group:x": [1]}})", "wrong-type@1", ""},
        Case{R"({"hosts": {"a": 1}})", "wrong-type@1", ""},
        Case{R"({"grants": [{"src": "*", "dst": ["*"], "ip": ["*"]}]})", R"(wrong-type@"*")", R"("src": ["*"])"},
        Case{R"({"grants": [{"src": ["*"], "dst": ["*"], "ip": [443]}]})", "wrong-type@443", R"(["443"])"},
        Case{R"({"grants": [{"src": ["*"], "dst": ["*"], "app": {"example.com/x": {}}}]})", "wrong-type@{", ""},
        Case{R"({"randomizeClientPort": "true"})", R"(wrong-type@"true")", "true}"},
        Case{R"({"disableIPv4": 1})", "wrong-type@1", ""},
        Case{R"({"ssh": [{"action": "accept", "users": [null]}]})", "wrong-type@null", ""},
        Case{R"({"derpMap": {"Regions": {"900": {"RegionID": 1.5}}}})", "wrong-type@1.5", ""},
        Case{R"({"dns": {"magic": 1}})", "wrong-type@1", ""},
        Case{R"({"tests": [{"src": ["a@b.c"], "accept": ["a:1"]}]})", "wrong-type@[", ""},
        Case{R"({"OneCGNATRoute": true})", "wrong-type@true", ""},
        Case{R"({"acls": [{"action": true}]})", "wrong-type@true", R"({"action": "accept"})"},
        Case{R"({"acls": {"a": {"src": []}}})", "wrong-type@{", R"({"acls": [{"src": []}]})"},
        Case{R"({"ssh": [{"checkPeriod": 12}]})", "wrong-type@12", R"("12h")"}}) {
    const Built b(c.text);
    ASSERT_FALSE(b.found.empty()) << c.text;
    const std::vector<std::string> marks = b.marks();
    const size_t at = static_cast<size_t>(std::find(marks.begin(), marks.end(), c.mark) - marks.begin());
    ASSERT_LT(at, marks.size()) << c.text << " gave " << marks[0];
    EXPECT_TRUE(*c.fixed == '\0' || b.fixed(at).find(c.fixed) != std::string::npos) << c.text;
  }
}

TEST(Shape, ALoneStringIsReadAsAListOfOne) {
  const Built b(R"({"grants": [{"src": "tag:web", "dst": ["*"], "ip": ["*"]}]})");
  EXPECT_THAT(b.slugs(), ElementsAre("wrong-type"));
  ASSERT_EQ(b.policy.grants.at(0).src.count, 1u);
  EXPECT_EQ(b.policy.text(b.policy.at(b.policy.grants[0].src)[0]), "tag:web");
}

TEST(Shape, WhatHeadscaleDoesNotKnow) {
  const Built b(
      R"({"ipsets": {}, "postures": {}, "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"], "srcPosture": [], "#ui": 1}]})",
      Target::kHeadscale);
  EXPECT_THAT(b.marks(), ElementsAre("not-in-target@ipsets", "not-in-target@postures", "not-in-target@srcPosture"));
  EXPECT_THAT(Built(R"({"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"], "#ui": 1}]})").marks(),
              ElementsAre("unknown-field@#ui"));
}

TEST(Shape, OurDnsSectionIsAWarning) {
  const Built b(
      R"({"dns": {"magic": true, "nameservers": ["192.0.2.53"], "routes": {"corp.example": ["192.0.2.54", "fd7a::53"]}, "domains": ["example.com"]}})");
  EXPECT_THAT(b.marks(), ElementsAre("own-section@dns"));
  EXPECT_EQ(b.found[0].severity, Severity::kWarning);
  ASSERT_TRUE(b.policy.dns.has_value());
  EXPECT_TRUE(b.policy.dns->magic);
  EXPECT_EQ(b.policy.dns->routes.at(0).nameservers.count, 2u);
  EXPECT_THAT(Built(R"({"dns": {"nameservers": ["192.0.2.0/24", "x"]}})").slugs(),
              ElementsAre("own-section", "invalid-address", "invalid-address"));
}

TEST(Shape, Placeholders) {
  EXPECT_THAT(
      Built(R"({"groups": {"${GROUP}": ["${USER}@example.com"], "group:a": ["${USER}"]}, "hosts": {"h": "${IP}"}})")
          .marks(),
      ElementsAre("unfilled-placeholder@${GROUP}", "unfilled-placeholder@${USER}", "unfilled-placeholder@${IP}"));
}

TEST(Settings, ChoicesAndValues) {
  EXPECT_EQ(Built(R"({"OneCGNATRoute": "mac-always"})").policy.one_cgnat_route, OneCgnatRoute::kMacAlways);
  EXPECT_THAT(Built(R"({"OneCGNATRoute": "mac-allways"})").fixed(), HasSubstr(R"("mac-always")"));
  const Built b(R"({"disableIPv4": true, "randomizeClientPort": false})");
  EXPECT_EQ(b.policy.disable_ipv4, true);
  EXPECT_EQ(b.policy.randomize_client_port, false);
  EXPECT_THAT(
      Built(
          R"({"derpMap": {"OmitDefaultRegions": true, "Regions": {"1": null, "900": {"RegionID": 900, "Nodes": [{"Name": "a", "HostName": "a.example"}]}}}})")
          .found,
      IsEmpty());
  EXPECT_THAT(Built(R"({"derpMap": {"Regions": {"paris": {}}}})").marks(), ElementsAre("invalid-choice@paris"));
  EXPECT_THAT(
      Built(
          R"({"attrConfig": {"custom:tier": {"type": "string", "allowSetByNode": true, "broadcastToPeers": ["tag:web"]}}})")
          .found,
      IsEmpty());
  EXPECT_THAT(Built(R"({"attrConfig": {"custom:tier": {"type": "text"}}})").marks(),
              ElementsAre("invalid-choice@text"));
}

TEST(Fields, EveryRowIsComplete) {
  for (size_t i = 0; i < kShapes; ++i) {
    const ShapeInfo& shape = shape_info(static_cast<Shape>(i));
    EXPECT_FALSE(shape.title.empty());
    EXPECT_LE(shape.fields.size(), 24u) << "Builder keeps a fixed number of seen members";
    for (const Field& f : shape.fields) {
      EXPECT_FALSE(f.name.empty());
      ASSERT_FALSE(f.doc.empty()) << f.name;
      EXPECT_EQ(f.doc.back(), '.') << f.name;
      const bool map = f.container == Container::kMap || f.container == Container::kMapOfLists;
      EXPECT_EQ(map, f.key != KeyForm::kNone) << f.name;
      EXPECT_EQ(f.value == Value::kObject, f.shape != Shape::kPolicy) << f.name;
      const auto match = find_field(static_cast<Shape>(i), f.name, Target::kTailscale);
      ASSERT_TRUE(match.has_value());
      EXPECT_EQ(&shape.fields[match->index], &f);
    }
  }
}

}  // namespace
}  // namespace aclc
