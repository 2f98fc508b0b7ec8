// SPDX-License-Identifier: Apache-2.0
#include "compiler/tailnet/read.h"

#include <gmock/gmock.h>

#include "compiler/tailnet/text_forms.h"
#include "tests/support/compiled.h"

namespace aclc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Read {
  std::string text;
  Findings findings;
  Tailnet tailnet;

  explicit Read(std::string t, bool strict = false) : text(std::move(t)) {
    TailnetLimits limits;
    limits.strict = strict;
    tailnet = read_tailnet(text, SourceId(size_t{3}), findings, limits);
  }
  const Node& node(size_t i) const { return tailnet.nodes[TailnetNodeId(i)]; }
  std::vector<std::string> places() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : findings.all) {
      EXPECT_EQ(d.source, SourceId(size_t{3}));
      out.push_back(std::string(d.slug()) + "@" + text.substr(d.span.begin, d.span.length()));
    }
    return out;
  }
};

TEST(Tailnet, OwnFormat) {
  const Read r(R"({ // comments are fine
    "nodes": [{"name": "a", "ipv4": "100.64.0.1", "ipv6": "fd7a:115c:a1e0::1", "user": "u@x.test", "created": "1970-01-01T00:00:01.5Z",
               "posture": {"node:os": "linux", "custom:n": 2.5, "custom:b": true}, "endpoints": ["[2001:db8::1]:7"],
               "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
              {"name": "b", "ipv6": "fd7a:115c:a1e0::2", "tags": ["tag:x", "tag:y"], "routable_ips": ["10.0.0.0/8", "10.0.0.0/8"],
               "approved_routes": ["10.0.0.0/8"], "shared_in": true},],
    "users": [{"login": "u@x.test", "role": "network-admin"}], "tailnet": "x.test"})");
  EXPECT_THAT(r.places(), IsEmpty());
  EXPECT_EQ(r.tailnet.text(r.tailnet.name), "x.test");
  ASSERT_EQ(r.tailnet.nodes.size(), 2u);
  EXPECT_EQ(r.tailnet.users[r.node(0).user].role, Role::kNetworkAdmin);
  EXPECT_EQ(r.node(0).created_ns, 1'500'000'000);
  EXPECT_THAT(r.node(0).posture, SizeIs(3));
  EXPECT_EQ(r.node(0).posture[1].number, 2.5);
  EXPECT_TRUE(r.node(0).posture[2].boolean);
  EXPECT_FALSE(r.node(1).user.valid());
  EXPECT_FALSE(r.node(1).ipv4.has_value());
  EXPECT_THAT(r.node(1).tags, SizeIs(2));
  EXPECT_THAT(r.node(1).routable_ips, SizeIs(1));
  EXPECT_TRUE(r.node(1).shared_in);
}

TEST(Tailnet, UsersMayBeLeftOutAltogether) {
  const Read r(R"({"nodes": [{"name": "a", "ipv4": "100.64.0.1", "user": "u@x.test"}]})");
  EXPECT_THAT(r.places(), IsEmpty());
  EXPECT_EQ(r.tailnet.users.size(), 1u);
}

TEST(Tailnet, WhatIsBrokenIsNotMissing) {
  EXPECT_THAT(Read(R"({"nodes": [{"name": "a", "ipv4": 100.64.0.1, "user": "u@x.test"}]})").places(), ElementsAre("invalid-literal@100.64.0.1"));
}

TEST(Tailnet, TheOwnerOfASharedDeviceIsNoUserOfTheTailnet) {
  const Read r(R"({"devices": [{"id": "1", "name": "a.x.ts.net", "addresses": ["100.64.0.1"], "user": "ann@other.test", "isExternal": true},
                               {"id": "2", "name": "b.x.ts.net", "addresses": ["100.64.0.2"], "user": "bo@x.test"},
                               {"id": "3", "name": "c.x.ts.net", "addresses": ["100.64.0.3"], "user": "cy@other.test"}],
                   "users": [{"id": "1", "loginName": "bo@x.test", "role": "owner", "status": "active", "type": "member"}]})");
  EXPECT_THAT(r.places(), ElementsAre("unknown-node-user@cy@other.test"));
  ASSERT_EQ(r.tailnet.nodes.size(), 2u);
  EXPECT_TRUE(r.node(0).shared_in);
}

TEST(Tailnet, FaultsHaveTightPlacesAndNoFollowUps) {
  const Read r(R"({"users": [{"login": "u@x.test"}], "nodes": [
    {"name": "a", "ipv4": "100.64.0.999", "user": "u@x.test"},
    {"name": "b", "ipv4": "100.64.0.2", "tags": ["web"]},
    {"name": "c", "ipv4": "100.64.0.3", "user": "w@x.test"},
    {"name": 4, "ipv4": "100.64.0.4", "tags": ["tag:x"]}, 5]})");
  EXPECT_THAT(r.places(), ElementsAre("invalid-node-address@100.64.0.999", "invalid-node-tag@web", "unknown-node-user@w@x.test",
                                      "tailnet-type@4", "tailnet-type@5"));
}

TEST(Tailnet, StrictMakesUnknownKeysErrors) {
  const std::string text = R"({"nodes": [{"name": "a", "ipv4": "100.64.0.1", "user": "u@x.test", "colour": "red"}]})";
  EXPECT_EQ(Read(text).findings.all.at(0).severity, Severity::kWarning);
  EXPECT_EQ(Read(text, true).findings.all.at(0).severity, Severity::kError);
}

TEST(Tailnet, ARecordedCaseIsReadQuietly) {
  const Read r(R"({"id": "x", "category": "acl", "description": "d", "tailnet": "x.test", "policy": "{}", "tailnet_settings": {},
    "users": [], "nodes": [], "expect": {"status": 200}})", true);
  EXPECT_THAT(r.places(), IsEmpty());
}

TEST(Tailnet, JunkIsBounded) {
  std::string text = "[";
  for (int i = 0; i < 100'000; ++i) text += "[],";
  EXPECT_LE(Read(text + "]").findings.all.size(), 1'001u);
  EXPECT_THAT(Read("").findings.all, SizeIs(1));
  EXPECT_THAT(Read("42").places(), ElementsAre("no-tailnet-file@42"));
  EXPECT_THAT(Read("{}").findings.slugs(), ElementsAre("no-tailnet-file"));
  for (const char* users : {"[]", "5", "null", "{}", "[[]]", "[5]", "\"x\"", ""}) {
    Read(std::string("{\"users\": ") + users + "}");
    Read(std::string("{\"tailnet\": \"x\", \"users\": ") + users);
    Read(std::string("{\"nodes\": ") + users + "}");
    Read(std::string("{\"devices\": ") + users + ", \"users\": " + users + "}");
  }
  Read(std::string(100'000, '{'));
  Read(std::string("\xff\xfe{\"nodes\"", 10));
}

TEST(TextForms, Times) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_time("2026-02-28T23:59:59.000000001Z"), 1'772'323'199'000'000'001);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1'000'000'000);
  EXPECT_TRUE(parse_time("2024-02-29T00:00:00Z").has_value());
  for (const char* bad : {"", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "9999-01-01T00:00:00Z",
                          "2026-01-01T00:00:00.Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00Zx", "-026-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_time(bad).has_value()) << bad;
  }
}

TEST(TextForms, KeysAndEndpoints) {
  const std::string zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  EXPECT_EQ(parse_node_key(zero), zero);
  EXPECT_EQ(parse_node_key("nodekey:" + std::string(64, '0')), zero);
  EXPECT_EQ(parse_node_key("nodekey:" + std::string(64, 'f')), "//////////////////////////////////////////8=");
  EXPECT_FALSE(parse_node_key("nodekey:" + std::string(63, 'f')).has_value());
  EXPECT_FALSE(parse_node_key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=").has_value());  // bits past the 32nd byte
  EXPECT_TRUE(is_endpoint("192.0.2.7:41641"));
  EXPECT_TRUE(is_endpoint("[2001:db8::1]:1"));
  for (const char* bad : {"192.0.2.7", "192.0.2.7:0", "192.0.2.7:65536", "2001:db8::1:7", "[192.0.2.7]:1", "host:1", "192.0.2.7:"}) {
    EXPECT_FALSE(is_endpoint(bad)) << bad;
  }
}

}  // namespace
}  // namespace aclc::testing
