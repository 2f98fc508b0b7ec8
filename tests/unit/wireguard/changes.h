// SPDX-License-Identifier: Apache-2.0
// Changes of a device that every way to a tunnel has to be able to say.
#pragma once

#include "daemon/backend/wireguard/uapi.h"

namespace aclc::wireguard::testing {

/// The key of RFC 7748, section 6.1 (Alice), and as hexadecimal digits.
inline const char* const kKey = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
inline const char* const kHex = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

inline PeerChange peer_that_goes() {
  PeerChange out;
  out.key = kKey;
  out.remove = true;
  return out;
}
inline PeerChange peer_that_comes(std::vector<Prefix> allowed_ips) {
  PeerChange out;
  out.key = kKey;
  out.endpoint = "192.0.2.7:41641";
  out.set_allowed_ips = true;
  out.allowed_ips = std::move(allowed_ips);
  out.set_keepalive = true;
  out.keepalive = 25;
  return out;
}

}  // namespace aclc::wireguard::testing
