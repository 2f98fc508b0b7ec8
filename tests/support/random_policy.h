// SPDX-License-Identifier: Apache-2.0
// Small policies and tailnets over a few names, so that rules touch, cover and contradict one another all the time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc::testing {

class PolicyDice {
 public:
  explicit PolicyDice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

  uint32_t below(uint32_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<uint32_t>((state_ >> 33) % n);
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  std::string of(const std::vector<std::string>& words) { return words[below(static_cast<uint32_t>(words.size()))]; }

  std::string policy() {
    std::string out =
        "{\"groups\": {\"group:a\": [\"ann@x.org\", \"bob@x.org\"], \"group:b\": [\"bob@x.org\"], \"group:none\": []},"
        " \"tagOwners\": {\"tag:x\": [], \"tag:y\": [\"group:a\"], \"tag:r\": []},"
        " \"hosts\": {\"net\": \"10.0.0.0/23\", \"half\": \"10.0.0.0/24\", \"one\": \"10.0.0.7\", \"pub\": \"8.8.8.8\"},"
        " \"ipsets\": {\"ipset:s\": [\"add 10.0.0.0/24\", \"remove 10.0.0.128/25\", \"add 100.64.0.0/30\"]},"
        " \"postures\": {\"posture:l\": [\"node:os == 'linux'\"], \"posture:m\": [\"node:os == 'macos'\"]},";
    if (one_in(6)) out += " \"defaultSrcPosture\": [\"posture:l\"],";
    out += " \"grants\": [" + list(below(5), [&] { return grant(); }) + "], \"acls\": [" + list(1 + below(5), [&] { return acl(); }) + "]}";
    return out;
  }

  std::string tailnet() {
    std::string out =
        "{\"tailnet\": \"x.org\", \"users\": [{\"login\": \"ann@x.org\", \"role\": \"owner\"}, {\"login\": \"bob@x.org\", \"role\": \"admin\"},"
        " {\"login\": \"cy@x.org\"}], \"nodes\": [";
    const uint32_t n = 2 + below(6);
    for (uint32_t i = 0; i < n; ++i) {
      const std::string number = std::to_string(i + 1);
      out += std::string(i ? ", " : "") + "{\"name\": \"n" + number + "\", \"ipv4\": \"100.64.0." + number + "\"";
      if (!one_in(5)) out += ", \"ipv6\": \"fd7a:115c:a1e0::" + number + "\"";
      if (one_in(2)) {
        out += ", \"user\": \"" + of({"ann@x.org", "bob@x.org", "cy@x.org"}) + "\"";
      } else {
        out += ", \"tags\": [" + std::string(one_in(4) ? "\"tag:x\", \"tag:y\"" : one_in(3) ? "\"tag:r\"" : one_in(2) ? "\"tag:x\"" : "\"tag:y\"") + "]";
      }
      if (one_in(3)) {
        const std::string routes = of({"\"10.0.0.0/24\"", "\"10.0.1.0/24\"", "\"10.0.0.0/16\"", "\"8.8.8.0/24\"", "\"0.0.0.0/0\", \"::/0\""});
        out += ", \"routable_ips\": [" + routes + "]";
        if (!one_in(4)) out += ", \"approved_routes\": [" + routes + "]";
      }
      if (!one_in(3)) out += ", \"posture\": {\"node:os\": \"" + of({"linux", "macos"}) + "\"}";
      out += "}";
    }
    return out + "]}";
  }

 private:
  template <class F>
  std::string list(uint32_t n, F&& f) {
    std::string out;
    for (uint32_t i = 0; i < n; ++i) out += (i ? ", " : "") + f();
    return out;
  }
  std::string quoted(const std::string& s) { return "\"" + s + "\""; }

  std::string person() { return of({"ann@x.org", "bob@x.org", "cy@x.org", "group:a", "group:b", "group:none", "group:ext", "autogroup:member", "autogroup:admin", "autogroup:owner"}); }
  std::string source() {
    if (one_in(2)) return person();
    if (one_in(4)) return of({"*", "autogroup:danger-all"});  // often both: the one is nearly the other
    return of({"tag:x", "tag:y", "autogroup:tagged", "10.0.0.0/23", "net", "half", "one", "100.64.0.2", "100.64.0.0/29", "ipset:s", "fd7a:115c:a1e0::1"});
  }
  std::string destination() {
    return of({"*", "ann@x.org", "bob@x.org", "group:a", "group:b", "tag:x", "tag:y", "tag:x", "autogroup:member", "autogroup:tagged", "autogroup:owner",
               "autogroup:admin", "autogroup:internet", "net", "half", "one", "pub", "10.0.1.0/24", "10.0.0.0/8", "100.64.0.3", "ipset:s"});
  }
  std::string ports() { return of({"*", "22", "20-30", "80,443", "80", "1-65535", "443", "1-80", "1-30000,30001-65535"}); }
  std::string posture() { return one_in(8) ? ", \"srcPosture\": [" + of({"\"posture:l\"", "\"posture:m\"", "\"posture:l\", \"posture:m\""}) + "]" : ""; }

  std::string acl() {
    const bool self = one_in(6);
    std::string proto = one_in(4) ? of({"tcp", "udp", "icmp", "sctp", "47"}) : "";
    const bool portless = proto == "icmp" || proto == "47";
    std::string out = "{\"action\": \"accept\", \"src\": [" + list(1 + below(3), [&] { return quoted(self ? person() : source()); }) + "], \"dst\": [";
    out += list(1 + below(2), [&] { return quoted((self ? std::string("autogroup:self") : destination()) + ":" + (portless ? "*" : ports())); }) + "]";
    if (!proto.empty()) out += ", \"proto\": " + quoted(proto);
    return out + posture() + "}";
  }
  std::string grant() {
    const bool self = one_in(6), app = one_in(6);
    std::string out = "{\"src\": [" + list(1 + below(3), [&] { return quoted(self ? person() : source()); }) + "], \"dst\": [";
    out += list(1 + below(2), [&] {
      std::string d = self ? "autogroup:self" : destination();
      if (app && d == "autogroup:internet") d = "tag:x";
      return quoted(d);
    });
    out += "], \"ip\": [" + list(1 + below(2), [&] { return quoted(one_in(3) ? of({"tcp:22", "udp:*", "tcp:1-100", "icmp:*", "sctp:80", "gre:*"}) : ports()); }) + "]";
    if (app) out += ", \"app\": {\"x.org/cap/y\": [1]}";
    if (!app && !self && one_in(8)) out += ", \"via\": [\"tag:r\"]";
    return out + posture() + "}";
  }

  uint64_t state_;
};

/// A policy text as phases see it; `findings` has what was reported.
struct BuiltPolicy : DiagnosticSink {
  explicit BuiltPolicy(std::string t) : text(std::move(t)), tree(parse(text, *this)), policy(build_policy(tree, *this)), definitions(define(policy)) {
    check(policy, tree, definitions, {}, *this);
  }
  BuiltPolicy(const BuiltPolicy&) = delete;
  BuiltPolicy& operator=(const BuiltPolicy&) = delete;
  void report(Diagnostic d) override { findings.push_back(std::move(d)); }
  bool valid() const {
    for (const Diagnostic& d : findings) {
      if (d.severity == Severity::kError) return false;
    }
    return true;
  }

  std::vector<Diagnostic> findings;
  std::string text;
  SyntaxTree tree;
  Policy policy;
  Definitions definitions;
};

}  // namespace aclc::testing
