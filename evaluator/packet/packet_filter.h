// SPDX-License-Identifier: Apache-2.0
// A node's packet filter without any I/O: packets in, decisions out, for whoever moves the packets.
//
// Two sets of manners (source: "Packet-filter behaviour to match"):
//   kTailscale  decides as the reference client does, step by step, gaps included
//   kStrict     what the node daemon promises: TCP and ICMP replies need a flow, later fragments need their first fragment,
//               flows end after a time, and every packet in a flow's opening direction is looked up again, so that a revoked
//               rule cuts what it once allowed
// There is no outbound policy. No call allocates after construction.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "evaluator/classify/packet.h"
#include "evaluator/packet/flow_table.h"
#include "evaluator/packet/headers.h"
#include "evaluator/program/program.h"

namespace aclc {

enum class FilterMode : uint8_t { kStrict, kTailscale };

enum class Reason : uint8_t {
  // accepted
  kKeepalive,        ///< no bytes
  kRule,             ///< by Decision::rule
  kReply,            ///< of a flow that our side opened
  kRelated,          ///< an ICMP error about a known flow
  kFragment,         ///< a later fragment
  kIcmpReply,        ///< kTailscale: any echo reply or error
  kTcpNonSyn,        ///< kTailscale: anything but an opening SYN
  kOwnMessage,       ///< TSMP
  kPeerService,      ///< the node's own service for its peers, which decides itself (TunnelFilter)
  kHook,
  kOutbound,
  // dropped
  kNoPolicy,
  kTooShort,
  kUnknownProtocol,
  kMulticast,
  kLinkLocalUnicast,
  kNotSelf,          ///< destination neither an address nor a route of this node
  kNoRule,
  kShieldsUp,
  kNoFlow,           ///< kStrict: an echo reply, ICMP error, or TCP answer or end, of nothing we know of
  kStrayFragment,    ///< kStrict: a later fragment whose first fragment was not accepted
};
/// `no-rule`, `not-self`: stable, for logs and labels.
std::string_view reason_name(Reason reason);

struct Decision {
  bool accept = false;
  Reason reason = Reason::kNoPolicy;
  uint32_t rule = 0;  ///< of the node's table, counted from 0, where reason is kRule
};

/// Nothing in `program` means: no policy yet, drop all.
struct FilterPolicy {
  std::shared_ptr<const Program> program;
  size_t node = 0;
  bool shields_up = false;  ///< takes nothing but replies
};

/// Where a policy is published for filters on other threads. Publishing swaps a pointer; filters see it at their next packet.
class PolicySlot {
 public:
  void publish(FilterPolicy policy);
  FilterPolicy current() const;
  /// Rises with each publication.
  uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;  // held only while the pointer is copied
  FilterPolicy policy_;
  std::atomic<uint64_t> version_{0};
};

/// Asked before a drop by steps that allow it; the first that says true accepts the packet.
struct AllowHook {
  bool (*ask)(void* context, const PacketHeaders& packet) = nullptr;
  void* context = nullptr;
};

struct FilterOptions {
  FilterMode mode = FilterMode::kStrict;
  uint32_t flows = 65536;      ///< kTailscale always has 512, without an end
  uint32_t fragments = 1024;   ///< packets in pieces that can be under way at once
  uint64_t seed = 0;           ///< of the flow table's hash; unpredictable in production
  bool always_shielded = false;  ///< as if every policy had its shields up
  std::vector<AllowHook> ingress_hooks;     ///< asked where no rule matched or the destination is not ours
  std::vector<AllowHook> link_local_hooks;  ///< true: go on with a link-local destination
};

/// For one thread. Times are milliseconds on any clock that never goes back. The slot outlives the filter.
class PacketFilter {
 public:
  PacketFilter(const PolicySlot& slot, FilterOptions options);

  Decision check_in(PacketBytes packet, uint64_t now) { return check_in(parse_packet(packet), packet, now); }
  Decision check_out(PacketBytes packet, uint64_t now) { return check_out(parse_packet(packet), now); }
  /// For whoever has read the headers of `packet` already.
  Decision check_in(const PacketHeaders& headers, PacketBytes packet, uint64_t now);
  Decision check_out(const PacketHeaders& headers, uint64_t now);
  /// What a new flow's first packet would get; changes no state.
  Decision check_new(const Packet& packet);

 private:
  std::optional<Decision> precheck(const PacketHeaders& p) const;
  Decision decide_compatible(const PacketHeaders& p, uint64_t now);
  Decision decide_strict(const PacketHeaders& p, PacketBytes bytes, uint64_t now);
  Decision strict_icmp(const PacketHeaders& p, PacketBytes bytes, uint64_t now);
  Decision by_rules(const PacketHeaders& p) const;
  Decision denied(const PacketHeaders& p, Reason reason) const;
  bool is_local(const Address& dst) const;
  Flow* known_flow(const PacketHeaders& p, uint64_t now);
  bool reply_of_ours(const PacketHeaders& p, Flow* flow, uint64_t now) const;
  Decision recorded(const PacketHeaders& p, const Decision& decision, uint64_t now);
  void record(const PacketHeaders& p, bool outbound, uint64_t now);
  void refresh();

  const PolicySlot& slot_;
  FilterOptions options_;
  FilterPolicy policy_;
  const Filter* filter_ = nullptr;  // of policy_
  uint64_t seen_version_ = 0;
  FlowTable flows_;
  FlowTable fragments_;
};

}  // namespace aclc
