// SPDX-License-Identifier: Apache-2.0
// Code actions, each by the text that it makes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lsp/documents/uri.h"
#include "tests/unit/lsp/editor.h"

namespace aclc::lsp::test {
namespace {

using testing::Contains;
using testing::Not;

TEST(Actions, TurnAnAclIntoAGrantAndBack) {
  Editor acl("{\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22,80\"], \"proto\": \"tcp\"},\n  ],\n  \"grants\": [],\n}\n");
  EXPECT_EQ(acl.after("{\"action", "convert to a grant"),
            "{\n  \"acls\": [\n  ],\n  \"grants\": [\n    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"tcp:22\", \"tcp:80\"]}\n  ],\n}\n");
  Editor grant("{\n  \"grants\": [\n    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"tcp:22\", \"udp:53\", \"tcp:80-90\"]},\n  ],\n  \"acls\": [],\n}\n");
  EXPECT_EQ(grant.after("{\"src", "convert to an acl"),
            "{\n  \"grants\": [\n  ],\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22,80-90\"], \"proto\": \"tcp\"},\n"
            "    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:53\"], \"proto\": \"udp\"}\n  ],\n}\n");
}

TEST(Actions, DoNotTurnWhatTheOtherFormCannotSay) {
  Editor self("{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"autogroup:self:*\"]}]}");
  EXPECT_THAT(self.titles("{\"action"), Not(Contains("convert to a grant")));
  Editor app("{\"grants\": [{\"src\": [\"*\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"22\"], \"app\": {\"a.com/cap/x\": []}}]}");
  EXPECT_THAT(app.titles("{\"src"), Not(Contains("convert to an acl")));
  Editor comment("{\"acls\": [{\"action\": \"accept\", /* why */ \"src\": [\"*\"], \"dst\": [\"1.2.3.4:*\"]}]}");
  EXPECT_THAT(comment.titles("{\"action"), Not(Contains("convert to a grant")));
}

TEST(Actions, MoveTheCommentsOfARuleAlongWithIt) {
  Editor e("{\n  \"acls\": [\n    // for the audit\n    // until May\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]}, // OPS-7\n"
           "    // another\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.5:22\"]},\n  ],\n  \"grants\": [],\n}\n");
  EXPECT_EQ(e.after("{\"action", "convert to a grant"),
            "{\n  \"acls\": [\n    // another\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.5:22\"]},\n  ],\n  \"grants\": [\n"
            "    // for the audit\n    // until May\n    // OPS-7\n    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"22\"]}\n  ],\n}\n");
  Editor block("{\n  \"acls\": [\n    /* of one\n       rule */\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]},\n  ],\n}\n");
  EXPECT_EQ(block.after("{\"action", "convert to a grant"),
            "{\n  \"acls\": [\n  ],\n  \"grants\": [\n    /* of one\n       rule */\n    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"22\"]}\n  ],\n}\n");
  Editor behind("{\n  \"acls\": [\n    // heading\n\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]},\n  ],\n  \"grants\": [\n"
                "    {\"src\": [\"*\"], \"dst\": [\"1.2.3.5\"], \"ip\": [\"*\"]}, // its own\n  ],\n}\n");
  EXPECT_EQ(behind.after("{\"action", "convert to a grant"),
            "{\n  \"acls\": [\n    // heading\n\n  ],\n  \"grants\": [\n    {\"src\": [\"*\"], \"dst\": [\"1.2.3.5\"], \"ip\": [\"*\"]}, // its own\n"
            "    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"22\"]},\n  ],\n}\n");
  Editor line("{\"acls\": [{\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]}], \"grants\": [{\"src\": [\"*\"], \"dst\": [\"1.2.3.5\"], \"ip\": [\"*\"]} /* its own */]}");
  EXPECT_THAT(line.titles("{\"action"), Not(Contains("convert to a grant"))) << "the comment at the end would become the new rule's";
}

TEST(Actions, KeepRulesOnOneLineWhereTheyStandOnOne) {
  Editor e("{\n  \"grants\": [{\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"tcp:22\", \"udp:53\"]}],\n  \"tests\": [],\n}\n");
  EXPECT_EQ(e.after("{\"src", "convert to an acl"),
            "{\n  \"grants\": [],\n  \"tests\": [],\n"
            "  \"acls\": [{\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"], \"proto\": \"tcp\"}, "
            "{\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:53\"], \"proto\": \"udp\"}],\n}\n");
  Editor acl("{\n  \"acls\": [{\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\", \"1.2.3.5:80\"]}],\n}\n");
  EXPECT_THAT(acl.after("{\"action", "split into 2 rules, one for each destination"),
              testing::HasSubstr("\"dst\": [\"1.2.3.4:22\"]}, {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.5:80\"]}],\n}\n"));
}

TEST(Actions, TakeTheCommentAlongWithWhatIsRemoved) {
  const std::string text =
      "{\n  \"groups\": {\n    // engineers\n    \"group:eng\": [\"a@b.c\"],\n    // nobody any more\n    \"group:old\": [], // since May\n    // those on call\n    \"group:on-call\": [\"a@b.c\"],\n"
      "    // the same again\n    \"group:eng\": [\"a@b.c\"],\n  },\n  \"acls\": [{\"action\": \"accept\", \"src\": [\"group:eng\", \"group:on-call\"], \"dst\": [\"*:22\"]}],\n}\n";
  Client c;
  c.initialize(full_capabilities(), {{"initializationOptions", {{"lint", true}}}});
  c.open(text);
  c.settle();
  EXPECT_THAT(c.codes(), Contains("duplicate-key"));
  const auto after = [&](const std::string& piece, int nth, const std::string& title) {
    const json at = Client::range(c.at(piece, 1, nth), c.at(piece, 1, nth));
    for (const json& action : c.whole("codeAction", {{"range", at}, {"context", {{"diagnostics", json::array()}}}})) {
      if (action["title"] == title) return edited(c.text(), action["edit"]["documentChanges"][0]["edits"]);
    }
    return std::string();
  };
  const std::string mended = after("\"group:eng\": ", 1, "remove the later one");
  EXPECT_THAT(mended, Not(testing::HasSubstr("the same again")));
  EXPECT_THAT(mended, testing::HasSubstr("    // those on call\n    \"group:on-call\": [\"a@b.c\"],\n  },\n"));
  Client again;
  again.initialize(full_capabilities(), {{"initializationOptions", {{"lint", true}}}});
  again.open(mended);
  again.settle();
  EXPECT_THAT(again.codes(), Contains("unused-group"));
  for (const json& action : again.whole("codeAction", {{"range", Client::range(again.at("\"group:old"), again.at("\"group:old", 3))}, {"context", {{"diagnostics", json::array()}}}})) {
    if (action["title"] != "remove `group:old`") continue;
    EXPECT_THAT(edited(again.text(), action["edit"]["documentChanges"][0]["edits"]),
                testing::HasSubstr("    // engineers\n    \"group:eng\": [\"a@b.c\"],\n    // those on call\n    \"group:on-call\": [\"a@b.c\"],\n"));
    return;
  }
  FAIL() << "not offered";
}

TEST(Actions, FixAllGivesNoMemberTwice) {
  for (const char* rule : {"{action: \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}", "{'action': 'accept', 'src': ['*'], 'dst': ['*:*']}"}) {
    Editor e(std::string("{\"acls\": [\n") + rule + "\n]}");
    for (const std::string& code : e.c.codes()) EXPECT_NE(code, "missing-member") << rule;
    std::string fixed;
    for (const json& action : e.actions("acls", {"source.fixAll"})) fixed = e.after("acls", action["title"], {"source.fixAll"});
    EXPECT_EQ(fixed, "{\"acls\": [\n{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}\n]}");
  }
}

TEST(Actions, OfTheEmptyKindAreAll) {
  Editor e("{\n  \"tests\": [],\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"b@x.y\", \"a@x.y\"], \"dst\": [\"tag:t\"]},\n  ],\n  \"tagOwners\": {\"tag:t\": []},\n}\n");
  std::vector<std::string> kinds;
  for (const json& action : e.actions("\"b@x", {""})) kinds.push_back(action["kind"]);
  EXPECT_THAT(kinds, testing::AllOf(Contains("refactor.rewrite"), Contains("refactor.extract"), Contains("source.organize.aclc")));
  EXPECT_THAT(e.titles("tag:t\"]}", {""}), Contains("allow all ports"));
}

TEST(Actions, FixAllClosesAFileThatLacksItsLastBracket) {
  Editor e("{\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:22\"], \"Proto\": \"TCP\"}\n  ],\n  hosts: {\"a\": \"1.2.3.4\"}\n");
  const std::string fixed = e.after("acls", "apply all 2 safe fixes", {"source.fixAll"});
  EXPECT_THAT(fixed, testing::EndsWith("  \"hosts\": {\"a\": \"1.2.3.4\"}\n}\n"));
  // Here the bracket of the group is the one that is missing.
  Editor inner("{\n  \"groups\": {\n    \"group:a\": [],\n  \"hosts\": {\n    \"a\": \"1.2.3.4\"\n  }\n}\n");
  EXPECT_TRUE(inner.titles("hosts", {"source.fixAll"}).empty());
}

TEST(Actions, AreFoundByTheDataOfAFindingOfTheVersionBefore) {
  const std::string rule = "{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"tag:prdo:22\"]}";
  json capabilities = full_capabilities();
  capabilities["textDocument"]["publishDiagnostics"]["dataSupport"] = true;
  Client c;
  c.initialize(capabilities);
  c.open("{\"tagOwners\": {\"tag:prod\": []}, \"acls\": [\n" + rule + "\n]}");
  c.settle();
  json finding = c.findings()["diagnostics"][0];
  ASSERT_EQ(finding["code"], "unknown-tag");
  ASSERT_TRUE(finding["data"]["finding"].is_string()) << finding;
  const auto titles = [&](const json& diagnostic) {
    std::vector<std::string> out;
    const json context = {{"diagnostics", {diagnostic}}, {"only", {"quickfix"}}};
    for (const json& action : c.whole("codeAction", {{"range", diagnostic["range"]}, {"context", context}})) {
      out.push_back(action["title"]);
      const bool replaces = out.back().starts_with("replace");
      EXPECT_TRUE(!replaces || action["edit"]["documentChanges"][0]["edits"][0]["range"]["start"]["line"] == 3) << "where it stands now";
    }
    return out;
  };
  c.change(2, {{{"range", Client::range({{"line", 0}, {"character", 0}}, {{"line", 0}, {"character", 0}})}, {"text", "\n\n"}}});
  EXPECT_THAT(titles(finding), Contains("replace with `tag:prod`"));
  json none = finding;
  none.erase("data");
  EXPECT_TRUE(titles(none).empty()) << "nothing stands there any more";
  for (const json& data : {json{{"finding", 1}}, json{{"finding", "x"}}, json{{"finding", ""}}, json("x"), json()}) {
    none["data"] = data;
    EXPECT_TRUE(titles(none).empty());
  }
  const json at = {{"line", 3}, {"character", static_cast<int>(rule.find("prdo"))}};
  c.change(3, {{{"range", Client::range(at, at)}, {"text", "x"}}});
  EXPECT_TRUE(titles(finding).empty()) << "the text it was about is another now";
}

TEST(Actions, LeaveCostlyEditsForLaterWhereTheClientCanAskAgain) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["codeAction"]["dataSupport"] = true;
  capabilities["textDocument"]["codeAction"]["resolveSupport"] = {{"properties", {"edit"}}};
  const std::string text = "{\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]},\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.5:22\"]},\n  ],\n}\n";
  Client c;
  EXPECT_EQ(c.initialize(capabilities)["capabilities"]["codeActionProvider"]["resolveProvider"], true);
  c.open(text);
  const json at = c.at("{\"action", 1);
  Editor plain(text);
  size_t later = 0;
  json last;
  for (const json& action : c.whole("codeAction", {{"range", Client::range(at, at)}, {"context", {{"diagnostics", json::array()}}}})) {
    if (action.contains("edit")) continue;
    ++later;
    last = action;
    const json whole = c.request("codeAction/resolve", action);
    EXPECT_EQ(whole["kind"], action["kind"]);
    EXPECT_FALSE(whole.contains("data"));
    EXPECT_EQ(edited(text, whole["edit"]["documentChanges"][0]["edits"]), plain.after("{\"action", action["title"])) << action;
  }
  EXPECT_EQ(later, 2u) << "one acl, and all of them";
  c.change(2, {{{"range", Client::range(at, at)}, {"text", " "}}});
  EXPECT_TRUE(c.request("codeAction/resolve", last).contains("error")) << "the text is another one";
  EXPECT_EQ(c.request("codeAction/resolve", {{"title", "x"}})["title"], "x");
}

TEST(Actions, TurnAllAclsInPlace) {
  Editor e("{\n  // rules\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:22\"]}, // one\n"
           "    {\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4:*\"]},\n  ],\n}\n");
  EXPECT_EQ(e.after("{\"action", "convert all acls to grants"),
            "{\n  // rules\n  \"grants\": [\n    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"22\"]}, // one\n"
            "    {\"src\": [\"a@b.c\"], \"dst\": [\"1.2.3.4\"], \"ip\": [\"*\"]},\n  ],\n}\n");
}

TEST(Actions, SplitARuleAndSortAList) {
  Editor e("{\"acls\": [\n  {\"action\": \"accept\", \"src\": [\"b@x.y\", \"a@x.y\"], \"dst\": [\"1.2.3.4:22\", \"1.2.3.5:80\"]}\n]}");
  EXPECT_EQ(e.after("{\"action", "split into 2 rules, one for each destination"),
            "{\"acls\": [\n  {\"action\": \"accept\", \"src\": [\"b@x.y\", \"a@x.y\"], \"dst\": [\"1.2.3.4:22\"]},\n"
            "  {\"action\": \"accept\", \"src\": [\"b@x.y\", \"a@x.y\"], \"dst\": [\"1.2.3.5:80\"]}\n]}");
  EXPECT_EQ(e.after("\"b@x.y\"", "sort the list"),
            "{\"acls\": [\n  {\"action\": \"accept\", \"src\": [\"a@x.y\", \"b@x.y\"], \"dst\": [\"1.2.3.4:22\", \"1.2.3.5:80\"]}\n]}");
}

TEST(Actions, DrawUsersOutIntoAGroupAndPutThemBack) {
  Editor e("{\"groups\": {}, \"acls\": [{\"action\": \"accept\", \"src\": [\"a@x.y\", \"b@x.y\"], \"dst\": [\"*:*\"]}]}");
  const std::string grouped = e.after("\"a@x.y\"", "extract the 2 users into `group:new`");
  EXPECT_EQ(grouped, "{\"groups\": {\"group:new\": [\"a@x.y\", \"b@x.y\"]}, \"acls\": [{\"action\": \"accept\", \"src\": [\"group:new\"], \"dst\": [\"*:*\"]}]}");
  Editor back(grouped);
  EXPECT_THAT(back.after("group:new\"], \"dst", "replace `group:new` by its members"), testing::HasSubstr("\"src\": [\"a@x.y\", \"b@x.y\"]"));
}

TEST(Actions, MendAFailedTest) {
  Editor e("{\n  \"tagOwners\": {\"tag:t\": []},\n  \"acls\": [],\n  \"tests\": [{\"src\": \"a@b.c\", \"accept\": [\"tag:t:22\", \"tag:t:23\"]}]\n}\n");
  EXPECT_EQ(e.after("tag:t:22", "expect `tag:t:22` to be denied"),
            "{\n  \"tagOwners\": {\"tag:t\": []},\n  \"acls\": [],\n  \"tests\": [{\"src\": \"a@b.c\", \"accept\": [\"tag:t:23\"], \"deny\": [\"tag:t:22\"]}]\n}\n");
  const std::string granted = e.after("tag:t:22", "accept it by a new grant from `a@b.c`");
  EXPECT_THAT(granted, testing::HasSubstr("{\"src\": [\"a@b.c\"], \"dst\": [\"tag:t\"], \"ip\": [\"22\"]}"));
  EXPECT_EQ(Editor(granted).c.command("aclc.runAllTests", {"file:///p/policy.hujson"})["passed"], 1);
  for (const json& action : e.actions("tag:t:22")) EXPECT_FALSE(action.value("isPreferred", false)) << action["title"];
}

TEST(Actions, MendAFailedTestOfSsh) {
  Editor e("{\n  \"tagOwners\": {\"tag:t\": [], \"tag:u\": []},\n  \"ssh\": [{\"action\": \"check\", \"src\": [\"autogroup:member\"], \"dst\": [\"tag:t\"], \"users\": [\"root\"]}],\n"
           "  \"sshTests\": [\n    {\"src\": \"a@b.c\", \"dst\": [\"tag:t\"], \"deny\": [\"root\"], \"check\": [\"bob\"]},\n    {\"src\": \"a@b.c\", \"dst\": [\"tag:t\", \"tag:u\"], \"accept\": [\"root\"]},\n  ],\n}\n");
  EXPECT_THAT(e.after("root\"], \"check", "expect `root` to be checked"),
              testing::HasSubstr("{\"src\": \"a@b.c\", \"dst\": [\"tag:t\"], \"deny\": [], \"check\": [\"bob\", \"root\"]}"));
  EXPECT_THAT(e.after("bob", "expect `bob` to be denied"),
              testing::HasSubstr("{\"src\": \"a@b.c\", \"dst\": [\"tag:t\"], \"deny\": [\"root\", \"bob\"], \"check\": []}"));
  EXPECT_TRUE(e.titles("root\"]},\n  ]", {"quickfix"}).empty()) << "checked on one, denied on the other";
}

TEST(Actions, SortTheSections) {
  const std::string text =
      "{\n  // people\n  \"groups\": {\"group:a\": []}, // few\n\n  // who may what\n  \"acls\": []\n}\n";
  Editor e(text);
  EXPECT_THAT(e.titles("acls"), Not(Contains("sort the sections"))) << "only where it is asked for";
  const std::string sorted = e.after("acls", "sort the sections", {"source.organize"});
  EXPECT_EQ(sorted, "{\n\n  // who may what\n  \"acls\": [],\n  // people\n  \"groups\": {\"group:a\": []} // few\n}\n");
  Editor again(sorted);
  EXPECT_TRUE(again.c.codes().empty()) << sorted;
  EXPECT_THAT(again.titles("acls", {"source.organize"}), Not(Contains("sort the sections")));
}

TEST(Actions, FixesAreOfferedWithTheirFinding) {
  Editor e("{\"tagOwners\": {\"tag:prod\": []}, \"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"tag:prdo:22\"]}]}");
  const json actions = e.actions("tag:prdo");
  ASSERT_FALSE(actions.empty());
  EXPECT_EQ(actions[0]["title"], "replace with `tag:prod`");
  EXPECT_EQ(actions[0]["isPreferred"], true);
  EXPECT_EQ(actions[0]["diagnostics"][0]["code"], "unknown-tag");
  EXPECT_EQ(e.titles("tag:prdo", {"refactor"}).size(), 1u) << "kinds that were not asked for stay away";
}

TEST(Completion, BringsTheCommaBeforeTheMemberOrElementThatItStarts) {
  const auto commas = [](const std::string& text, const std::string& piece, int delta) {
    Editor e(text);
    const json list = e.c.ask("completion", e.c.at(piece, delta));
    json out = json::array();
    for (const json& item : list["items"]) out.push_back(item.value("additionalTextEdits", json()));
    EXPECT_FALSE(out.empty()) << text;
    for (const json& edits : out) EXPECT_EQ(edits, out[0]);
    return out.empty() ? json() : out[0];
  };
  const auto comma = [](int line, int character) {
    const json at = {{"line", line}, {"character", character}};
    return json::array({{{"range", {{"start", at}, {"end", at}}}, {"newText", ","}}});
  };
  EXPECT_EQ(commas("{\"groups\": {}\n\"ac\"}", "\"ac", 3), comma(0, 13));
  EXPECT_EQ(commas("{\"groups\": {}\n }", " }", 1), comma(0, 13)) << "in the gap, too";
  EXPECT_TRUE(commas("{\"groups\": {},\n\"ac\"}", "\"ac", 3).is_null());
  EXPECT_EQ(commas("{\"acls\": [{\"src\": [\"a@b.c\" \"\"]}]}", "\"\"", 1), comma(0, 26));
  EXPECT_TRUE(commas("{\"acls\": [{\"src\": [\"a@b.c\", \"\"]}]}", "\"\"", 1).is_null());
}

TEST(Workspace, KnowsPoliciesThatAreNotOpen) {
  const std::string folder = testing::TempDir() + "aclc-workspace-" + std::to_string(::getpid());
  const auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder + "/" + name).parent_path());
    std::ofstream(folder + "/" + name) << text;
  };
  write("a/policy.hujson", "{\"groups\": {\"group:closed\": []}, \"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"tag:none:1\"]}]}");
  write("node_modules/x/policy.hujson", "{\"groups\": {\"group:foreign\": []}}");
  write("notes.txt", "group:text");
  json capabilities = full_capabilities();
  capabilities["textDocument"]["diagnostic"] = json::object();
  Client c;
  c.initialize(capabilities, {{"workspaceFolders", {{{"uri", path_to_uri(folder)}, {"name", "w"}}}}});
  c.open("{\"groups\": {\"group:open\": []}}", path_to_uri(folder + "/b.hujson"));
  std::vector<std::string> names;
  for (const json& symbol : c.request("workspace/symbol", {{"query", "group"}})) names.push_back(symbol["name"]);
  EXPECT_THAT(names, testing::UnorderedElementsAre("group:open", "group:closed"));

  const auto ask = [&](json previous) { return c.request("workspace/diagnostic", {{"previousResultIds", std::move(previous)}})["items"]; };
  const json first = ask(json::array());
  ASSERT_EQ(first.size(), 2u);
  EXPECT_TRUE(first[1]["version"].is_null());
  EXPECT_EQ(first[1]["items"][0]["code"], "unknown-tag");
  const json seen = json::array({{{"uri", first[1]["uri"]}, {"value", first[1]["resultId"]}}});
  EXPECT_EQ(ask(seen)[1]["kind"], "unchanged");
  write("a/policy.hujson", "{}");
  EXPECT_EQ(ask(seen)[1]["items"].size(), 0u);
  std::filesystem::remove_all(folder);
}

TEST(Actions, MergeListsAndObjectsOfOneName) {
  Editor lists("{\n  \"groups\": {\n    \"group:a\": [\"x@b.c\", \"y@b.c\"], // first\n    \"group:b\": [],\n    \"group:a\": [\"y@b.c\", \"z@b.c\"],\n  },\n}\n");
  EXPECT_EQ(lists.after("group:a\": [\"y", "merge into the first `group:a`"),
            "{\n  \"groups\": {\n    \"group:a\": [\"x@b.c\", \"y@b.c\", \"z@b.c\"], // first\n    \"group:b\": [],\n  },\n}\n");
  Editor sections("{\n  \"hosts\": {\n    \"a\": \"1.1.1.1\" // one\n  },\n  \"acls\": [],\n  \"hosts\": {\"a\": \"1.1.1.1\", \"b\": \"2.2.2.2\", \"c\": \"3.3.3.3\"}\n}\n");
  EXPECT_EQ(sections.after("hosts\": {\"a", "merge into the first `hosts`"),
            "{\n  \"hosts\": {\n    \"a\": \"1.1.1.1\", // one\n    \"b\": \"2.2.2.2\",\n    \"c\": \"3.3.3.3\"\n  },\n  \"acls\": []\n}\n");
  Editor empty("{\"groups\": {\"group:a\": [], \"group:a\": [\"z@b.c\"]}}");
  EXPECT_EQ(empty.after("group:a\": [\"z", "merge into the first `group:a`"), "{\"groups\": {\"group:a\": [\"z@b.c\"]}}");
  Editor said("{\"groups\": {\"group:a\": [\"x@b.c\"], \"group:a\": [\"y@b.c\", /* why */ \"z@b.c\"]}}");
  EXPECT_EQ(said.after("group:a\": [\"y", "merge into the first `group:a`"), "{\"groups\": {\"group:a\": [\"x@b.c\", \"y@b.c\", /* why */ \"z@b.c\"]}}");
  Editor about("{\n  \"groups\": {\n    \"group:a\": [\n      \"x@b.c\",\n    ],\n    // those of old\n    \"group:a\": [\"y@b.c\"],\n  },\n}\n");
  EXPECT_EQ(about.after("group:a\": [\"y", "merge into the first `group:a`"), "{\n  \"groups\": {\n    \"group:a\": [\n      \"x@b.c\",\n      // those of old\n      \"y@b.c\",\n    ],\n  },\n}\n");
  Editor lost("{\"groups\": {\"group:a\": [\"x@b.c\"], \"group:a\": [/* why */ \"z@b.c\"]}}");
  EXPECT_THAT(lost.titles("group:a\": [/"), Not(Contains("merge into the first `group:a`"))) << "the comment would go";
  Editor others("{\"hosts\": {\"a\": \"1.1.1.1\", \"a\": \"2.2.2.2\"}}");
  EXPECT_THAT(others.titles("a\": \"2"), Contains("remove the later one"));
  EXPECT_THAT(others.titles("a\": \"2"), Not(Contains("merge into the first `a`"))) << "there is nothing to merge in a text";
}

TEST(Actions, DefineAnUnknownHostSetOrPosture) {
  Editor e("{\n  \"hosts\": {\n    \"db\": \"10.0.0.1\",\n  },\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"frontend:22\", \"ipset:lan:22\"], \"srcPosture\": [\"posture:new\"]},\n  ],\n}\n");
  EXPECT_THAT(e.after("frontend", "add `frontend` to hosts, as 192.0.2.1 until you give its address"),
              testing::HasSubstr("    \"db\": \"10.0.0.1\",\n    \"frontend\": \"192.0.2.1\",\n  },"));
  EXPECT_THAT(e.after("ipset:lan", "add `ipset:lan` to ipsets"), testing::HasSubstr("\"ipsets\": {\"ipset:lan\": []},"));
  EXPECT_THAT(e.after("posture:new", "add `posture:new` to postures"), testing::HasSubstr("\"postures\": {\"posture:new\": []},"));
  for (const json& action : e.actions("frontend")) {
    const bool adds = action["title"].get<std::string>().starts_with("add ");
    EXPECT_TRUE(!adds || action["diagnostics"][0]["code"] == "unknown-host") << action;
  }
}

TEST(Actions, TakeAPortForAPort) {
  Editor e("{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"22\", \"80,443\", \"web\"]}]}");
  EXPECT_THAT(e.after("22\"", "take it as a port: `*:22`"), testing::HasSubstr("[\"*:22\", \"80,443\", \"web\"]"));
  EXPECT_THAT(e.after("80,443\"", "take it as a port: `*:80,443`"), testing::HasSubstr("[\"22\", \"*:80,443\", \"web\"]"));
  EXPECT_THAT(e.titles("22\""), Not(Contains(testing::StartsWith("add `22`"))));
  EXPECT_THAT(e.titles("web\""), Not(Contains(testing::StartsWith("take it as a port"))));
}

}  // namespace
}  // namespace aclc::lsp::test
