// SPDX-License-Identifier: Apache-2.0
// The tailnet that a policy's tests are run on: the given one, with a stand-in node for every user and tag that the policy
// names and that has none, so that a test speaks of identities and not of who happens to be online.
#pragma once

#include "compiler/tailnet/tailnet.h"
#include "parser/policy/policy.h"

namespace aclc {

/// A copy; ids of users, nodes and names of `tailnet` (null: none is known) stay what they are. Users that the tailnet does not
/// know are added only where no tailnet is given.
Tailnet with_stand_ins(const Policy& policy, const Tailnet* tailnet);

/// A copy whose ids are those of the original.
Tailnet copy_of(const Tailnet& tailnet);

}  // namespace aclc
