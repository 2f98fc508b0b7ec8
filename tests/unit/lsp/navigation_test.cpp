// SPDX-License-Identifier: Apache-2.0
// Definition, references and highlights of what is no name of a section; links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

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

/// Names of the other ends.
std::vector<std::string> calls(Client& c, const std::string& direction, const json& where) {
  const json items = c.ask("prepareCallHierarchy", where);
  std::vector<std::string> out;
  for (const json& call : c.request("callHierarchy/" + direction + "Calls", {{"item", items.at(0)}})) out.push_back(call[direction == "incoming" ? "from" : "to"]["name"]);
  return out;
}

TEST(CallHierarchy, CountsOnlyPathsThatPacketsHave) {
  const std::string policy = R"({
  "hosts": {"web": "100.64.0.10", "far": "10.0.0.0/24", "near": "10.7.0.0/24"},
  "acls": [
    {"action": "accept", "src": ["ann@example.com"], "dst": ["fd7a:115c:a1e0::a:22", "tag:web:80"]},
    {"action": "accept", "src": ["*"], "dst": ["tag:db:22"]},
    {"action": "accept", "src": ["user:*@example.com"], "dst": ["web:443"]},
  ],
  "grants": [{"src": ["bob@example.com"], "dst": ["web"], "app": {"example.com/cap/x": [{}]}}],
  "ssh": [{"action": "accept", "src": ["bob@example.com"], "dst": ["tag:web"], "users": ["root"]}],
})";
  const Folder folder(policy);
  folder.write("tailnet.json", R"({"users": [{"login": "ann@example.com"}, {"login": "bob@example.com"}],
    "nodes": [{"name": "web1", "ipv4": "100.64.0.10", "ipv6": "fd7a:115c:a1e0::a", "tags": ["tag:web"]},
              {"name": "db1", "ipv4": "100.64.0.20", "tags": ["tag:db"], "routable_ips": ["10.7.0.0/16"]}]})");
  Client c;
  c.initialize();
  c.open(policy, folder.uri());
  // By the tag, since web1 has the address; not by web1's other address, nor by what gives no packets a way.
  EXPECT_THAT(calls(c, "incoming", c.at("\"web\"", 2)), ElementsAre("ann@example.com", "user:*@example.com"));
  EXPECT_EQ(c.ask("implementation", c.at("\"web\"", 2)).size(), 2u);
  EXPECT_THAT(calls(c, "outgoing", c.at("far", 1)), IsEmpty()) << "no node routes it: `*` is not it";
  EXPECT_THAT(calls(c, "outgoing", c.at("near", 1)), ElementsAre("tag:db"));
}

TEST(Outline, ShowsWhatIsNoListOfEntriesAndTakesTheQuotesIn) {
  Client c;
  c.initialize();
  c.open(R"({"autoApprovers": {"routes": {"10.0.0.0/8": []}, "exitNode": []}})");
  const json symbols = c.whole("documentSymbol");
  ASSERT_EQ(symbols.size(), 1u);
  EXPECT_EQ(symbols[0]["range"]["start"], c.at("\"autoApprovers"));
  ASSERT_EQ(symbols[0]["children"].size(), 2u);
  EXPECT_EQ(symbols[0]["children"][0]["children"][0]["name"], "10.0.0.0/8");
  EXPECT_EQ(symbols[0]["children"][1]["name"], "exitNode");
}

TEST(Outline, TellsEntriesApart) {
  Client c;
  c.initialize();
  c.open(R"({
  "acls": [{"action": "accept", "src": ["*"], "dst": ["*:1"], "proto": "udp"}],
  "grants": [{"src": ["*"], "dst": ["*"], "app": {"example.com/cap/x": [{}]}}],
  "nodeAttrs": [{"target": ["tag:r"], "app": {"example.com/cap/y": [{}]}}, {"target": ["*"], "ipPool": ["100.81.0.0/16"]}, {"target": ["*"]}],
  "sshTests": [{"src": "a@b.c", "dst": ["tag:r"], "accept": ["ann"], "deny": ["root"]}],
})");
  std::vector<std::string> names;
  for (const json& section : c.whole("documentSymbol")) {
    for (const json& entry : section["children"]) names.push_back(entry["name"]);
  }
  EXPECT_THAT(names, ElementsAre("* -> *:1 : udp", "* -> * with example.com/cap/x", "tag:r: with example.com/cap/y", "*: from 100.81.0.0/16",
                                 "*: nothing", "a@b.c -> tag:r: accept ann; deny root"));
}

TEST(Selection, HasAStepForAPortAWordAndAComment) {
  Client c;
  c.initialize();
  c.open(R"({
  "postures": {"posture:p": ["node:tsVersion >= '1.40'"]},
  "acls": [ // all of them
    {"action": "accept", "src": ["*"], "dst": ["tag:db:5432,22"]},
  ],
})");
  const auto steps = [&](const std::string& piece) {
    std::vector<std::string> out;
    const json at = c.at(piece, 2);
    const json answer = c.request("textDocument/selectionRange", {{"textDocument", c.document()}, {"positions", json::array({at})}});
    for (json step = answer.at(0); out.size() < 3; step = step["parent"]) {
      const json range = step["range"];
      out.push_back(range["start"]["line"] == range["end"]["line"]
                        ? std::to_string(range["end"]["character"].get<int>() - range["start"]["character"].get<int>())
                        : "lines");
    }
    return out;
  };
  EXPECT_THAT(steps("5432"), ElementsAre("4", "7", "14"));
  EXPECT_EQ(steps("node:tsVersion")[0], "14");
  EXPECT_EQ(steps("// all of them")[0], "14");
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

TEST(Links, KeepBracketsThatAreTheirOwn) {
  Client c;
  c.initialize();
  c.open("// (see https://w.example/Foo_(bar), or https://w.example/baz)\n{}\n");
  std::vector<std::string> targets;
  for (const json& link : c.whole("documentLink")) targets.push_back(link["target"]);
  EXPECT_THAT(targets, ElementsAre("https://w.example/Foo_(bar)", "https://w.example/baz"));
}

}  // namespace
}  // namespace aclc::lsp::test
