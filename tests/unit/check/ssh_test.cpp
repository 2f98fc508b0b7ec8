// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/check/findings.h"

namespace aclc::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Findings ssh(const std::string& members, const CheckOptions& options = {}) {
  return findings(
      R"({"tagOwners": {"tag:a": [], "tag:b": []}, "groups": {"group:g": []}, "hosts": {"h": "10.0.0.1"}, "ssh": [{)" +
          members + "}]}",
      options);
}
Findings with(const std::string& extra) {
  return ssh(R"("action": "check", "src": ["autogroup:member"], "dst": ["tag:a"], "users": ["root"], )" + extra);
}

TEST(Ssh, GoodRules) {
  EXPECT_THAT(
      ssh(R"("action": " accept", "src": ["autogroup:member", "group:g", "user:*@x.example"], "dst": ["tag:a", "autogroup:self"],
                     "users": ["root", "autogroup:nonroot", "localpart:*@", "localpart:foo", "tag:foo", " ubuntu"], "acceptEnv": ["*", "LC_?"])")
          .all,
      IsEmpty());
  EXPECT_THAT(ssh(R"("action": "accept", "src": ["u@example.com"], "dst": ["u@example.com"], "users": ["root"])").all,
              IsEmpty());
  EXPECT_THAT(ssh(R"("action": "accept", "users": ["root"])").all, IsEmpty()) << "no src and no dst compile to nothing";
  EXPECT_THAT(
      ssh(R"("action": "accept", "src": ["tag:b", "autogroup:tagged"], "dst": ["tag:a", "autogroup:tagged"], "users": ["root"])")
          .all,
      IsEmpty());
}

TEST(Ssh, Actions) {
  EXPECT_THAT(ssh(R"("src": ["tag:b"], "dst": ["tag:a"], "users": ["root"])").upstreams(),
              ElementsAre("action must be specified"));
  EXPECT_THAT(ssh(R"("action": "", "src": ["tag:b"], "dst": ["tag:a"], "users": ["root"])").upstreams(),
              ElementsAre("action must be specified"));
  for (const char* bad : {"deny", "ACCEPT", "Accept"}) {
    EXPECT_THAT(ssh(R"("action": ")" + std::string(bad) + R"(", "users": ["root"])").upstreams(),
                ElementsAre('"' + std::string(bad) + "\" is not a valid action"));
  }
}

TEST(Ssh, Users) {
  const auto users = [](const std::string& list) {
    return ssh(R"("action": "accept", "src": ["tag:b"], "dst": ["tag:a"])" + list);
  };
  EXPECT_THAT(users("").upstreams(), ElementsAre("users must be specified"));
  EXPECT_THAT(users(R"(, "users": [])").upstreams(), ElementsAre("users must be specified"));
  EXPECT_THAT(users(R"(, "users": null)").upstreams(), ElementsAre("users must be specified"));
  EXPECT_THAT(users(R"(, "users": ["root", "", "*"])").upstreams(),
              ElementsAre(R"(user "" is not valid)", R"(user "*" is not valid)"));
  EXPECT_THAT(users(R"(, "users": 7)").slugs(), ElementsAre("wrong-type"));
}

TEST(Ssh, Periods) {
  for (const char* good : {"always", "1m", "168h", "12h", ""})
    EXPECT_THAT(with(R"("checkPeriod": ")" + std::string(good) + '"').all, IsEmpty()) << good;
  EXPECT_THAT(with(R"("checkPeriod": null)").all, IsEmpty());
  EXPECT_THAT(with(R"("checkPeriod": "-1m")").upstreams(),
              ElementsAre("checkPeriod -1m0s must be a positive duration"));
  EXPECT_THAT(with(R"("checkPeriod": "168h1s")").upstreams(),
              ElementsAre("checkPeriod 168h0m1s is above the max (168h)"));
  EXPECT_THAT(with(R"("checkPeriod": "200h")").upstreams(),
              ElementsAre("checkPeriod 200h0m0s is above the max (168h)"));
  EXPECT_THAT(with(R"("checkPeriod": "abc")").upstreams(), ElementsAre("time: invalid duration \"abc\""));
  EXPECT_EQ(with(R"("checkPeriod": "0s")").all.at(0).severity, Severity::kWarning);
  EXPECT_EQ(ssh(R"("action": "accept", "src": ["tag:b"], "dst": ["tag:a"], "users": ["root"], "checkPeriod": "1h")")
                .all.at(0)
                .severity,
            Severity::kWarning);
}

TEST(Ssh, Environment) {
  EXPECT_THAT(with(R"("acceptEnv": ["A", ""])").upstreams(), ElementsAre("acceptEnv values cannot be empty"));
}

TEST(Ssh, Positions) {
  const Findings f = ssh(
      R"("action": "accept", "src": ["*", "h", "10.0.0.1", "autogroup:shared"], "dst": ["h", "*", "group:g", "10.0.0.1", "autogroup:member"], "users": ["root"])");
  EXPECT_THAT(f.upstreams(), ElementsAre(R"("autogroup:shared" is not allowed in src)", R"(invalid dst "h")",
                                         R"(invalid dst "*")", R"(invalid dst "group:g")", R"(invalid dst "10.0.0.1")",
                                         R"(invalid dst "autogroup:member")"));
  EXPECT_EQ(f.all.size(), 9u);
}

TEST(Ssh, Pairs) {
  EXPECT_THAT(
      ssh(R"("action": "accept", "src": ["u@example.com", "v@example.com"], "dst": ["u@example.com"], "users": ["root"])")
          .upstreams(),
      ElementsAre("users in dst are only allowed from the same user"));
  EXPECT_THAT(
      ssh(R"("action": "accept", "src": ["tag:b"], "dst": ["autogroup:self", "u@example.com"], "users": ["root"])")
          .slugs(),
      ElementsAre("ssh-tagged-source", "ssh-user-dst"));
  EXPECT_THAT(ssh(R"("action": "check", "src": ["tag:b"], "dst": ["tag:a"], "users": ["root"])").slugs(),
              ElementsAre("ssh-tagged-check"));
}

TEST(Ssh, Domains) {
  Tailnet t;
  t.name = t.names.intern("corp.example");
  CheckOptions options;
  options.tailnet = &t;
  const Findings f = ssh(R"("action": "accept", "src": ["user:*@other.example"], "dst": ["tag:a"],
    "users": ["localpart:*@corp.example", "localpart:*@other.example", "localpart:*@*", "localpart:*@CORP.example"])",
                         options);
  const std::string tail = " is not associated with this Tailnet and cannot be used in user:*@<domain> expressions";
  EXPECT_THAT(f.upstreams(),
              ElementsAre("[ssh] other.example" + tail, "other.example" + tail, "*" + tail, "CORP.example" + tail));
}

TEST(Ssh, Recorders) {
  EXPECT_THAT(with(R"("recorder": ["tag:a"], "enforceRecorder": true)").all, IsEmpty());
  EXPECT_THAT(with(R"("recorder": ["tag:zzz", "h"])").slugs(), ElementsAre("unknown-tag", "misplaced-selector"));
}

}  // namespace
}  // namespace aclc::test
