// SPDX-License-Identifier: Apache-2.0
// Quick fixes by what becomes of the finding that they are offered for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/lsp/editor.h"

namespace aclc::lsp::test {
namespace {

/// Each policy has one fault with an obvious repair. All that is offered for it is applied: the finding is gone then, there are no
/// more errors than before, and at most one answer is what an editor may apply unasked.
TEST(QuickFixes, MendWhatTheyAreOfferedFor) {
  const auto acl = [](const std::string& rule) { return "{\"tagOwners\": {\"tag:web\": []}, \"groups\": {\"group:eng\": [\"a@b.c\"]}, \"hosts\": {\"db\": \"10.0.0.5\"}, \"acls\": [" + rule + "]}"; };
  const auto to = [&](const std::string& dst) { return acl("{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [" + dst + "]}"); };
  const auto grant = [](const std::string& rule) { return "{\"tagOwners\": {\"tag:web\": []}, \"postures\": {\"posture:p\": [\"node:os == 'linux'\"]}, \"grants\": [" + rule + "]}"; };
  const auto ssh = [](const std::string& more) {
    return "{\"tagOwners\": {\"tag:web\": []}, \"acls\": [], \"ssh\": [{\"src\": [\"autogroup:member\"], \"dst\": [\"tag:web\"], " + more + "}]}";
  };
  const auto period = [&](const std::string& text) { return ssh("\"action\": \"check\", \"users\": [\"root\"], \"checkPeriod\": \"" + text + "\""); };
  struct Row {
    std::string slug, text, title;
  };
  const std::vector<Row> rows = {
      {"missing-comma", "{\"acls\": [] \"groups\": {}}", "insert a comma"},
      {"extra-comma", "{\"acls\": [],, \"groups\": {}}", ""},
      {"wrong-quotes", "{'acls': []}", ""},
      {"missing-colon", "{\"acls\" []}", ""},
      {"unclosed-bracket", "{\n  \"acls\": []\n", "close the object"},
      {"hash-comment", "{\n  # why\n  \"acls\": []\n}\n", ""},
      {"unknown-field", acl("{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:22\"], \"porto\": \"tcp\"}"), "replace with `proto`"},
      {"duplicate-key", "{\"acls\": [], \"groups\": {\"group:a\": [\"x@b.c\"], \"group:a\": [\"y@b.c\"]}}", "merge into the first `group:a`"},
      {"two-names-for-field", acl("{\"action\": \"accept\", \"src\": [\"*\"], \"users\": [\"*\"], \"dst\": [\"*:22\"]}"), "remove `users`"},
      {"invalid-selector", to("\":22\""), "replace with `*:22`"},
      {"invalid-selector", acl("{\"action\": \"accept\", \"src\": [\"*\", \"\"], \"dst\": [\"*:22\"]}"), "remove it"},
      {"invalid-selector", grant("{\"src\": [\"*\"], \"dst\": [\"10.0.0.5:443\"], \"ip\": [\"*\"]}"), "remove the ports"},
      {"missing-port", to("\"22\""), "take it as a port: `*:22`"},
      {"missing-port", to("\"tag:web\""), "allow all ports"},
      {"port-zero", to("\"*:0\""), "replace with `*`"},
      {"port-range-reversed", to("\"*:90-80\""), "replace with `80-90`"},
      {"unknown-protocol", acl("{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:22\"], \"proto\": \"tpc\"}"), "replace with `tcp`"},
      {"unknown-tag", to("\"tag:wbe:22\""), "replace with `tag:web`"},
      {"unknown-host", to("\"frontend:22\""), "add `frontend` to hosts, as 192.0.2.1 until you give its address"},
      {"unknown-group", acl("{\"action\": \"accept\", \"src\": [\"group:ops\"], \"dst\": [\"*:22\"]}"), "add `group:ops` to groups"},
      {"unknown-autogroup", acl("{\"action\": \"accept\", \"src\": [\"autogroup:membr\"], \"dst\": [\"*:22\"]}"), "replace with `autogroup:member`"},
      {"name-form", "{\"acls\": [], \"tagOwners\": {\"web\": []}}", "rename to `tag:web`"},
      {"name-form", "{\"acls\": [], \"groups\": {\"eng\": []}}", "rename to `group:eng`"},
      {"misplaced-selector", "{\"acls\": [], \"groups\": {\"group:eng\": [\"a@b.c\"]}, \"tagOwners\": {\"tag:web\": [\"eng\"]}}", "replace with `group:eng`"},
      {"misplaced-selector", grant("{\"src\": [\"*\"], \"dst\": [\"autogroup:internet\"], \"ip\": [\"*\"], \"via\": [\"web\"]}"), "replace with `tag:web`"},
      {"misplaced-selector", grant("{\"src\": [\"*\"], \"dst\": [\"tag:web\"], \"ip\": [\"*\"], \"srcPosture\": [\"p\"]}"), "replace with `posture:p`"},
      {"host-bits", "{\"acls\": [], \"hosts\": {\"lan\": \"10.0.0.1/8\"}}", ""},
      {"empty-grant", grant("{\"src\": [\"*\"], \"dst\": [\"tag:web\"], \"ip\": []}"), "grant all ports"},
      {"acl-action", acl("{\"action\": \"deny\", \"src\": [\"*\"], \"dst\": [\"*:22\"]}"), "remove the rule"},
      {"missing-member", acl("{\"src\": [\"*\"], \"dst\": [\"*:22\"]}"), "add `\"action\": \"accept\"`"},
      {"nested-group", "{\"acls\": [], \"groups\": {\"group:a\": [\"x@b.c\"], \"group:b\": [\"group:a\"]}}", "list the members of `group:a`"},
      {"unknown-posture-value", "{\"acls\": [], \"postures\": {\"posture:p\": [\"node:os == 'osx'\"]}}", "replace with `macos`"},
      {"ssh-action", ssh("\"action\": \"acept\", \"users\": [\"root\"]"), "replace with `accept`"},
      {"ssh-user", ssh("\"action\": \"accept\", \"users\": [\"root\", \"\"]"), "remove it"},
      {"ssh-user", ssh("\"action\": \"accept\", \"users\": [\"*\"]"), "replace with `autogroup:nonroot`"},
      {"empty-accept-env", ssh("\"action\": \"accept\", \"users\": [\"root\"], \"acceptEnv\": [\"LANG\", \"\"]"), "remove it"},
      {"check-period", period("12 hours"), "replace with `12h`"},
      {"check-period", period("1 day"), "replace with `24h`"},
      {"check-period", period("7d"), "replace with `168h`"},
      {"check-period", period("1 hr 30 mins"), "replace with `1h30m`"},
      {"check-period", period("30 days"), "replace with `168h`"},
      {"check-period-short", period("30s"), "replace with `1m`"},
      {"check-period-unused", ssh("\"action\": \"accept\", \"users\": [\"root\"], \"checkPeriod\": \"12h\""), "remove `checkPeriod`"},
      {"test-port", "{\"acls\": [], \"tests\": [{\"src\": \"a@b.c\", \"deny\": [\"10.0.0.1:80,443\"]}]}", "write a destination for each"},
      {"test-failed", "{\"acls\": [], \"tests\": [{\"src\": \"a@b.c\", \"accept\": [\"10.0.0.1:80\"]}]}", "expect `10.0.0.1:80` to be denied"},
  };
  for (const Row& row : rows) {
    const auto errors = [](Client& c) {
      const json shown = c.findings()["diagnostics"];
      return std::count_if(shown.begin(), shown.end(), [](const json& d) { return d["severity"] == 1; });
    };
    const auto of_kind = [&](Client& c) {
      const std::vector<std::string> codes = c.codes();
      return std::count(codes.begin(), codes.end(), row.slug);
    };
    Editor e(row.text);
    ASSERT_EQ(of_kind(e.c), 1) << row.slug << " in " << row.text << e.c.findings();
    const json end = {{"line", 1000}, {"character", 0}};
    bool offered = row.title.empty();
    size_t preferred = 0, of_it = 0;
    const json context = {{"diagnostics", json::array()}, {"only", {"quickfix"}}};
    for (const json& action : e.c.whole("codeAction", {{"range", Client::range({{"line", 0}, {"character", 0}}, end)}, {"context", context}})) {
      ASSERT_FALSE(action["diagnostics"].empty()) << action;
      if (action["diagnostics"][0]["code"] != row.slug) continue;
      ++of_it;
      offered |= action["title"] == row.title;
      preferred += action.value("isPreferred", false) ? 1 : 0;
      Editor after(edited(row.text, action["edit"]["documentChanges"][0]["edits"]));
      EXPECT_EQ(of_kind(after.c), 0) << action["title"] << " leaves " << after.c.text();
      EXPECT_LE(errors(after.c), errors(e.c)) << action["title"] << " makes of " << row.text << " " << after.c.text() << after.c.findings();
    }
    EXPECT_TRUE(offered && of_it > 0) << row.slug << ": " << row.title << " in " << row.text << testing::PrintToString(e.titles("acls", {"quickfix"}));
    EXPECT_LE(preferred, 1u) << row.slug;
  }
}

}  // namespace
}  // namespace aclc::lsp::test
