// SPDX-License-Identifier: Apache-2.0
// The check on generated policies: good ones are good, injected faults are found where they stand and nothing else is,
// and no text whatever makes it fall over or point outside of the text.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "tests/unit/check/findings.h"

namespace aclc::test {
namespace {

// An entry of a section, and for a faulty one what must be found: the kind and the text that it points at.
struct Entry {
  std::string_view section, text;
  std::string_view slug = {}, place = {};
};

constexpr Entry kGood[] = {
    {"acls", R"({"action": "accept", "src": ["group:eng", "tag:web"], "dst": ["db:5432", "tag:web:80,443"]})"},
    {"acls", R"({"action": "accept", "proto": "udp", "src": ["*"], "dst": ["10.0.0.0/8:53", "ipset:lan:*"]})"},
    {"acls", R"({"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]})"},
    {"grants", R"({"src": ["group:eng"], "dst": ["tag:web"], "ip": ["tcp:443", "8080"]})"},
    {"grants", R"({"src": ["ann@example.com"], "dst": ["tag:db"], "app": {"example.com/cap/x": [{"a": 1}]}})"},
    {"grants", R"({"src": ["*"], "dst": ["db"], "ip": ["*"], "via": ["tag:web"]})"},
    {"ssh",
     R"({"action": "check", "checkPeriod": "12h", "src": ["group:eng"], "dst": ["tag:web"], "users": ["root"]})"},
    {"ssh",
     R"({"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot"]})"},
    {"nodeAttrs", R"({"target": ["tag:web", "autogroup:admin"], "attr": ["funnel"]})"},
    {"nodeAttrs", R"({"target": ["*"], "ipPool": ["100.81.0.0/16"]})"},
    {"tests", R"({"src": "ann@example.com", "accept": ["tag:web:443"], "deny": ["db:22"]})"},
    {"sshTests", R"({"src": "ann@example.com", "dst": ["tag:web"], "accept": ["root"]})"},
    {"groups", R"("group:ops": ["bob@example.com"])"},
    {"hosts", R"("printer": "192.168.1.9")"},
    {"tagOwners", R"("tag:extra": ["tag:web", "autogroup:admin", "tag:extra"])"},
    {"ipsets", R"("ipset:more": ["ipset:lan", "host:db", "10.0.0.1-10.0.0.9"])"},
};

constexpr Entry kFaults[] = {
    {"acls", R"({"action": "drop", "src": ["*"], "dst": ["*:*"]})", "acl-action", "drop"},
    {"acls", R"({"action": "accept", "src": ["tag:nosuch"], "dst": ["*:*"]})", "unknown-tag", "tag:nosuch"},
    {"acls", R"({"action": "accept", "src": ["*"], "dst": ["nohost:22"]})", "unknown-host", "nohost"},
    {"acls", R"({"action": "accept", "src": ["*"], "dst": ["ipset:nothere:*"]})", "unknown-ipset", "ipset:nothere"},
    {"acls", R"({"action": "accept", "src": ["autogroup:self"], "dst": ["*:*"]})", "misplaced-selector",
     "autogroup:self"},
    {"acls", R"({"action": "accept", "src": ["db"], "dst": ["autogroup:self:*"]})", "self-source", "db"},
    {"acls", R"({"action": "accept", "src": ["*"], "dst": ["*:*"], "srcPosture": ["posture:none"]})", "unknown-posture",
     "posture:none"},
    {"grants", R"({"src": ["*"], "dst": ["*"], "ip": []})", "empty-grant", "[]"},
    {"grants", R"({"src": ["*"], "dst": ["::/0"], "ip": ["*"]})", "all-addresses", "::/0"},
    {"grants", R"({"src": ["*"], "dst": ["autogroup:internet"], "app": {"a.b/c": []}})", "internet-with-app",
     "autogroup:internet"},
    {"grants", R"({"src": ["*"], "dst": ["*"], "app": {"https://a.b/c": []}})", "capability-form", "https://a.b/c"},
    {"grants", R"({"src": ["*"], "dst": ["db"], "ip": ["*"], "via": ["group:eng"]})", "misplaced-selector",
     "group:eng"},
    {"ssh", R"({"action": "deny", "src": ["group:eng"], "dst": ["tag:web"], "users": ["root"]})", "ssh-action", "deny"},
    {"ssh", R"({"action": "accept", "src": ["group:eng"], "dst": ["tag:web"], "users": ["*"]})", "ssh-user", "*"},
    {"ssh", R"({"action": "accept", "src": ["group:eng"], "dst": ["tag:web"], "users": []})", "missing-member", "[]"},
    {"ssh", R"({"action": "check", "checkPeriod": "7d", "src": ["group:eng"], "dst": ["tag:web"], "users": ["a"]})",
     "check-period", "7d"},
    {"ssh", R"({"action": "accept", "src": ["tag:db"], "dst": ["autogroup:self"], "users": ["a"]})",
     "ssh-tagged-source", "tag:db"},
    {"ssh", R"({"action": "accept", "src": ["group:eng"], "dst": ["ann@example.com"], "users": ["a"]})", "ssh-user-dst",
     "ann@example.com"},
    {"nodeAttrs", R"({"target": ["svc:x"], "attr": ["funnel"]})", "misplaced-selector", "svc:x"},
    {"nodeAttrs", R"({"target": ["*"], "ipPool": ["100.100.100.0/25"]})", "ip-pool", "100.100.100.0/25"},
    {"tests", R"({"src": "autogroup:tagged", "accept": ["db:22"]})", "misplaced-selector", "autogroup:tagged"},
    {"tests", R"({"src": "db", "accept": ["lan:22"]})", "test-shape", "lan"},
    {"sshTests", R"({"src": "db", "dst": ["192.0.2.0/24"], "accept": ["root"]})", "misplaced-selector", "192.0.2.0/24"},
    {"groups", R"("group:nest": ["group:eng"])", "nested-group", "group:eng"},
    {"groups", R"("squad": [])", "name-form", "squad"},
    {"hosts", R"("at@host": "10.9.9.9")", "name-form", "at@host"},
    {"tagOwners", R"("tag:9": [])", "name-form", "tag:9"},
    {"tagOwners", R"("tag:lost": ["tag:unowned"])", "unknown-tag", "tag:unowned"},
    {"ipsets", R"("ipset:loop": ["ipset:loop"])", "ipset-cycle", "ipset:loop"},
    {"autoApprovers", R"("exitNode": ["tag:ghost"])", "unknown-tag", "tag:ghost"},
};

bool is_list(std::string_view section) {
  return section == "acls" || section == "grants" || section == "ssh" || section == "nodeAttrs" || section == "tests" ||
         section == "sshTests";
}

// Entries of lists may repeat, names may not.
std::string policy_of(const std::vector<Entry>& entries, bool lines) {
  std::map<std::string_view, std::vector<std::string_view>> sections;
  sections["groups"].push_back(R"("group:eng": ["ann@example.com"])");
  sections["hosts"] = {R"("db": "10.0.0.5")", R"("lan": "10.0.0.0/8")"};
  sections["tagOwners"] = {R"("tag:web": ["group:eng"])", R"("tag:db": [])"};
  sections["ipsets"].push_back(R"("ipset:lan": ["10.0.0.0/8"])");
  for (const Entry& e : entries) {
    auto& list = sections[e.section];
    if (is_list(e.section) || std::find(list.begin(), list.end(), e.text) == list.end()) list.push_back(e.text);
  }
  const std::string gap = lines ? "\n  // \"a\": [comment],\n  " : " ";
  std::string out = "{";
  for (const auto& [name, list] : sections) {
    out.append(gap).append("\"").append(name).append(is_list(name) ? "\": [" : "\": {");
    for (const std::string_view e : list) out.append(gap).append(e).append(",");
    out.append(is_list(name) ? "]," : "},");
  }
  return out + gap + "}";
}

rc::Gen<std::vector<Entry>> some_good() {
  return rc::gen::container<std::vector<Entry>>(
      rc::gen::elementOf(std::vector<Entry>(std::begin(kGood), std::end(kGood))));
}

RC_GTEST_PROP(Check, GoodPoliciesAreGood, ()) {
  const Findings f = findings(policy_of(*some_good(), *rc::gen::arbitrary<bool>()));
  for (const Diagnostic& d : f.all) RC_FAIL(std::string(d.slug()) + " at " + f.at(d) + ": " + d.message);
}

// Faults among good entries, at any place of their section.
RC_GTEST_PROP(Check, EveryInjectedFaultIsFoundAtItsPlaceAndNothingElse, ()) {
  const auto picks = *rc::gen::unique<std::vector<size_t>>(rc::gen::inRange<size_t>(0, std::size(kFaults)));
  std::vector<Entry> entries = *some_good();
  std::vector<std::string> wanted;
  for (const size_t i : picks) {
    const auto at = *rc::gen::inRange<size_t>(0, entries.size() + 1);
    entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), kFaults[i]);
    wanted.push_back(std::string(kFaults[i].slug) + "@" + std::string(kFaults[i].place));
  }
  const Findings f = findings(policy_of(entries, *rc::gen::arbitrary<bool>()));
  std::vector<std::string> found = f.places();
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  RC_ASSERT(found == wanted);
}

// A fix that mends the fault leaves a policy without it, and mends nothing else.
RC_GTEST_PROP(Check, SafeFixesMend, ()) {
  const size_t i = *rc::gen::inRange<size_t>(0, std::size(kFaults));
  std::vector<Entry> entries = *some_good();
  entries.push_back(kFaults[i]);
  const Findings f = findings(policy_of(entries, *rc::gen::arbitrary<bool>()));
  RC_ASSERT(f.all.size() == 1u);
  for (const Fix& fix : f.all[0].fixes) {
    const Findings after = findings(fixed(f, fix));
    RC_ASSERT(after.all.empty());
  }
}

constexpr std::string_view kPieces[] = {
    "\"", "[",  "]",    "{",  "}",      ",",    ":",    "*",       "@", "tag:", "group:", "\\u0000", "autogroup:self",
    "0",  "-1", "null", "//", "ipset:", "${x}", "\xff", "\xd1\x81"};

std::string mutated(std::string text) {
  const int edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits && !text.empty(); ++i) {
    const size_t at = *rc::gen::inRange<size_t>(0, text.size());
    const size_t length = *rc::gen::inRange<size_t>(0, 12);
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, *rc::gen::elementOf(std::vector<std::string_view>(std::begin(kPieces), std::end(kPieces))));
        break;
      default:
        text.insert(at, text.substr(*rc::gen::inRange<size_t>(0, text.size()), length));
        break;
    }
  }
  return text;
}

RC_GTEST_PROP(Check, NoTextMakesItFallOver, ()) {
  std::vector<Entry> entries = *some_good();
  for (const size_t i : *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, std::size(kFaults))))
    entries.push_back(kFaults[i]);
  const std::string text = mutated(policy_of(entries, *rc::gen::arbitrary<bool>()));
  CollectingSink sink;
  const SyntaxTree tree = parse(text, sink);
  const Policy policy = build_policy(tree, sink);
  Tailnet tailnet;
  tailnet.name = tailnet.names.intern("example.com");
  CheckOptions options;
  options.tailnet = *rc::gen::arbitrary<bool>() ? &tailnet : nullptr;
  check(policy, tree, define(policy), options, sink);
  for (const Diagnostic& d : sink.all) {
    RC_ASSERT(d.span.begin <= d.span.end && d.span.end <= text.size());
    for (const Label& l : d.labels) RC_ASSERT(l.span.begin <= l.span.end && l.span.end <= text.size());
    for (const Fix& fix : d.fixes) {
      std::vector<Edit> edits = fix.edits;
      std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
      uint32_t end = 0;
      for (const Edit& e : edits) {
        RC_ASSERT(end <= e.span.begin && e.span.begin <= e.span.end && e.span.end <= text.size());
        end = e.span.end;
      }
    }
  }
}

}  // namespace
}  // namespace aclc::test
