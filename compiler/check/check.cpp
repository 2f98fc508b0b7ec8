// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/check.h"

#include "compiler/check/broken.h"
#include "compiler/check/context.h"
#include "compiler/check/domains.h"

namespace aclc {
namespace checks {

void LimitedSink::report(Diagnostic d) {
  uint32_t& count = reported_[static_cast<size_t>(d.kind)];
  if (count >= kMaxPerKind) return;
  if (++count == kMaxPerKind) d = std::move(d).help("further findings of this kind are not shown");
  to_.report(std::move(d));
}

}  // namespace checks

void check(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const CheckOptions& options,
           DiagnosticSink& sink) {
  constexpr size_t kComparisons = 60'000;
  checks::FollowUpFilter filter(policy, tree, sink);
  checks::LimitedSink limited(filter);
  size_t comparisons = kComparisons;
  const checks::Context context{
      policy, tree, definitions, options, limited, checks::tailnet_domain(options.tailnet), comparisons};
  checks::check_groups(context);
  checks::check_hosts(context);
  checks::check_tag_owners(context);
  checks::check_ipsets(context);
  checks::check_postures(context);
  checks::check_acls(context);
  checks::check_grants(context);
  checks::check_ssh(context);
  checks::check_node_attrs(context);
  checks::check_approvers(context);
  checks::check_tests(context);
  checks::check_ssh_tests(context);
  checks::check_member_spelling(context);
  checks::check_logins(context);
}

}  // namespace aclc
