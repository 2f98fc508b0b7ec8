// SPDX-License-Identifier: Apache-2.0
// Rules whose source is "whoever holds this capability" (`cap:NAME`), before they are compiled to a program.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/net/address_set.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc {

/// Name of a capability and the addresses of the peers that hold it.
using CapabilityHolders = std::vector<std::pair<std::string, AddressSet>>;

/// The same rules with each `cap:NAME` replaced by the holders' addresses; by nothing where nobody holds it.
/// `cap:` is looked for before anything else, so that a name may hold a slash. In a destination it stays, and is no address.
std::vector<wire::FilterRule> bind_capability_sources(std::span<const wire::FilterRule> rules, const CapabilityHolders& holders);

}  // namespace aclc
