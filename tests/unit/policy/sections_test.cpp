// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "built.h"
#include "parser/policy/dump.h"
#include "parser/policy/posture_form.h"

namespace aclc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Sections, AnSshRule) {
  const Built b(
      R"({"ssh": [{"action": " check ", "src": ["autogroup:member"], "dst": ["tag:web "], "users": [" root", "autogroup:nonroot", "", "*"],
    "checkPeriod": "12h", "acceptEnv": ["GIT_*", ""], "recorder": ["tag:rec"], "enforceRecorder": true, "srcPosture": ["posture:laptop"]}]})");
  EXPECT_THAT(b.found, IsEmpty());
  const SshRule& r = b.policy.ssh.at(0);
  EXPECT_EQ(b.policy.text(r.action), "check");
  EXPECT_EQ(b.at(r.action.span), "check");
  ASSERT_EQ(r.users.count, 4u);
  EXPECT_EQ(b.policy.text(b.policy.at(r.users)[0]), "root");
  EXPECT_EQ(b.policy.text(b.policy.at(r.users)[2]), "");
  EXPECT_EQ(b.policy.text(b.policy.at(r.dst)[0]), "tag:web");
  EXPECT_TRUE(r.enforce_recorder);
  EXPECT_TRUE(r.src_posture.present);
  EXPECT_TRUE(b.policy.has_ssh);
}

TEST(Sections, NullMembersAreAbsent) {
  const Built b(
      R"({"ssh": [{"action": "accept", "src": ["tag:a"], "dst": ["tag:a"], "users": null, "checkPeriod": null, "acceptEnv": null}]})");
  EXPECT_THAT(b.found, IsEmpty());
  EXPECT_FALSE(b.policy.ssh.at(0).users_present);
  EXPECT_FALSE(b.policy.ssh.at(0).check_period.present());
}

TEST(Sections, GrantKeepsWhatIsThere) {
  const Built b(
      R"({"grants": [{"src": ["group:a"], "dst": ["tag:b"], "app": {"example.com/cap/x": [{"k": [1]}], "example.com/y": []}, "via": ["tag:r"], "srcPosture": []}]})");
  EXPECT_THAT(b.found, IsEmpty());
  const Grant& g = b.policy.grants.at(0);
  ASSERT_EQ(g.app.count, 2u);
  EXPECT_EQ(b.tree.text_of(b.policy.at(g.app)[0].value), R"([{"k": [1]}])");
  EXPECT_EQ(b.at(b.policy.at(g.app)[1].name.span), "example.com/y");
  EXPECT_TRUE(g.src_posture.present) << "an explicit empty list replaces the default";
  EXPECT_EQ(b.at(g.via_span), R"(["tag:r"])");
  EXPECT_TRUE(g.ip.empty());
}

TEST(Sections, IpSets) {
  const Built b(
      R"({"ipsets": {"ipset:a": ["192.0.2.0/24", "add 198.51.100.1", "add host:web", "remove 192.0.2.1-192.0.2.9", "add ipset:b", "autogroup:internet"],
                               "ipset:b": ["192.0.2.1", "host:db"]}})");
  EXPECT_THAT(b.marks(), ElementsAre("ipset-verb-missing@192.0.2.0/24", "ipset-verb-missing@autogroup:internet"));
  const auto elements = b.policy.at(b.policy.ipsets.at(0).elements);
  ASSERT_EQ(elements.size(), 6u);
  EXPECT_TRUE(elements[3].remove);
  EXPECT_EQ(elements[3].target.kind, SelectorKind::kRange);
  EXPECT_EQ(elements[2].target.kind, SelectorKind::kHost);
  EXPECT_EQ(b.policy.text(elements[2].target), "web");
  EXPECT_EQ(b.at(elements[2].target.span), "host:web");
  EXPECT_THAT(b.fixed(), HasSubstr(R"("add 192.0.2.0/24")"));
}

TEST(Sections, IpSetElementsOfNoForm) {
  EXPECT_THAT(Built(R"({"ipsets": {"ipset:a": ["ad 192.0.2.1", "host:", "add 1.2.3.4.5/8"]}})").marks(),
              ElementsAre("invalid-ipset-element@ad", "invalid-ipset-element@host:", "invalid-selector@1.2.3.4.5/8"));
}

TEST(Sections, Approvers) {
  const Built b(
      R"({"autoApprovers": {"routes": {"10.0.0.0/8": ["tag:r"], "0.0.0.0/0": ["ann@example.com"], "lan": []}, "exitNode": ["tag:e"], "services": {"svc:wiki": ["tag:w"]}}})");
  EXPECT_THAT(b.marks(), ElementsAre("invalid-address@lan"));
  EXPECT_EQ(b.policy.prefix(b.policy.auto_approvers.routes.at(0).prefix).to_text(), "10.0.0.0/8");
  EXPECT_EQ(b.policy.auto_approvers.services.at(0).service.kind, SelectorKind::kService);
  EXPECT_EQ(b.policy.auto_approvers.exit_node.count, 1u);
}

TEST(Sections, NodeAttributes) {
  const Built b(
      R"({"nodeAttrs": [{"target": ["*"], "attr": ["funnel", "https://example.com/cap?v=1"], "ipPool": ["100.81.0.0/16", "100.64.0.1"]}]})");
  EXPECT_THAT(b.marks(), ElementsAre("invalid-prefix@100.64.0.1"));
  EXPECT_THAT(b.fixed(), HasSubstr("100.64.0.1/32"));
  EXPECT_EQ(b.policy.node_attrs.at(0).attr.count, 2u);
}

TEST(Sections, TestAttributes) {
  const Built b(
      R"({"tests": [{"src": "ann@example.com", "proto": "tcp", "accept": ["tag:web:443"], "srcPostureAttrs": {"node:os": "linux", "custom:n": 1.5, "custom:b": true}}],
                    "sshTests": [{"src": "ann@example.com", "dst": ["tag:web"], "accept": ["root"], "check": [], "deny": ["ann"]}]})");
  EXPECT_THAT(b.found, IsEmpty());
  const auto attrs = b.policy.at(b.policy.tests.at(0).posture_attrs);
  ASSERT_EQ(attrs.size(), 3u);
  EXPECT_EQ(attrs[1].value.number, 1.5);
  EXPECT_TRUE(attrs[2].value.boolean);
  EXPECT_TRUE(b.policy.ssh_tests.at(0).check_present);
}

TEST(Sections, FormFaultsInTestsSayThatTheTestFailed) {
  const Built b(
      R"({"tests": [{"src": "autogroup:nobody", "accept": ["tag:a:1"]}], "sshTests": [{"src": "tags:a", "dst": ["tag:b"], "accept": ["root"]}]})");
  EXPECT_THAT(b.slugs(), ElementsAre("unknown-autogroup", "invalid-selector"));
  for (const Diagnostic& d : b.found) EXPECT_EQ(d.upstream_text, "test(s) failed");
}

TEST(Posture, Forms) {
  struct Case {
    const char* text;
    PostureOp op;
    size_t values;
  };
  for (const Case& c :
       {Case{"node:os == 'macos'", PostureOp::kEqual, 1}, Case{"node:os!='macos'", PostureOp::kNotEqual, 1},
        Case{"node:tsVersion >= '1.40'", PostureOp::kGreaterEqual, 1}, Case{"custom:score < 5", PostureOp::kLess, 1},
        Case{"node:os IN ['macos', 'linux']", PostureOp::kIn, 2}, Case{"node:os in['macos']", PostureOp::kIn, 1},
        Case{"ip:country not in ['US','DE']", PostureOp::kNotIn, 2}, Case{"custom:x IS SET", PostureOp::kIsSet, 0},
        Case{"custom:x not set", PostureOp::kNotSet, 0}, Case{"node:tsAutoUpdate", PostureOp::kTrue, 0},
        Case{" node:tsAutoUpdate == true ", PostureOp::kEqual, 1},
        Case{"ip:publicAddress NOT IN ['ipset:office']", PostureOp::kNotIn, 1}}) {
    const AssertionForm f = parse_assertion(c.text);
    EXPECT_TRUE(f.ok) << c.text << ": " << f.reason;
    EXPECT_EQ(f.op, c.op) << c.text;
    EXPECT_EQ(f.literals.size(), c.values) << c.text;
  }
}

TEST(Posture, Faults) {
  struct Case {
    const char *text, *fault;
  };
  for (const Case& c :
       {Case{"", ""}, Case{"nodeos == 'x'", "nodeos"}, Case{"node:os = 'macos'", "="},
        Case{"node:os == macos", "macos"}, Case{"node:os == 'macos", "'macos"}, Case{"node:os IN 'macos'", "'macos'"},
        Case{"node:os IN []", "[]"}, Case{"node:os IN ['a' 'b']", "'b'"}, Case{"node:os IN ['a'", "['a'"},
        Case{"node:os == 'a' && node:os == 'b'", "&& node:os == 'b'"}, Case{"node:os is not set", "is not"},
        Case{"node:os < 'b'", "'b'"}, Case{"node:os ==", ""}, Case{"node:os like 'x'", "like"},
        Case{"'x' == node:os", "'x'"}}) {
    const AssertionForm f = parse_assertion(c.text);
    EXPECT_FALSE(f.ok) << c.text;
    EXPECT_EQ(f.fault, c.fault) << c.text;
    EXPECT_FALSE(f.reason.empty());
  }
}

TEST(Posture, UnknownAttributesAndValues) {
  const Built b(
      R"({"postures": {"posture:a": ["node:isEncrypted == true", "node:osversion >= '13'", "custom:any == 'x'", "node:os == 'macOS'", "node:os == macos", "node:osVersion >= '14'"]}})");
  EXPECT_THAT(b.marks(), ElementsAre("unknown-posture-attribute@node:isEncrypted", "unknown-posture-attribute@node:osversion",
                                     "unknown-posture-value@macOS", "invalid-posture-assertion@macos"));
  EXPECT_THAT(b.fixed(3), HasSubstr("node:os == 'macos'"));
  const auto list = b.policy.at(b.policy.postures.at(0).assertions);
  EXPECT_FALSE(list[4].valid);
  EXPECT_TRUE(list[5].valid);
  EXPECT_EQ(b.at(list[5].attribute.span), "node:osVersion");
  EXPECT_EQ(b.at(b.policy.at(list[5].values)[0].span), "14");
}

TEST(Dump, IsTheSameForTheSamePolicy) {
  const std::string text =
      R"({"acls": [{"action": "accept", "src": ["group:a"], "dst": ["tag:b:80,443"]}], "groups": {"group:a": ["ann@example.com"]}})";
  const std::string out = dump(Built(text).policy);
  EXPECT_EQ(out, dump(Built(text).policy));
  EXPECT_THAT(out, HasSubstr("acl 10..75 action \"accept\" 22..28 proto -\n"));
  EXPECT_THAT(out, HasSubstr("  dst tag \"tag:b\" 60..65 ports 80 66..68 443 69..72\n"));
  EXPECT_THAT(out, HasSubstr("  member user \"ann@example.com\""));
}

}  // namespace
}  // namespace aclc
