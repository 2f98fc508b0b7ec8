// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/check.h"

#include "compiler/check/context.h"
#include "compiler/check/domains.h"

namespace aclc {

void check(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const CheckOptions& options,
           DiagnosticSink& sink) {
  checks::Context context{policy, tree, definitions, options, sink, checks::tailnet_domain(options.tailnet)};
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
}

}  // namespace aclc
