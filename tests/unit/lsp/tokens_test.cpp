// SPDX-License-Identifier: Apache-2.0
// Semantic tokens: which names are painted as what, where they are defined and where they are used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

/// "name" -> how many tokens of that text there are of each kind: "property", "property declaration" ...
std::map<std::string, std::map<std::string, int>> painted(const std::string& text) {
  Client c;
  const json legend = c.initialize()["capabilities"]["semanticTokensProvider"]["legend"];
  c.open(text);
  const json data = c.whole("semanticTokens/full")["data"];
  std::vector<std::string> lines(1);
  for (const char ch : text) {
    if (ch == '\n') lines.emplace_back();
    else lines.back() += ch;
  }
  std::map<std::string, std::map<std::string, int>> out;
  size_t line = 0, character = 0;
  for (size_t i = 0; i + 4 < data.size(); i += 5) {
    const size_t down = data[i];
    character = data[i + 1].get<size_t>() + (down == 0 ? character : 0);
    line += down;
    std::string kind = legend["tokenTypes"][data[i + 3].get<size_t>()];
    for (size_t bit = 0; bit < legend["tokenModifiers"].size(); ++bit) {
      if (data[i + 4].get<uint32_t>() & (1u << bit)) kind += " " + legend["tokenModifiers"][bit].get<std::string>();
    }
    ++out[lines.at(line).substr(character, data[i + 2].get<size_t>())][kind];
  }
  return out;
}

TEST(Tokens, PaintHostsSetsAndPosturesWhereTheyAreDefinedAndUsed) {
  auto tokens = painted(R"({
  "hosts": {"db": "10.0.0.1"},
  "ipsets": {"ipset:lan": ["add host:db", "add ipset:more"], "ipset:more": ["10.1.0.0/16"]},
  "postures": {"posture:new": ["node:tsVersion >= '1.40'"]},
  "defaultSrcPosture": ["posture:new"],
  "acls": [{"action": "accept", "src": ["db", "ipset:lan"], "dst": ["db:22", "ipset:lan:22"], "srcPosture": ["posture:new"]}],
  "grants": [{"src": ["ipset:more"], "dst": ["db"], "ip": ["*"], "srcPosture": ["posture:new"]}],
  "tests": [{"src": "a@b.c", "deny": ["db:22"]}],
})");
  using Kinds = std::map<std::string, int>;
  EXPECT_EQ(tokens["db"], (Kinds{{"property", 5}, {"property declaration", 1}}));
  EXPECT_EQ(tokens["lan"], (Kinds{{"property", 2}, {"property declaration", 1}}));
  EXPECT_EQ(tokens["more"], (Kinds{{"property", 2}, {"property declaration", 1}}));
  EXPECT_EQ(tokens["new"], (Kinds{{"interface", 3}, {"interface declaration", 1}}));
  EXPECT_EQ(tokens["ipset:"], (Kinds{{"namespace", 6}}));
  EXPECT_EQ(tokens["host:"], (Kinds{{"namespace", 1}}));
  EXPECT_EQ(tokens["posture:"], (Kinds{{"namespace", 4}}));
  EXPECT_EQ(tokens["10.0.0.1"], (Kinds{{"number", 1}}));
  EXPECT_EQ(tokens["10.1.0.0/16"], (Kinds{{"number", 1}}));
}

TEST(Tokens, PaintTheWordsOfRulesThatAreNoSelectors) {
  auto tokens = painted(R"({
  "groups": {"group:idle": ["a@b.c"]},
  "ipsets": {"ipset:lan": ["add 10.2.0.0/16", "remove 10.2.1.0/24"]},
  "postures": {"posture:new": ["node:os IN ['macos', 'linux']", "custom:tier > 3", "node:tsAutoUpdate == true"]},
  "autoApprovers": {"routes": {"10.3.0.0/16": ["a@b.c"]}},
  "nodeAttrs": [{"target": ["*"], "attr": ["funnel"], "ipPool": ["100.81.0.0/16"], "app": {"example.com/cap/y": [{}]}}],
  "ssh": [{"action": "accept", "src": ["a@b.c"], "dst": ["a@b.c"], "users": ["autogroup:nonroot", "localpart:*@b.c", "ubuntu"]}],
  "sshTests": [{"src": "a@b.c", "dst": ["a@b.c"], "accept": ["ubuntu"], "deny": ["root"]}],
})");
  using Kinds = std::map<std::string, int>;
  EXPECT_EQ(tokens["idle"], (Kinds{{"class declaration unused", 1}}));
  EXPECT_EQ(tokens["lan"], (Kinds{{"property declaration unused", 1}}));
  EXPECT_EQ(tokens["add"], (Kinds{{"keyword", 1}}));
  EXPECT_EQ(tokens["remove"], (Kinds{{"keyword", 1}}));
  EXPECT_EQ(tokens["os"], (Kinds{{"property", 1}}));
  EXPECT_EQ(tokens["IN"], (Kinds{{"operator", 1}}));
  EXPECT_EQ(tokens["=="], (Kinds{{"operator", 1}}));
  EXPECT_EQ(tokens["linux"], (Kinds{{"string", 1}}));
  EXPECT_EQ(tokens["3"], (Kinds{{"number", 1}}));
  EXPECT_EQ(tokens["true"], (Kinds{{"keyword", 1}}));
  EXPECT_EQ(tokens["10.3.0.0/16"], (Kinds{{"number", 1}}));
  EXPECT_EQ(tokens["100.81.0.0/16"], (Kinds{{"number", 1}}));
  EXPECT_EQ(tokens["funnel"], (Kinds{{"enumMember", 1}}));
  EXPECT_EQ(tokens["example.com/cap/y"], (Kinds{{"interface", 1}}));
  EXPECT_EQ(tokens["nonroot"], (Kinds{{"enumMember defaultLibrary", 1}}));
  EXPECT_EQ(tokens["ubuntu"], (Kinds{{"variable", 2}}));
  EXPECT_EQ(tokens["root"], (Kinds{{"variable", 1}}));
}

TEST(Tokens, MarkOldNamesOfFields) {
  auto tokens = painted(R"({"acls": [{"action": "accept", "users": ["*"], "ports": ["*:1"]}, {"action": "accept", "src": ["*"], "dst": ["*:1"]}]})");
  using Kinds = std::map<std::string, int>;
  EXPECT_EQ(tokens["users"], (Kinds{{"keyword deprecated", 1}}));
  EXPECT_EQ(tokens["ports"], (Kinds{{"keyword deprecated", 1}}));
  EXPECT_EQ(tokens["src"], Kinds());
}

}  // namespace
}  // namespace aclc::lsp::test
