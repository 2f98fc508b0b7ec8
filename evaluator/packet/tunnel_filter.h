// SPDX-License-Identifier: Apache-2.0
// What stands between a tunnel and the node's stack, as the reference client has it around its packet filter (source: "Packet-filter
// behaviour", what is said to be around it):
//
//   a service of the node's own for its peers is reached past the filter, since it decides by itself who may do what
//   who was refused a TCP connection over IPv4 is told so, by a message of the mesh's own protocol (TSMP, 99)
//   jailed peers, for instance of a shared node, may answer and nothing else
//   traffic that passed is counted by flow; decisions that may be logged are, within a budget
//
// No I/O: whoever moves the packets sends, writes and drops. No call for a packet allocates.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/net/address_set.h"
#include "evaluator/packet/log_scope.h"
#include "evaluator/packet/packet_filter.h"
#include "evaluator/packet/traffic_counts.h"

namespace aclc {

/// Where the node's own service takes TCP connections.
struct PeerService {
  Address address;
  uint16_t port = 0;
};

struct TunnelOptions {
  FilterOptions filter;
  uint32_t counted_flows = 8192;
  bool tell_refused = true;
};

struct TunnelVerdict {
  Decision decision;
  bool log = false;                     ///< both ends are the tailnet's, and the budget allows it
  std::span<const uint8_t> rejection;   ///< a packet to send to the peer; empty: none. Valid until the next call
};

/// For one thread, like the PacketFilter in it. The slot outlives it.
class TunnelFilter {
 public:
  TunnelFilter(const PolicySlot& slot, TunnelOptions options);

  void set_peer_services(std::vector<PeerService> services) { services_ = std::move(services); }
  /// Addresses of the peers that may only answer. Their flows are kept apart, and stay when the set changes.
  void set_jailed(AddressSet jailed);
  /// Without one nothing is logged.
  void set_log_scope(LogScope scope) { scope_ = std::move(scope); }

  /// A packet that came out of the tunnel.
  TunnelVerdict in(PacketBytes packet, uint64_t now);
  /// One that goes into it, from the host or a stack in this process: either way answers to it have to come back in.
  TunnelVerdict out(PacketBytes packet, uint64_t now);

  TrafficCounts& traffic() { return traffic_; }

 private:
  static constexpr size_t kRejectionSize = 27;  // IPv4 header and 7 bytes

  bool is_for_service(const PacketHeaders& p) const;
  PacketFilter& filter_for(const Address& peer);
  bool may_log(const PacketHeaders& p, bool accepted, bool outbound, uint64_t now);
  std::span<const uint8_t> write_rejection(const PacketHeaders& p, Reason reason);

  const PolicySlot& slot_;
  TunnelOptions options_;
  PacketFilter filter_;
  std::optional<PacketFilter> jail_;
  AddressSet jailed_;
  std::vector<PeerService> services_;
  std::optional<LogScope> scope_;
  LogBudget accepts_ = LogBudget::for_accepts(), drops_ = LogBudget::for_drops();
  TrafficCounts traffic_;
  std::array<uint8_t, kRejectionSize> rejection_{};
};

}  // namespace aclc
