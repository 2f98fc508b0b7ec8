// SPDX-License-Identifier: Apache-2.0
// Wire rules and packets from JSON text: a netmap's PacketFilterRules, and the lines of `aclc decide --batch`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/address.h"
#include "base/net/address_set.h"
#include "base/result.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc::wire {

/// An array of filter rules, or an object that holds one under `PacketFilter`, `PacketFilterRules` or `filter_rules`.
/// Names are matched in any case, null is absence, as Go's encoding/json has it. Protocol numbers outside 0..255 are left out;
/// a rule whose protocols are then all gone matches as the client has it: nothing but ICMP.
Result<std::vector<FilterRule>> read_filter_rules(std::string_view json);

struct BatchPacket {
  Address src;
  Address dst;
  uint8_t protocol = 0;
  uint16_t port = 0;
};

/// One line of a batch: {"id", "rules", "local", "packets": [[src, dst, protocol, port], ..]}.
struct BatchLine {
  std::string id;  ///< as JSON, to be given back as it came
  std::vector<FilterRule> rules;
  AddressSet local;
  std::vector<BatchPacket> packets;
};
Result<BatchLine> read_batch_line(std::string_view json);

}  // namespace aclc::wire
