// SPDX-License-Identifier: Apache-2.0
// Completion in lines that are half typed, each by the text that accepting an offer makes. `^` is the cursor.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

constexpr const char* kHead =
    "{\"groups\": {\"group:eng\": [\"a@x.y\"]}, \"tagOwners\": {\"tag:db\": [], \"tag:web\": []}, \"acls\": [\n";

/// The rule's line after accepting the offer of this label; what was offered instead where it was not.
std::string accepted(std::string line, const std::string& label, std::string head = kHead, const std::string& foot = "\n]}") {
  const size_t cursor = line.find('^');
  line.erase(cursor, 1);
  Client c;
  c.initialize();
  c.open(head + line + foot);
  const json row = std::count(head.begin(), head.end(), '\n');
  const json list = c.ask("completion", {{"line", row}, {"character", cursor}});
  std::string offered = "only:";
  for (const json& item : list.is_object() ? list["items"] : json::array()) {
    if (item["label"] != label) {
      offered += " " + item["label"].get<std::string>();
      continue;
    }
    json edits = item.value("additionalTextEdits", json::array());
    edits.push_back(item["textEdit"]);
    std::sort(edits.begin(), edits.end(), [](const json& x, const json& y) {
      return x["range"]["start"]["character"] > y["range"]["start"]["character"];
    });
    for (const json& edit : edits) {
      const size_t begin = edit["range"]["start"]["character"], end = edit["range"]["end"]["character"];
      line.replace(begin, end - begin, edit["newText"].get<std::string>());
    }
    return line;
  }
  return offered;
}

TEST(Completion, ClosesAStringWithoutEatingTheNextOne) {
  EXPECT_EQ(accepted(R"({"src": ["tag:^], "dst": ["*:*"]})", "tag:db"), R"({"src": ["tag:db"], "dst": ["*:*"]})");
  EXPECT_EQ(accepted(R"({"src": ["a@x.y", "group:^], "dst": ["*:*"]})", "group:eng"), R"({"src": ["a@x.y", "group:eng"], "dst": ["*:*"]})");
  EXPECT_EQ(accepted(R"({"src": ["tag:^], // don't "ask")", "tag:db"), R"({"src": ["tag:db"], // don't "ask")");
}

TEST(Completion, ReplacesOnlyWhatIsBeingWritten) {
  const std::string postures = "{\"postures\": {\"posture:p\": [\n", sets = "{\"hosts\": {\"lan\": \"10.0.0.0/8\"}, \"ipsets\": {\"ipset:s\": [\n";
  const std::string foot = "\n]}}";
  EXPECT_EQ(accepted(R"("node:os IN ['macos', '^']")", "'linux'", postures, foot), R"("node:os IN ['macos', 'linux']")");
  EXPECT_EQ(accepted(R"("node:os IN ['mac^os', 'ios']")", "'linux'", postures, foot), R"("node:os IN ['linux', 'ios']")");
  EXPECT_EQ(accepted(R"("node:tsVersion >^= '1.64'")", "<", postures, foot), R"("node:tsVersion < '1.64'")");
  EXPECT_EQ(accepted(R"("a^dd host:lan")", "remove ", sets, foot), R"("remove host:lan")");
}

TEST(Completion, OffersNoPortsOfProtocolsWithoutThem) {
  const std::string grants = "{\"grants\": [\n";
  EXPECT_EQ(accepted(R"({"ip": ["icmp:^"]})", "22", grants), "only: *");
  EXPECT_EQ(accepted(R"({"ip": ["tcp:^"]})", "22", grants), R"({"ip": ["tcp:22"]})");
}

TEST(Completion, LeavesTheMemberAfterANameThatIsNotClosed) {
  EXPECT_EQ(accepted(R"({"s^, "dst": ["*:*"]})", "src"), R"({"src": , "dst": ["*:*"]})");
  EXPECT_EQ(accepted(R"({"sr^ "proto": "tcp"})", "src"), R"({"src":  "proto": "tcp"})");
  EXPECT_EQ(accepted(R"({"ac^"})", "action"), R"({"action": })") << "the colon comes along";
}

TEST(Completion, TakesALoneQuoteAsTheBeginning) {
  EXPECT_EQ(accepted(R"({"src": ["^], "dst": ["*:*"]})", "group:eng"), R"({"src": ["group:eng"], "dst": ["*:*"]})");
  EXPECT_EQ(accepted(R"({"src": ["a@x.y", "^]})", "group:eng"), R"({"src": ["a@x.y", "group:eng"]})");
  EXPECT_EQ(accepted(R"({"action": "accept", "^})", "src"), R"({"action": "accept", "src": })");
  EXPECT_EQ(accepted(R"({"src": ["^"group:eng"]})", "tag:db"), R"({"src": ["tag:db","group:eng"]})");
}

TEST(Completion, QuotesAWordAsAWhole) {
  EXPECT_EQ(accepted(R"({"src": [group:^eng]})", "group:eng"), R"({"src": ["group:eng"]})");
  EXPECT_EQ(accepted(R"({"dst": [tag:w^]})", "tag:web"), R"({"dst": ["tag:web:"]})");
  EXPECT_EQ(accepted(R"({"dst": [tag:web:^]})", "443"), R"({"dst": ["tag:web:443"]})");
  EXPECT_EQ(accepted(R"({"src": group:^, "dst": ["*:*"]})", "group:eng"), R"({"src": ["group:eng"], "dst": ["*:*"]})");
  EXPECT_EQ(accepted(R"({act^: "accept"})", "action"), R"({"action": "accept"})");
}

TEST(Completion, BringsTheCommaOnce) {
  EXPECT_EQ(accepted(R"({"src": ["a@x.y" g^]})", "group:eng"), R"({"src": ["a@x.y", "group:eng"]})");
  EXPECT_EQ(accepted(R"({"src": ["a@x.y"g^]})", "group:eng"), R"({"src": ["a@x.y","group:eng"]})");
  EXPECT_EQ(accepted(R"({"action": "accept", s^})", "src"), R"({"action": "accept", "src": })");
  EXPECT_EQ(accepted(R"({"action": "accept" s^})", "src"), R"({"action": "accept", "src": })");
  EXPECT_EQ(accepted(R"({"src": ["^" "a@x.y"]})", "group:eng"), R"({"src": ["group:eng", "a@x.y"]})");
  EXPECT_EQ(accepted(R"({"src": [^ "a@x.y"]})", "group:eng"), R"({"src": ["group:eng", "a@x.y"]})");
}

TEST(Completion, OffersNothingWhereAValueStandsAlready) {
  EXPECT_EQ(accepted(R"({"action": ^ "accept"})", "accept"), "only:");
  EXPECT_EQ(accepted(R"({"src" ^: ["*"]})", "dst"), "only:");
  EXPECT_EQ(accepted(R"({"src": ["*"]} // tag:^)", "tag:db"), "only:");
}

TEST(Completion, BeginsAPolicy) {
  EXPECT_EQ(accepted("^", "{}", "", ""), "{\n  \n}\n");
  EXPECT_EQ(accepted("^", "{}", "// ours\n", ""), "{\n  \n}\n");
  EXPECT_EQ(accepted("^", "{}", "", "{}"), "only:");
}

}  // namespace
}  // namespace aclc::lsp::test
