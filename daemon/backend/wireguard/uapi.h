// SPDX-License-Identifier: Apache-2.0
// The text protocol of userspace WireGuard implementations (wireguard.com, "Cross-Platform Userspace Implementation").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "daemon/planner/changes.h"

namespace aclc::wireguard {

struct DeviceChange {
  std::string private_key;   ///< base64; empty: leave it
  uint16_t listen_port = 0;  ///< 0: leave it
  std::vector<PeerChange> peers;
  uint32_t mark = 0;  ///< of the packets that carry the tunnel, so that routing can tell them; 0: leave it
};

struct PeerTraffic {
  WireGuardKey key;
  uint64_t last_handshake = 0;  ///< seconds since 1970; 0: never
  uint64_t received = 0;        ///< bytes
  uint64_t sent = 0;
};

struct DeviceState {
  uint16_t listen_port = 0;
  std::vector<TunnelPeer> peers;
  std::vector<PeerTraffic> traffic;  ///< as many, in the same order
};

std::string set_request(const DeviceChange& change);
/// The answer to `get=1`.
Result<DeviceState> parse_state(std::string_view answer);

}  // namespace aclc::wireguard
