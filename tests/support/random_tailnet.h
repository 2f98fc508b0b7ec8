// SPDX-License-Identifier: Apache-2.0
// Small random tailnets and policies, biased to what compiles get wrong: overlapping prefixes, routes to nodes' own addresses,
// sources with the same members by different names, empty groups, doubled rules, nodes of one family, self, via, exit nodes,
// postures, several tags, companions of capabilities. Most pass the check; who uses them leaves out the others.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aclc::testing {

class RandomTailnet {
 public:
  explicit RandomTailnet(uint64_t seed) : state_(seed) { begin(); }
  /// Each byte is a choice; when they are used up, the first of every alternative is taken. Refers to the bytes.
  explicit RandomTailnet(std::span<const uint8_t> choices) : choices_(choices), chosen_(true) { begin(); }

  std::string tailnet() {
    std::string out = "{\"tailnet\": \"example.com\", \"users\": [";
    for (uint32_t u = 0; u < users_; ++u) {
      out += fmt::format("{}{{\"login\": \"{}\", \"role\": \"{}\"}}", u > 0 ? ", " : "", user(u),
                         u == 0 ? "owner" : any({"member", "member", "admin", "network-admin", "auditor"}));
    }
    out += "], \"nodes\": [";
    for (size_t i = 0; i < nodes_.size(); ++i) out += (i > 0 ? ",\n" : "\n") + nodes_[i];
    return out + "]}";
  }

  std::string policy() {
    std::string out = "{\n\"tagOwners\": {\"tag:a\": [], \"tag:b\": [], \"tag:c\": []},\n\"groups\": {";
    for (const char* g : {"x", "y", "z"}) {
      out += fmt::format("\"group:{}\": [", g);
      for (uint32_t u = 0; u < 4; ++u) {
        if (one_in(3)) out += quoted(user(u)) + ", ";
      }
      out += "], ";
    }
    out += "},\n\"hosts\": {\"h1\": \"100.64.0.3\", \"h2\": \"10.33.0.0/16\", \"h3\": \"10.0.0.0/8\", \"h4\": \"fd7a:115c:a1e0::4\", "
           "\"h5\": \"8.8.8.2\", \"h6\": \"100.64.0.0/30\"},\n";
    out += "\"ipsets\": {\"ipset:s\": [\"add 10.33.0.0/16\", \"add 100.64.0.2-100.64.0.5\", \"remove 100.64.0.3\", \"add 10.40.0.0/16\"], "
           "\"ipset:t\": [\"ipset:s\", \"fd7a:115c:a1e0::1-fd7a:115c:a1e0::3\", \"8.8.8.0/24\"]},\n";
    out += "\"postures\": {\"posture:p\": [\"node:os == 'linux'\"], \"posture:q\": [\"node:tsVersion >= '1.70'\"]},\n";
    if (one_in(12)) out += "\"defaultSrcPosture\": [\"posture:p\"],\n";
    if (!one_in(25)) {
      out += rules("acls", [&] { return acl(); });
      out += rules("grants", [&] { return grant(); });
    }
    out += rules("ssh", [&] { return ssh(); });
    out += rules("nodeAttrs", [&] { return fmt::format("{{\"target\": [{}], \"attr\": [\"{}\"]}}", list([&] { return target(); }), any({"funnel", "disable-ipv4", "mullvad"})); });
    if (one_in(2)) {
      out += fmt::format("\"autoApprovers\": {{\"routes\": {{\"10.0.0.0/8\": [{}], \"100.64.0.0/16\": [{}]}}, \"exitNode\": [{}]}},\n", approver(),
                         approver(), approver());
    }
    if (one_in(15)) out += "\"disableIPv4\": true,\n";
    if (one_in(15)) out += "\"randomizeClientPort\": true,\n";
    return out + "}\n";
  }

  uint32_t below(uint32_t n) {
    if (chosen_) {
      if (choices_.empty()) return 0;
      const uint32_t choice = choices_.front() % n;
      choices_ = choices_.subspan(1);
      return choice;
    }
    uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return static_cast<uint32_t>(((z ^ (z >> 31)) >> 32) * n >> 32);
  }

  /// A node's object. The number decides its name and addresses.
  std::string node(uint32_t i) {
    std::string out = fmt::format("{{\"name\": \"n{}\", ", i);
    const uint32_t families = below(6);
    if (families != 0) out += fmt::format("\"ipv4\": \"{}\", ", one_in(12) ? fmt::format("8.8.8.{}", i + 1) : fmt::format("100.64.0.{}", i + 1));
    if (families != 1) out += fmt::format("\"ipv6\": \"fd7a:115c:a1e0::{:x}\", ", i + 1);
    if (one_in(2)) {
      out += "\"tags\": [";
      const uint32_t n = 1 + (one_in(3) ? below(3) : 0);
      for (uint32_t t = 0; t < n; ++t) out += fmt::format("{}\"{}\"", t > 0 ? ", " : "", tag());
      out += "], ";
    } else {
      out += fmt::format("\"user\": \"{}\", ", user(below(users_)));
    }
    if (one_in(3)) {
      const std::string routes = list([&] { return any({"10.0.0.0/8", "10.33.0.0/16", "10.33.5.0/24", "192.168.0.0/24", "0.0.0.0/0", "::/0", "100.64.0.0/29",
                                                        "8.8.8.0/24", "fd7a:115c:a1e0::/126", "10.33.0.0/16"}); });
      out += fmt::format("\"routable_ips\": [{}], ", routes);
      if (one_in(2)) out += fmt::format("\"approved_routes\": [{}], ", routes);
    }
    if (one_in(2)) out += fmt::format("\"created\": \"2026-01-0{}T00:00:00Z\", ", 1 + below(3));
    if (one_in(10)) out += "\"shared_in\": true, ";
    out += fmt::format("\"posture\": {{\"node:os\": \"{}\", \"node:tsVersion\": \"1.{}.0\"}}}}", any({"linux", "macos"}), 64 + 4 * below(4));
    return out;
  }

  bool one_in(uint32_t n) { return below(n) == 0; }
  static std::string user(uint32_t u) { return u == 3 ? "u3@other.org" : fmt::format("u{}@example.com", u); }

 protected:
  static std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }
  std::string any(std::initializer_list<const char*> of) { return of.begin()[below(static_cast<uint32_t>(of.size()))]; }
  std::string tag() { return any({"tag:a", "tag:b", "tag:c"}); }

  /// `"a", "b"`: mostly one, each quoted.
  template <class F>
  std::string list(F&& element) {
    std::string out = quoted(element());
    for (uint32_t n = one_in(3) ? 1 + below(3) : 0; n > 0; --n) out += ", " + quoted(element());
    return out;
  }

  template <class F>
  std::string rules(std::string_view section, F&& rule) {
    std::string out = fmt::format("\"{}\": [\n", section);
    std::string last;
    for (uint32_t n = below(5); n > 0; --n) {
      if (last.empty() || !one_in(8)) last = rule();
      out += last + ",\n";
    }
    return out + "],\n";
  }

  std::string person() {
    return one_in(3)   ? user(below(4))
           : one_in(2) ? any({"group:x", "group:y", "group:z"})
                       : any({"autogroup:member", "autogroup:admin", "autogroup:owner", "autogroup:network-admin"});
  }
  std::string addresses() {
    return any({"h1", "h2", "h3", "h4", "h5", "h6", "ipset:s", "ipset:t", "100.64.0.2", "100.64.0.0/29", "10.33.5.0/24", "fd7a:115c:a1e0::2", "192.168.0.7"});
  }
  std::string source() {
    switch (below(8)) {
      case 0: return "*";
      case 1: return tag();
      case 2: return addresses();
      case 3: return any({"autogroup:tagged", "autogroup:shared", "autogroup:danger-all", "autogroup:member"});
      default: return person();
    }
  }
  std::string target() { return one_in(5) ? "*" : one_in(3) ? tag() : one_in(3) ? any({"h1", "h6", "100.64.0.2"}) : person(); }
  std::string approver() { return one_in(2) ? quoted(tag()) : quoted(person()); }
  std::string destination() {
    switch (below(9)) {
      case 0: return "*";
      case 1:
      case 2: return addresses();
      case 3: return "autogroup:internet";
      case 4: return "autogroup:tagged";
      case 5: return person();
      default: return tag();
    }
  }
  std::string posture() { return one_in(5) ? fmt::format(", \"srcPosture\": [{}]", list([&] { return any({"posture:p", "posture:q"}); })) : ""; }

  std::string acl() {
    const bool self = one_in(4);
    const std::string proto = any({"", "", "", "\"proto\": \"tcp\", ", "\"proto\": \"udp\", "});
    const std::string src = self ? (one_in(4) ? "\"*\"" : list([&] { return person(); })) : list([&] { return source(); });
    std::string dst;
    for (uint32_t n = 1 + (one_in(3) ? below(3) : 0), i = 0; i < n; ++i) {
      const std::string to = self && (i == 0 || one_in(3)) ? "autogroup:self" : destination();
      dst += fmt::format("{}\"{}:{}\"", i > 0 ? ", " : "", to.find("::") != std::string::npos ? "[" + to + "]" : to, any({"*", "22", "80,443", "8000-8100", "22"}));
    }
    return fmt::format("{{\"action\": \"accept\", {}\"src\": [{}], \"dst\": [{}]{}}}", proto, src, dst, posture());
  }

  std::string grant() {
    const bool self = one_in(5);
    const std::string src = one_in(20) ? "" : self ? list([&] { return person(); }) : list([&] { return source(); });
    std::string dst = self ? "\"autogroup:self\"" : "";
    if (!self || one_in(3)) dst += (self ? ", " : "") + list([&] { return destination(); });
    std::string what;
    if (!one_in(4)) what += ", \"ip\": [" + list([&] { return any({"*", "22", "tcp:80", "tcp:443", "udp:53", "icmp:*"}); }) + "]";
    if (what.empty() || one_in(3)) {
      what += fmt::format(", \"app\": {{\"{}\": [{{\"k\": {}}}]{}}}", any({"example.com/cap/x", "example.com/cap/y", "tailscale.com/cap/drive"}), below(3),
                          one_in(3) ? ", \"tailscale.com/cap/relay\": []" : "");
    }
    if (!self && one_in(4)) what += ", \"via\": [" + list([&] { return tag(); }) + "]";
    return fmt::format("{{\"src\": [{}], \"dst\": [{}]{}{}}}", src, dst, what, posture());
  }

  std::string ssh() {
    std::string src, dst;
    bool check = one_in(3);
    switch (below(4)) {
      case 0:
        check = false;
        src = list([&] { return one_in(3) ? std::string("autogroup:tagged") : tag(); });
        dst = list([&] { return tag(); });
        break;
      case 1:
        src = dst = quoted(user(below(4)));
        break;
      default:
        src = list([&] { return person(); });
        dst = one_in(2) ? "\"autogroup:self\"" : list([&] { return tag(); });
        if (one_in(4)) dst = "\"autogroup:self\", " + quoted(tag());
        break;
    }
    const std::string users = list([&] { return any({"root", "autogroup:nonroot", "ubuntu", "localpart:*@example.com"}); });
    std::string more;
    if (one_in(6)) more += fmt::format(", \"recorder\": [{}], \"enforceRecorder\": {}", quoted(tag()), one_in(2));
    if (one_in(6)) more += ", \"acceptEnv\": [\"LANG\"]";
    return fmt::format("{{\"action\": \"{}\", \"src\": [{}], \"dst\": [{}], \"users\": [{}]{}{}}}", check ? "check" : "accept", src, dst, users, more, posture());
  }

 private:
  void begin() {
    users_ = 1 + below(4);
    const uint32_t nodes = 1 + below(8);
    for (uint32_t i = 0; i < nodes; ++i) nodes_.push_back(node(i));
  }

  uint64_t state_ = 0;
  std::span<const uint8_t> choices_;
  bool chosen_ = false;
  uint32_t users_ = 0;
  std::vector<std::string> nodes_;
};

}  // namespace aclc::testing
