// SPDX-License-Identifier: Apache-2.0
// Rules that can be one without a change of access.
#include <fmt/format.h>

#include <algorithm>
#include <map>

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
  // The first with the same sources and conditions: the destinations of the other can join its own.
  std::map<std::string, Span> first;
  const auto judge = [&](std::string key, Span span) {
    const auto [known, is_new] = first.try_emplace(std::move(key), span);
    if (is_new) return;
    c.report(diag::MergeableRules(opening(span), c.line_name(known->second)).label(opening(known->second), "the rule it can join"));
  };
  for (const AclRule& r : c.policy.acls) {
    if (r.src.empty() || r.dst.empty()) continue;
    judge(fmt::format("acl|{}|{}|{}", list_key(c, r.src), posture_key(c, r.src_posture), r.proto.number), r.span);
  }
  for (const Grant& r : c.policy.grants) {
    if (r.src.empty() || r.dst.empty() || !r.app.empty()) continue;
    std::string ip;
    for (const NetCapability& n : c.policy.at(r.ip)) ip.append(c.written(n.span)).append("\n");
    judge(fmt::format("grant|{}|{}|{}|{}", list_key(c, r.src), posture_key(c, r.src_posture), list_key(c, r.via), ip), r.span);
  }
}

}  // namespace aclc::lints
