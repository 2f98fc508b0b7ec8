// SPDX-License-Identifier: Apache-2.0
// The SSH rules of each node.
#pragma once

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"

namespace aclc::reference {

/// Fills ssh_rules and ssh_origins: all check rules before all accept rules, otherwise in file order, nothing merged
/// (recorded answers).
void compile_ssh(const World& world, TailnetNodeId id, NodeTable& table);

}  // namespace aclc::reference
