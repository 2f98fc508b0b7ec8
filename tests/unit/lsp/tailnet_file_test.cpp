// SPDX-License-Identifier: Apache-2.0
// The tailnet file: where it is found, watched and told of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lsp/documents/uri.h"
#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

namespace aclc::lsp::test {
namespace {

using testing::HasSubstr;

constexpr const char* kPolicy = R"({"acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]})";

json watching() {
  json capabilities = full_capabilities();
  capabilities["workspace"]["didChangeWatchedFiles"] = {{"dynamicRegistration", true}, {"relativePatternSupport", true}};
  return capabilities;
}

/// Parameters of all messages of a method.
std::vector<json> sent(const Client& c, std::string_view method) {
  std::vector<json> out;
  for (const json& m : c.received) {
    if (m.value("method", "") == method) out.push_back(m["params"]);
  }
  return out;
}

void set_tailnet(Client& c, const std::string& path) {
  c.notify("workspace/didChangeConfiguration", {{"settings", {{"aclc", {{"tailnet", path}, {"lint", false}}}}}});
}

TEST(TailnetFile, IsWatchedWhereTheSettingsPutIt) {
  Client c;
  c.initialize(watching());
  const auto pattern = [&] { return sent(c, "client/registerCapability").back()["registrations"][0]["registerOptions"]["watchers"][0]["globPattern"]; };
  set_tailnet(c, "inventory/prod.json");
  EXPECT_EQ(pattern(), "**/prod.json");
  EXPECT_TRUE(sent(c, "client/unregisterCapability").empty());
  set_tailnet(c, "/srv/tailnets/prod.json");
  EXPECT_EQ(pattern(), (json{{"baseUri", "file:///srv/tailnets/"}, {"pattern", "prod.json"}}));
  EXPECT_EQ(sent(c, "client/unregisterCapability").size(), 1u);
  const size_t registered = sent(c, "client/registerCapability").size();
  set_tailnet(c, "");
  EXPECT_EQ(sent(c, "client/unregisterCapability").size(), 2u);
  EXPECT_EQ(sent(c, "client/registerCapability").size(), registered);
}

TEST(TailnetFile, ThatTheSettingsNameAndNobodyFindsIsSaidOnce) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  EXPECT_TRUE(sent(c, "window/showMessage").empty());
  set_tailnet(c, "none.json");
  ASSERT_EQ(sent(c, "window/showMessage").size(), 1u);
  EXPECT_THAT(sent(c, "window/showMessage")[0]["message"].get<std::string>(), HasSubstr("/none.json"));
  c.change(2, {{{"text", kPolicy}}});
  c.notify("textDocument/didSave", {{"textDocument", c.document()}});
  EXPECT_EQ(sent(c, "window/showMessage").size(), 1u);
  set_tailnet(c, "tailnet.json");
  EXPECT_EQ(sent(c, "window/showMessage").size(), 1u);
}

TEST(TailnetFile, ThatIsOpenIsToldOfOnce) {
  const Folder folder(kPolicy);
  const std::string faulty = R"({"nodes": [{"name": "a", "ipv4": "10.0.0.1", "tags": ["tag:x"]}]})";
  folder.write("tailnet.json", faulty);
  const std::string uri = path_to_uri(*uri_to_path(folder.uri().substr(0, folder.uri().rfind('/')) + "/tailnet.json"));
  json capabilities = full_capabilities();
  capabilities["textDocument"]["diagnostic"] = json::object();
  Client c;
  c.initialize(capabilities);
  c.open(kPolicy, folder.uri());
  const auto reports = [&] {
    const json answer = c.request("workspace/diagnostic", {{"previousResultIds", json::array()}});
    return std::count_if(answer["items"].begin(), answer["items"].end(), [&](const json& item) { return item["uri"] == uri; });
  };
  EXPECT_EQ(reports(), 1);
  c.open(faulty, uri);
  EXPECT_EQ(reports(), 1);
}

TEST(TailnetFile, IsReadAgainWhenItIsSavedInTheEditor) {
  const Folder folder(kPolicy);
  const std::string uri = folder.uri().substr(0, folder.uri().rfind('/')) + "/tailnet.json";
  Client c;
  c.initialize();
  c.open("{}", uri);
  c.open(kPolicy, folder.uri());
  const auto title = [&] { return c.whole("codeLens")[0]["command"]["title"].get<std::string>(); };
  EXPECT_EQ(title(), "4 src \xc3\x97 4 dst nodes");
  folder.write("tailnet.json", R"({"nodes": [{"name": "a", "ipv4": "100.64.0.1", "tags": ["tag:x"]}]})");
  c.notify("textDocument/didSave", {{"textDocument", {{"uri", uri}}}});
  EXPECT_EQ(title(), "1 src \xc3\x97 1 dst nodes");
}

TEST(TailnetFile, OfTheOptionsAtTheStartStaysWhereSettingsSayNothing) {
  const Folder folder(kPolicy);
  folder.write("inv.json", R"({"nodes": [{"name": "a", "ipv4": "100.64.0.1", "tags": ["tag:x"]}]})");
  Client c;
  c.initialize(full_capabilities(), {{"initializationOptions", {{"tailnet", "inv.json"}, {"lint", false}}}});
  c.open(kPolicy, folder.uri());
  const auto title = [&] { return c.whole("codeLens")[0]["command"]["title"].get<std::string>(); };
  EXPECT_EQ(title(), "1 src \xc3\x97 1 dst nodes");
  for (const json& settings : {json::object(), json{{"aclc", json::object()}}, json{{"aclc", nullptr}}, json{{"aclc", {{"target", "tailscale"}}}}}) {
    c.notify("workspace/didChangeConfiguration", {{"settings", settings}});
    EXPECT_EQ(title(), "1 src \xc3\x97 1 dst nodes") << settings;
  }
}

TEST(TailnetFile, ThatIsBrokenIsNotCalledMissing) {
  const Folder folder(kPolicy);
  folder.write("tailnet.json", "{ broken");
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  const json shown = c.ask("hover", c.at("\"*\"", 1));
  EXPECT_THAT(shown["contents"]["value"].get<std::string>(), HasSubstr("tailnet.json has errors, the first in line 1: "));
}

}  // namespace
}  // namespace aclc::lsp::test
