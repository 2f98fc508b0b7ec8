// SPDX-License-Identifier: Apache-2.0
// From which devices of a tailnet rules open a TCP port of which others. Postures are taken to hold: they change from hour to hour.
// Internal to lint.
#pragma once

#include <deque>
#include <vector>

#include "compiler/lint/devices.h"
#include "compiler/lint/model/model.h"

namespace aclc {

/// Refers to the model and the devices, which must outlive it.
class PortPaths {
 public:
  PortPaths(const AccessModel& model, const reference::World& world, Devices& devices, uint16_t port);

  /// By device: whether a rule opens the port of some of `to` to it.
  std::vector<bool> towards(const reference::NodeList& to) const;
  /// By device: whether a rule opens the port of one of its user's devices to it.
  std::vector<bool> to_own() const;

 private:
  /// A rule that opens the port. Lists are of `devices` or of `lists_`.
  struct Rule {
    std::vector<const reference::NodeList*> sources, targets;
    bool self = false;  ///< one of its destinations is `autogroup:self`
  };
  std::vector<bool> none() const { return std::vector<bool>(world_.all_nodes().size()); }
  std::vector<bool> users() const { return std::vector<bool>(world_.tailnet().users.size()); }
  /// The users whose own devices are among these.
  void mark_users(const reference::NodeList& nodes, std::vector<bool>& users) const;
  bool of_users(TailnetNodeId id, const std::vector<bool>& users) const;

  const reference::World& world_;
  std::vector<Rule> rules_;
  std::deque<reference::NodeList> lists_;  ///< of addresses; they stay where they are
};

}  // namespace aclc
