// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/edits.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"
#include "compiler/check/insertion.h"
#include "parser/diagnostics/engine.h"
#include "parser/diagnostics/fixes.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

constexpr std::string_view kSomePort = "443";  ///< of all ports

/// A port of a rule, as a test takes it.
std::string port_of(const PortRange& range) {
  if (range.is_all()) return std::string(kSomePort);
  return fmt::format("{}", range.first == 0 ? range.last : range.first);
}

/// Tests take protocols that have ports; none said stands for the usual ones.
bool has_ports(const Protocol& p) { return !p.present() || protocol_has_ports(p.number); }

/// The first selector of a list that may stand at the position.
const Selector* first_standing(const LintContext& c, std::span<const Selector> list, Position position) {
  const auto takes = [&](const Selector& s) {
    // What a group of nobody, or one that an identity provider fills, tests nobody can tell here.
    if (s.kind == SelectorKind::kGroup) {
      const uint32_t group = c.definitions.group_of(s.name);
      if (group == Definitions::kNone || c.policy.groups[group].members.empty()) return false;
    }
    return standing(s, position) == Standing::kYes;
  };
  const auto found = std::find_if(list.begin(), list.end(), takes);
  return found == list.end() ? nullptr : &*found;
}

std::optional<TestedRule> tested_by(const LintContext& c, Selectors src, const PostureRefs& posture, const Selector* dst, const PortRange& ports, const Protocol& protocol) {
  const Selector* from = first_standing(c, c.policy.at(src), Position::kTestSrc);
  if (from == nullptr || dst == nullptr || !has_ports(protocol) || !posture.names.empty() || (!posture.present && !c.policy.default_src_posture.names.empty())) return std::nullopt;
  TestedRule out{std::string(c.written(from->span)), std::string(c.written(dst->span)), port_of(ports), {}};
  if (out.destination.find(':') != std::string::npos && dst->kind == SelectorKind::kAddress) out.destination = fmt::format("[{}]", out.destination);
  if (protocol.present()) out.protocol = c.written(protocol.span);
  return out;
}

}  // namespace

std::vector<Edit> append_to_section(const LintContext& c, std::string_view section, const std::string& element) {
  const NodeId member = checks::find_field(c.tree, c.tree.root(), section);
  if (!member.valid()) return checks::add_member(c.tree, c.tree.root(), section, fmt::format("[\n\t\t{},\n\t]", element));
  const NodeId list = c.tree.value_of(member);
  if (c.tree.is(list, NodeKind::kNull)) return {{c.tree[list].span, "[" + element + "]"}};
  return c.tree.is(list, NodeKind::kArray) ? checks::append_child(c.tree, list, element) : std::vector<Edit>();
}

bool has_comments(LintContext& c, Span rule) {
  const uint32_t first = c.line_of(rule), last = c.line_of({rule.end, rule.end});
  return std::any_of(c.comments().begin(), c.comments().end(), [&](const CommentSpan& comment) {
    const uint32_t begin = c.line_of(comment.span), end = c.line_of({comment.span.end, comment.span.end});
    return begin <= last && end + 1 >= first;
  });
}

Span string_around(const LintContext& c, Span part) {
  const NodeId node = checks::node_begun(c.tree, part.begin);
  return c.tree.is(node, NodeKind::kString) ? c.tree[node].span : Span();
}

std::vector<std::string> strings_of(const LintContext& c, Selectors list) {
  std::vector<std::string> out;
  for (const Selector& s : c.policy.at(list)) out.emplace_back(c.written(string_around(c, s.span)));
  return out;
}

std::string bracketed(const std::vector<std::string>& elements) {
  std::string out = "[";
  for (size_t i = 0; i < elements.size(); ++i) out.append(i ? ", " : "").append(elements[i]);
  return out + "]";
}

bool add_apart(std::vector<Edit>& edits, std::vector<Edit> more) {
  const bool apart = std::none_of(more.begin(), more.end(), [&](const Edit& m) {
    return std::any_of(edits.begin(), edits.end(), [&](const Edit& e) { return m.span.begin <= e.span.end && e.span.begin <= m.span.end; });
  });
  if (apart) std::move(more.begin(), more.end(), std::back_inserter(edits));
  return apart;
}

std::optional<TestedRule> tested(const LintContext& c, const AclRule& rule) {
  for (const Destination& d : c.policy.at(rule.dst)) {
    if (d.ports.empty() || first_standing(c, {&d.selector, 1}, Position::kTestDst) == nullptr) continue;
    return tested_by(c, rule.src, rule.src_posture, &d.selector, c.policy.at(d.ports).front().range, rule.proto);
  }
  return std::nullopt;
}

std::optional<TestedRule> tested(const LintContext& c, const Grant& rule) {
  if (!rule.via.empty()) return std::nullopt;
  const Selector* to = first_standing(c, c.policy.at(rule.dst), Position::kTestDst);
  for (const NetCapability& ip : c.policy.at(rule.ip)) {
    if (has_ports(ip.proto)) return tested_by(c, rule.src, rule.src_posture, to, ip.ports.empty() ? PortRange::all() : c.policy.at(ip.ports).front().range, ip.proto);
  }
  return std::nullopt;
}

std::string test_of(const TestedRule& rule, std::string_view source, std::string_view expected) {
  std::string out = fmt::format("{{\"src\": {}, \"{}\": [{}]", json_string(source), expected, json_string(fmt::format("{}:{}", rule.destination, rule.port)));
  if (!rule.protocol.empty()) out += fmt::format(", \"proto\": {}", json_string(rule.protocol));
  return out + "}";
}

std::vector<bool> pass_as_tests(const LintContext& c, const std::vector<std::string>& tests) {
  std::vector<bool> out(tests.size());
  std::string all;
  for (const std::string& test : tests) all.append(all.empty() ? "" : ", ").append(test);
  // With the policy's own left as they are: what is asked for are the new ones alone.
  Diagnostic change;
  change.source = SourceId(size_t{0});
  change.fixes.push_back({"", append_to_section(c, "tests", all), FixSafety::kSafe});
  const Mended mended = apply_fixes(c.tree.text(), {&change, 1}, change.source);
  if (tests.empty() || mended.applied == 0) return out;
  DiagnosticEngine findings;
  const SyntaxTree tree = parse(mended.text, findings);
  const Policy policy = build_policy(tree, findings);
  const size_t before = c.policy.tests.size();
  if (findings.has_errors() || policy.tests.size() != before + tests.size()) return out;
  for (const AssertionResult& r : run_tests(policy, define(policy), c.options.tailnet, c.options.cancelled).results) {
    if (!r.ssh && r.test >= before) out[r.test - before] = r.passed;
  }
  return out;
}

}  // namespace aclc
