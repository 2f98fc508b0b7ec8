// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/dns/names.h"

namespace aclc::dns {
namespace {

using ::testing::ElementsAre;

std::string wire_name(const std::string& name) {
  std::string out;
  for (size_t at = 0; at < name.size();) {
    const size_t end = std::min(name.find('.', at), name.size());
    out += static_cast<char>(end - at);
    out += name.substr(at, end - at);
    at = end + 1;
  }
  return out + '\0';
}
std::string query_bytes(const std::string& name, uint16_t type, bool edns = false) {
  std::string out{'\x12', '\x34', '\x01', '\0', '\0', '\x01', '\0', '\0', '\0', '\0', '\0', static_cast<char>(edns)};
  out += wire_name(name) + std::string{static_cast<char>(type >> 8), static_cast<char>(type), '\0', '\x01'};
  if (edns) out += std::string{'\0', '\0', '\x29', '\x04', '\xd0', '\0', '\0', '\0', '\0', '\0', '\0'};
  return out;
}
Query query(const std::string& name, uint16_t type) { return read_query(query_bytes(name, type)).value(); }
int code(const std::string& answer) { return answer[3] & 0x0f; }
int count(const std::string& answer) { return answer[7]; }

SnapshotDns example() {
  SnapshotDns dns;
  dns.magic = true;
  dns.names = {{"web1.example.com", {*Address::parse("100.64.0.10"), *Address::parse("fd7a:115c:a1e0::a")}}, {"db.example.com", {*Address::parse("100.64.0.20")}}};
  dns.nameservers = {"192.0.2.53"};
  dns.routes = {{"corp.example", {"10.0.0.53:5353", "[2001:db8::1]:53"}}, {"lab.corp.example", {"10.1.0.53"}}, {"only.mesh", {}}};
  return dns;
}

TEST(Names, OfTheMeshAreAnsweredHere) {
  const Names names(example(), {});
  const std::string four = names.decide(query("WEB1.Example.com", kTypeA)).answer;
  EXPECT_EQ(code(four), kNoError);
  EXPECT_EQ(count(four), 1);
  EXPECT_EQ(four.substr(four.size() - 4), std::string("\x64\x40\0\x0a", 4));
  EXPECT_EQ(count(names.decide(query("web1.example.com", kTypeAaaa)).answer), 1);
  EXPECT_EQ(count(names.decide(query("db.example.com", kTypeAaaa)).answer), 0) << "the name is there, an address of that kind is not";
  EXPECT_EQ(count(names.decide(query("db", kTypeA)).answer), 1) << "by its first label";
  const std::string back = names.decide(query(reverse_name(*Address::parse("100.64.0.20")), kTypePtr)).answer;
  EXPECT_EQ(back.substr(back.size() - 16), wire_name("db.example.com"));
}

TEST(Names, OthersGoTheMostSpecificWay) {
  const Names names(example(), {"198.51.100.1"});
  EXPECT_THAT(names.decide(query("a.corp.example", kTypeA)).servers, ElementsAre("10.0.0.53:5353", "[2001:db8::1]:53"));
  EXPECT_THAT(names.decide(query("x.lab.corp.example", kTypeA)).servers, ElementsAre("10.1.0.53:53"));
  EXPECT_THAT(names.decide(query("notcorp.example", kTypeA)).servers, ElementsAre("192.0.2.53:53"));
  EXPECT_EQ(code(names.decide(query("x.only.mesh", kTypeA)).answer), kNoSuchName);
  SnapshotDns none = example();
  none.nameservers.clear();
  EXPECT_THAT(Names(none, {"198.51.100.1"}).decide(query("example.org", kTypeA)).servers, ElementsAre("198.51.100.1:53"));
  EXPECT_EQ(code(Names(none, {}).decide(query("example.org", kTypeA)).answer), kRefused);
}

TEST(Names, WithoutMagicAreNobodysBusiness) {
  SnapshotDns dns = example();
  dns.magic = false;
  EXPECT_THAT(Names(dns, {}).decide(query("web1.example.com", kTypeA)).servers, ElementsAre("192.0.2.53:53"));
}

TEST(Message, OnlyPlainQuestionsAreQueries) {
  EXPECT_TRUE(read_query(query_bytes("a.b", kTypeA, true))->extended);
  EXPECT_EQ(udp_limit(query_bytes("a.b", kTypeA, true), *read_query(query_bytes("a.b", kTypeA, true))), 1232u);
  std::string answer = query_bytes("a.b", kTypeA);
  answer[2] = '\x80';
  EXPECT_FALSE(read_query(answer));
  EXPECT_TRUE(form_error(answer).empty()) << "two resolvers must not answer each other for ever";
  std::string pointer = query_bytes("", kTypeA);
  pointer.replace(12, 1, "\xc0\x0c");
  EXPECT_FALSE(read_query(pointer));
  EXPECT_FALSE(read_query(query_bytes("a b", kTypeA)));
  EXPECT_FALSE(read_query(query_bytes(std::string(64, 'a'), kTypeA)));
  const std::string whole = query_bytes("a.b", kTypeA);
  for (size_t n = 0; n < whole.size(); ++n) EXPECT_FALSE(read_query(whole.substr(0, n))) << n;
  EXPECT_EQ(form_error(pointer)[3] & 0x0f, kFormError);
}

TEST(Message, AnswersAreCutForClientsThatCannotTakeThem) {
  const Query q = query("web1.example.com", kTypeA);
  std::string large = error_answer(q, kNoError) + std::string(600, 'x');
  truncate(large, q, 512);
  EXPECT_EQ(large.size(), 12 + q.question.size());
  EXPECT_TRUE(large[2] & 0x02);
  EXPECT_TRUE(answers(large, q.id, q));
  EXPECT_FALSE(answers(large, static_cast<uint16_t>(q.id + 1), q));
  EXPECT_FALSE(answers(large, q.id, query("web2.example.com", kTypeA)));
}

TEST(Servers, AreAddressesWithPorts) {
  EXPECT_EQ(server_text("192.0.2.1"), "192.0.2.1:53");
  EXPECT_EQ(server_text("2001:db8::1"), "[2001:db8::1]:53");
  EXPECT_EQ(server_text("192.0.2.1:5353"), "192.0.2.1:5353");
  for (const char* text : {"", "dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:99999", ":53", "[]:53", "192.0.2.1:5x"}) EXPECT_EQ(server_text(text), "") << text;
}

}  // namespace
}  // namespace aclc::dns
