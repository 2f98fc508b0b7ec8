// SPDX-License-Identifier: Apache-2.0
// What a node works on its host with.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "daemon/backend/net/host_network.h"
#include "daemon/backend/nft/kernel_filter.h"
#include "daemon/backend/wireguard/tunnel.h"

namespace aclc {

/// All outlive the node.
struct NodeHands {
  nft::KernelFilter& filter;
  wireguard::TunnelHost& tunnel;
  HostNetwork& network;
  /// Sets a value under /proc/sys for as long as what it gives back lives.
  std::function<Result<std::shared_ptr<void>>(const std::string& name, const std::string& value)> borrow_setting;
};

}  // namespace aclc
