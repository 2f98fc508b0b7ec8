// SPDX-License-Identifier: Apache-2.0
// The sets of one generation and their elements as nft text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/planner/boxes.h"

namespace aclc::nft {

enum class Key { kPorts, kIcmp, kProtocols, kSelf };

struct SetPlan {
  std::string name;       // without generation: in4, icmp6, proto4, self6
  Key key;
  Family family;
  const std::vector<Box>* boxes = nullptr;   // but for kSelf
  const AddressSet* addresses = nullptr;     // for kSelf

  size_t size() const { return boxes != nullptr ? boxes->size() : addresses->ranges().size(); }
  /// Whether any element is more than one address and one port: such sets need a costlier kind.
  bool has_ranges() const;
};

/// The sets that are not empty.
std::vector<SetPlan> sets_of(const FilterBoxes& boxes);
std::string set_type(const SetPlan& set);
void append_element(std::string& out, Key key, const Box& box);
/// `{ a, b }` of all elements.
void append_elements(std::string& out, const SetPlan& set);

}  // namespace aclc::nft
