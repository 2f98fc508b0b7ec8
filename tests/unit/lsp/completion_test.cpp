// SPDX-License-Identifier: Apache-2.0
// Completion in lines that are half typed, each by the text that accepting an offer makes. `^` is the cursor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

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

/// What is offered at `^` in a policy.
std::vector<std::string> offers(std::string text, const json& more = json::object()) {
  const size_t cursor = text.find('^');
  text.erase(cursor, 1);
  Client c;
  c.initialize(full_capabilities(), more);
  c.open(text);
  const auto begin = text.begin(), end = begin + static_cast<ptrdiff_t>(cursor);
  const size_t line_begin = cursor == 0 ? 0 : text.rfind('\n', cursor - 1) + 1;
  const json list = c.ask("completion", {{"line", std::count(begin, end, '\n')}, {"character", cursor - line_begin}});
  std::vector<std::string> out;
  for (const json& item : list.is_object() ? list["items"] : json::array()) out.push_back(item["label"]);
  return out;
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

TEST(Completion, LeavesAStringOpenInWhichMoreFollows) {
  EXPECT_EQ(accepted(R"({"src": ["*"], "dst": ["tag:^]})", "tag:db"), R"({"src": ["*"], "dst": ["tag:db:]})");
  EXPECT_EQ(accepted(R"({"src": ["*"], "dst": ["tag:db:^]})", "443"), R"({"src": ["*"], "dst": ["tag:db:443"]})");
  EXPECT_EQ(accepted(R"({"src": ["*"], "dst": ["tag:^"]})", "tag:db"), R"({"src": ["*"], "dst": ["tag:db:"]})") << "closed it stays closed";
  EXPECT_EQ(accepted(R"("tag:^)", "tag:", "{\"tagOwners\": {\n", "\n}}"), R"("tag:)");
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

/// Names for the rules below: a person, a group, a tag, one address, a network.
std::string in_policy(const std::string& rest) {
  return R"({"groups": {"group:eng": ["a@x.y"]}, "tagOwners": {"tag:db": []}, "hosts": {"one": "192.0.2.7", "lab": "192.0.2.0/24"},
)" + rest + "}";
}

TEST(Completion, OffersInTestsWhatCanBeTested) {
  const auto dst = [](const std::string& test) { return offers(in_policy(R"("tests": [{"src": "tag:db", )" + test + "}]")); };
  EXPECT_THAT(dst(R"("accept": ["tag:db:^"])"), IsSupersetOf({"22", "443"}));
  EXPECT_THAT(dst(R"("accept": ["tag:db:^"])"), Not(Contains("*")));
  EXPECT_THAT(dst(R"("deny": ["tag:db:22,^"])"), IsEmpty()) << "one port";
  EXPECT_THAT(dst(R"("proto": "icmp", "accept": ["tag:db:^"])"), ElementsAre("0"));
  EXPECT_THAT(dst(R"("proto": "^", "accept": ["tag:db:22"])"), ElementsAre("tcp", "udp", "sctp"));
  EXPECT_THAT(dst(R"("proto": "^", "accept": ["tag:db:0"])"), ElementsAre("icmp"));
  EXPECT_THAT(dst(R"("accept": ["^"])"), Contains("one"));
  EXPECT_THAT(dst(R"("accept": ["^"])"), Not(Contains("lab"))) << "a network is not one address";
  EXPECT_THAT(offers(in_policy(R"("sshTests": [{"src": "tag:db", "dst": ["^"]}])")), Not(Contains("lab")));
}

TEST(Completion, OffersPortsThatTheProtocolHas) {
  EXPECT_THAT(offers(in_policy(R"("acls": [{"proto": "icmp", "src": ["*"], "dst": ["*:^"]}])")), ElementsAre("*"));
  EXPECT_THAT(offers(in_policy(R"("acls": [{"proto": "^", "src": ["*"], "dst": ["*:22"]}])")), ElementsAre("tcp", "udp", "sctp"));
  EXPECT_THAT(offers(in_policy(R"("acls": [{"src": ["*"], "dst": ["*:22,^"]}])")), Not(Contains("*")));
  EXPECT_THAT(offers(in_policy(R"("acls": [{"src": ["*"], "dst": ["*:22,^"]}])")), Not(Contains("22"))) << "it is there";
  EXPECT_THAT(offers(in_policy(R"("grants": [{"ip": ["*:^"]}])")), Contains("443")) << "any protocol has ports";
  EXPECT_EQ(accepted(R"({"ip": ["tc^p:443"]})", "udp:", "{\"grants\": [\n"), R"({"ip": ["udp:443"]})");
  EXPECT_EQ(accepted(R"({"ip": ["tcp:8^0,443"]})", "22", "{\"grants\": [\n"), R"({"ip": ["tcp:22,443"]})");
}

TEST(Completion, OffersWhatTheRestOfTheRuleTakes) {
  const auto grant = [](const std::string& rule) { return offers(in_policy("\"grants\": [{" + rule + "}]")); };
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["^"], "app": {"x.y/z": []})"), Not(Contains("autogroup:internet")));
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["^"], "ip": ["*"])"), Contains("autogroup:internet"));
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["autogroup:internet"], "^": 0)"), Not(Contains("app")));
  EXPECT_THAT(grant(R"("src": ["*"], "dst": ["^"])"), Not(Contains("autogroup:self")));
  EXPECT_THAT(grant(R"("src": ["a@x.y"], "dst": ["^"])"), Contains("autogroup:self"));
  EXPECT_THAT(grant(R"("src": ["^"], "dst": ["autogroup:self"])"), Not(Contains("tag:db")));
  EXPECT_THAT(offers(in_policy(R"("acls": [{"src": ["^"], "dst": ["autogroup:self:*"]}])")), Contains("*")) << "an acl takes it";

  const auto ssh = [](const std::string& rule) { return offers(in_policy("\"ssh\": [{" + rule + "}]")); };
  EXPECT_THAT(ssh(R"("src": ["group:eng"], "dst": ["^"])"), ElementsAre("tag:db", "autogroup:self", "autogroup:tagged"));
  EXPECT_THAT(ssh(R"("src": ["tag:db"], "dst": ["^"])"), ElementsAre("tag:db", "autogroup:tagged"));
  EXPECT_THAT(ssh(R"("src": ["a@x.y"], "dst": ["^"])"), ElementsAre("tag:db", "a@x.y", "autogroup:self", "autogroup:tagged"));
  EXPECT_THAT(ssh(R"("src": ["^"], "dst": ["a@x.y"])"), ElementsAre("a@x.y"));
  EXPECT_THAT(ssh(R"("src": ["^"], "dst": ["autogroup:self"])"), Not(Contains("tag:db")));
  EXPECT_THAT(ssh(R"("action": "check", "src": ["^"])"), Not(Contains("tag:db"))) << "nobody is there to be asked";
  EXPECT_THAT(ssh(R"("action": "^", "src": ["tag:db"])"), ElementsAre("accept"));
  EXPECT_THAT(ssh(R"("action": "accept", "^": 0)"), Not(Contains("checkPeriod")));
}

TEST(Completion, OffersAccounts) {
  const std::string rules = R"("ssh": [{"action": "accept", "src": ["group:eng"], "dst": ["tag:db"], "users": ["deploy", "localpart:*@x.y"]}, )";
  EXPECT_THAT(offers(in_policy(rules + R"({"users": ["^"]}])")), ElementsAre("autogroup:nonroot", "root", "deploy", "localpart:*@x.y"));
  const auto test = [&](const std::string& members) { return offers(in_policy(rules + R"(], "sshTests": [{"dst": ["tag:db"], )" + members + "}]")); };
  EXPECT_THAT(test(R"("src": "tag:db", "accept": ["^"])"), ElementsAre("root", "deploy"));
  EXPECT_THAT(test(R"("src": "a@x.y", "accept": ["^"])"), ElementsAre("a", "root", "deploy"));
  EXPECT_THAT(test(R"("src": "tag:db", "accept": ["^"], "deny": ["deploy", "pi"])"), ElementsAre("root")) << "denied";
  EXPECT_THAT(test(R"("src": "tag:db", "check": ["pi", "^"])"), ElementsAre("root", "deploy"));
}

TEST(Completion, OffersNothingThatTheTargetDoesNotKnow) {
  EXPECT_THAT(offers(R"({"^": 0})"), IsSupersetOf({"acls", "ipsets"}));
  EXPECT_THAT(offers(R"({"^": 0})"), Not(Contains("dns"))) << "the check warns of it";
  EXPECT_THAT(offers(R"({"^": 0})", {{"initializationOptions", {{"target", "headscale"}}}}), Not(Contains("ipsets")));
  EXPECT_THAT(offers(R"({"dns": {"^": 0}})"), Contains("nameservers"));
}

TEST(Completion, OffersWhatIsNotThereYet) {
  EXPECT_THAT(offers(in_policy(R"("acls": [{"src": ["tag:db", "^"]}])")), Not(Contains("tag:db")));
  EXPECT_THAT(offers(in_policy(R"("tests": [{"srcPostureAttrs": {"node:os": "linux", "^": 0}}])")), Not(Contains("node:os")));
  EXPECT_THAT(offers(in_policy(R"("acls": [{"src": ["autogroup:members"]}, {"src": ["^"]}])")), Not(Contains("autogroup:member")))
      << "one spelling for all of the policy";
  const std::string sets = R"("ipsets": {"ipset:a": ["add ipset:b"], "ipset:b": ["add ^"], "ipset:c": ["host:one"]})";
  EXPECT_THAT(offers(in_policy(sets)), Contains("ipset:c"));
  EXPECT_THAT(offers(in_policy(sets)), Not(Contains("ipset:a"))) << "it holds this one";
}

TEST(Completion, GivesEachElementOfASetItsVerb) {
  const std::string head = "{\"ipsets\": {\"ipset:a\": [\n";
  EXPECT_EQ(accepted(R"("192.0.2.0/24", "^", "192.0.2.7")", "remove ", head, "\n]}}"), R"("add 192.0.2.0/24", "remove ", "add 192.0.2.7")");
  EXPECT_EQ(accepted(R"("192.0.2.0/24", ^ "192.0.2.7")", "remove ", head, "\n]}}"), R"("add 192.0.2.0/24", "remove ", "add 192.0.2.7")");
}

TEST(Completion, PutsBracketsAroundTheListOfAName) {
  const std::string owners = "{\"groups\": {\"group:eng\": []}, \"tagOwners\": {\n", foot = "\n}}";
  EXPECT_EQ(accepted(R"("tag:db": gr^)", "group:eng", owners, foot), R"("tag:db": ["group:eng"])");
  EXPECT_EQ(accepted(R"("tag:db": ^, "tag:web": [])", "group:eng", owners, foot), R"("tag:db": ["group:eng"], "tag:web": [])");
}

TEST(Completion, OffersNamesThatStandElsewhere) {
  const std::string tests = R"("tests": [{"src": "tag:db", "srcPostureAttrs": {"custom:tier": "a"}}], )";
  EXPECT_THAT(offers(in_policy(tests + R"("postures": {"posture:p": ["^"]})")), IsSupersetOf({"custom:tier", "node:os"}));
  EXPECT_THAT(offers(in_policy(tests + R"("attrConfig": {"^": {}})")), Contains("custom:tier"));
  EXPECT_THAT(offers(in_policy(R"("nodeAttrs": [{"attr": ["x-of-ours"]}, {"attr": ["^"]}])")), IsSupersetOf({"x-of-ours", "funnel"}));
  EXPECT_THAT(offers(in_policy(R"("grants": [{"dst": ["svc:pay"]}, {"dst": ["^"]}])")), Contains("svc:pay"));
  EXPECT_THAT(offers(in_policy(R"("OneCGNATRoute": "^")")), ElementsAre("mac-always", "mac-never"));
}

TEST(Completion, OffersCapabilitiesAndConnectors) {
  EXPECT_THAT(offers(in_policy(R"("grants": [{"src": ["*"], "dst": ["tag:db"], "app": {"^": []}}, {"app": {"x.y/z": []}}])")),
              IsSupersetOf({"x.y/z", "tailscale.com/cap/drive"}));
  const std::string connectors = R"("nodeAttrs": [{"target": ["*"], "app": {"tailscale.com/app-connectors": [{)";
  EXPECT_THAT(offers(in_policy(connectors + R"("^": 0}]}}])")), ElementsAre("name", "connectors", "domains", "routes", "presetAppID"));
  EXPECT_THAT(offers(in_policy(connectors + R"("connectors": ["^"]}]}}])")), ElementsAre("tag:db", "*"));
  EXPECT_THAT(offers(in_policy(R"("nodeAttrs": [{"target": ["^"], "app": {"tailscale.com/app-connectors": []}}])")), ElementsAre("*"));
}

TEST(Completion, InsertsOrReplacesAsTheEditorAsks) {
  json capabilities = full_capabilities();
  capabilities["textDocument"]["completion"]["completionItem"]["insertReplaceSupport"] = true;
  const auto edit = [&](const std::string& text, const std::string& piece, int delta) {
    Client c;
    c.initialize(capabilities);
    c.open(text);
    const json list = c.ask("completion", c.at(piece, delta));
    EXPECT_TRUE(list.is_object() && !list["items"].empty()) << text;
    const json both = list["items"][0]["textEdit"];
    EXPECT_FALSE(both.contains("range"));
    return std::vector<int>{both["insert"]["start"]["character"], both["insert"]["end"]["character"], both["replace"]["start"]["character"],
                            both["replace"]["end"]["character"]};
  };
  EXPECT_THAT(edit(R"({"tagOwners": {"tag:db": []}, "acls": [{"src": ["tag:dx"]}]})", "\"tag:dx", 5), ElementsAre(49, 53, 49, 55));
  EXPECT_THAT(edit(R"({"tagOwners": {"tag:db": []}, "acls": [{"dst": ["tag:dx:22"]}]})", "\"tag:dx", 5), ElementsAre(49, 53, 49, 55)) << "the ports stay";
  EXPECT_THAT(edit(R"({"acl"})", "acl", 1), ElementsAre(2, 6, 2, 6)) << "the colon stands behind the whole name";
  capabilities["textDocument"]["completion"]["completionList"]["itemDefaults"] = {"editRange"};
  Client c;
  c.initialize(capabilities);
  c.open(R"({"acls": [{"action": "acc"}]})");
  const json list = c.ask("completion", c.at("acc", 1));
  EXPECT_EQ(list["itemDefaults"]["editRange"]["insert"]["end"]["character"], 23);
  EXPECT_EQ(list["itemDefaults"]["editRange"]["replace"]["end"]["character"], 25);
}

TEST(Completion, BeginsAPolicy) {
  EXPECT_EQ(accepted("^", "{}", "", ""), "{\n  \n}\n");
  EXPECT_EQ(accepted("^", "{}", "// ours\n", ""), "{\n  \n}\n");
  EXPECT_EQ(accepted("^", "{}", "", "{}"), "only:");
}

}  // namespace
}  // namespace aclc::lsp::test
