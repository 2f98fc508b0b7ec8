// SPDX-License-Identifier: Apache-2.0
// Rules that can be one without a change of access.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/check/insertion.h"
#include "compiler/lint/edits.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

std::string list_key(LintContext& c, Selectors list) {
  std::vector<std::string_view> texts;
  for (const Selector& s : c.policy.at(list)) texts.push_back(c.written(s.span));
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string_view t : texts) out.append(t).append("\n");
  return out + '|';
}

std::string posture_key(LintContext& c, const PostureRefs& p) { return p.present ? "p" + list_key(c, p.names) : "-"; }

}  // namespace

void mergeable_rules(LintContext& c) {
  // By the first with the same sources and conditions: the destinations of the others can join its own.
  struct Rule {
    Span span, dst_span;
    std::vector<std::string> dst;  ///< as written
  };
  std::map<std::string, std::vector<Rule>> alike;
  std::vector<const std::vector<Rule>*> order;
  const auto sort_in = [&](std::string key, Rule rule) {
    const auto [known, is_new] = alike.try_emplace(std::move(key));
    if (is_new) order.push_back(&known->second);
    known->second.push_back(std::move(rule));
  };
  for (const AclRule& r : c.policy.acls) {
    if (r.src.empty() || r.dst.empty()) continue;
    Rule rule{r.span, r.dst_span, {}};
    for (const Destination& d : c.policy.at(r.dst)) rule.dst.emplace_back(c.written(string_around(c, d.span)));
    sort_in(fmt::format("acl|{}|{}|{}", list_key(c, r.src), posture_key(c, r.src_posture), r.proto.number), std::move(rule));
  }
  for (const Grant& r : c.policy.grants) {
    if (r.src.empty() || r.dst.empty() || !r.app.empty()) continue;
    std::string ip;
    for (const NetCapability& n : c.policy.at(r.ip)) ip.append(c.written(n.span)).append("\n");
    sort_in(fmt::format("grant|{}|{}|{}|{}", list_key(c, r.src), posture_key(c, r.src_posture), list_key(c, r.via), ip), {r.span, r.dst_span, strings_of(c, r.dst)});
  }
  for (const std::vector<Rule>* rules : order) {
    if (rules->size() < 2) continue;
    // One fix for all that can join the first at once; what stands in its way has one at the next look.
    const Rule& first = rules->front();
    std::set<std::string> known(first.dst.begin(), first.dst.end());
    std::string added;
    std::vector<Edit> edits;
    for (size_t i = 1; i < rules->size(); ++i) {
      const Rule& other = (*rules)[i];
      // A comment says why its rule is there, and a longer rule would lose that.
      std::vector<Edit> away = has_comments(c, other.span) ? std::vector<Edit>() : c.removal(other.span);
      if (away.empty() || !add_apart(edits, std::move(away))) continue;
      for (const std::string& dst : other.dst) {
        if (known.insert(dst).second) added.append(added.empty() ? "" : ", ").append(dst);
      }
    }
    if (!edits.empty() && !added.empty()) {
      std::vector<Edit> more = checks::append_child(c.tree, checks::node_begun(c.tree, first.dst_span.begin), added);
      if (more.empty() || !add_apart(edits, std::move(more))) edits.clear();
    }
    for (size_t i = 1; i < rules->size(); ++i) {
      Diagnostic d = diag::MergeableRules(opening((*rules)[i].span), c.line_name(first.span)).label(opening(first.span), "the rule it can join");
      if (!edits.empty()) d = std::move(d).fix(fmt::format("join it to the rule of {}", c.line_name(first.span)), std::exchange(edits, {}));
      c.report(std::move(d));
    }
  }
}

}  // namespace aclc::lints
