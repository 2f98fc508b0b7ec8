// SPDX-License-Identifier: Apache-2.0
// What of a rule's access is still to be found in other rules. Internal to the model.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/lint/model/model.h"

namespace aclc {

struct Want {
  uint8_t protocol;
  PortSet ports;
  bool whole;  ///< of a protocol without ports: all of it
};
using Wants = std::vector<Want>;

/// What the target of the rule lets pass, by protocol: ports, and for protocols without ports whether all.
Wants wants_of(const AccessRule& rule, const AccessTarget& target);
/// Takes from the wants what the rule gives at the target. True where that was something.
bool take(Wants& wants, const AccessRule& rule, const AccessTarget& target);

}  // namespace aclc
