// SPDX-License-Identifier: Apache-2.0
// One node of the mesh: takes snapshots, judges them, and brings host and table from one to the next.
//
// Order of a change: what goes is taken from the tunnel first, then the policy changes in one step, then what comes is added. So no packet
// of a new owner of an address meets the old policy, nor one of the old owner the new policy. The first time: table that denies all,
// interface up, peers, policy. A failure on the way leaves the policy that was in force, and is tried again with growing pauses until it
// is mended or another snapshot comes; health says what waits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "daemon/node/config.h"
#include "daemon/node/hands.h"
#include "daemon/node/health.h"
#include "daemon/node/host_setup.h"
#include "daemon/node/policy.h"
#include "daemon/node/retry.h"
#include "daemon/snapshot/sealed.h"

namespace aclc {

struct NodeIdentity {
  std::string private_key;  ///< base64
  SnapshotReader reader;
};

struct NodeCounts {
  uint64_t applied = 0;
  uint64_t refused = 0;
  uint64_t restored = 0;           ///< times that somebody else had changed our table
  uint64_t tunnel_starts = 0;
  uint64_t last_apply_us = 0;      ///< from the snapshot's bytes in memory to the new table in force
  bool last_was_delta = false;
};

/// For one thread. Times are seconds since 1970.
class MeshNode {
 public:
  MeshNode(NodeConfig config, NodeIdentity identity, NodeHands hands);

  /// Denies all, or goes on with what an earlier run enforces, before anything else happens. Stays down where an administrator left it
  /// down.
  Result<Done> start(uint64_t now);
  /// Judges and applies. Nothing changes where it fails; the same snapshot again is no fault. What is genuine and could not be applied, by
  /// the host's fault or the clock's, waits and is tried again by `tick`; it goes where another genuine one is offered.
  Result<Done> offer(std::string sealed, uint64_t now);
  /// Goes on from what an earlier run has left on disk; `newer`, which may be empty, is preferred where it may follow. An expired one is
  /// taken, too: `on_expiry` decides what it means. Fails also where only what is on disk cannot be used.
  Result<Done> resume(std::string newer, uint64_t now);
  /// Makes what questions and the flow log need of the policy in force. Apart from `offer`, so that enforcement does not wait for it.
  void prepare_answers(uint64_t now);
  Result<Done> up(uint64_t now);
  /// Table, tunnel, routes and settings go; the host is as it was.
  Result<Done> down();
  /// Tunnel, expiry, foreign changes of the table, what waits to be applied. Every second or so.
  void tick(uint64_t now);
  /// The interface goes with the tunnel; the table stays, so that nothing is open until the next start.
  void stop();

  bool is_up() const { return up_; }
  /// In force; nothing before the first.
  std::shared_ptr<const NodePolicy> policy() const { return policy_; }
  /// The one before it, for the words about what was withdrawn.
  std::shared_ptr<const NodePolicy> previous() const { return previous_; }
  bool closed_by_expiry() const { return closed_; }
  /// Whether the table in the kernel is the policy's, or what its expiry means; else, nothing but replies comes in.
  bool is_enforced() const { return enforced_; }
  /// Something genuine could not be applied yet.
  bool is_waiting() const { return pending_ || kept_; }
  uint64_t applied_at() const { return applied_at_; }
  const NodeCounts& counts() const { return counts_; }
  Health& health() { return health_; }
  const Health& health() const { return health_; }
  const NodeConfig& config() const { return config_; }

 private:
  Result<Done> apply(const std::shared_ptr<NodePolicy>& next, uint64_t now);
  Result<std::shared_ptr<NodePolicy>> policy_of(Snapshot snapshot, std::string sealed) const;
  /// May it ever be applied? If so, in the form in which it would be.
  Result<std::shared_ptr<NodePolicy>> judge(std::string sealed) const;
  /// Applies what waits from the source.
  Result<Done> bring_in(uint64_t now);
  /// Goes on with what was accepted before, whatever the clock says.
  Result<Done> go_on_with(std::shared_ptr<NodePolicy> policy, uint64_t now);
  bool store(uint64_t now);
  void retry(uint64_t now);
  void say_waits(const NodePolicy& policy, const std::string& reason, uint64_t now);
  Result<Done> bring_up_tunnel(const Snapshot& snapshot);
  /// A peer that is new to the tunnel, or all of them where the tunnel is, may still hold a session that the tunnel does not know, and
  /// would find out after 15 seconds. A handshake from our side tells it at once. `known` are those in the tunnel already.
  void greet(const std::vector<SnapshotPeer>& peers, const std::vector<TunnelPeer>& known, size_t most);
  /// Or denies all, where the policy has expired and that is what expiry means here.
  Result<Done> change_policy(const NodePolicy& next, uint64_t now);
  bool closes_at(const NodePolicy& policy, uint64_t now) const;
  void judge_expiry(uint64_t now);
  void judge_table(uint64_t now);
  /// The host's networks are others now, which an exit node leaves out.
  void judge_neighbourhood(uint64_t now);
  std::string state_file(const char* name) const { return config_.state_dir + "/" + name; }

  NodeConfig config_;
  NodeIdentity identity_;
  NodeHands hands_;
  HostSetup setup_;
  Health health_;
  NodeCounts counts_;
  bool up_ = false;
  bool closed_ = false;
  bool enforced_ = false;
  bool stored_ = true;               // policy_ is the last good one on disk
  bool peers_settled_ = false;       // the tunnel has the peers of policy_
  uint64_t applied_at_ = 0;
  uint64_t next_table_look_ = 0;
  uint64_t table_pause_ = 10;  // seconds; longer while somebody keeps changing our table
  std::shared_ptr<NodePolicy> policy_, previous_;
  std::shared_ptr<NodePolicy> pending_;  // the source's last word, not applied yet
  std::shared_ptr<NodePolicy> kept_;     // accepted before, not in force yet or any more; of use until something is
  Retry retry_;
  LastAccepted standing_;  // the last that was in force, perhaps in an earlier run
};

}  // namespace aclc
