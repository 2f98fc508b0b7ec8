// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "built.h"

namespace aclc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Built acl(const std::string& dst, const std::string& more = "") {
  return Built(R"({"acls": [{"action": "accept", )" + more + R"("src": ["*"], "dst": [")" + dst + R"("]}]})");
}
Built grant(const std::string& ip) {
  return Built(R"({"grants": [{"src": ["*"], "dst": ["*"], "ip": [")" + ip + R"("]}]})");
}
Built test(const std::string& accept) {
  return Built(R"({"tests": [{"src": "ann@example.com", "accept": [")" + accept + R"("]}]})");
}

const Destination& first(const Built& b) {
  return b.policy.at(b.policy.acls.at(0).dst)[0];
}

std::string ports_text(const Built& b, Slice<PortItem> items) {
  std::string out;
  for (const PortItem& i : b.policy.at(items)) out += (out.empty() ? "" : ",") + i.range.to_text();
  return out;
}

TEST(Destination, SplitsAtTheLastColon) {
  struct Case {
    const char *dst, *name, *ports;
    SelectorKind kind;
  };
  for (const Case& c :
       {Case{"tag:web:443", "tag:web", "443", SelectorKind::kTag}, Case{"*:*", "*", "*", SelectorKind::kWildcard},
        Case{"printer:80,443,80", "printer", "80,443,80", SelectorKind::kHost},
        Case{"ipset:lan:1-65535", "ipset:lan", "1-65535", SelectorKind::kIpSet},
        Case{"autogroup:self:22,8000-8100", "autogroup:self", "22,8000-8100", SelectorKind::kAutogroup},
        Case{"10.0.0.0/8:*", "10.0.0.0/8", "*", SelectorKind::kPrefix},
        Case{"fd7a::1:22", "fd7a::1", "22", SelectorKind::kAddress},
        Case{"fd7a::/64:*", "fd7a::/64", "*", SelectorKind::kPrefix},
        Case{"[fd7a::1]:22", "fd7a::1", "22", SelectorKind::kAddress},
        Case{"[fd7a::]/64:22", "fd7a::/64", "22", SelectorKind::kPrefix},
        Case{"ann@example.com:22", "ann@example.com", "22", SelectorKind::kUser},
        Case{"group:2fa:*", "group:2fa", "*", SelectorKind::kGroup}}) {
    const Built b = acl(c.dst);
    EXPECT_THAT(b.marks(), IsEmpty()) << c.dst;
    EXPECT_EQ(b.policy.text(first(b).selector), c.name);
    EXPECT_EQ(first(b).selector.kind, c.kind) << c.dst;
    EXPECT_EQ(ports_text(b, first(b).ports), c.ports) << c.dst;
    EXPECT_EQ(b.at(first(b).span), c.dst);
  }
}

TEST(Destination, SameSelectorTwiceIsReadTheSameWay) {
  const Built b(
      R"({"acls": [{"action": "accept", "src": ["tag:web"], "dst": ["tag:web:1", "tag:web:2", "10.0.0.0/8:1", "10.0.0.0/8:2"]}]})");
  EXPECT_THAT(b.found, IsEmpty());
  for (const Destination& d : b.policy.at(b.policy.acls.at(0).dst)) {
    EXPECT_EQ(b.at(d.selector.span), b.policy.text(d.selector));
    EXPECT_EQ(b.at(d.ports_span), b.at(b.policy.at(d.ports)[0].span));
  }
}

TEST(Destination, WithoutPort) {
  struct Case {
    const char *dst, *upstream, *fixed;
  };
  for (const Case& c :
       {Case{"printer", R"(dst="printer": hostport must contain a colon (":"))", R"("printer:*")"},
        Case{"autogroup:self", R"(dst="autogroup:self": port range "self": invalid first integer)",
             R"("autogroup:self:*")"},
        Case{"tag:web", R"(dst="tag:web": port range "web": invalid first integer)", R"("tag:web:*")"},
        Case{"group:2fa", R"(dst="group:2fa": port range "2fa": invalid first integer)", R"("group:2fa:*")"},
        Case{"10.0.0.0/8", R"(dst="10.0.0.0/8": hostport must contain a colon (":"))", R"("10.0.0.0/8:*")"},
        Case{"fd7a::1", "", R"("[fd7a::1]:*")"}, Case{"fd7a::/64", "", R"("fd7a::/64:*")"},
        Case{"1:2:3:4:5:6:7:8", "", R"("[1:2:3:4:5:6:7:8]:*")"}}) {
    const Built b = acl(c.dst);
    EXPECT_THAT(b.marks(), ElementsAre(std::string("missing-port@") + c.dst));
    ASSERT_EQ(b.found.size(), 1u);
    EXPECT_EQ(b.found[0].upstream_text, c.upstream);
    EXPECT_THAT(b.fixed(), HasSubstr(c.fixed));
    EXPECT_EQ(b.found[0].fixes[0].safety, FixSafety::kUnsafe) << "it opens all ports";
    EXPECT_TRUE(b.policy.acls.at(0).broken);
  }
}

TEST(Destination, BadPorts) {
  struct Case {
    const char *dst, *mark, *upstream;
  };
  for (const Case& c :
       {Case{"tag:web:ssh", "invalid-port@ssh", R"(dst="tag:web:ssh": port range "ssh": invalid first integer)"},
        Case{"tag:web:80,ssh", "invalid-port@ssh", R"(dst="tag:web:80,ssh": port range "ssh": invalid first integer)"},
        Case{"tag:web:0", "port-zero@0",
             R"(dst="tag:web:0": port range "0": first port must be >0, or use '*' for wildcard)"},
        Case{"tag:web:99999", "port-out-of-range@99999",
             R"(dst="tag:web:99999": port range "99999": invalid first integer)"},
        Case{"tag:web:-1", "invalid-port@-1", R"(dst="tag:web:-1": port range "-1": invalid first integer)"},
        Case{"tag:web:80-ssh", "invalid-port@80-ssh",
             R"(dst="tag:web:80-ssh": port range "80-ssh": invalid last integer)"},
        Case{"tag:web:80-99999", "port-out-of-range@99999",
             R"(dst="tag:web:80-99999": port range "80-99999": invalid last integer)"},
        Case{"tag:web:90-80", "port-range-reversed@90-80", ""},
        Case{"tag:web:80, 443", "invalid-port@ 443",
             R"(dst="tag:web:80, 443": port range " 443": invalid first integer)"},
        Case{"tag:web:${PORT}", "unfilled-placeholder@${PORT}", ""},
        Case{"${HOST}:22", "unfilled-placeholder@${HOST}", ""},
        Case{"[10.0.0.1]:22", "invalid-selector@[10.0.0.1]", ""}, Case{" tag:web:22", "stray-space@ tag:web:22", ""}}) {
    const Built b = acl(c.dst);
    EXPECT_THAT(b.marks(), ElementsAre(c.mark));
    ASSERT_EQ(b.found.size(), 1u);
    EXPECT_EQ(b.found[0].upstream_text, c.upstream);
    EXPECT_TRUE(b.policy.acls.at(0).broken);
  }
  EXPECT_THAT(acl("tag:web:ssh").fixed(), HasSubstr("tag:web:22"));
  EXPECT_THAT(acl("tag:web:90-80").fixed(), HasSubstr("tag:web:80-90"));
  EXPECT_THAT(acl("tag:web:80, 443").fixed(), HasSubstr("tag:web:80,443"));
  EXPECT_THAT(acl(" tag:web:22 ").fixed(), HasSubstr(R"("tag:web:22")"));
}

TEST(Protocol, OfAnAcl) {
  EXPECT_EQ(acl("*:*", R"("proto": "TCP", )").policy.acls.at(0).proto.number, 6);
  EXPECT_EQ(acl("*:*", R"("proto": "47", )").policy.acls.at(0).proto.number, 47);
  EXPECT_FALSE(acl("*:*", R"("proto": "", )").policy.acls.at(0).proto.present());
  EXPECT_THAT(acl("*:*", R"("proto": "", )").found, IsEmpty());
  EXPECT_THAT(acl("*:*", R"("proto": "ssh", )").marks(), ElementsAre("unknown-protocol@ssh"));
  EXPECT_THAT(acl("*:*", R"("proto": "06", )").marks(), ElementsAre("unknown-protocol@06"));
  EXPECT_THAT(acl("*:*", R"("proto": "*", )").marks(), ElementsAre("unknown-protocol@*"));
  EXPECT_THAT(acl("*:*", R"("proto": 6, )").marks(), ElementsAre("wrong-type@6"));
  EXPECT_THAT(acl("*:80", R"("proto": "icmp", )").marks(), ElementsAre("protocol-without-ports@80"));
  EXPECT_THAT(acl("*:*", R"("proto": "icmp", )").found, IsEmpty());
}

TEST(NetCapability, Forms) {
  struct Case {
    const char* ip;
    int proto;
    const char* ports;
  };
  for (const Case& c : {Case{"*", 0, "*"}, Case{"443", 0, "443"}, Case{"47", 0, "47"}, Case{"22,80", 0, "22,80"},
                        Case{"tcp:443", 6, "443"}, Case{"udp:53-54", 17, "53-54"}, Case{"icmp:*", 1, "*"},
                        Case{"6:443", 6, "443"}, Case{"*:53", 0, "53"}, Case{"*:*", 0, "*"}}) {
    const Built b = grant(c.ip);
    EXPECT_THAT(b.marks(), IsEmpty()) << c.ip;
    const NetCapability& n = b.policy.at(b.policy.grants.at(0).ip)[0];
    EXPECT_EQ(n.proto.number, c.proto) << c.ip;
    EXPECT_EQ(ports_text(b, n.ports), c.ports) << c.ip;
  }
}

TEST(NetCapability, Faults) {
  struct Case {
    const char *ip, *mark, *upstream;
  };
  for (const Case& c :
       {Case{"icmp", "invalid-port@icmp", R"(port range "icmp": invalid first integer)"},
        Case{"tcp:0", "port-zero@0", R"(port range "0": first port must be >0, or use '*' for wildcard)"},
        Case{"tpc:80", "unknown-protocol@tpc", ""}, Case{"tcp:80:90", "invalid-ip-entry@tcp:80:90", ""},
        Case{"tcp:", "invalid-port@", R"(port range "": invalid first integer)"}}) {
    const Built b = grant(c.ip);
    EXPECT_THAT(b.marks(), ElementsAre(c.mark));
    ASSERT_EQ(b.found.size(), 1u);
    EXPECT_EQ(b.found[0].upstream_text, c.upstream);
    EXPECT_TRUE(b.policy.grants.at(0).broken);
  }
  EXPECT_THAT(grant("icmp").fixed(), HasSubstr(R"("icmp:*")"));
  EXPECT_EQ(grant("icmp:8").found.at(0).severity, Severity::kWarning);
}

TEST(TestDestination, TakesOnePort) {
  EXPECT_THAT(test("tag:web:443").found, IsEmpty());
  EXPECT_THAT(test("[fd7a::1]:22").found, IsEmpty());
  EXPECT_THAT(test("printer:0").found, IsEmpty()) << "for icmp";
  for (const char* dst : {"tag:web:80,443", "tag:web:80-90", "tag:web:*", "tag:web:http", "tag:web:-1", "tag:web:99999",
                          "tag:web", "printer"}) {
    const Built b = test(dst);
    ASSERT_EQ(b.found.size(), 1u) << dst;
    EXPECT_EQ(b.found[0].upstream_text, "test(s) failed") << dst;
    EXPECT_TRUE(b.policy.tests.at(0).broken) << dst;
  }
}

}  // namespace
}  // namespace aclc
