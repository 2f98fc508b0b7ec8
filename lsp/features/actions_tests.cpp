// SPDX-License-Identifier: Apache-2.0
// What to do about a failed test: expect the other thing, or let it pass by a grant. Neither is what an editor may do unasked.
#include <fmt/format.h>

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/check/insertion.h"
#include "lsp/features/actions.h"
#include "lsp/protocol/writer.h"

namespace aclc::lsp {
namespace {

/// The list of a test that expects it.
std::string_view list_of(Expectation e) { return e == Expectation::kAccept ? "accept" : e == Expectation::kCheck ? "check" : "deny"; }
std::string_view outcome_of(Expectation e) { return e == Expectation::kAccept ? "accepted" : e == Expectation::kCheck ? "checked" : "denied"; }

}  // namespace

void Actions::failed_tests() {
  if (!view_.verdicts || !view_.verdicts->report) return;
  for (const AssertionResult& r : view_.verdicts->report->results) {
    if (r.passed || !touches(r.at)) continue;
    const bool accept = r.expected == Expectation::kAccept;
    const auto with_finding = [&](CodeAction& action) {
      for (const Diagnostic& finding : view_.verdicts->findings) {
        if (finding.span == r.at) action.diagnostics.push_back(to_item(view_, finding));
      }
    };
    // A login of sshTests is asserted of each destination: all must have come to the same.
    const auto at_one = [&](const AssertionResult& o) { return o.ssh == r.ssh && o.at == r.at; };
    const auto& results = view_.verdicts->report->results;
    const bool agreed = std::all_of(results.begin(), results.end(), [&](const AssertionResult& o) { return !at_one(o) || o.got == r.got; });
    const bool first = &*std::find_if(results.begin(), results.end(), at_one) == &r;
    std::vector<Edit> flip;
    if (agreed && first) flip = move_assertion(r.ssh ? p_.ssh_tests[r.test].span : p_.tests[r.test].span, r.at, list_of(r.expected), list_of(r.got));
    if (!flip.empty()) with_finding(add(fmt::format("expect `{}` to be {}", a_.text(r.at), outcome_of(r.got)), "quickfix", std::move(flip)));
    if (r.ssh || !accept) continue;
    const size_t colon = r.destination.rfind(':');
    const std::string port = r.destination.substr(colon + 1);
    std::vector<Edit> grant = append_rules(
        "grants",
        {{}, {fmt::format("{{\"src\": [{}], \"dst\": [{}], \"ip\": [{}]}}", json_quote(r.source), json_quote(r.destination.substr(0, colon)),
                          json_quote(r.protocol == 0 ? port : fmt::format("{}:{}", protocol_name(r.protocol), port)))}},
        "tests");
    if (!grant.empty()) with_finding(add(fmt::format("accept it by a new grant from `{}`", r.source), "quickfix", std::move(grant)));
  }
}

std::vector<Edit> Actions::move_assertion(Span test, Span element, std::string_view from, std::string_view to) const {
  const NodeId object = checks::node_begun(tree_, test.begin);
  if (!object.valid() || !tree_.is(object, NodeKind::kObject) || comment_inside(test) || from == to) return {};
  const NodeId source = checks::find_field(tree_, object, from);
  if (!source.valid() || !tree_.is(tree_.value_of(source), NodeKind::kArray)) return {};
  std::vector<Edit> edits;
  NodeId before;
  const NodeId list = tree_.value_of(source);
  for (const NodeId child : tree_.children(list)) {
    const Span span = tree_[child].span;
    if (span.begin <= element.begin && element.end <= span.end) {
      // With the comma on one of its sides.
      uint32_t begin = span.begin, end = span.end;
      if (before.valid()) {
        begin = tree_[before].span.end;
      } else if (tree_[child].next < tree_[list].next) {
        end = tree_[NodeId(size_t{tree_[child].next})].span.begin;
      }
      edits.push_back({{begin, end}, ""});
      break;
    }
    before = child;
  }
  if (edits.empty()) return {};
  const std::string text = json_quote(a_.text(element));
  const NodeId target = checks::find_field(tree_, object, to);
  if (!target.valid()) {
    std::vector<Edit> added = checks::add_member(tree_, object, to, "[" + text + "]");
    if (added.empty()) return {};
    edits.insert(edits.end(), added.begin(), added.end());
    return edits;
  }
  const NodeId other = tree_.value_of(target);
  if (!tree_.is(other, NodeKind::kArray) || (tree_[other].flags & kBroken)) return {};
  Span last{};
  for (const NodeId child : tree_.children(other)) last = tree_[child].span;
  const uint32_t at = last.empty() ? tree_[other].span.begin + 1 : last.end;
  edits.push_back({{at, at}, last.empty() ? text : ", " + text});
  return edits;
}

}  // namespace aclc::lsp
