// SPDX-License-Identifier: Apache-2.0
// How much each flow carried, as a network log wants it: counts by flow, taken away from time to time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "evaluator/packet/flow_table.h"
#include "evaluator/packet/headers.h"

namespace aclc {

struct Traffic {
  uint64_t packets_in = 0, bytes_in = 0;    ///< from the remote side
  uint64_t packets_out = 0, bytes_out = 0;  ///< from ours
};

/// All memory is taken when it is made. Packets of flows that find no room are counted as `lost`, never at another flow.
class TrafficCounts {
 public:
  /// Room for at least `flows` flows between two calls of `take`. `seed` as in hash_of.
  TrafficCounts(uint32_t flows, uint64_t seed);

  /// `bytes` of a packet that passed. Both directions of a flow are one entry, keyed as our side sees it.
  void add(const PacketHeaders& packet, bool outbound, size_t bytes);
  /// Hands over all flows since the last time, in no order, and forgets them.
  void take(const std::function<void(const FlowKey&, const Traffic&)>& give);
  uint64_t lost() const { return lost_; }

 private:
  struct Slot {
    FlowKey key;
    Traffic traffic;
    bool used = false;
  };

  std::vector<Slot> slots_;
  uint32_t most_;
  uint32_t used_ = 0;
  uint64_t seed_;
  uint64_t lost_ = 0;
};

}  // namespace aclc
