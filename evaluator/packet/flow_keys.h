// SPDX-License-Identifier: Apache-2.0
// Which flow a packet belongs to, and how long a flow lives. Private to this folder.
#pragma once

#include "evaluator/packet/flow_table.h"
#include "evaluator/packet/headers.h"

namespace aclc {

enum class Direction : uint8_t { kIn, kOut };

inline constexpr uint64_t kFragmentLife = 30'000;  ///< milliseconds, as Linux gives a packet to come together

FlowKey flow_key(const PacketHeaders& p, Direction direction);
FlowKey fragment_key(const PacketHeaders& p);
/// Notes a packet of the flow and moves its end. Lives are those of Linux' connection tracking.
void touch_flow(Flow& flow, const PacketHeaders& p, Direction direction, uint64_t now);

}  // namespace aclc
