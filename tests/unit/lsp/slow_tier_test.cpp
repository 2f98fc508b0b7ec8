// SPDX-License-Identifier: Apache-2.0
// What comes after a pause: results of the policy's tests, in findings, lenses and commands; and what becomes of them when an
// edit, a cancellation or the end comes first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"
#include "tests/unit/lsp/folder.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPolicy = R"({
  "groups": {"group:eng": ["ann@example.com", "bob@example.com"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": ["group:eng"]},
  "acls": [
    {"action": "accept", "src": ["group:eng"], "dst": ["tag:web:443"]},
    {"action": "accept", "src": ["bob@example.com"], "dst": ["tag:db:5432"]},
  ],
  "tests": [
    {"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["tag:db:5432"]},
    {"src": "ann@example.com", "accept": ["tag:db:5432", "tag:web:443"]},
  ],
})";

int code(const json& answer) { return answer.contains("error") ? answer["error"]["code"].get<int>() : 0; }

std::vector<std::string> titles(Client& c) {
  std::vector<std::string> out;
  for (const json& lens : c.whole("codeLens")) out.push_back(lens["command"]["title"]);
  return out;
}

json with(const char* pointer, json value) {
  json capabilities = full_capabilities();
  capabilities[json::json_pointer(pointer)] = std::move(value);
  return capabilities;
}

TEST(SlowTier, ReportsAFailedTestOnItsEntry) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  EXPECT_THAT(c.codes(), IsEmpty()) << "syntax and names come first";
  c.settle();
  ASSERT_THAT(c.codes(), ElementsAre("test-failed"));
  const json finding = c.findings()["diagnostics"][0];
  EXPECT_EQ(finding["range"]["start"], c.at("tag:db:5432", 0, 2)) << finding;
  EXPECT_EQ(finding["range"]["end"], c.at("tag:db:5432", 11, 2));
  EXPECT_EQ(c.findings()["version"], 1);
  EXPECT_FALSE(finding["relatedInformation"].empty()) << "the nearest rule";
}

TEST(SlowTier, BeginsOnlyWhenTheEditorIsQuiet) {
  Client c(Client::Patient{});
  c.initialize();
  EXPECT_FALSE(c.server().due());
  c.open(kPolicy);
  const auto first = c.server().due();
  ASSERT_TRUE(first);
  c.server().tick(*first - std::chrono::milliseconds(1));
  EXPECT_TRUE(c.jobs.empty());
  for (int version = 2; version < 22; ++version) c.change(version, {{{"text", kPolicy}}});
  c.server().tick(*first);
  EXPECT_TRUE(c.jobs.empty()) << "every edit puts it off";
  c.settle();
  EXPECT_EQ(c.jobs.size(), 1u);
  EXPECT_FALSE(c.server().due());
}

TEST(SlowTier, DropsWhatAnEditHasOvertaken) {
  Client c(Client::Patient{});
  c.initialize(with("/workspace/codeLens/refreshSupport", true));
  c.open(kPolicy);
  c.settle();
  ASSERT_EQ(c.jobs.size(), 1u);
  c.change(2, {{{"text", "{}"}}});
  const size_t before = c.received.size();
  c.do_jobs();
  EXPECT_EQ(c.received.size(), before) << "nothing is said about a text that is no more";
  c.settle();
  c.do_jobs();
  EXPECT_EQ(c.count("workspace/codeLens/refresh"), 1u);
  EXPECT_EQ(c.findings()["version"], 2);
}

TEST(SlowTier, LetsAClientThatPullsKnow) {
  json capabilities = with("/textDocument/diagnostic", json::object());
  capabilities["workspace"]["diagnostics"]["refreshSupport"] = true;
  Client c;
  c.initialize(capabilities);
  c.open(kPolicy);
  const json first = c.whole("diagnostic");
  EXPECT_TRUE(first["items"].empty());
  c.settle();
  EXPECT_EQ(c.count("workspace/diagnostic/refresh"), 1u);
  EXPECT_EQ(c.pushes(), 0u);
  const json second = c.whole("diagnostic", {{"previousResultId", first["resultId"]}});
  EXPECT_EQ(second["items"].size(), 1u);
  EXPECT_EQ(c.whole("diagnostic", {{"previousResultId", second["resultId"]}})["kind"], "unchanged");
}

TEST(SlowTier, IsSilentAboutAPolicyWithErrors) {
  Client c;
  c.initialize();
  std::string text = kPolicy;
  text.replace(text.find("group:eng\"], \"dst"), 9, "tag:none1");
  c.open(text);
  c.settle();
  EXPECT_THAT(c.codes(), ElementsAre("unknown-tag"));
  EXPECT_THAT(titles(c), testing::Contains("not run: the policy has errors"));
  const json results = c.command("aclc.runAllTests", {"file:///p/policy.hujson"});
  EXPECT_EQ(results["ran"], false);
  EXPECT_EQ(results["reason"], "the policy has errors");
}

TEST(SlowTier, TakesASmallTextThatNamesAHugeSetAsASmallText) {
  std::string text = R"({"ipsets": {"ipset:a0": ["10.0.0.0/8"],)";
  for (int i = 1; i < 64; ++i) {
    const std::string inner = "ipset:a" + std::to_string(i - 1);
    text += "\"ipset:a" + std::to_string(i) + R"(": ["add )" + inner + R"(", "add )" + inner + R"("],)";
  }
  text += R"(}, "acls": [{"action": "accept", "src": ["*"], "dst": ["ipset:a63:22"]}], "tests": [{"src": "a@b.c", "accept": ["10.0.0.1:22"]}]})";
  Client c;
  c.initialize();
  c.open(text);
  c.settle();
  EXPECT_THAT(c.codes(), IsEmpty());
  EXPECT_THAT(titles(c), testing::Contains("pass (1/1)"));
  EXPECT_TRUE(c.ask("hover", c.at("ipset:a63:22", 3)).is_object());
}

TEST(Lenses, TellHowTestsFared) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  EXPECT_THAT(titles(c), testing::Contains("run all 2 \xe2\x80\xa6")) << "nobody knows yet";
  c.settle();
  const auto shown = titles(c);
  EXPECT_THAT(shown, testing::Contains("run all 2 - 1 pass"));
  EXPECT_THAT(shown, testing::Contains("pass (2/2)"));
  EXPECT_THAT(shown, testing::Contains("1 of 2 failed - show trace"));
  EXPECT_THAT(shown, testing::Contains(HasSubstr("used by 2 tests")));
  EXPECT_THAT(shown, testing::Contains(HasSubstr("used by 0 tests")));
}

TEST(Commands, RunOneTestOrAll) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  const json all = c.command("aclc.runAllTests", {"file:///p/policy.hujson"});
  EXPECT_EQ(all["ran"], true);
  EXPECT_EQ(all["passed"], 3);
  EXPECT_EQ(all["failed"], 1);
  EXPECT_EQ(all["standIns"], true);
  ASSERT_EQ(all["tests"].size(), 2u);
  const json one = c.command("aclc.runTest", {"file:///p/policy.hujson", "tests", 1});
  ASSERT_EQ(one["tests"].size(), 1u);
  EXPECT_EQ(one["tests"][0], all["tests"][1]);
  const json failed = one["tests"][0]["assertions"][0];
  EXPECT_EQ(failed["passed"], false);
  EXPECT_EQ(failed["expected"], "accept");
  EXPECT_EQ(failed["got"], "deny");
  EXPECT_THAT(failed["message"], HasSubstr("nearest is line 6"));
  EXPECT_EQ(failed["range"]["start"], c.at("tag:db:5432", 0, 2));
  EXPECT_EQ(code(c.command("aclc.runTest", {"file:///p/policy.hujson", "tests", 2})), -32602);
  EXPECT_EQ(code(c.command("aclc.runTest", {"file:///p/policy.hujson", "nonsense", 0})), -32602);
  EXPECT_EQ(code(c.command("aclc.runAllTests", {"file:///not/open"})), -32803);
  EXPECT_EQ(code(c.command("aclc.runAllTests", json::array())), -32602);
}

TEST(Commands, RunAllOfASectionFromItsLens) {
  std::string text = kPolicy;
  text.insert(text.rfind('}'), "  \"sshTests\": [{\"src\": \"ann@example.com\", \"dst\": [\"tag:web\"], \"deny\": [\"root\"]}],\n");
  Client c;
  c.initialize();
  c.open(text);
  c.settle();
  for (const json& lens : c.whole("codeLens")) {
    const json& command = lens["command"];
    if (command["command"] != "aclc.runAllTests") continue;
    const json results = c.command("aclc.runAllTests", command["arguments"]);
    for (const json& test : results["tests"]) EXPECT_EQ(test["section"], command["arguments"][1]);
    EXPECT_EQ(results["tests"].size(), command["arguments"][1] == "tests" ? 2u : 1u) << results;
  }
  EXPECT_EQ(c.command("aclc.runAllTests", {"file:///p/policy.hujson"})["tests"].size(), 3u);
}

TEST(Commands, NameTheSourceOfSeveralThatFailsAndTheProtocolThatIsOpen) {
  Client c;
  c.initialize();
  c.open(R"({
  "groups": {"group:eng": ["ann@example.com", "bob@example.com"]},
  "tagOwners": {"tag:web": []},
  "acls": [{"action": "accept", "src": ["bob@example.com"], "dst": ["tag:web:443"], "proto": "tcp"}],
  "tests": [{"src": "group:eng", "accept": ["tag:web:443"]}],
})");
  const std::string message = c.command("aclc.runAllTests", {"file:///p/policy.hujson"})["tests"][0]["assertions"][0]["message"];
  EXPECT_THAT(message, HasSubstr("no rule allows all of it"));
  EXPECT_THAT(message, HasSubstr("seen with ann@example.com"));
  EXPECT_THAT(c.command("aclc.trace", {"file:///p/policy.hujson", "bob@example.com", "tag:web", 443})["text"].get<std::string>(), HasSubstr(", tcp 443; by line 4"));
}

TEST(Commands, TraceSaysWhoMayAndWhy) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  const json yes = c.command("aclc.trace", {"file:///p/policy.hujson", "bob@example.com", "tag:db", 5432});
  EXPECT_EQ(yes["allowed"], true);
  EXPECT_EQ(yes["rule"]["range"]["start"]["line"], 5);
  const json no = c.command("aclc.trace", {"file:///p/policy.hujson", "ann@example.com", "tag:db:5432"});
  EXPECT_EQ(no["allowed"], false);
  EXPECT_EQ(no["nearest"]["range"]["start"]["line"], 5);
  EXPECT_THAT(no["text"], HasSubstr("denied: ann@example.com -> tag:db, tcp or udp 5432; nearest is line 6"));
  EXPECT_EQ(code(c.command("aclc.trace", {"file:///p/policy.hujson", "nobody-like-this", "tag:db"})), -32803);
  EXPECT_EQ(code(c.command("aclc.trace", {"file:///p/policy.hujson", "ann@example.com", "tag:db", 70000})), -32602);
}

// What an editor drops unless an extension shows it is said in a message.
TEST(Commands, SayTheirAnswerToEditorsThatDoNotShowIt) {
  const auto said = [](const Client& c) {
    std::vector<std::string> out;
    for (const json& m : c.received) {
      if (m.value("method", "") == "window/showMessage") out.push_back(m["params"]["message"]);
    }
    return out;
  };
  const std::string uri = "file:///p/policy.hujson";
  Client plain;
  plain.initialize();
  plain.open(kPolicy);
  plain.command("aclc.runTest", {uri, "tests", 0});
  plain.command("aclc.trace", {uri, "ann@example.com", "tag:db:5432"});
  plain.command("aclc.showReferences", {uri, plain.at("tag:web\":", 2)});
  EXPECT_THAT(said(plain), testing::ElementsAre("2 of 2 assertions passed", HasSubstr("denied: ann@example.com"), HasSubstr("references, in lines ")));

  Client shows;
  shows.initialize(full_capabilities(), {{"initializationOptions", {{"showsAnswers", true}}}});
  shows.open(kPolicy);
  shows.command("aclc.runTest", {uri, "tests", 0});
  EXPECT_THAT(said(shows), IsEmpty());
}

TEST(CallHierarchy, KnowsNamesByWordsAddressesAndDevices) {
  const std::string text =
      "{\"hosts\": {\"db\": \"10.1.2.3\"}, \"ipsets\": {\"ipset:lan\": [\"10.0.0.0/8\"]}, \"tagOwners\": {\"tag:web\": []},\n"
      "\"acls\": [\n"
      "{\"action\": \"accept\", \"src\": [\"ann@example.com\"], \"dst\": [\"tag:web:80\"]},\n"
      "{\"action\": \"accept\", \"src\": [\"bob@example.com\"], \"dst\": [\"100.64.0.10:81\"]},\n"
      "{\"action\": \"accept\", \"src\": [\"tag:web\"], \"dst\": [\"ipset:lan:*\"]}]}";
  const Folder folder(text);
  Client c;
  c.initialize();
  c.open(text, folder.uri());
  const auto callers = [&](const char* name, const char* way) {
    std::vector<std::string> out;
    const json items = c.ask("prepareCallHierarchy", c.at(name, 2));
    for (const json& call : c.request(std::string("callHierarchy/") + way, {{"item", items[0]}}))
      out.push_back(call[way == std::string("incomingCalls") ? "from" : "to"]["name"]);
    return out;
  };
  EXPECT_THAT(callers("tag:web", "incomingCalls"), testing::ElementsAre("ann@example.com", "bob@example.com"));
  EXPECT_THAT(callers("db\"", "incomingCalls"), testing::ElementsAre("tag:web"));
  EXPECT_THAT(callers("tag:web", "outgoingCalls"), testing::ElementsAre("ipset:lan"));
  EXPECT_THAT(callers("ann@", "outgoingCalls"), testing::ElementsAre("tag:web"));
}

TEST(Commands, ShowWhatANodeGets) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  const json shown = c.command("aclc.showCompiled", {folder.uri(), "web1"});
  EXPECT_EQ(shown["table"]["filter_rules"][0]["SrcIPs"], json({"100.64.0.1", "100.64.0.2"}));
  EXPECT_EQ(json::parse(shown["text"].get<std::string>()), shown["table"]);
  EXPECT_THAT(c.command("aclc.showCompiled", {folder.uri(), "web2"})["error"]["message"], HasSubstr("did you mean `web1`?"));
  c.open(kPolicy, "file:///p/policy.hujson");
  EXPECT_THAT(c.command("aclc.showCompiled", {"file:///p/policy.hujson", "web1"})["error"]["message"], HasSubstr("No inventory"));
}

TEST(Commands, DiffAgainstSavedNamesTheNodesThatChange) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  const json same = c.command("aclc.diffAgainstSaved", {folder.uri()});
  EXPECT_EQ(same, (json{{"textChanged", false}, {"same", 4}, {"changed", json::array()}}));
  std::string text = kPolicy;
  text.replace(text.find("5432\"]},\n  ],"), 4, "5433");
  c.change(2, {{{"text", text}}});
  const json other = c.command("aclc.diffAgainstSaved", {folder.uri()});
  EXPECT_EQ(other["textChanged"], true);
  ASSERT_EQ(other["changed"].size(), 1u) << other;
  EXPECT_EQ(other["changed"][0]["node"], "db1");
  EXPECT_THAT(other["changed"][0]["added"][0], HasSubstr("5433"));
  EXPECT_THAT(other["changed"][0]["removed"][0], HasSubstr("5432"));
}

TEST(Inventory, HasItsOwnFindings) {
  const Folder folder(kPolicy);
  const std::string uri = folder.uri().substr(0, folder.uri().rfind('/') + 1) + "tailnet.json";
  folder.write("tailnet.json", "{\"nodes\": [\n  {\"name\": \"web1\", \"ipv4\": \"100.64.0.1000\", \"tags\": [\"tag:web\"]}\n]}");
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  const auto about = [&] {
    json out = json::value_t::discarded;
    for (const json& m : c.received) {
      if (m.value("method", "") == "textDocument/publishDiagnostics" && m["params"]["uri"] == uri) out = m["params"]["diagnostics"];
    }
    return out;
  };
  ASSERT_TRUE(about().is_array());
  ASSERT_FALSE(about().empty());
  EXPECT_EQ(about()[0]["range"]["start"]["line"], 1);
  folder.write("tailnet.json", R"({"nodes": [{"name": "web1", "ipv4": "100.64.0.10", "tags": ["tag:web"]}]})");
  c.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", uri}, {"type", 2}}}}});
  EXPECT_TRUE(about().empty());

  json pulling = with("/textDocument/diagnostic", json::object());
  folder.write("tailnet.json", R"({"nodes": [{"name": 1}]})");
  Client p;
  p.initialize(pulling);
  p.open(kPolicy, folder.uri());
  const json items = p.request("workspace/diagnostic", {{"previousResultIds", json::array()}})["items"];
  EXPECT_TRUE(std::any_of(items.begin(), items.end(), [&](const json& i) { return i["uri"] == uri && !i["items"].empty(); })) << items;
}

TEST(Lenses, TellAddressesOutsideTheTailnetFromNobody) {
  const Folder folder(kPolicy);
  std::string text = kPolicy;
  text.replace(text.find("\"acls\""), 6, "\"hosts\": {\"printer\": \"192.0.2.7\"},\n  \"acls\"");
  text.replace(text.find("tag:web:443"), 11, "printer:443");
  Client c;
  c.initialize();
  c.open(text, folder.uri());
  EXPECT_THAT(titles(c), testing::Contains("2 src nodes \xc3\x97 1 range outside the tailnet"));
}

TEST(Inventory, IsReadAgainWhenTheClientSaysSo) {
  const Folder folder(kPolicy);
  Client c;
  c.initialize();
  c.open(kPolicy, folder.uri());
  EXPECT_THAT(titles(c), testing::Contains(HasSubstr("2 src \xc3\x97 1 dst nodes")));
  folder.write("tailnet.json", R"({"nodes": [{"name": "web1", "ipv4": "100.64.0.10", "tags": ["tag:web"]}]})");
  c.notify("workspace/didChangeWatchedFiles", {{"changes", {{{"uri", "file:///x/tailnet.json"}, {"type", 2}}}}});
  EXPECT_THAT(titles(c), testing::Contains(HasSubstr("0 src \xc3\x97 1 dst nodes")));
}

TEST(Cancellation, ReachesWorkThatRuns) {
  Client c(Client::Patient{});
  c.initialize();
  c.open(kPolicy);
  EXPECT_TRUE(c.command("aclc.runAllTests", {"file:///p/policy.hujson"}).is_discarded()) << "the worker has not done it yet";
  c.notify("$/cancelRequest", {{"id", 2}});
  EXPECT_EQ(code(c.answer_to(2)), -32800);
  const size_t before = c.received.size();
  c.do_jobs();
  EXPECT_EQ(c.received.size(), before) << "answered once";
  EXPECT_EQ(code(c.request("no/such", {})), -32601);
}

TEST(Progress, IsShownForWhatTakesLong) {
  Client c(Client::Patient{});
  c.initialize(with("/window/workDoneProgress", true));
  c.open(kPolicy);
  c.server().tick(*c.server().due());
  ASSERT_EQ(c.jobs.size(), 1u);
  EXPECT_EQ(c.count("window/workDoneProgress/create"), 0u);
  ASSERT_TRUE(c.server().due());
  c.settle();
  ASSERT_EQ(c.count("window/workDoneProgress/create"), 1u);
  const json create = c.received.back();
  c.raw(json{{"jsonrpc", "2.0"}, {"id", create["id"]}, {"result", nullptr}}.dump());
  EXPECT_EQ(c.received.back()["params"]["value"]["kind"], "begin");
  c.do_jobs();
  EXPECT_EQ(c.received.back()["method"], "$/progress");
  EXPECT_EQ(c.received.back()["params"]["value"]["kind"], "end");
  EXPECT_EQ(c.received.back()["params"]["token"], create["params"]["token"]);
}

TEST(Progress, UsesTheTokenOfARequest) {
  Client c;
  c.initialize();
  c.open(kPolicy);
  c.request("workspace/executeCommand",
            {{"command", "aclc.runAllTests"}, {"arguments", {"file:///p/policy.hujson"}}, {"workDoneToken", "mine"}});
  EXPECT_EQ(c.count("$/progress"), 2u);
}

TEST(Lifecycle, ShutdownLetsGoOfWork) {
  Client c(Client::Patient{});
  c.initialize();
  c.open(kPolicy);
  c.command("aclc.runAllTests", {"file:///p/policy.hujson"});
  EXPECT_TRUE(c.request("shutdown", nullptr).is_null());
  EXPECT_EQ(code(c.answer_to(2)), -32800);
  const size_t before = c.received.size();
  c.do_jobs();
  EXPECT_EQ(c.received.size(), before);
}

}  // namespace
}  // namespace aclc::lsp::test
