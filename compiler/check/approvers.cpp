// SPDX-License-Identifier: Apache-2.0
// autoApprovers: who may approve, and which services.
#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {

void check_approvers(const Context& context) {
  const Policy& policy = context.policy;
  const AutoApprovers& approvers = policy.auto_approvers;
  for (const RouteApprovers& route : approvers.routes) {
    for (const Selector& s : policy.at(route.approvers)) use(context, s, Position::kRouteApprover);
  }
  for (const Selector& s : policy.at(approvers.exit_node)) use(context, s, Position::kExitNodeApprover);
  for (const ServiceApprovers& service : approvers.services) {
    use(context, service.service, Position::kServiceKey);
    for (const Selector& s : policy.at(service.approvers)) use(context, s, Position::kServiceApprover);
  }
}

}  // namespace aclc::checks
