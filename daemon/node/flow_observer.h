// SPDX-License-Identifier: Apache-2.0
// From what the kernel reports (logged packets, ended flows) to records that name policy lines.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "daemon/node/node.h"
#include "daemon/telemetry/flow_ends.h"
#include "daemon/telemetry/flow_log.h"
#include "daemon/telemetry/packet_log.h"
#include "evaluator/packet/log_scope.h"

namespace aclc {

class FlowObserver {
 public:
  /// Both outlive this.
  FlowObserver(const MeshNode& node, FlowLog& log) : node_(node), log_(log) {}

  void on_packet(const LoggedPacket& logged, uint64_t now_ms);
  /// A policy has come into force: flows under way that it does not allow are told as cut, with the line that had let them in. Some of
  /// their packets never reach the filter, since their sender may be no peer any more.
  void on_policy(uint64_t now_ms);
  /// Only flows from a peer to this node or what it serves are told; all others are the host's own business.
  void on_end(const FlowEnd& end, uint64_t now_ms);

 private:
  struct Grounds {
    std::string rule, text, peer;
    bool told_cut = false;
  };
  /// What people do on the internet by way of this node is nobody's business: both ends have to be the tailnet's.
  bool may_record(const PacketHeaders& packet);
  static Grounds grounds(const NodePolicy& policy, const FlowTuple& flow);
  void remember(const FlowTuple& flow, Grounds grounds);
  FlowRecord record_of(const FlowTuple& flow, FlowEvent event, uint64_t now_ms) const;

  const MeshNode& node_;
  FlowLog& log_;
  std::optional<LogScope> scope_;
  std::shared_ptr<const NodePolicy> scoped_;  // whose scope that is
  std::map<FlowTuple, Grounds> let_in_;  // of bounded number; `order_` says which one is the oldest
  std::deque<FlowTuple> order_;
};

/// The peer that an address belongs to: the one with the longest prefix. Empty: none.
std::string peer_of(const Snapshot& snapshot, const Address& address);

}  // namespace aclc
