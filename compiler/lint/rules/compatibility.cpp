// SPDX-License-Identifier: Apache-2.0
// What another control plane does not know, for policies that are to work there, too. With --target the check itself says it.
#include <fmt/format.h>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {

/// Headscale 0.29: neither ipsets nor postures.
void headscale_lacks(LintContext& c) {
  if (c.options.target == Target::kHeadscale) return;
  for (const IpSet& s : c.policy.ipsets) c.report(diag::HeadscaleLacks(opening(s.span), "ipsets").help("hosts, or CIDRs in the rules themselves"));
  for (const Posture& p : c.policy.postures) c.report(diag::HeadscaleLacks(opening(p.span), "postures"));
  const auto asks = [&](const PostureRefs& refs, Span rule) {
    if (!refs.names.empty()) c.report(diag::HeadscaleLacks(opening(rule), "srcPosture").help("without it the rule lets in devices in any condition"));
  };
  for (const AclRule& r : c.policy.acls) asks(r.src_posture, r.span);
  for (const Grant& r : c.policy.grants) asks(r.src_posture, r.span);
  for (const SshRule& r : c.policy.ssh) asks(r.src_posture, r.span);
}

}  // namespace aclc::lints
