// SPDX-License-Identifier: Apache-2.0
// Rules that lack what they would be about. The hosted service takes them, and they do nothing.
#include <fmt/format.h>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

void report(LintContext& c, Span rule, const char* title, bool first_there, const char* first, bool second_there, const char* second) {
  if (first_there && second_there) return;
  const std::string lacking = !first_there && !second_there ? fmt::format("`{}` and `{}`", first, second) : fmt::format("`{}`", first_there ? second : first);
  Diagnostic d = diag::IncompleteRule(opening(rule), title, lacking);
  if (auto edits = c.removal(rule); !edits.empty()) d = std::move(d).fix("remove it", std::move(edits), FixSafety::kUnsafe);  // it may be about to be filled
  c.report(std::move(d));
}

}  // namespace

void incomplete_rule(LintContext& c) {
  const Policy& p = c.policy;
  // Empty lists of rules that allow packets are `dead-rule`'s.
  for (const AclRule& r : p.acls) report(c, r.span, "an acl", r.src_present, "src", r.dst_present, "dst");
  for (const Grant& g : p.grants) {
    const bool own = !g.app.empty() || !g.via.empty();
    report(c, g.span, "a grant", g.src_present && !(own && g.src.empty()), "src", g.dst_present && !(own && g.dst.empty()), "dst");
  }
  for (const SshRule& r : p.ssh) report(c, r.span, "an ssh rule", !r.src.empty(), "src", !r.dst.empty(), "dst");
  for (const NodeAttr& a : p.node_attrs) {
    // Without a thing to set it is `idle-node-attr`'s.
    const bool sets = !a.attr.empty() || !a.ip_pool.empty() || !a.app.empty();
    report(c, a.span, "a nodeAttrs entry", !sets || !a.target.empty(), "target", true, "");
  }
}

}  // namespace aclc::lints
