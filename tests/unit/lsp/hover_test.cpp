// SPDX-License-Identifier: Apache-2.0
// What stands under the cursor of a rule: what it allows and which tests depend on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

namespace aclc::lsp::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPolicy = R"({
  "groups": {"group:eng": ["ann@example.com", "bob@example.com"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": ["group:eng"]},
  "postures": {"posture:new": ["node:tsVersion >= '1.40'"]},
  "acls": [
    {"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443", "10.1.0.0/16:443"], "proto": "tcp"},
    {"action": "accept", "src": ["bob@example.com"], "dst": ["tag:db:5432"], "srcPosture": ["posture:new"]},
  ],
  "grants": [
    {"src": ["autogroup:member"], "dst": ["autogroup:self"], "ip": ["tcp:22", "udp:53"], "app": {"example.com/cap/x": [{}]}},
  ],
  "ssh": [{"action": "check", "src": ["group:eng"], "dst": ["tag:web"], "users": ["root", "ann"]}],
  "tests": [
    {"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["tag:db:22"]},
    {"src": "ann@example.com", "accept": ["tag:web:444"]},
  ],
})";

std::string hover_at(Client& c, const std::string& piece, int delta = 0, int n = 0) {
  const json answer = c.ask("hover", c.at(piece, delta, n));
  return answer.is_object() ? answer["contents"]["value"].get<std::string>() : std::string();
}

TEST(Hover, OnARuleTellsWhatItAllowsAndWhichTestsDependOnIt) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  EXPECT_THAT(hover_at(c, "{\"action\""), HasSubstr("The policy's tests are being run."));
  c.settle();
  const std::string rule = hover_at(c, "{\"action\"");
  EXPECT_THAT(rule, HasSubstr("`group:eng -> tag:web:443, 10.1.0.0/16:443 : tcp`"));
  EXPECT_THAT(rule, HasSubstr("Allows 2 nodes to reach 1 node and 1 range outside the tailnet over `tcp`."));
  EXPECT_THAT(rule, HasSubstr("- line 14, `ann@example.com -> accept tag:web:443; deny tag:db:22`: passes"));
  EXPECT_THAT(rule, HasSubstr("- line 15, `ann@example.com -> accept tag:web:444`: fails, and this rule is the nearest"));
  const json range = c.ask("hover", c.at("{\"action\""))["range"];
  EXPECT_EQ(range, Client::range(c.at("{\"action\""), c.at("{\"action\"", 1)));
  EXPECT_EQ(hover_at(c, "\"tcp\"}", 5), rule) << "the brace that ends it";
  EXPECT_THAT(hover_at(c, "\"src\": [\"group:eng\"]", 1), HasSubstr(rule)) << "after what the field is for";
  EXPECT_THAT(hover_at(c, "\"accept\"", 2), HasSubstr(rule));

  const std::string other = hover_at(c, "{\"action\"", 0, 1);
  EXPECT_THAT(other, HasSubstr("Allows 1 node to reach 1 node, where `posture:new` holds."));
  EXPECT_THAT(other, HasSubstr("No test depends on it."));
}

TEST(Hover, OnGrantsAndSshRulesNamesPortsCapabilitiesAndLogins) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  EXPECT_THAT(hover_at(c, "{\"src\": [\"autogroup:member\"]"),
              HasSubstr("Allows 2 nodes to reach the devices of whoever connects at `tcp:22`, `udp:53`, with `example.com/cap/x` there."));
  EXPECT_THAT(hover_at(c, "{\"action\": \"check\""),
              HasSubstr("Allows 2 nodes to log in to 1 node as `root`, `ann`, after a check of who it is."));
}

TEST(Hover, OnARuleWithoutAnInventorySaysSo) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  const std::string rule = hover_at(c, "{\"action\"");
  EXPECT_THAT(rule, HasSubstr("Allows its sources to reach its destinations over `tcp`. No inventory"));
  EXPECT_THAT(rule, Not(HasSubstr("0 nodes")));
}

TEST(Hover, OnARuleOfAPolicyWithErrorsSaysWhyNoTestWasRun) {
  std::string text = kPolicy;
  text.replace(text.find("\"group:eng\"], \"dst\": [\"tag:web:443"), 11, "\"tag:none1\"");
  Client c;
  c.initialize();
  c.open(text);
  c.settle();
  EXPECT_THAT(hover_at(c, "{\"action\""), HasSubstr("The policy's tests were not run: the policy has errors."));
}

TEST(Hover, OnATagListsTheRulesThatMentionItAndSaysIfNobodyDefinesIt) {
  Client c;
  c.initialize();
  c.open(R"({
  "tagOwners": {"tag:web": []},
  "acls": [{"action": "accept", "src": ["tag:web"], "dst": ["tag:web:443", "tag:db:1"]}],
  "grants": [{"src": ["tag:web"], "dst": ["tag:web"], "ip": ["*"]}],
})");
  const std::string web = hover_at(c, "tag:web", 2);
  EXPECT_THAT(web, HasSubstr("4 uses\n- `acls[0]`, line 3: `tag:web -> tag:web:443, tag:db:1`\n- `grants[0]`, line 4"));
  EXPECT_THAT(web, Not(HasSubstr("Not defined")));
  EXPECT_THAT(hover_at(c, "tag:db", 2), HasSubstr("Not defined: `tagOwners` does not have it."));
}

TEST(Hover, OnAHostTellsWhatIsInsideAndWhoRoutesIt) {
  const std::string policy = R"({
  "hosts": {"office": "10.1.0.0/16", "printer": "10.1.2.3", "far": "10.9.0.0/24"},
  "acls": [{"action": "accept", "src": ["*"], "dst": ["office:*", "printer:80", "far:*"]}],
})";
  const Folder folder(policy);
  folder.write("tailnet.json", R"({"nodes": [{"name": "gate", "ipv4": "100.64.0.3", "tags": ["tag:gate"], "routable_ips": ["10.1.0.0/16"]},
    {"name": "exit", "ipv4": "100.64.0.4", "tags": ["tag:gate"], "routable_ips": ["0.0.0.0/0", "::/0"]}]})");
  Client c;
  c.initialize();
  c.open(policy, folder.uri());
  const std::string office = hover_at(c, "office", 2);
  EXPECT_THAT(office, HasSubstr("Holds `printer`\n\nRouted by `gate`\n"));
  EXPECT_THAT(hover_at(c, "printer", 2), HasSubstr("Routed by `gate`\n"));
  EXPECT_THAT(hover_at(c, "far", 2), Not(HasSubstr("Routed by")));
}

TEST(Hover, OnTheInternetAndOnAccountsSaysWhatTheyAre) {
  const std::string policy = R"({
  "grants": [{"src": ["autogroup:member"], "dst": ["autogroup:internet"], "ip": ["*"]}],
  "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot", "root"]}],
})";
  const Folder folder(policy);
  Client c;
  c.initialize();
  c.open(policy, folder.uri());
  const std::string internet = hover_at(c, "autogroup:internet", 3);
  EXPECT_THAT(internet, HasSubstr("Addresses of the internet"));
  EXPECT_THAT(internet, Not(HasSubstr("depends on who connects")));
  EXPECT_THAT(hover_at(c, "autogroup:self", 3), HasSubstr("depends on who connects"));
  EXPECT_THAT(hover_at(c, "autogroup:nonroot", 3), HasSubstr("Every login user but `root`."));
  EXPECT_THAT(hover_at(c, "\"root\"", 2), HasSubstr("**account** `root`"));
  EXPECT_THAT(hover_at(c, "{\"src\""), HasSubstr("Allows 2 nodes to reach the internet at `*`."));
  std::vector<std::string> titles;
  for (const json& lens : c.whole("codeLens")) titles.push_back(lens["command"]["title"]);
  EXPECT_THAT(titles, testing::ElementsAre("2 src nodes \xc3\x97 the internet", "2 src nodes \xc3\x97 the devices of whoever connects"));
}

TEST(Hover, OnAVerbAConditionAndARouteTellsOfThese) {
  Client c;
  c.initialize();
  c.open(R"({
  "ipsets": {"ipset:s": ["10.0.0.0/8", "remove 10.1.0.0/16"]},
  "postures": {"posture:p": ["node:os IN ['macos', 'linux']"]},
  "autoApprovers": {"routes": {"10.2.0.0/16": ["tag:r"]}},
})");
  EXPECT_THAT(hover_at(c, "remove", 2), HasSubstr("**remove**: takes"));
  EXPECT_THAT(hover_at(c, "IN [", 1), HasSubstr("holds for devices whose `node:os` is one of `macos`, `linux`"));
  EXPECT_THAT(hover_at(c, "node:os", 2), HasSubstr("**device attribute** `node:os`"));
  EXPECT_THAT(hover_at(c, "10.2.0.0/16", 2), HasSubstr("**prefix** `10.2.0.0/16`"));
}

TEST(Hover, OnARuleCountsARangeOnceAndNamesServices) {
  const std::string policy = R"({
  "hosts": {"lan": "10.0.0.0/8", "printer": "10.1.2.3"},
  "postures": {"posture:p": ["node:os == 'linux'"]},
  "acls": [
    {"action": "accept", "src": ["*"], "dst": ["lan:80", "lan:443", "printer:1", "tag:web:22"]},
    {"action": "accept", "src": ["*"], "dst": ["svc:a:443"], "srcPosture": ["posture:p"]},
  ],
})";
  const Folder folder(policy);
  Client c;
  c.initialize();
  c.open(policy, folder.uri());
  EXPECT_THAT(hover_at(c, "{\"action\""), HasSubstr("Allows 4 nodes to reach 1 node and 1 range outside the tailnet."));
  std::vector<std::string> titles;
  for (const json& lens : c.whole("codeLens")) titles.push_back(lens["command"]["title"]);
  EXPECT_THAT(titles, testing::Contains("4 src nodes \xc3\x97 1 dst node and 1 range outside the tailnet"));
  EXPECT_THAT(titles, testing::Contains("4 src nodes \xc3\x97 1 service, where posture:p holds"));
}

}  // namespace
}  // namespace aclc::lsp::test
