// SPDX-License-Identifier: Apache-2.0
// Texts for nft: pure functions, so that what is sent to the kernel can be tested without one.
//
// One table, hooks on packets that come in from our interface, or leave by it, only; it drops or lets other tables decide, and touches
// none of theirs.
// The table is not bound to the process: what is enforced stays when the daemon dies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/planner/boxes.h"

namespace aclc::nft {

struct Table {
  std::string interface;          ///< packets that come in here are ours to judge
  std::string name = "aclcd";     ///< in family inet
  uint16_t log_group = 0;         ///< NFLOG; 0: no logging
  bool reject = false;            ///< who sends what no rule allows is told so: by a reset, or "administratively prohibited"
};

/// Counters that outlive every change of policy, by the reason of the decision ("not-self" is `not_self`).
inline constexpr std::string_view kCounters[] = {"reply", "related", "multicast", "link_local", "invalid", "midstream", "not_self", "no_rule", "no_policy"};

/// Table, counters and hooks; adding what is there already changes nothing.
std::string base_script(const Table& table);
/// Lets in nothing but replies: the state before the first policy.
std::string deny_all_script(const Table& table);

/// Adds the sets of a generation, empty but for the node's own destinations; nothing uses them yet.
std::string declare_script(const Table& table, const FilterBoxes& boxes, uint64_t generation);
/// The same with all elements, for who takes texts only.
std::string stage_script(const Table& table, const FilterBoxes& boxes, uint64_t generation);
/// Points the rules to the sets of a generation and deletes `obsolete` ones, in one transaction. `shields_up` lets in replies only.
std::string flip_script(const Table& table, const FilterBoxes& boxes, uint64_t generation, bool shields_up,
                        const std::vector<std::string>& obsolete);
std::string delete_sets_script(const Table& table, const std::vector<std::string>& sets);
std::string remove_script(const Table& table);

/// Masquerade for what the node forwards from the mesh into its own networks; or without it.
std::string masquerade_script(const Table& table, bool wanted);

/// The generation in a set's name (`in4_g12`).
std::optional<uint64_t> generation_of(std::string_view set);

}  // namespace aclc::nft
