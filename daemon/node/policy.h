// SPDX-License-Identifier: Apache-2.0
// A verified snapshot in the forms that the daemon works with.
#pragma once

#include <memory>
#include <string>

#include "daemon/planner/boxes.h"
#include "daemon/snapshot/snapshot.h"
#include "evaluator/program/program.h"
#include "evaluator/wire/resolve.h"

namespace aclc {

struct NodePolicy {
  Snapshot snapshot;
  std::string sealed;                      ///< the bytes it came in
  wire::Resolved rules;
  std::vector<Prefix> neighbourhood;       ///< of the host, where the node is a way to the internet
  AddressSet local;                        ///< destinations that are this node's business (Snapshot::local)
  FilterBoxes boxes;                       ///< for the kernel
  std::shared_ptr<const Program> program;  ///< for questions; nothing until make_program
};

/// Rules and boxes; refuses what passes the kernel's limits. `neighbourhood` as in Snapshot::local.
Result<std::shared_ptr<NodePolicy>> make_policy(Snapshot snapshot, std::string sealed, std::vector<Prefix> neighbourhood, const BoxLimits& limits = {});
/// The table that `why` and the flow log ask. Kept apart, since enforcement need not wait for it.
Result<Done> make_program(NodePolicy& policy);

/// `policy.hujson:12`, of the first policy rule that the wire rule was made from; `rule 3` where that is not known.
std::string place_of_rule(const NodePolicy& policy, uint32_t rule);
/// That policy rule as written, or empty.
std::string text_of_rule(const NodePolicy& policy, uint32_t rule);

}  // namespace aclc
