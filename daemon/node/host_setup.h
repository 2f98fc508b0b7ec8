// SPDX-License-Identifier: Apache-2.0
// The host's side of a snapshot: addresses, routes, forwarding, masquerade, the way to the internet. All of it is lent: `forget` gives it
// back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/node/config.h"
#include "daemon/node/hands.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc {

class HostSetup {
 public:
  /// `config` outlives this.
  HostSetup(const NodeConfig& config, NodeHands hands) : config_(config), hands_(std::move(hands)) {}

  /// Where an exit node is configured, nothing leaves but by it: before there is a tunnel, and while there is none, nothing leaves at all.
  /// Where none is, what an earlier run has left behind of this goes.
  Result<Done> guard_exit();
  /// Needs the interface.
  Result<Done> sync(const Snapshot& snapshot);
  /// The host's addresses and their networks, for a node that is a way to the internet; else none. Nothing where they cannot be had.
  std::optional<std::vector<Prefix>> neighbourhood(const Snapshot& snapshot) const;
  /// Counts and times of flows; whether they can be had is no condition of enforcing.
  void count_flows();
  /// The table was put up anew: what it masquerades is not known.
  void table_is_new() { masqueraded_.reset(); }
  void forget();

 private:
  std::vector<Family> captured() const;
  Result<Done> lend(const std::string& name, const std::string& value, bool wanted);
  Result<Done> sync_addresses(const Snapshot& snapshot);
  Result<Done> sync_routes(const std::vector<Prefix>& want, uint32_t table);

  const NodeConfig& config_;
  NodeHands hands_;
  std::optional<bool> masqueraded_;  // not known at the start: the table may be an earlier run's
  std::map<std::string, std::shared_ptr<void>> settings_;
};

}  // namespace aclc
