// SPDX-License-Identifier: Apache-2.0
// Which findings a client sees when: while they are worked out anew, when there are too many, and where it asks for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPolicy = R"({
  "tagOwners": {"tag:web": ["autogroup:admin"]},
  "acls": [
    {"action": "accept", "src": ["ann@example.com"], "dst": ["tag:web:443"]},
  ],
  "tests": [
    {"src": "ann@example.com", "accept": ["tag:web:443"]},
    {"src": "ann@example.com", "accept": ["tag:web:80"]},
  ],
})";

json pulling(bool refresh) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["diagnostic"] = json::object();
  if (refresh) capabilities["workspace"]["diagnostics"]["refreshSupport"] = true;
  return capabilities;
}

json insertion(uint32_t line, uint32_t character, const std::string& text) {
  const json at = {{"line", line}, {"character", character}};
  return {{{"range", {{"start", at}, {"end", at}}}, {"text", text}}};
}

TEST(Findings, OfTestsStayWhileTheyRunAgain) {
  Client c(Client::Patient{});
  c.initialize();
  c.open(kPolicy);
  c.settle();
  c.do_jobs();
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  const json before = c.findings()["diagnostics"][0]["range"];
  c.change(2, insertion(0, 1, "\n// more\n"));
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  EXPECT_EQ(c.findings()["version"], 2);
  EXPECT_EQ(c.findings()["diagnostics"][0]["range"]["start"]["line"], before["start"]["line"].get<int>() + 2);
  EXPECT_EQ(c.findings()["diagnostics"][0]["range"]["end"]["character"], before["end"]["character"]);
  // The whole text anew, as some clients send it: what is alike stays where it is.
  std::string text = kPolicy;
  c.change(3, {{{"text", text}}});
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  EXPECT_EQ(c.findings()["diagnostics"][0]["range"], before);
  text.replace(text.rfind("80"), 2, "443");
  c.change(4, {{{"text", text}}});
  c.settle();
  c.do_jobs();
  EXPECT_THAT(c.codes(), IsEmpty()) << "they have run again";
}

TEST(Findings, OfTestsGoWithTheirText) {
  Client c(Client::Patient{});
  c.initialize();
  c.open(kPolicy);
  c.settle();
  c.do_jobs();
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  const json gone = Client::range({{"line", 7}, {"character", 0}}, {{"line", 8}, {"character", 0}});
  c.change(2, {{{"range", gone}, {"text", ""}}});
  EXPECT_THAT(c.codes(), IsEmpty());
}

// A tailnet file that cannot be read says nothing about who is there.
TEST(Findings, ABrokenTailnetFileIsNoEmptyTailnet) {
  const std::string text = "{\"groups\": {\"group:eng\": [\"ann@example.com\"]}, \"acls\": []}";
  const Folder folder(text);
  folder.write("tailnet.json", "{ broken");
  Client c;
  c.initialize();
  c.open(text, folder.uri());
  EXPECT_THAT(c.ask("hover", c.at("group:eng", 7)).dump(), testing::Not(testing::HasSubstr("No nodes")));
}

TEST(Settings, ThatAreGoneGiveWayToTheFirstOnes) {
  Client c;
  c.initialize(full_capabilities(), {{"initializationOptions", {{"syncedGroups", false}}}});
  c.open("{\"acls\": [{\"action\": \"accept\", \"src\": [\"group:x\"], \"dst\": [\"*:*\"]}]}");
  const auto severity = [&] { return c.findings()["diagnostics"][0]["severity"].get<int>(); };
  EXPECT_EQ(severity(), 1);
  c.notify("workspace/didChangeConfiguration", {{"settings", {{"aclc", {{"syncedGroups", true}}}}}});
  EXPECT_EQ(severity(), 2);
  c.notify("workspace/didChangeConfiguration", {{"settings", json::object()}});
  EXPECT_EQ(severity(), 1);
}

TEST(Findings, ErrorsAreTheLastToBeLeftOut) {
  Client c;
  c.initialize();
  std::string text = "{\"acls\": [";
  for (int i = 0; i < 800; ++i) text += "{\"action\": \"accept\", \"src\": [\"10.0.0.1/8\"], \"dst\": [\"*:*\"]},\n";  // a warning each
  c.open(text + "{\"action\": \"accept\", \"src\": [\"tag:none\"], \"dst\": [\"*:*\"]}]}");
  const json shown = c.findings()["diagnostics"];
  ASSERT_EQ(shown.size(), 501u);
  int last = 0;
  bool error = false;
  for (const json& d : shown) {
    EXPECT_LE(last, d["severity"].get<int>());
    last = d["severity"];
    error = error || d["code"] == "unknown-tag";
  }
  EXPECT_TRUE(error) << shown[0];
}

TEST(Pull, NumbersAreOfOneTextOnly) {
  Client c;
  c.initialize(pulling(true));
  c.open(kPolicy);
  const json first = c.whole("diagnostic");
  c.notify("textDocument/didClose", {{"textDocument", c.document()}});
  c.open("{");
  const json second = c.whole("diagnostic", {{"previousResultId", first["resultId"]}});
  EXPECT_EQ(second["kind"], "full");
  EXPECT_EQ(second["items"].size(), 1u);
  c.open("{\"acls\": 1}");  // opened twice
  EXPECT_EQ(c.whole("diagnostic", {{"previousResultId", second["resultId"]}})["kind"], "full");
}

TEST(Pull, SendsWhatComesLaterToAClientThatCannotBeToldToAskAgain) {
  Client c(Client::Patient{});
  c.initialize(pulling(false));
  c.open(kPolicy);
  EXPECT_TRUE(c.whole("diagnostic")["items"].empty());
  EXPECT_EQ(c.pushes(), 0u);
  c.settle();
  c.do_jobs();
  EXPECT_THAT(c.codes(), ElementsAre("test-failed"));
  EXPECT_EQ(c.count("workspace/diagnostic/refresh"), 0u);
  EXPECT_TRUE(c.whole("diagnostic")["items"].empty()) << "each finding comes one way";
  std::string text = kPolicy;
  text.replace(text.rfind("80"), 2, "443");
  c.change(2, {{{"text", text}}});
  c.settle();
  c.do_jobs();
  EXPECT_THAT(c.codes(), IsEmpty());
  EXPECT_EQ(c.pushes(), 2u);
  c.change(3, {{{"text", kPolicy}}});
  c.settle();
  c.do_jobs();
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  c.notify("textDocument/didClose", {{"textDocument", c.document()}});
  EXPECT_THAT(c.codes(), IsEmpty());
}

}  // namespace
}  // namespace aclc::lsp::test
