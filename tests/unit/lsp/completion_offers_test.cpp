// SPDX-License-Identifier: Apache-2.0
// Whatever is offered is taken: at every place of sound policies each offer is accepted, what is unfinished is completed
// further, and the check has nothing to say about the result.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_set>

#include "lsp/features/features.h"
#include "parser/syntax/parse.h"

namespace aclc::lsp::test {
namespace {

constexpr const char* kTailnet = R"({"name": "example.com",
  "users": [{"login": "ann@example.com", "role": "owner"}, {"login": "bob@example.com"}],
  "nodes": [
    {"name": "laptop", "ipv4": "100.64.0.1", "user": "ann@example.com"},
    {"name": "router", "ipv4": "100.64.0.2", "tags": ["tag:db"], "routable_ips": ["198.51.100.0/24", "0.0.0.0/0"]}]})";

/// Rules, each with something that rules something else out.
constexpr const char* kRules = R"(
  "groups": {"group:eng": ["ann@example.com"], "group:ops": ["bob@example.com"]},
  "tagOwners": {"tag:web": ["group:eng"], "tag:db": ["tag:web", "ann@example.com"]},
  "hosts": {"printer": "192.0.2.7", "lab": "192.0.2.0/24", "six": "fd00::7"},
  "acls": [
    {"action": "accept", "proto": "tcp", "src": ["group:eng", "lab"], "dst": ["tag:web:80,443", "printer:631"]},
    {"action": "accept", "proto": "icmp", "src": ["*"], "dst": ["tag:web:*"]},
    {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]},
    {"action": "accept", "src": ["tag:db"], "dst": ["[fd00::1]:22", "100.64.0.2:53", "*:123"]},
  ],
  "grants": [
    {"src": ["group:ops"], "dst": ["tag:db"], "ip": ["tcp:5432", "53", "udp:53,123", "icmp:*"], "via": ["tag:db"]},
    {"src": ["*"], "dst": ["tag:web"], "app": {"example.com/cap/x": [{"a": true}]}},
    {"src": ["ann@example.com"], "dst": ["autogroup:self"], "ip": ["*"]},
    {"src": ["tag:web"], "dst": ["autogroup:internet"], "ip": ["*"]},
  ],
  "ssh": [
    {"action": "check", "src": ["group:ops"], "dst": ["tag:db"], "users": ["root", "autogroup:nonroot"], "checkPeriod": "20h"},
    {"action": "accept", "src": ["tag:web"], "dst": ["tag:db"], "users": ["deploy"], "acceptEnv": ["LANG"]},
    {"action": "accept", "src": ["ann@example.com"], "dst": ["ann@example.com"], "users": ["root"]},
    {"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["localpart:*@example.com"]},
  ],
  "nodeAttrs": [{"target": ["tag:db"], "attr": ["drive:share"]}],
  "autoApprovers": {"routes": {"203.0.113.0/24": ["tag:db"]}, "exitNode": ["group:ops"]},
  "tests": [
    {"src": "ann@example.com", "proto": "tcp", "accept": ["tag:web:443"], "deny": ["printer:5432", "tag:db:22"]},
    {"src": "printer", "proto": "icmp", "accept": ["tag:web:0"]},
    {"src": "tag:web", "deny": ["tag:db:22"]},
  ],
  "sshTests": [
    {"src": "ann@example.com", "dst": ["tag:db", "printer"], "accept": ["root"], "check": ["ann"], "deny": ["deploy"]},
  ],
  "randomizeClientPort": true,)";

/// What only one target knows.
constexpr const char* kTailscale = R"(
  "postures": {"posture:new": ["node:os == 'linux'", "node:tsVersion >= '1.40'", "node:os IN ['linux', 'macos']"],
    "posture:own": ["custom:tier IN ['a']", "ip:publicAddress IN ['ipset:office']", "node:tsAutoUpdate == true", "ip:country NOT SET"]},
  "defaultSrcPosture": ["posture:new"],
  "ipsets": {"ipset:office": ["192.0.2.0/24", "host:lab"], "ipset:all": ["add ipset:office", "remove host:printer"], "ipset:more": ["ipset:all"]},
  "attrConfig": {"custom:tier": {"type": "string", "allowSetByNode": false, "broadcastToPeers": ["tag:db"]}},
  "OneCGNATRoute": "mac-always", "disableIPv4": false, "derpMap": {"OmitDefaultRegions": false, "Regions": {"900": {"RegionID": 900, "Nodes": []}}},)";

constexpr const char* kMoreTailscale = R"({
  "tagOwners": {"tag:db": ["autogroup:admin"]}, "groups": {"group:eng": ["ann@example.com"]},
  "postures": {"posture:new": ["node:os == 'linux'"]},
  "acls": [{"action": "accept", "src": ["autogroup:members"], "dst": ["tag:db:22"], "srcPosture": ["posture:new"]}],
  "grants": [{"src": ["group:eng"], "dst": ["svc:pay"], "ip": ["443"], "srcPosture": ["posture:new"]}],
  "ssh": [{"action": "check", "src": ["group:eng"], "dst": ["tag:db"], "users": ["root"], "recorder": ["tag:db"], "enforceRecorder": true}],
  "autoApprovers": {"services": {"svc:pay": ["tag:db"]}, "routes": {"203.0.113.0/24": ["tag:db"]}},
  "nodeAttrs": [
    {"target": ["*"], "app": {"tailscale.com/app-connectors": [{"name": "x", "connectors": ["tag:db"], "domains": ["example.com"], "routes": ["192.0.2.0/24"]}]}},
    {"target": ["group:eng"], "attr": ["funnel"], "ipPool": ["100.81.0.0/16"]}],
  "tests": [{"src": "ann@example.com", "accept": ["tag:db:22", "svc:pay:443"], "srcPostureAttrs": {"node:os": "linux", "node:tsAutoUpdate": true}}],
  "sshTests": [{"src": "ann@example.com", "dst": ["tag:db"], "check": ["root"], "srcPostureAttrs": {"node:os": "linux"}}],
})";

/// A tailnet that a login owns, where a mail provider's domain is no name for its users; and the old names of members.
constexpr const char* kPersonal = R"({"name": "ann@gmail.com", "users": [{"login": "ann@gmail.com", "role": "owner"}, {"login": "bob@example.com"}],
  "nodes": [{"name": "laptop", "ipv4": "100.64.0.1", "user": "ann@gmail.com"}]})";
constexpr const char* kOldNames = R"({
  "Groups": {"group:eng": ["ann@gmail.com", "bob@example.com"]}, "TagOwners": {"tag:db": ["autogroup:admin"]}, "Hosts": {"db": "192.0.2.7"},
  "ACLs": [{"action": "accept", "users": ["group:eng"], "ports": ["tag:db:22", "autogroup:internet:*"]}],
  "grants": [{"src": ["autogroup:member"], "dst": ["autogroup:self"], "app": {"tailscale.com/cap/drive": [{"shares": ["*"]}]}}],
  "ssh": [{"action": "accept", "src": ["ann@gmail.com"], "dst": ["ann@gmail.com", "tag:db", "autogroup:self"], "users": ["localpart:*@gmail.com"]}],
  "Tests": [{"user": "ann@gmail.com", "proto": "udp", "allow": ["tag:db:22"], "deny": ["db:53"]}],
  "sshTests": [{"src": "ann@gmail.com", "dst": ["tag:db"], "accept": ["ann"]}],
})";

/// What may be written behind these nobody knows.
constexpr std::string_view kOpen[] = {"custom:", "nextdns:", "group:", "tag:", "ipset:", "posture:", "svc:"};
constexpr std::string_view kBinary[] = {"==", "!=", "<", "<=", ">", ">=", "IN", "NOT IN"};
/// A value of each type, for names that have none yet.
constexpr const char* kValues[] = {"[]", "{}", "false", "1", R"("192.0.2.1")", R"("accept")", R"("tcp")", R"("icmp")", R"("tag:db")", R"("always")", R"("mac-always")",
                                   R"("string")"};
constexpr int kDeepest = 5;

class Editor {
 public:
  explicit Editor(AnalysisOptions options) : options_(std::move(options)) {}

  /// Errors and warnings; but not that a rule's period is left over from before its action became `accept`.
  std::string findings(const std::string& text) const {
    const Analysis analysis(std::make_shared<TextVersion>(text), options_);
    std::string out;
    for (const Diagnostic& d : analysis.findings()) {
      if (d.severity != Severity::kNote && d.kind != Kind::kCheckPeriodUnused) out += d.message + "; ";
    }
    return out;
  }

  /// Accepts all that is offered at the cursor. A member's name that stands there has the value `0` at `value`, if it has one.
  void accept_all(const std::string& text, uint32_t cursor, std::optional<uint32_t> value, int depth = 0) {
    const Analysis analysis(std::make_shared<TextVersion>(text), options_);
    const Positions at(analysis.version(), PositionUnit::kUtf8);
    const CompletionList list = complete({analysis, at, uri_, 1}, cursor);
    for (const CompletionItem& item : list.items) {
      ++accepted;
      std::vector<TextEdit> edits = list.also;
      edits.insert(edits.end(), item.also.begin(), item.also.end());
      edits.push_back({list.range, item.new_text});
      std::stable_sort(edits.begin(), edits.end(), [&](const TextEdit& x, const TextEdit& y) { return at.span(x.range).begin > at.span(y.range).begin; });
      std::string changed = text;
      uint32_t end = at.span(list.range).begin + static_cast<uint32_t>(item.new_text.size());
      std::optional<uint32_t> zero = value;
      for (const TextEdit& edit : edits) {
        const Span span = at.span(edit.range);
        changed.replace(span.begin, span.length(), edit.new_text);
        const uint32_t longer = static_cast<uint32_t>(edit.new_text.size()) - span.length();
        if (span.begin < at.span(list.range).begin) end += longer;
        if (zero && span.begin < *zero) *zero += longer;
      }
      // What the offer brings to close the string stands behind its end.
      std::string_view inserted = item.new_text;
      for (const char closing : {',', ']', '"'}) {
        if (!inserted.ends_with(closing)) continue;
        inserted.remove_suffix(1);
        --end;
      }
      if (is_among(item.label, kOpen)) continue;
      if (is_among(item.label, kBinary)) {
        // Behind an operator stands a space.
        if (end == changed.size() || changed[end] != ' ') {
          changed.insert(end, " ");
          go_on(changed, end + 1, zero, depth);
          continue;
        }
      } else if (inserted.ends_with(':') || inserted.ends_with(' ')) {
        EXPECT_TRUE(go_on(changed, end, zero, depth)) << "nothing goes on from " << item.label;
        continue;
      }
      judge(item.label, text, cursor, changed, zero);
    }
  }

  size_t accepted = 0;
  std::set<std::string> faults;

 private:
  template <size_t N>
  static bool is_among(std::string_view text, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), text) != std::end(words);
  }
  bool go_on(const std::string& text, uint32_t cursor, std::optional<uint32_t> value, int depth) {
    std::string mark = text;
    if (!begun_.insert(mark.insert(cursor, "^")).second) return true;
    const size_t before = accepted;
    if (depth < kDeepest) accept_all(text, cursor, value, depth + 1);
    return accepted != before;
  }
  void judge(const std::string& label, std::string text, uint32_t cursor, const std::string& changed, std::optional<uint32_t> value) {
    // Many cursors lead to one text.
    if (!judged_.insert(changed).second) return;
    std::string found;
    if (!value) {
      found = findings(changed);
    } else {
      for (const char* candidate : kValues) {
        std::string with = changed;
        with.replace(*value, 1, candidate);
        found = findings(with);
        if (found.empty()) break;
      }
    }
    if (found.empty()) return;
    text.insert(cursor, "^");
    const size_t line = text.rfind('\n', cursor) + 1;
    faults.insert(label + " in " + text.substr(line, text.find('\n', cursor) - line) + ": " + found);
  }

  AnalysisOptions options_;
  std::unordered_set<std::string> judged_, begun_;
  std::string uri_ = "file:///p/policy.hujson";
};

struct Collector : DiagnosticSink {
  void report(Diagnostic) override {}
};

/// In each string: at both ends, in the middle, with nothing else in it, not closed, and not begun; at the beginning of each list; as a new member of each object.
void everywhere(const std::string& policy, Editor& editor) {
  Collector sink;
  const SyntaxTree tree = parse(policy, sink);
  for (size_t i = 0; i < tree.size(); ++i) {
    const NodeId id(i);
    const uint32_t inside = tree[id].span.begin + 1;
    if (tree.is(id, NodeKind::kArray)) {
      std::string text = policy;
      text.insert(inside, R"("", )");
      if (tree[id].span.length() > 2) editor.accept_all(text, inside + 1, {});
    } else if (tree.is(id, NodeKind::kObject)) {
      std::string text = policy;
      text.insert(inside, R"("": 0, )");
      if (tree[id].span.length() > 2) editor.accept_all(text, inside + 1, inside + 4);
    }
    for (const NodeId child : tree.children(id)) {
      // Names are used elsewhere.
      if (!tree.is(child, NodeKind::kString) || (tree.is(id, NodeKind::kMember) && tree.name_of(id) == child)) continue;
      const Span span = tree[child].span;
      for (const uint32_t at : {span.begin + 1, span.begin + span.length() / 2, span.end - 1}) editor.accept_all(policy, at, {});
      for (const char* begun : {R"("")", "\"", ""}) {
        std::string text = policy;
        text.replace(span.begin, span.length(), begun);
        editor.accept_all(text, span.begin + (*begun ? 1 : 0), {});
      }
    }
  }
}

/// `tailnet` may be null.
void expect_sound_offers(const std::string& policy, Target target, const char* tailnet) {
  AnalysisOptions options;
  options.target = target;
  if (tailnet) options.inventory = Inventory::of("tailnet.json", tailnet);
  ASSERT_TRUE(!tailnet || options.inventory->usable());
  Editor editor(options);
  ASSERT_EQ(editor.findings(policy), "");
  everywhere(policy, editor);
  EXPECT_GT(editor.accepted, 500u);
  for (const std::string& fault : editor.faults) ADD_FAILURE() << fault;
}

TEST(CompletionOffers, AreWhatTheCheckTakes) {
  expect_sound_offers(kOldNames, Target::kTailscale, kPersonal);
  for (const char* tailnet : {static_cast<const char*>(nullptr), kTailnet}) {
    SCOPED_TRACE(tailnet ? "with a tailnet" : "without a tailnet");
    expect_sound_offers(std::string("{") + kRules + kTailscale + "\n}", Target::kTailscale, tailnet);
    expect_sound_offers(kMoreTailscale, Target::kTailscale, tailnet);
    expect_sound_offers(std::string("{") + kRules + "\n}", Target::kHeadscale, tailnet);
  }
}

}  // namespace
}  // namespace aclc::lsp::test
