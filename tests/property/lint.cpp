// SPDX-License-Identifier: Apache-2.0
// What lint calls duplicate, covered, dead or without effect can go: every device's table lets the same packets pass, sees the same
// devices and holds the same capabilities without it. One at a time, and all that are covered at once. Of tests that it calls
// contradictory one fails, denials that it calls vacuous hold, and whom it says to have no path to ssh gets no packet there.
#include "compiler/lint/lint.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/net/protocol.h"
#include "compiler/lint/model/coverage.h"
#include "compiler/reach/reach.h"
#include "compiler/testrun/run.h"
#include "parser/diagnostics/fixes.h"
#include "parser/diagnostics/lint_kinds.h"
#include "tests/support/packets_of_tables.h"
#include "tests/support/random_policy.h"

namespace aclc::testing {
namespace {

/// The text without the element of an array that stands there.
std::string without(const std::string& text, Span element) {
  size_t begin = element.begin, end = element.end;
  if (text.compare(end, 2, ", ") == 0) {
    end += 2;
  } else if (text.compare(begin - 2, 2, ", ") == 0) {
    begin -= 2;
  }
  return text.substr(0, begin) + text.substr(end);
}

/// Empty, or what the tables differ in.
std::string difference(const BuiltPolicy& a, const BuiltPolicy& b, const Tailnet& tailnet) {
  const auto before = reference::compile(a.policy, a.tree, a.definitions, tailnet);
  const auto after = reference::compile(b.policy, b.tree, b.definitions, tailnet);
  const reference::World world(a.policy, a.definitions, tailnet);
  for (size_t i = 0; i < before.size(); ++i) {
    const std::string name(tailnet.text(tailnet.nodes[TailnetNodeId(i)].name));
    if (!(before[i].peers == after[i].peers)) return "peers of " + name;
    if (!(before[i].whois_caps == after[i].whois_caps)) return "capabilities at " + name;
    std::string packet;
    each_packet(tailnet, wire::resolve(before[i].filter_rules), wire::resolve(after[i].filter_rules), local_of(world, TailnetNodeId(i)),
                [&](const Packet& p, bool x, bool y) {
                  if (x != y && packet.empty()) {
                    packet = name + ": " + p.src.to_text() + " -> " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port);
                  }
                });
    if (!packet.empty()) return packet;
  }
  return {};
}

class Collected final : public DiagnosticSink {
 public:
  void report(Diagnostic d) override { all.push_back(std::move(d)); }
  std::vector<Diagnostic> all;
};

bool says_it_can_go(Kind kind) {
  return kind == lint_kind::kDuplicateRule || kind == lint_kind::kCoveredRule || kind == lint_kind::kCoveredTogether ||
         kind == lint_kind::kDeadRule || kind == lint_kind::kNoEffectHere;
}

Span rule_at(const Policy& policy, uint32_t begin) {
  for (const AclRule& r : policy.acls) {
    if (r.span.begin == begin) return r.span;
  }
  for (const Grant& r : policy.grants) {
    if (r.span.begin == begin) return r.span;
  }
  return {};
}

RC_GTEST_PROP(Lint, RulesThatCanGoChangeNoTable, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy policy(dice.policy());
  RC_PRE(policy.valid());
  Collected unused;
  const std::string tailnet_text = dice.tailnet();
  const Tailnet tailnet = read_tailnet(tailnet_text, SourceId(size_t{0}), unused);
  for (const Tailnet* known : {static_cast<const Tailnet*>(nullptr), &tailnet}) {
    LintOptions options;
    options.tailnet = known;
    Collected found;
    lint(policy.policy, policy.tree, policy.definitions, options, found);
    std::vector<Span> covered;
    for (const Diagnostic& d : found.all) {
      if (!says_it_can_go(d.kind)) continue;
      const Span rule = rule_at(policy.policy, d.span.begin);
      RC_ASSERT(!rule.empty());
      if (d.kind != lint_kind::kNoEffectHere && d.kind != lint_kind::kDeadRule) covered.push_back(rule);
      const BuiltPolicy less(without(policy.text, rule));
      const std::string differs = difference(policy, less, tailnet);
      if (!differs.empty()) {
        RC_LOG() << policy.text << "\n" << tailnet_text << "\n" << d.slug() << " " << policy.text.substr(rule.begin, rule.length()) << "\n" << d.message << "\n";
        RC_FAIL("differs: " + differs);
      }
    }
    std::sort(covered.begin(), covered.end(), [](Span a, Span b) { return a.begin > b.begin; });
    std::string text = policy.text;
    for (const Span rule : covered) text = without(text, rule);
    const std::string differs = difference(policy, BuiltPolicy(text), tailnet);
    if (!differs.empty()) {
      RC_LOG() << policy.text << "\n" << text << "\n" << tailnet_text << "\n";
      RC_FAIL("all at once differs: " + differs);
    }
  }
}

/// The policy with its first acl once more: as it is, or to another destination.
std::string with_twin(const std::string& text, bool same) {
  const std::string list = "\"acls\": [";
  const size_t begin = text.find(list) + list.size(), end = text.find('}', begin) + 1;
  std::string twin = text.substr(begin, end - begin);
  const size_t dst = twin.find("\"dst\": [") + 8;
  if (!same) twin.replace(dst, twin.find(']', dst) + 1 - dst, twin.find("autogroup:self") != std::string::npos ? "[\"autogroup:self:*\"]" : "[\"tag:y:*\", \"one:*\"]");
  return text.substr(0, end) + ", " + twin + text.substr(end);
}

/// Every fix that is called safe, of every rule of lint, leaves a valid policy and every device's table as they are, here and in a
/// tailnet that lint did not see.
TEST(Lint, SafeFixesChangeNoTable) {
  std::map<std::string, size_t> applied;
  for (uint32_t seed = 1; seed <= 120; ++seed) {
    PolicyDice dice(seed);
    std::string text = dice.policy();
    if (seed % 4 != 0) text = with_twin(text, seed % 4 == 1);
    const BuiltPolicy policy(text);
    if (!policy.valid()) continue;
    Collected unused;
    std::vector<Tailnet> tailnets;
    for (int i = 0; i < 3; ++i) tailnets.push_back(read_tailnet(dice.tailnet(), SourceId(size_t{0}), unused));
    for (const Tailnet* known : {static_cast<const Tailnet*>(nullptr), static_cast<const Tailnet*>(tailnets.data())}) {
      LintOptions options;
      options.tailnet = known;
      for (const LintRule& rule : lint_rules()) options.levels[rule.kind] = LintLevel::kNote;
      Collected found;
      lint(policy.policy, policy.tree, policy.definitions, options, found);
      for (Diagnostic& d : found.all) {
        d.source = SourceId(size_t{0});
        if (d.fixes.empty() || d.fixes.front().safety != FixSafety::kSafe) continue;
        const Mended mended = apply_fixes(policy.text, {&d, 1}, d.source);
        ASSERT_EQ(mended.applied, 1U) << d.slug() << "\n" << policy.text;
        ++applied[std::string(d.slug())];
        const BuiltPolicy after(mended.text);
        ASSERT_TRUE(after.valid()) << d.slug() << "\n" << policy.text << "\n" << mended.text;
        for (const Tailnet& t : tailnets) ASSERT_EQ(difference(policy, after, t), "") << d.slug() << "\n" << policy.text << "\n" << mended.text;
      }
      const BuiltPolicy all(apply_fixes(policy.text, found.all, SourceId(size_t{0})).text);
      ASSERT_TRUE(all.valid()) << policy.text << "\n" << all.text;
      for (const Tailnet& t : tailnets) ASSERT_EQ(difference(policy, all, t), "") << policy.text << "\n" << all.text;
    }
  }
  for (const char* slug : {"acl-instead-of-grant", "tailnet-address", "mergeable-rules", "covered-rule", "duplicate-rule", "redundant-entry"}) EXPECT_GT(applied[slug], 3U) << slug;
}

/// Two rules that differ in nothing but what their sources mean: each source beside each other one.
TEST(Lint, CallsNoSourceCoveredByOneThatMeansLess) {
  const std::vector<std::string> sources = {"*", "autogroup:danger-all", "autogroup:member", "autogroup:tagged", "autogroup:owner", "autogroup:admin", "ann@x.org",
                                            "group:a", "group:b", "tag:y", "10.0.0.0/23", "10.0.0.7", "100.64.0.0/29", "fd7a:115c:a1e0::1"};
  PolicyDice dice(7);
  std::vector<Tailnet> tailnets;
  Collected unused;
  for (int i = 0; i < 12; ++i) tailnets.push_back(read_tailnet(dice.tailnet(), SourceId(size_t{0}), unused));
  size_t covered = 0;
  for (const std::string& wide : sources) {
    for (const std::string& narrow : sources) {
      for (const std::string to : {"tag:x", "*", "10.0.0.0/24"}) {
        const std::string begin = "{\"tagOwners\": {\"tag:x\": [], \"tag:y\": []}, \"groups\": {\"group:a\": [\"ann@x.org\", \"bob@x.org\"], \"group:b\": [\"bob@x.org\"]}, ";
        const BuiltPolicy policy(begin + "\"grants\": [{\"src\": [\"" + wide + "\"], \"dst\": [\"" + to + "\"], \"ip\": [\"*\"]}, {\"src\": [\"" + narrow + "\"], \"dst\": [\"" + to + "\"], \"ip\": [\"22\"]}]}");
        ASSERT_TRUE(policy.valid()) << policy.text;
        const AccessModel model(policy.policy, policy.definitions, nullptr);
        const RuleIndex index(model);
        const RuleCoverage coverage(index);
        for (const RuleCoverage::Covered& c : coverage.covered()) {
          ++covered;
          const BuiltPolicy less(without(policy.text, model.rules()[c.rule].span));
          for (const Tailnet& t : tailnets) EXPECT_EQ(difference(policy, less, t), "") << policy.text;
        }
      }
    }
  }
  EXPECT_GT(covered, 3 * sources.size());
}

/// The other way about: of the rules that can go in six small tailnets a good part is called covered, so that a model that says
/// nothing does not pass. The others name nobody in those tailnets, or can go in those alone.
TEST(Lint, FindsRulesThatCanGo) {
  size_t can_go = 0, said = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    PolicyDice dice(seed);
    const BuiltPolicy policy(dice.policy());
    if (!policy.valid()) continue;
    const AccessModel model(policy.policy, policy.definitions, nullptr);
    const RuleIndex index(model);
    const RuleCoverage coverage(index);
    std::vector<Tailnet> tailnets;
    Collected unused;
    for (int i = 0; i < 6; ++i) tailnets.push_back(read_tailnet(dice.tailnet(), SourceId(size_t{0}), unused));
    for (uint32_t i = 0; i < model.rules().size(); ++i) {
      const AccessRule& rule = model.rules()[i];
      if (!rule.plain()) continue;
      const BuiltPolicy less(without(policy.text, rule.span));
      const bool goes = std::all_of(tailnets.begin(), tailnets.end(), [&](const Tailnet& t) { return difference(policy, less, t).empty(); });
      can_go += goes;
      said += goes && std::any_of(coverage.covered().begin(), coverage.covered().end(), [&](const RuleCoverage::Covered& c) { return c.rule == i; });
    }
  }
  EXPECT_GT(can_go, 30U);
  EXPECT_GT(said * 10, can_go);
}

/// The policy with assertions and ssh rules over the same few names.
std::string with_assertions(PolicyDice& dice) {
  std::string text = dice.policy();
  text.pop_back();
  const auto who = [&] { return dice.of({"ann@x.org", "bob@x.org", "cy@x.org", "group:a", "group:b", "group:none", "tag:x", "tag:y", "100.64.0.2", "one"}); };
  const auto where = [&] { return dice.of({"ann@x.org", "group:a", "tag:x", "tag:y", "autogroup:member", "autogroup:tagged", "autogroup:admin", "100.64.0.3", "one"}); };
  text += ", \"tests\": [";
  for (int i = 0; i < 8; ++i) {
    text += std::string(i ? ", " : "") + "{\"src\": \"" + who() + "\", \"" + (i % 2 ? "accept" : "deny") + "\": [\"" + where() + ":" + dice.of({"22", "80"}) + "\"]";
    text += std::string(dice.one_in(3) ? ", \"proto\": \"tcp\"" : "") + "}";
  }
  text += "], \"ssh\": [";
  for (int i = 0; i < 3; ++i) {
    const bool self = dice.one_in(4);
    text += std::string(i ? ", " : "") + "{\"action\": \"accept\", \"src\": [\"" + (self ? "autogroup:member" : dice.of({"ann@x.org", "group:a", "group:b", "tag:x", "autogroup:member"}));
    text += "\"], \"dst\": [\"" + (self ? "autogroup:self" : dice.of({"tag:x", "tag:y"})) + "\"], \"users\": [\"root\"]}";
  }
  return text + "]}";
}

/// What stands between the first backquotes.
std::string quoted_in(const std::string& text) {
  const size_t begin = text.find('`') + 1;
  return text.substr(begin, text.find('`', begin) - begin);
}

TEST(Lint, WhatItSaysOfTestsAndSshHoldsWhenTheyRun) {
  size_t contradictions = 0, vacuous = 0, cut = 0;
  for (uint32_t seed = 1; seed <= 600; ++seed) {
    PolicyDice dice(seed);
    const BuiltPolicy policy(with_assertions(dice));
    if (!policy.valid()) continue;
    Collected unused;
    const Tailnet tailnet = read_tailnet(dice.tailnet(), SourceId(size_t{0}), unused);
    for (const Tailnet* known : {static_cast<const Tailnet*>(nullptr), &tailnet}) {
      LintOptions options;
      options.tailnet = known;
      Collected found;
      lint(policy.policy, policy.tree, policy.definitions, options, found);
      const TestReport report = run_tests(policy.policy, policy.definitions, known);
      const reference::World world(policy.policy, policy.definitions, tailnet);
      Reach reach(world);
      for (const Diagnostic& d : found.all) {
        if (d.kind == lint_kind::kContradictoryTests) {
          ++contradictions;
          EXPECT_GT(report.failed, 0U) << d.message << "\n" << policy.text;
        } else if (d.kind == lint_kind::kVacuousTest) {
          const auto result = std::find_if(report.results.begin(), report.results.end(), [&](const AssertionResult& r) { return r.at == d.span; });
          ASSERT_NE(result, report.results.end());
          ++vacuous;
          EXPECT_TRUE(result->expected == Expectation::kDeny && result->passed) << d.message << "\n" << policy.text;
        } else if (d.kind == lint_kind::kSshWithoutNetwork && known != nullptr) {
          ++cut;
          const std::string name = quoted_in(d.labels.front().message);
          for (const SshRule& rule : policy.policy.ssh) {
            for (const Selector& dst : policy.policy.at(rule.dst)) {
              if (!(dst.span == d.span)) continue;
              for (const TailnetNodeId from : world.all_nodes()) {
                if (tailnet.text(world.node(from).name) != name) continue;
                const auto to = dst.kind == SelectorKind::kTag ? world.nodes_of(dst) : world.siblings(world.node(from));
                for (const TailnetNodeId there : to) {
                  for (const Address& a : reference::World::addresses(world.node(from))) {
                    for (const Address& b : reference::World::addresses(world.node(there))) EXPECT_FALSE(reach.decide({a, b, from, there, kTcp, 22}).allowed) << d.message << "\n" << policy.text;
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(contradictions, 20U);
  EXPECT_GT(vacuous, 20U);
  EXPECT_GT(cut, 20U);
}

}  // namespace
}  // namespace aclc::testing
