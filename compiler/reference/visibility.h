// SPDX-License-Identifier: Apache-2.0
// Which nodes see each other, and what app capabilities they hold at each other.
#pragma once

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"

namespace aclc::reference {

/// Fills peers and whois_caps of every table; `accepted_from` has, for each node, the addresses from which its rules accept
/// something.
void fill_peers(const World& world, const std::vector<AddressSet>& accepted_from, std::vector<NodeTable>& tables);

}  // namespace aclc::reference
