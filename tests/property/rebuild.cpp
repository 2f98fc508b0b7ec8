// SPDX-License-Identifier: Apache-2.0
// A policy that followed edits is the policy of the text, part for part, with the same findings; and edits inside of rules are
// followed, not built anew.
#include "parser/policy/rebuild.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <tuple>

#include "parser/policy/dump.h"
#include "parser/policy/move_parts.h"
#include "tests/support/parsed.h"

namespace aclc {
namespace {

constexpr std::string_view kStart = R"({
  // who may do what
  "groups": {"group:eng": ["ann@example.com"], "group:ops": ["cy@example.com", "user:*@example.com"]},
  "hosts": {"net": "192.0.2.1/24", "printer": "192.0.2.7"},
  "acls": [
    {"action": "accept", "src": ["group:eng", "10.0.0.1/8"], "dst": ["tag:web:80,443", "printer:631", "[fd7a::1]:22"]},
    {"action": "accept", "proto": "tcp", "src": ["*"], "dst": ["192.0.2.0/24:1-9,22"], "srcPosture": ["posture:l"]},
    {"src": [], "dst": ["b:80"], "action": "drop", "colour": 1, "src": ["x"]},
    {},
  ],
  "tests": [
    {"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["printer:1"], "srcPostureAttrs": {"node:os": "linux", "a:b": 1}},
    {"src": "192.0.2.9", "proto": "udp", "deny": ["printer:x"]},
  ],
  "postures": {"posture:l": ["node:os == 'linux'", "node:osVersion IN ['1', '2']"]},
  "defaultSrcPosture": ["posture:l"],
  "grants": [
    {"src": ["group:ops"], "dst": ["tag:db"], "ip": ["tcp:5432", "*", "udp:53,54"], "via": ["tag:r"]},
    {"src": ["*"], "dst": ["10.0.0.0/8"], "ip": ["443"], "app": {"example.com/cap/x": [{"a": ["tag:web"]}], "example.com/cap/y": []}},
  ],
  "ipsets": {"ipset:s": ["add 10.0.0.0/24", "remove host:printer"]},
  "ssh": [
    {"action": "check", "checkPeriod": "1h", "src": ["group:ops"], "dst": ["tag:db"], "users": ["root", "a"], "acceptEnv": ["LC_*"],
     "recorder": ["tag:rec"], "enforceRecorder": true},
  ],
  "sshTests": [{"src": "ann@example.com", "dst": ["tag:db"], "accept": ["root"], "deny": ["a", "b"]}],
  "nodeAttrs": [
    {"target": ["*"], "attr": ["funnel", "nextdns:abc"]},
    {"target": ["tag:web"], "ipPool": ["100.81.0.0/16"], "app": {"tailscale.com/app-connectors": [{"name": "n", "domains": ["a.org"]}]}},
  ],
  "autoApprovers": {"routes": {"10.0.0.0/8": ["tag:r"]}, "exitNode": ["tag:r"], "services": {"svc:w": ["tag:web"]}},
  "dns": {"magic": true, "nameservers": ["1.1.1.1"], "routes": {"corp": ["10.0.0.53"]}, "domains": ["a.org"]},
  "attrConfig": {"x": ["tag:web"]},
}
)";

constexpr std::string_view kPieces[] = {"",     "x",     "8",      "é",        " ",         ",",      ",443",         "tag:",  "group:",   "\"tag:n:22\", ",
                                        "*",    "${A}",  "\\u0041", "10.0.0.1/8", "\"y\", ", "\"\", ", "\"proto\": \"udp\", ", "// c\n", "/* c */", "\"via\": [], ",
                                        "null", "{}, ", "[1], ",  "\n"};

/// Every part of a policy in words, ids by what they stand for; as rebuild_policy promises it to be equal.
struct Words {
  const Policy& policy;
  std::string out;

  void operator()(const Span& s) { out += std::to_string(s.begin) + ".." + std::to_string(s.end) + " "; }
  void operator()(const StringId& id) { out += std::string(policy.text(id)) + (id.valid() ? "' " : "- "); }
  void operator()(const NodeId& id) { out += "n" + std::to_string(id.value) + " "; }
  void operator()(const Id<SelectorAddress>& id) {
    if (!id.valid()) return;
    const SelectorAddress& a = policy.selector_addresses.at(id.value);
    out += a.prefix.to_text() + "-" + a.last.to_text() + " ";
  }
  template <class T>
  void operator()(const Slice<T>& s) {
    out += s.empty() ? "[] " : "[" + std::to_string(s.begin) + "+" + std::to_string(s.count) + "] ";
  }
  void operator()(const Interner&) {}
  void operator()(const PortRange& r) { out += r.to_text() + " "; }
  template <class T>
  void operator()(const T& leaf) {
    out += std::to_string(static_cast<double>(leaf)) + " ";
  }
};

std::string words(Policy& policy) {
  Words w{policy, {}};
  visit(policy, w);
  return w.out;
}

std::string words(std::vector<Diagnostic> findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  std::string out;
  const auto span = [&](Span s) { out += std::to_string(s.begin) + ".." + std::to_string(s.end) + " "; };
  for (const Diagnostic& d : findings) {
    span(d.span);
    out += std::string(d.slug()) + " " + std::string(severity_name(d.severity)) + " " + d.message + "|" + d.upstream_text + "|" + d.help_text + "|";
    for (const Label& l : d.labels) {
      span(l.span);
      out += l.message + "|";
    }
    for (const Fix& f : d.fixes) {
      out += f.title + (f.safety == FixSafety::kSafe ? " safe " : " ");
      for (const Edit& e : f.edits) {
        span(e.span);
        out += e.text + "|";
      }
    }
    out += "\n";
  }
  return out;
}

/// Goes from one text to the next; tells whether it could.
bool follow(const std::string& before, const std::string& after, const Damage& damage, Target target) {
  const Parsed old(before), now(after);
  if (!old.ok() || !now.ok()) return false;
  BuiltPolicy built = build_with_findings(old.tree, target);
  BuiltPolicy whole = build_with_findings(now.tree, target);
  if (!rebuild_policy(built, damage, now.tree, target)) return false;
  if (words(built.policy) != words(whole.policy) || dump(built.policy) != dump(whole.policy))
    throw std::runtime_error(after + "\n" + words(built.policy) + "\n is not \n" + words(whole.policy));
  if (words(built.findings) != words(whole.findings))
    throw std::runtime_error(after + "\n" + words(built.findings) + "\n is not \n" + words(whole.findings));
  return true;
}

RC_GTEST_PROP(Rebuild, IsTheBuildOfTheWholeText, (uint32_t seed)) {
  std::mt19937 random(seed);
  const Target target = random() % 4 == 0 ? Target::kHeadscale : Target::kTailscale;
  for (int round = 0; round < 60; ++round) {
    std::string text(kStart);
    Damage damage;
    const uint32_t begin = static_cast<uint32_t>(random() % text.size());
    for (uint32_t n = random() % 2 + 1, at = begin; n > 0; --n, at += static_cast<uint32_t>(random() % 5)) {
      at = std::min(at, static_cast<uint32_t>(text.size()) - 9);
      const uint32_t length = random() % 3 == 0 ? static_cast<uint32_t>(random() % 9) : 0;
      const std::string_view by = kPieces[random() % std::size(kPieces)];
      text.replace(at, length, by);
      damage.add({at, at + length}, static_cast<uint32_t>(by.size()));
    }
    follow(std::string(kStart), text, damage, target);
  }
}

/// One policy that goes through many edits, each from what the last has left.
RC_GTEST_PROP(Rebuild, GoesOnFromItself, (uint32_t seed)) {
  std::mt19937 random(seed);
  std::string text(kStart);
  auto now = std::make_unique<Parsed>(text);
  BuiltPolicy built = build_with_findings(now->tree, Target::kTailscale);
  for (int round = 0; round < 60; ++round) {
    const uint32_t at = static_cast<uint32_t>(random() % (text.size() - 8));
    const uint32_t length = random() % 3 == 0 ? static_cast<uint32_t>(random() % 4) : 0;
    const std::string_view by = kPieces[random() % std::size(kPieces)];
    std::string next = text;
    next.replace(at, length, by);
    Damage damage;
    damage.add({at, at + length}, static_cast<uint32_t>(by.size()));
    auto parsed = std::make_unique<Parsed>(next);
    if (!parsed->ok()) continue;
    text = next;
    now = std::move(parsed);
    BuiltPolicy whole = build_with_findings(now->tree, Target::kTailscale);
    if (!rebuild_policy(built, damage, now->tree, Target::kTailscale)) {
      built = std::move(whole);
      continue;
    }
    RC_ASSERT(words(built.policy) == words(whole.policy));
    RC_ASSERT(words(built.findings) == words(whole.findings));
  }
}

/// A character typed into any string of a rule is followed.
TEST(Rebuild, FollowsWhatIsTypedIntoRules) {
  const std::string before(kStart);
  for (const std::string_view typed : {"tag:web:80", "group:eng\", \"10", "posture:l\"]}", "5432", "group:ops\"], \"dst\"", "cap/x", "LC_*", "rec\"]", "funnel",
                                       "81.0.0/16", "ann@example.com\", \"accept\"", "printer:x", "root\"], \"deny\""}) {
    const size_t at = before.find(typed);
    ASSERT_NE(at, std::string::npos) << typed;
    std::string after = before;
    after.insert(at + 1, "x");
    Damage damage;
    damage.add({static_cast<uint32_t>(at) + 1, static_cast<uint32_t>(at) + 1}, 1);
    EXPECT_TRUE(follow(before, after, damage, Target::kTailscale)) << typed;
  }
}

/// Definitions, whole entries and what stands between them are for a build of the whole.
TEST(Rebuild, LeavesOtherEditsToABuildOfTheWhole) {
  const std::string before(kStart);
  for (const std::string_view typed : {"ann@example.com\"], \"group", "192.0.2.7", "magic", "acls", "    {},"}) {
    const size_t at = before.find(typed);
    ASSERT_NE(at, std::string::npos) << typed;
    std::string after = before;
    after.insert(at + 1, " ");
    Damage damage;
    damage.add({static_cast<uint32_t>(at) + 1, static_cast<uint32_t>(at) + 1}, 1);
    EXPECT_FALSE(follow(before, after, damage, Target::kTailscale)) << typed;
  }
}

}  // namespace
}  // namespace aclc
