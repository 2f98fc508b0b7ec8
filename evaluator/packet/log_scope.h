// SPDX-License-Identifier: Apache-2.0
// Which decisions may be written down, and how many of them. What a person does on the internet is nobody's business: a packet is
// logged only when both of its ends belong to the tailnet.
#pragma once

#include <cstdint>

#include "base/net/address_set.h"
#include "evaluator/packet/packet_filter.h"

namespace aclc {

class LogScope {
 public:
  /// The tailnet's own ranges (100.64.0.0/10 and fd7a:115c:a1e0::/48) and `routes`, default routes left out.
  explicit LogScope(const AddressSet& routes);

  /// Whether a decision about this packet may be logged. Outbound noise (multicast, link-local, IGMP) never is.
  bool may_log(const PacketHeaders& packet, bool outbound) const;

 private:
  AddressSet nets_;
};

/// Lets a burst through, then one each `period` milliseconds.
class LogBudget {
 public:
  static LogBudget for_accepts() { return {3, 10'000}; }
  static LogBudget for_drops() { return {10, 5'000}; }
  LogBudget(uint32_t burst, uint64_t period) : left_(burst), burst_(burst), period_(period) {}

  bool take(uint64_t now);

 private:
  uint32_t left_;
  uint32_t burst_;
  uint64_t period_;
  uint64_t refilled_ = 0;
};

}  // namespace aclc
