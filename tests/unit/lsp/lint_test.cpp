// SPDX-License-Identifier: Apache-2.0
// Lint in the editor: after a pause, by the project's configuration, with its fixes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lsp/documents/uri.h"
#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPolicy = R"({
  "groups": {
    "group:eng": ["ann@example.com"],
    "group:old": ["bob@example.com"],
  },
  "tagOwners": {"tag:web": ["autogroup:admin"]},
  "grants": [
    {"src": ["group:eng"], "dst": ["tag:web"], "ip": ["tcp:443"]},
  ],
  "tests": [
    {"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["tag:web:80"]},
  ],
})";

const json kOn = {{"initializationOptions", json::object()}};

/// A folder that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "aclc-lint-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string uri(const std::string& file) const { return path_to_uri(path_ + "/" + file); }
  void write(const std::string& file, const std::string& text) const { std::ofstream(path_ + "/" + file) << text; }

 private:
  std::string path_;
};

TEST(LintInTheEditor, SpeaksAfterAPause) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(kPolicy);
  EXPECT_THAT(c.codes(), IsEmpty());
  c.settle();
  ASSERT_THAT(c.codes(), ElementsAre("unused-group"));
  const json finding = c.findings()["diagnostics"][0];
  EXPECT_EQ(finding["range"]["start"], c.at("group:old"));
  EXPECT_EQ(finding["severity"], 2);
  EXPECT_EQ(finding["tags"], json::array({1})) << "shown faded";
}

TEST(LintInTheEditor, OffersItsFixes) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(kPolicy);
  c.settle();
  const json at = c.at("group:old", 2);
  const json actions = c.whole("codeAction", {{"range", Client::range(at, at)}, {"context", {{"diagnostics", json::array()}, {"only", {"quickfix"}}}}});
  ASSERT_FALSE(actions.empty());
  const json edits = actions[0]["edit"]["documentChanges"][0]["edits"];
  std::string text = kPolicy;
  ASSERT_EQ(edits.size(), 1u) << actions[0];
  const auto offset = [&](const json& position) {
    size_t line = 0;
    for (int n = position["line"]; n > 0; --n) line = text.find('\n', line) + 1;
    return line + position["character"].get<size_t>();
  };
  const size_t begin = offset(edits[0]["range"]["start"]), end = offset(edits[0]["range"]["end"]);
  text.replace(begin, end - begin, edits[0]["newText"].get<std::string>());
  EXPECT_EQ(text.find("group:old"), std::string::npos) << text;
  c.change(2, {{{"text", text}}});
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
}

TEST(LintInTheEditor, CanBeTurnedOff) {
  Client c;
  c.initialize(full_capabilities(), {{"initializationOptions", {{"lint", false}}}});
  c.open(kPolicy);
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
  c.notify("workspace/didChangeConfiguration", {{"settings", {{"aclc", {{"lint", true}}}}}});
  c.settle();
  EXPECT_THAT(c.codes(), ElementsAre("unused-group"));
}

TEST(LintInTheEditor, LooksAtPoliciesOnly) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(R"({"levels": {"any-source": "error", "no-such-rule": "off"}})", "file:///p/.aclc.hujson");
  c.settle();
  ASSERT_EQ(c.codes().size(), 1u) << c.findings();
  EXPECT_THAT(c.findings()["diagnostics"][0]["message"].get<std::string>(), HasSubstr("no-such-rule"));
  c.open(R"({"nodes": [], "users": []})", "file:///p/tailnet.json");
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
  EXPECT_TRUE(c.ask("completion", c.at("[]", 1))["items"].empty());
}

TEST(LintInTheEditor, FadesARuleThatOthersCover) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  std::string text = kPolicy;
  text.insert(text.find("  ],\n  \"tests\""), "    {\"src\": [\"group:eng\"], \"dst\": [\"tag:web\"], \"ip\": [\"tcp:400-500\"]},\n");
  c.open(text);
  c.settle();
  bool seen = false;
  const json shown = c.findings()["diagnostics"];
  for (const json& d : shown) {
    if (d["code"] != "covered-rule") continue;
    seen = true;
    EXPECT_EQ(d["tags"], json::array({1}));
  }
  EXPECT_TRUE(seen) << c.findings();
}

TEST(LintInTheEditor, StrikesThroughAnAclThatAGrantCouldBe) {
  const Folder folder;
  folder.write(".aclc.hujson", R"({"levels": {"acl-instead-of-grant": "note"}})");
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(R"({"tagOwners": {"tag:web": []}, "acls": [{"action": "accept", "src": ["autogroup:members"], "dst": ["tag:web:443"]}]})", folder.uri("policy.hujson"));
  c.settle();
  size_t seen = 0;
  const json shown = c.findings()["diagnostics"];
  for (const json& d : shown) {
    const bool old = d["code"] == "acl-instead-of-grant" || d["code"] == "legacy-members";
    seen += old ? 1 : 0;
    EXPECT_EQ(d.value("tags", json::array()), old ? json::array({2}) : json::array()) << d;
  }
  EXPECT_EQ(seen, 2u) << shown;
}

TEST(LintInTheEditor, CallsNothingUnusedThatTheConfigurationNames) {
  const Folder folder;
  folder.write(".aclc.hujson", R"({"protected": {"tag:web": ["group:old"]}})");
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(kPolicy, folder.uri("policy.hujson"));
  c.settle();
  EXPECT_THAT(c.codes(), testing::Contains("protected-destination"));
  EXPECT_THAT(c.codes(), testing::Not(testing::Contains("unused-group")));
}

TEST(LintInTheEditor, HonoursIgnoringComments) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  std::string text = kPolicy;
  text.insert(text.find("    \"group:old\""), "    // aclc:ignore unused-group -- kept for the audit\n");
  c.open(text);
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
}

TEST(LintInTheEditor, GoesByTheConfigurationBesideThePolicy) {
  const Folder folder;
  folder.write(".aclc.hujson", R"({"levels": {"unused-group": "error", "uncommented-rule": "note"}})");
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(kPolicy, folder.uri("policy.hujson"));
  c.settle();
  ASSERT_THAT(c.codes(), ElementsAre("unused-group", "uncommented-rule"));
  EXPECT_EQ(c.findings()["diagnostics"][0]["severity"], 1);
  folder.write(".aclc.hujson", R"({"levels": {"names": "off"}})");
  c.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", folder.uri(".aclc.hujson")}, {"type", 2}}}}});
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
}

TEST(LintInTheEditor, SaysOnceWhyAConfigurationKeepsItFromLooking) {
  const Folder folder;
  folder.write(".aclc.hujson", "{\n  \"levels\": {\"unused-grup\": \"off\"},\n}");
  Client c;
  c.initialize(full_capabilities(), kOn);
  c.open(kPolicy, folder.uri("policy.hujson"));
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
  ASSERT_EQ(c.count("window/logMessage"), 1u);
  for (const json& m : c.received) {
    if (m.value("method", "") == "window/logMessage") {
      EXPECT_THAT(m["params"]["message"].get<std::string>(), HasSubstr(".aclc.hujson:2: "));
    }
  }
  c.change(2, {{{"text", kPolicy}}});
  c.settle();
  EXPECT_EQ(c.count("window/logMessage"), 1u) << "not after every edit";
}

TEST(LintInTheEditor, IsSilentAboutAPolicyWithErrors) {
  Client c;
  c.initialize(full_capabilities(), kOn);
  std::string text = kPolicy;
  text.replace(text.find("tag:web\"], \"ip"), 7, "tag:wob");
  c.open(text);
  c.settle();
  EXPECT_THAT(c.codes(), ElementsAre("unknown-tag"));
}

}  // namespace
}  // namespace aclc::lsp::test
