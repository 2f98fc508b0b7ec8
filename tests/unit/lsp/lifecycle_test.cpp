// SPDX-License-Identifier: Apache-2.0
// What may be asked when, and what hostile input gets: each row is a failure of some other server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

int code(const json& answer) { return answer.contains("error") ? answer["error"]["code"].get<int>() : 0; }

TEST(Lifecycle, BeginsWithInitialize) {
  Client c;
  EXPECT_EQ(code(c.request("textDocument/hover", {})), -32002);
  EXPECT_EQ(code(c.request("shutdown", nullptr)), -32002);
  EXPECT_TRUE(c.initialize().contains("capabilities"));
  EXPECT_EQ(code(c.request("initialize", {{"capabilities", json::object()}})), -32600);
}

TEST(Lifecycle, EndsWithShutdownAndExit) {
  Client c;
  c.initialize();
  EXPECT_EQ(c.server().status_at_end(), 1);
  EXPECT_TRUE(c.request("shutdown", nullptr).is_null());
  EXPECT_EQ(code(c.request("textDocument/hover", {})), -32600);
  EXPECT_EQ(c.server().status_at_end(), 0);
  c.notify("exit", nullptr);
  EXPECT_EQ(c.server().exit_status(), 0);
}

TEST(Lifecycle, ShutdownTakesAnyParams) {
  for (const json& params : {json(json::value_t::discarded), json(nullptr), json::object(), json::array()}) {
    Client c;
    c.initialize();
    EXPECT_TRUE(c.request("shutdown", params).is_null());
  }
}

TEST(Lifecycle, ExitWithoutShutdownIsOne) {
  Client c;
  c.initialize();
  c.notify("exit", nullptr);
  EXPECT_EQ(c.server().exit_status(), 1);
}

TEST(Lifecycle, UnknownMethodsAndNotifications) {
  Client c;
  c.initialize();
  EXPECT_EQ(code(c.request("no/such", {})), -32601);
  EXPECT_EQ(code(c.request("$/foo", {})), -32601);
  const size_t before = c.received.size();
  c.notify("no/such", {});
  c.notify("$/foo", {});
  EXPECT_EQ(c.received.size(), before);
}

TEST(Hostile, DamagedMessagesAreAnsweredAndTheNextIsServed) {
  Client c;
  c.initialize();
  for (const std::string body : {"{\"jsonrpc\":", "\xff\xfe", "{\"a\":\"\\ud800\"}"}) {
    c.raw(body);
    EXPECT_EQ(c.received.back()["error"]["code"], -32700);
    EXPECT_TRUE(c.received.back()["id"].is_null());
  }
  for (const std::string body : {"[]", "3", "{}", R"({"id":1})", R"({"method":3})", R"({"id":{},"method":"x"})"}) {
    c.raw(body);
    EXPECT_EQ(c.received.back()["error"]["code"], -32600) << body;
  }
  c.raw(std::string(100'000, '['));
  EXPECT_EQ(c.received.back()["error"]["code"], -32700);
  EXPECT_EQ(code(c.request("no/such", {})), -32601);
}

TEST(Hostile, ParametersAreChecked) {
  Client c;
  c.initialize();
  c.open("{}");
  EXPECT_EQ(code(c.request("textDocument/hover", json(json::value_t::discarded))), -32602);
  EXPECT_EQ(code(c.request("textDocument/hover", json::array())), -32602);
  EXPECT_EQ(code(c.request("textDocument/hover", {{"textDocument", c.document()}})), -32602);
  EXPECT_EQ(code(c.request("textDocument/hover", {{"position", {{"line", 0}, {"character", 0}}}})), -32602);
  EXPECT_EQ(code(c.ask("rename", {{"line", 0}, {"character", 0}})), -32602) << "no newName";
}

TEST(Hostile, PositionsAnywhere) {
  Client c;
  c.initialize();
  c.open("{\"groups\": {\"group:\xf0\x9f\x98\x80\": []}}\n");
  for (const json& position : {json{{"line", 9999}, {"character", 9999}}, json{{"line", 0}, {"character", 20}},
                               json{{"line", -5}, {"character", -1}}, json{{"line", 4e18}, {"character", 1e300}}}) {
    for (const char* feature : {"hover", "completion", "definition", "documentHighlight", "prepareCallHierarchy"})
      EXPECT_EQ(code(c.ask(feature, position)), 0) << feature << position;
  }
}

TEST(Hostile, DocumentsThatAreNotOpen) {
  Client c;
  c.initialize();
  const json document = {{"textDocument", {{"uri", "file:///nowhere"}}}, {"position", {{"line", 0}, {"character", 0}}}};
  EXPECT_TRUE(c.request("textDocument/hover", document).is_null());
  EXPECT_TRUE(c.request("textDocument/documentSymbol", document).is_null());
  c.notify("textDocument/didChange", {{"textDocument", {{"uri", "file:///nowhere"}, {"version", 3}}}, {"contentChanges", json::array()}});
  c.notify("textDocument/didClose", {{"textDocument", {{"uri", "file:///nowhere"}}}});
  EXPECT_EQ(code(c.request("no/such", {})), -32601);
}

TEST(Hostile, EditsBeyondTheTextAndBackwards) {
  Client c;
  c.initialize();
  c.open("{}");
  c.change(2, {{{"range", c.range({{"line", 9}, {"character", 9}}, {{"line", 10}, {"character", 0}})}, {"text", "\n"}}});
  c.change(1, {{{"range", c.range({{"line", 0}, {"character", 1}}, {{"line", 0}, {"character", 0}})}, {"text", "["}}});
  c.change(0, {{{"range", c.range({{"line", 0}, {"character", 1}}, {{"line", 0}, {"character", 2}})}, {"text", "]"}}});
  EXPECT_THAT(c.codes(), ElementsAre("not-an-object"));
  EXPECT_EQ(c.findings()["version"], 0);
}

TEST(Hostile, OpenAndCloseTwice) {
  Client c;
  c.initialize();
  c.open("{");
  EXPECT_THAT(c.codes(), ElementsAre("unclosed-bracket"));
  c.open("{}");
  EXPECT_THAT(c.codes(), IsEmpty());
  c.notify("textDocument/didClose", {{"textDocument", c.document()}});
  c.notify("textDocument/didClose", {{"textDocument", c.document()}});
  EXPECT_THAT(c.codes(), IsEmpty());
}

TEST(Hostile, DeepNesting) {
  for (const size_t depth : {1000u, 5000u, 100'000u}) {
    Client c;
    c.initialize();
    c.open("{\"acls\": " + std::string(depth, '['));
    EXPECT_FALSE(c.codes().empty());
    for (const char* feature : {"documentSymbol", "foldingRange", "semanticTokens/full", "codeLens", "formatting"})
      EXPECT_EQ(code(c.whole(feature)), 0);
    EXPECT_EQ(code(c.ask("hover", {{"line", 0}, {"character", 500}})), 0);
    EXPECT_EQ(code(c.ask("completion", {{"line", 0}, {"character", depth}})), 0);
    EXPECT_EQ(code(c.whole("selectionRange", {{"positions", {{{"line", 0}, {"character", depth / 2}}}}})), 0);
  }
}

TEST(Hostile, ManyFindingsAreCounted) {
  Client c;
  c.initialize();
  std::string text = "{\"acls\": [";
  for (int i = 0; i < 800; ++i) text += "{\"action\": \"accept\", \"src\": [\"tag:a" + std::to_string(i) + "\"], \"dst\": [\"*:*\"]},\n";
  c.open(text + "]}");
  EXPECT_EQ(c.codes().size(), 501u);
  EXPECT_EQ(c.codes().back(), "more-findings");
}

TEST(Cancellation, StopsWhatStillWaits) {
  Client c;
  c.initialize();
  c.open("{}");
  c.queue({{"id", "a"}, {"method", "textDocument/hover"}, {"params", {{"textDocument", c.document()}, {"position", {{"line", 0}, {"character", 0}}}}}});
  c.queue({{"id", 77}, {"method", "textDocument/documentSymbol"}, {"params", {{"textDocument", c.document()}}}});
  c.queue({{"method", "$/cancelRequest"}, {"params", {{"id", 77}}}});
  c.queue({{"method", "$/cancelRequest"}, {"params", {{"id", 4711}}}});
  c.run();
  EXPECT_TRUE(c.answer_to("a").is_null());
  EXPECT_EQ(code(c.answer_to(77)), -32800);
}

TEST(Superseded, OnlyTheLastTextOfABurstIsReported) {
  Client c;
  c.initialize();
  c.open("{}");
  const size_t before = c.pushes();
  for (int version = 2; version < 22; ++version)
    c.queue({{"method", "textDocument/didChange"},
             {"params", {{"textDocument", {{"uri", "file:///p/policy.hujson"}, {"version", version}}}, {"contentChanges", {{{"text", "{"}}}}}}});
  c.run();
  EXPECT_EQ(c.pushes(), before + 1);
  EXPECT_EQ(c.findings()["version"], 21);
}

TEST(Encoding, IsNegotiated) {
  json capabilities = full_capabilities();
  EXPECT_EQ(Client().initialize(capabilities)["capabilities"]["positionEncoding"], "utf-16");
  capabilities["general"]["positionEncodings"] = {"utf-32", "utf-8", "utf-16"};
  Client c;
  EXPECT_EQ(c.initialize(capabilities)["capabilities"]["positionEncoding"], "utf-8");
  c.open("{\"\xc3\xa9\": 1}");
  EXPECT_EQ(c.findings()["diagnostics"][0]["range"]["end"]["character"], 4);
  EXPECT_EQ(Client().initialize(json::object())["capabilities"]["positionEncoding"], "utf-16");
}

TEST(Uris, AreAnsweredAsTheClientSpellsThem) {
  Client c;
  c.initialize();
  c.open("{", "file:///c%3A/p%20q/policy.hujson");
  EXPECT_EQ(c.findings()["uri"], "file:///c%3A/p%20q/policy.hujson");
  const json other = {{"textDocument", {{"uri", "file:///C:/p q/policy.hujson"}}}};
  EXPECT_TRUE(c.request("textDocument/documentSymbol", other).is_array());
}

TEST(Settings, AbsentKeysAreDefaults) {
  Client c;
  c.initialize();
  c.open(R"({"ipsets": {}})");
  EXPECT_THAT(c.codes(), IsEmpty());
  for (const json& settings : {json(nullptr), json::object(), json{{"aclc", json::object()}}, json{{"other", 1}}}) {
    c.notify("workspace/didChangeConfiguration", {{"settings", settings}});
    EXPECT_THAT(c.codes(), IsEmpty());
  }
  c.notify("workspace/didChangeConfiguration", {{"settings", {{"aclc", {{"target", "headscale"}}}}}});
  EXPECT_THAT(c.codes(), ElementsAre("not-in-target"));
  c.notify("workspace/didChangeConfiguration", {{"settings", {{"aclc", {{"syncedGroups", true}}}}}});
  EXPECT_THAT(c.codes(), IsEmpty());
}

TEST(Pull, TellsWhatHasNotChanged) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["diagnostic"] = json::object();
  Client c;
  EXPECT_TRUE(c.initialize(capabilities)["capabilities"].contains("diagnosticProvider"));
  c.open("{");
  EXPECT_EQ(c.pushes(), 0u) << "one way is enough";
  const json first = c.whole("diagnostic");
  EXPECT_EQ(first["kind"], "full");
  EXPECT_EQ(first["items"].size(), 1u);
  EXPECT_EQ(c.whole("diagnostic", {{"previousResultId", first["resultId"]}})["kind"], "unchanged");
  EXPECT_EQ(c.request("workspace/diagnostic", {{"previousResultIds", json::array()}})["items"].size(), 1u);
  c.change(2, {{{"text", "{}"}}});
  EXPECT_EQ(c.whole("diagnostic", {{"previousResultId", first["resultId"]}})["items"].size(), 0u);
}

}  // namespace
}  // namespace aclc::lsp::test
