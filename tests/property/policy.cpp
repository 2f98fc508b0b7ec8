// SPDX-License-Identifier: Apache-2.0
// Whatever the text, building a policy ends, stays inside the text with its spans, and gives selectors that stand where
// their names stand.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "parser/policy/build.h"
#include "parser/policy/dump.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

struct Found : DiagnosticSink {
  void report(Diagnostic d) override { list.push_back(std::move(d)); }
  std::vector<Diagnostic> list;
};

const std::vector<std::string> kStrings = {"*",
                                           "tag:web",
                                           "tag:web:443",
                                           "group:ops",
                                           "group:ops@example.com:22",
                                           "ann@example.com",
                                           "user:*@example.com",
                                           "user:ann@example.com",
                                           "autogroup:self",
                                           "autogroup:self:*",
                                           "autogroup:nobody",
                                           "10.0.0.0/8",
                                           "10.0.0.1/8:80",
                                           "fd7a::1",
                                           "fd7a::1:22",
                                           "[fd7a::1]:22",
                                           "[fd7a::]/64:*",
                                           "[x]:1",
                                           "192.0.2.1-192.0.2.9",
                                           "printer",
                                           "printer:80,443,90-80",
                                           "printer:",
                                           ":80",
                                           "::",
                                           ":",
                                           "",
                                           " ",
                                           " tag:web ",
                                           "add 10.0.0.0/8",
                                           "remove host:web",
                                           "add ",
                                           "host:",
                                           "ipset:lan",
                                           "svc:wiki:443",
                                           "posture:laptop",
                                           "node:os == 'linux'",
                                           "node:os IN ['a', 'b'",
                                           "custom:x not set",
                                           "'",
                                           "[",
                                           "${NAME}",
                                           "tag:${NAME}:80",
                                           "tcp:443",
                                           "icmp",
                                           "tcp:1:2",
                                           "*:0",
                                           "accept",
                                           "check",
                                           "root",
                                           "6",
                                           "-1m",
                                           "\\u0074ag:web:\\u0038\\u0030",
                                           "\\ud83d\\ude80@x.y",
                                           "caf\xc3\xa9:80"};
const std::vector<std::string> kNames = {"acls",
                                         "ACLs",
                                         "grants",
                                         "groups",
                                         "hosts",
                                         "ipsets",
                                         "tagOwners",
                                         "autoApprovers",
                                         "ssh",
                                         "nodeAttrs",
                                         "postures",
                                         "defaultSrcPosture",
                                         "tests",
                                         "sshTests",
                                         "derpMap",
                                         "disableIPv4",
                                         "OneCGNATRoute",
                                         "dns",
                                         "attrConfig",
                                         "extraDNSRecords",
                                         "src",
                                         "dst",
                                         "users",
                                         "ports",
                                         "action",
                                         "proto",
                                         "ip",
                                         "app",
                                         "via",
                                         "srcPosture",
                                         "routes",
                                         "exitNode",
                                         "services",
                                         "target",
                                         "attr",
                                         "ipPool",
                                         "accept",
                                         "allow",
                                         "deny",
                                         "check",
                                         "srcPostureAttrs",
                                         "magic",
                                         "nameservers",
                                         "domains",
                                         "Regions",
                                         "900",
                                         "Nodes",
                                         "type",
                                         "group:a",
                                         "tag:b",
                                         "svc:c",
                                         "10.0.0.0/8",
                                         "example.com/cap/x",
                                         "node:os",
                                         "sr\\u0063",
                                         "unknown"};

rc::Gen<std::string> quoted(const std::vector<std::string>& from) {
  return rc::gen::map(rc::gen::elementOf(from), [](const std::string& s) { return '"' + s + '"'; });
}

rc::Gen<std::string> value(int depth) {
  const auto leaf = rc::gen::weightedOneOf<std::string>(
      {{8, quoted(kStrings)},
       {1, rc::gen::elementOf(
               std::vector<std::string>{"1", "-1.5e3", "true", "false", "null", "{}", "[]", "", "tru", "\"open"})}});
  if (depth == 0) return leaf;
  const auto join = [](const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& i : items) out += (out.empty() ? "" : ",") + i;
    return out;
  };
  const auto array = rc::gen::map(rc::gen::scale(0.2, rc::gen::container<std::vector<std::string>>(value(depth - 1))),
                                  [join](const std::vector<std::string>& v) { return "[" + join(v) + "]"; });
  const auto member = rc::gen::apply([](const std::string& k, const std::string& v) { return k + ":" + v; },
                                     quoted(kNames), value(depth - 1));
  const auto object = rc::gen::map(rc::gen::scale(0.3, rc::gen::container<std::vector<std::string>>(member)),
                                   [join](const std::vector<std::string>& v) { return "{" + join(v) + "}"; });
  return rc::gen::weightedOneOf<std::string>({{3, leaf}, {3, array}, {4, object}});
}

/// A policy's shape with chance content, and at times a few bytes changed.
rc::Gen<std::string> policy_text() {
  const auto section =
      rc::gen::apply([](const std::string& k, const std::string& v) { return k + ":" + v; }, quoted(kNames), value(3));
  const auto whole = rc::gen::map(rc::gen::scale(0.3, rc::gen::container<std::vector<std::string>>(section)),
                                  [](const std::vector<std::string>& sections) {
                                    std::string out = "{";
                                    for (const std::string& s : sections) out += s + ",";
                                    return out + "}";
                                  });
  const auto broken = rc::gen::apply(
      [](std::string text, const std::vector<std::pair<uint16_t, char>>& changes) {
        for (const auto& [at, c] : changes) text[at % text.size()] = c;
        return text;
      },
      whole, rc::gen::scale(0.1, rc::gen::arbitrary<std::vector<std::pair<uint16_t, char>>>()));
  return rc::gen::oneOf(whole, broken);
}

bool inside(Span s, const std::string& text) {
  return s.begin <= s.end && s.end <= text.size();
}

void check_selector(const Policy& p, const Selector& s, const std::string& text) {
  RC_ASSERT(inside(s.span, text));
  const std::string_view written = std::string_view(text).substr(s.span.begin, s.span.length());
  if (written.find('\\') != std::string_view::npos || written.find('[') != std::string_view::npos) return;
  if (s.kind == SelectorKind::kInvalid) return;
  if (s.kind == SelectorKind::kUserDomain) {
    RC_ASSERT(written == "user:*@" + std::string(p.text(s)));
  } else if (s.kind == SelectorKind::kHost && written.substr(0, 5) == "host:") {
    RC_ASSERT(written.substr(5) == p.text(s));
  } else {
    RC_ASSERT(written == p.text(s));
  }
  if (s.kind == SelectorKind::kAddress || s.kind == SelectorKind::kPrefix || s.kind == SelectorKind::kRange) {
    RC_ASSERT(s.address.valid());
    RC_ASSERT(p.range(s).first <= p.range(s).last);
  }
}

void check_all(const std::string& text, Target target) {
  Found found;
  const SyntaxTree tree = parse(text, found);
  const Policy p = build_policy(tree, found, target);
  for (const Diagnostic& d : found.list) {
    RC_ASSERT(inside(d.span, text));
    RC_ASSERT(!d.message.empty());
    for (const Label& l : d.labels) RC_ASSERT(inside(l.span, text));
    for (const Fix& f : d.fixes) {
      for (const Edit& e : f.edits) RC_ASSERT(inside(e.span, text));
    }
  }
  for (const Selector& s : p.selectors) check_selector(p, s, text);
  for (const Destination& d : p.destinations) {
    check_selector(p, d.selector, text);
    RC_ASSERT(inside(d.span, text) && inside(d.ports_span, text));
  }
  for (const PortItem& i : p.port_items) RC_ASSERT(inside(i.span, text) && i.range.first <= i.range.last);
  for (const Text& t : p.texts) RC_ASSERT(inside(t.span, text));
  for (const PostureAssertion& a : p.posture_assertions) RC_ASSERT(inside(a.span, text));
  for (const IpSetElement& e : p.ipset_elements) check_selector(p, e.target, text);
  RC_ASSERT(dump(p) == dump(build_policy(tree, found, target)));
}

RC_GTEST_PROP(PolicyProperty, AnyTextBuilds, ()) {
  const std::string text = *policy_text();
  check_all(text, Target::kTailscale);
  check_all(text, Target::kHeadscale);
}

RC_GTEST_PROP(PolicyProperty, AnyStringIsReadAsADestination, ()) {
  const auto piece = rc::gen::weightedOneOf<std::string>(
      {{3, rc::gen::elementOf(kStrings)},
       {1, rc::gen::elementOf(
               std::vector<std::string>{":", ",", "-", "80", "65536", "*", "[", "]", "/", "@", " ", "tag"})}});
  std::string dst;
  for (const std::string& p : *rc::gen::scale(0.1, rc::gen::container<std::vector<std::string>>(piece))) dst += p;
  check_all(R"({"acls":[{"action":"accept","src":[")" + dst + R"("],"dst":[")" + dst + R"(",")" + dst +
                R"("]}],"tests":[{"src":")" + dst + R"(","accept":[")" + dst + R"("]}],"grants":[{"ip":[")" + dst +
                R"("]}],"ipsets":{"ipset:a":[")" + dst + R"("]},"postures":{"posture:a":[")" + dst + R"("]}})",
            Target::kTailscale);
}

}  // namespace
}  // namespace aclc
