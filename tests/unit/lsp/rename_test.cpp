// SPDX-License-Identifier: Apache-2.0
// Renaming: what is compiled stays what it was but for names, also where the tailnet knows the name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

namespace aclc::lsp::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPolicy = R"({
  "groups": {"group:eng": ["ann@example.com", "bob@example.com", "gone@example.com"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": ["group:eng"], "tag:old": ["gone@example.com"]},
  "hosts": {"lab": "100.64.0.20"},
  "ipsets": {"ipset:all": ["add host:lab"]},
  "postures": {"posture:new": ["node:tsVersion >= '1.40'"]},
  "acls": [
    {"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443", "lab:22", "ipset:all:80", "tag:old:1"]},
    {"action": "accept", "src": ["bob@example.com"], "dst": ["tag:db:5432"], "srcPosture": ["posture:new"]},
  ],
})";

class Rename : public testing::Test {
 protected:
  Rename() : folder_(kPolicy) {
    c_.initialize();
    c_.open(kPolicy, folder_.uri());
  }
  json rename(const std::string& piece, const std::string& to) { return c_.ask("rename", c_.at(piece, 8), {{"newName", to}}); }
  std::string refusal(const std::string& piece, const std::string& to) {
    const json answer = rename(piece, to);
    return answer.contains("error") ? answer["error"]["message"].get<std::string>() : std::string();
  }
  /// What the renamed policy gives to which node that the saved one does not, or the refusal.
  json changes(const std::string& piece, const std::string& to) {
    const json answer = rename(piece, to);
    if (answer.contains("error")) return answer;
    const std::string text = edited(kPolicy, answer["documentChanges"][0]["edits"]);
    EXPECT_THAT(text, HasSubstr(to));
    c_.change(2, {{{"text", text}}});
    json difference = c_.command("aclc.diffAgainstSaved", {folder_.uri()});
    c_.change(3, {{{"text", kPolicy}}});
    EXPECT_EQ(difference["textChanged"], true);
    EXPECT_EQ(difference["same"], 4) << difference;
    return difference["changed"];
  }

  const Folder folder_;
  Client c_;
};

TEST_F(Rename, OfThePolicysOwnNamesChangesNothingForAnyNode) {
  EXPECT_THAT(changes("group:eng", "group:builders"), IsEmpty());
  EXPECT_THAT(changes("add host:lab", "laboratory"), IsEmpty());
  EXPECT_THAT(changes("ipset:all", "ipset:every"), IsEmpty());
  EXPECT_THAT(changes("posture:new", "posture:fresh"), IsEmpty());
}

TEST_F(Rename, OfWhatTheTailnetDoesNotKnowChangesNothingForAnyNode) {
  EXPECT_THAT(changes("\"tag:old", "tag:older"), IsEmpty());
  EXPECT_THAT(changes("gone@example.com", "left@example.com"), IsEmpty());
}

TEST_F(Rename, IsRefusedWhereTheTailnetWouldNotFollow) {
  EXPECT_THAT(refusal("\"tag:web", "tag:front"), HasSubstr("1 node of tailnet.json has `tag:web`, and the tailnet knows no `tag:front`"));
  EXPECT_THAT(refusal("ann@example.com", "anna@example.com"),
              HasSubstr("`ann@example.com` is an account of tailnet.json with 1 node, and the tailnet knows no `anna@example.com`"));
  folder_.write("tailnet.json", R"({"users": [{"login": "ann@example.com"}, {"login": "bob@example.com"}, {"login": "eve@example.com"}], "nodes": []})");
  c_.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", "file:///x/tailnet.json"}, {"type", 2}}}}});
  EXPECT_THAT(refusal("ann@example.com", "eve@example.com"), HasSubstr("with 0 nodes, and `eve@example.com` is another one there"));
}

TEST_F(Rename, ToWhatTheTailnetHasBecomeIsMade) {
  folder_.write("tailnet.json", R"({"users": [{"login": "ann@example.com"}, {"login": "bob@example.com"}],
    "nodes": [{"name": "web1", "ipv4": "100.64.0.10", "tags": ["tag:front"]}]})");
  c_.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", "file:///x/tailnet.json"}, {"type", 2}}}}});
  EXPECT_EQ(refusal("\"tag:web", "tag:front"), "");
}

TEST(RenameAlone, IsRefusedForGroupsThatAreSyncedAndForNamesWithAKind) {
  Client c;
  c.initialize();
  c.open("{\"groups\": {\"group:eng\": []}, \"grants\": [{\"src\": [\"group:sync\", \"group:eng\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}]}");
  EXPECT_THAT(c.ask("rename", c.at("group:sync", 7), {{"newName", "other"}})["error"]["message"].dump(), testing::HasSubstr("identity provider"));
  EXPECT_THAT(c.ask("rename", c.at("group:eng", 7), {{"newName", "tag:x"}})["error"]["message"].dump(), testing::HasSubstr("is no name for a group"));
}

TEST(RenameAlone, WithoutATailnetIsOfThePolicyOnly) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  EXPECT_FALSE(c.ask("rename", c.at("\"tag:web", 8), {{"newName", "tag:front"}}).contains("error"));
  EXPECT_FALSE(c.ask("rename", c.at("ann@example.com", 8), {{"newName", "anna@example.com"}}).contains("error"));
}

TEST_F(Rename, IsRefusedBeforeTypingWhereNoNameWouldDo) {
  const json answer = c_.ask("prepareRename", c_.at("tag:web", 2));
  ASSERT_TRUE(answer.contains("error")) << answer;
  EXPECT_THAT(answer["error"]["message"].get<std::string>(), HasSubstr("change the tailnet first"));
  EXPECT_EQ(c_.ask("prepareRename", c_.at("group:eng", 8))["placeholder"], "eng");
}

TEST(RenameLayout, KeepsValuesInTheColumnOfTheirNeighbours) {
  const std::string text =
      "{\n\t\"hosts\": {\n\t\t\"lan\":     \"10.0.0.0/8\",\n\t\t\"printer\": \"10.1.2.3\",\n\t},\n"
      "\t\"acls\": [{\"action\": \"accept\", \"src\": [\"lan\"], \"dst\": [\"printer:1\"]}],\n}\n";
  Client c;
  c.initialize();
  c.open(text);
  const auto renamed = [&](const std::string& piece, const std::string& to) {
    return edited(text, c.ask("rename", c.at(piece, 1), {{"newName", to}})["documentChanges"][0]["edits"]);
  };
  EXPECT_THAT(renamed("lan", "office"), HasSubstr("\"office\":  \"10.0.0.0/8\",\n\t\t\"printer\": \"10.1.2.3\""));
  EXPECT_THAT(renamed("printer", "p"), HasSubstr("\"lan\": \"10.0.0.0/8\",\n\t\t\"p\":   \"10.1.2.3\""));
}

}  // namespace
}  // namespace aclc::lsp::test
