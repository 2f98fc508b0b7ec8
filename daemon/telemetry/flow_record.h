// SPDX-License-Identifier: Apache-2.0
// What is told about one flow, as a line of JSON.
#pragma once

#include <cstdint>
#include <string>

#include "base/net/address.h"

namespace aclc {

struct FlowTuple {
  Address src;
  Address dst;
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  uint8_t protocol = 0;

  friend bool operator==(const FlowTuple&, const FlowTuple&) = default;
  friend auto operator<=>(const FlowTuple&, const FlowTuple&) = default;
};

enum class FlowEvent : uint8_t {
  kAccept,  ///< a new flow was let in
  kDeny,    ///< a new flow was not let in
  kCut,     ///< a flow that was under way is not let in any longer
  kEnd,     ///< a flow that was let in is over
};

struct FlowRecord {
  uint64_t time_ms = 0;  ///< since 1970
  FlowEvent event = FlowEvent::kDeny;
  FlowTuple flow;
  std::string peer;      ///< the node that the source address belongs to; empty: not known
  std::string reason;    ///< of kDeny: `no-rule`, `not-self` ...
  std::string rule;      ///< place of the policy rule that allows it, or did so until it was cut: `policy.hujson:12`
  std::string rule_text;
  uint64_t generation = 0;
  uint64_t packets_in = 0, bytes_in = 0, packets_out = 0, bytes_out = 0;  ///< of kEnd; 0 where the kernel does not count
  double seconds = 0;                                                    ///< of kEnd, 0 where not known
};

/// One line, without its end.
std::string flow_line(const FlowRecord& record);
/// `2026-11-25T18:00:00.123Z`.
std::string time_text(uint64_t ms_since_1970);

}  // namespace aclc
