// SPDX-License-Identifier: Apache-2.0
// Definition, references and highlights of what is no name of a section; links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPolicy = R"({
  "hosts": {"db": "10.0.0.1"},
  "postures": {"posture:new": ["node:os == 'linux'"]}, // see https://a.example/?next=https://b.example/x
  "acls": [{"action": "accept", "src": ["10.0.0.1"], "dst": ["10.0.0.1:22"], "srcPosture": ["posture:new", "posture:none"]}],
  "grants": [{"src": ["*"], "dst": ["*"], "app": {"example.com/cap/a": [{}]}}],
  "nodeAttrs": [{"target": ["*"], "attr": ["funnel"]}, {"target": ["db"], "attr": ["funnel"], "app": {"example.com/cap/a": [{}]}}],
  "ssh": [{"action": "accept", "src": ["a@b.c"], "dst": ["a@b.c"], "users": ["autogroup:nonroot", "ubuntu"]}],
  "tests": [{"src": "a@b.c", "deny": ["10.0.0.1:22"], "srcPostureAttrs": {"node:os": "linux"}}],
  "sshTests": [{"src": "a@b.c", "dst": ["a@b.c"], "accept": ["ubuntu"], "deny": ["root"]}],
})";

std::vector<int> lines(const json& locations) {
  std::vector<int> out;
  for (const json& l : locations) out.push_back(l["range"]["start"]["line"]);
  return out;
}

TEST(Navigation, FindsAccountsCapabilitiesAndAttributes) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  const auto uses = [&](const std::string& piece) {
    const json all = c.ask("references", c.at(piece, 1), {{"context", {{"includeDeclaration", true}}}});
    EXPECT_EQ(lines(c.ask("documentHighlight", c.at(piece, 1))), lines(all));
    return lines(all);
  };
  EXPECT_THAT(uses("ubuntu"), ElementsAre(6, 8));
  EXPECT_THAT(uses("autogroup:nonroot"), ElementsAre(6));
  EXPECT_THAT(uses("example.com/cap/a"), ElementsAre(4, 5));
  EXPECT_THAT(uses("funnel"), ElementsAre(5, 5));
  EXPECT_THAT(uses("node:os"), ElementsAre(2, 7));
  EXPECT_THAT(uses("10.0.0.1"), ElementsAre(1, 3, 3, 7));
}

TEST(Navigation, TakesAnAddressToTheHostThatNamesIt) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  const json found = c.ask("definition", c.at("10.0.0.1:22", 2));
  ASSERT_EQ(found.size(), 1u) << found;
  EXPECT_EQ(found[0]["range"]["start"], c.at("db"));
}

TEST(Navigation, LeadsToWhatANameIsAPartOfAndToTheRulesThatLetSomebodyReachIt) {
  Client c;
  c.initialize();
  c.open(R"({
  "groups": {"group:eng": ["ann@b.c"], "group:all": ["ann@b.c", "bob@b.c"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": []},
  "hosts": {"office": "10.1.0.0/16", "printer": "10.1.2.3"},
  "ipsets": {"ipset:lan": ["host:printer"]},
  "acls": [
    {"action": "accept", "src": ["*"], "dst": ["tag:web:443", "tag:db:1"]},
    {"action": "accept", "src": ["tag:db"], "dst": ["office:80", "tag:web:80"]},
  ],
  "grants": [{"src": ["tag:db"], "dst": ["*"], "ip": ["*"]}],
})");
  const auto at = [&](const std::string& feature, const std::string& piece) { return lines(c.ask(feature, c.at(piece, 2))); };
  EXPECT_THAT(at("typeDefinition", "ann@b.c"), ElementsAre(1, 1));
  EXPECT_THAT(at("typeDefinition", "group:eng"), ElementsAre(2));
  EXPECT_THAT(at("typeDefinition", "printer"), ElementsAre(4, 3));
  EXPECT_THAT(at("typeDefinition", "tag:db"), IsEmpty());
  EXPECT_THAT(at("implementation", "tag:web"), ElementsAre(6, 7, 9));
  EXPECT_THAT(at("implementation", "printer"), ElementsAre(7, 9));
}

TEST(Links, LeadFromAPostureToItsDefinitionAndDoNotOverlap) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  std::vector<std::string> targets;
  for (const json& link : c.whole("documentLink")) {
    const std::string target = link["target"];
    if (target.find("tailscale.com") == std::string::npos) targets.push_back(target);
  }
  EXPECT_THAT(targets, ElementsAre("https://a.example/?next=https://b.example/x", "file:///p/policy.hujson#L3"));
}

}  // namespace
}  // namespace aclc::lsp::test
