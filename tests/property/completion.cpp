// SPDX-License-Identifier: Apache-2.0
// Accepting a completion touches the token being typed and nothing else, and leaves a text without faults of syntax.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <random>

#include "lsp/features/features.h"
#include "lsp/service/typing.h"
#include "parser/syntax/parse.h"

namespace aclc::lsp::test {
namespace {

constexpr const char* kPolicies[] = {
    R"({
  // who is who; "as they say"
  "groups": {"group:eng": ["ann@example.com", "bob@example.com"], "group:ops": ["cy@example.com"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": ["autogroup:admin"]},
  "hosts": {"printer": "192.0.2.7", "lab": "192.0.2.0/24"},
  "acls": [
    {"action": "accept", "proto": "tcp", "src": ["group:eng", "lab"], "dst": ["tag:web:80,443", "printer:631"]}, // don't
    {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]},
  ],
  "tests": [{"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["tag:db:5432"]}],
})",
    R"({"postures": {"posture:new": ["node:os == 'linux'", "node:tsVersion >= '1.40'"]}, "ipsets": {"ipset:a": ["add 192.0.2.0/24"]},
  "grants": [{"src": ["group:ops"], "dst": ["tag:db"], "ip": ["tcp:5432", "udp:53"], "srcPosture": ["posture:new"]}, /* more */
    {"src": ["*"], "dst": ["ipset:a"], "app": {"example.com/cap/x": [{"a": true}]}}],
  "ssh": [{"action": "check", "src": ["group:ops"], "dst": ["tag:db"], "users": ["root", "autogroup:nonroot"], "checkPeriod": "20h"}],
  "nodeAttrs": [{"target": ["tag:db"], "attr": ["funnel"]}],
  "autoApprovers": {"routes": {"192.0.2.0/24": ["tag:db"]}, "exitNode": ["group:ops"]}, "randomizeClientPort": true,
  "groups": {"group:ops": ["cy@example.com"]}, "tagOwners": {"tag:db": []}})"};

struct Collector : DiagnosticSink {
  std::string said;
  void report(Diagnostic d) override { said += d.message + "\n"; }
};
std::string faults(const std::string& text) {
  Collector found;
  parse(text, found);
  return found.said;
}

/// A sound policy in which one token is half typed.
struct HalfTyped {
  std::string text;
  Span token;  ///< with its quotes
  uint32_t cursor = 0;
  bool new_name = false;  ///< a member was begun, which has no value yet
};

HalfTyped half_typed(const std::string& policy, std::mt19937& random) {
  const auto below = [&](size_t n) { return static_cast<uint32_t>(random() % std::max<size_t>(n, 1)); };
  Collector found;
  const SyntaxTree tree = parse(policy, found);
  struct Place {
    Span span;
    bool name, element;
  };
  std::vector<Place> places;
  for (size_t i = 0; i < tree.size(); ++i) {
    const NodeId id(i);
    for (const NodeId child : tree.children(id)) {
      if (!tree.is(child, NodeKind::kString)) continue;
      places.push_back({tree[child].span, tree.is(id, NodeKind::kMember) && tree.name_of(id) == child, tree.is(id, NodeKind::kArray)});
    }
  }
  const Place at = places[below(places.size())];
  const std::string whole = policy.substr(at.span.begin + 1, at.span.length() - 2);
  std::string word = whole.substr(0, below(whole.size() + 1));
  std::string before, typed, after;
  uint32_t cursor = 0;  // within `typed`
  switch (below(4)) {
    case 0:
      typed = "\"" + word + "\"";
      cursor = 1 + below(word.size() + 1);
      break;
    case 1:
      typed = "\"" + word;
      cursor = static_cast<uint32_t>(typed.size());
      break;
    case 2:
      word = word.substr(0, word.find_first_of(" ,/"));
      // The first part of a name that holds a colon reads as a name.
      if (at.name) word = word.substr(0, word.find(':'));
      typed = word;
      cursor = below(word.size() + 1);
      break;
    default:
      typed = "\"";
      cursor = 1;
  }
  const bool added = (at.name || at.element) && below(2) == 0;
  uint32_t begin = at.span.begin, end = at.span.end;
  if (added) {
    const bool behind = at.element && below(2) == 0;
    begin = end = behind ? at.span.end : at.span.begin;
    (behind ? before : after) = below(3) == 0 ? "\n" : " ";
    if (below(3) == 0) (behind ? before : after) += "/* , */ ";
    if (below(3) == 0 && behind) before.insert(0, ",");
  }
  HalfTyped out;
  out.text = policy.substr(0, begin) + before + typed + after + policy.substr(end);
  out.token = {begin + static_cast<uint32_t>(before.size()), begin + static_cast<uint32_t>(before.size() + typed.size())};
  out.cursor = out.token.begin + cursor;
  out.new_name = added && at.name;
  return out;
}

RC_GTEST_PROP(Completion, TouchesTheTokenAndLeavesTheTextWhole, (uint32_t seed)) {
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    std::string policy = kPolicies[random() % std::size(kPolicies)];
    if (random() % 3 == 0) {
      for (size_t at = 0; (at = policy.find(", \"", at)) != std::string::npos; at += 2) {
        if (random() % 2 == 0) policy[at + 1] = '\n';
      }
    }
    RC_ASSERT(faults(policy).empty());
    const HalfTyped typed = half_typed(policy, random);
    const Analysis analysis(std::make_shared<TextVersion>(typed.text), {});
    const Positions at(analysis.version(), PositionUnit::kUtf8);
    const std::string uri = "file:///p/policy.hujson";
    const CompletionList list = complete({analysis, at, uri, 1}, typed.cursor);
    for (const CompletionItem& item : list.items) {
      std::vector<TextEdit> edits = list.also;
      edits.push_back({list.range, item.new_text});
      std::stable_sort(edits.begin(), edits.end(), [&](const TextEdit& x, const TextEdit& y) {
        return at.span(x.range).begin > at.span(y.range).begin;
      });
      RC_LOG() << "--- before, cursor " << typed.cursor << ", " << item.label << "\n" << typed.text << "\n";
      std::string text = typed.text;
      for (size_t i = 0; i < edits.size(); ++i) {
        const Span span = at.span(edits[i].range);
        if (i > 0) RC_ASSERT(span.end <= at.span(edits[i - 1].range).begin);
        // Commas may be brought elsewhere; nothing is taken away there.
        if (!span.empty()) RC_ASSERT(typed.token.begin <= span.begin && span.end <= typed.token.end);
        else if (span.begin < typed.token.begin || typed.token.end < span.begin) RC_ASSERT(edits[i].new_text == ",");
        std::string by = edits[i].new_text;
        // Where more follows in the string it stays open; here nothing does.
        const std::string_view token = std::string_view(typed.text).substr(typed.token.begin, typed.token.length());
        const bool open = token.starts_with('"') && token.find('"', 1) == std::string_view::npos;
        if (open && edits[i].range == list.range && (by.ends_with(':') || by.ends_with("add ") || by.ends_with("remove "))) {
          const char next = following(typed.text, typed.token.end).next;
          by += typed.new_name ? "\": " : std::string_view(",]}:").find(next) == std::string_view::npos ? "\"," : "\"";
        }
        if (typed.new_name && edits[i].range == list.range) {
          by += "0";  // the value that comes next
          const char next = following(typed.text, std::max(span.end, typed.token.end)).next;
          if (next != ',' && next != '}') by += ",";
        }
        text.replace(span.begin, span.length(), by);
      }
      if (!faults(text).empty()) RC_LOG() << "--- after\n" << text << "\n" << faults(text);
      RC_ASSERT(faults(text).empty());
    }
  }
}

/// Whatever stands around it.
RC_GTEST_PROP(Completion, FindsTheTokenAtTheCursorInAnyText, (uint32_t seed)) {
  std::mt19937 random(seed);
  static constexpr const char* kPieces[] = {"\"", "{", "}", "[", "]", ":", ",", "//", "/*", "*/", "\n", "\r", " ", "\\", "group:", "x", "\"src\": [", "'"};
  std::string text;
  for (size_t n = random() % 40; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
  const uint32_t cursor = static_cast<uint32_t>(random() % (text.size() + 1));
  const auto typing = typing_at(text, cursor);
  if (!typing) return;
  RC_ASSERT(typing->token.begin <= cursor && cursor <= typing->token.end && typing->token.end <= text.size());
  RC_ASSERT(text.substr(typing->token.begin, typing->token.length()).find('\n') == std::string::npos);
  uint32_t mark = 0;
  const std::string whole = with_token_whole(text, *typing, mark);
  RC_ASSERT(whole.substr(mark - 1, 2) == "\"\"");
}

}  // namespace
}  // namespace aclc::lsp::test
