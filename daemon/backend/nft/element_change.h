// SPDX-License-Identifier: Apache-2.0
// Elements that go from a set in the kernel and that come into it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/backend/nft/elements.h"

namespace aclc::nft {

struct ElementChange {
  std::string set;         ///< with its generation: in4_g7
  Key key = Key::kPorts;   ///< never kSelf
  bool has_ranges = false;
  std::vector<const Box*> gone, come;  ///< in the tables they were made of
};

/// All elements of the sets that stage_script declares, but for those of kSelf, which it fills itself.
std::vector<ElementChange> all_elements(const FilterBoxes& boxes, uint64_t generation);

/// What leads from one table to another within the sets of a generation. Nothing where sets would come, go or change their kind, or where
/// a new generation is the cheaper way: to take an element with ranges away the kernel walks through the set, so few may go from a
/// large one.
std::optional<std::vector<ElementChange>> delta(const FilterBoxes& from, const FilterBoxes& to, uint64_t generation);

}  // namespace aclc::nft
