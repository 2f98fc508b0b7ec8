// SPDX-License-Identifier: Apache-2.0
// What linux/wireguard.h defines: a device's changes and state as messages of generic netlink. Pure. Private to this folder.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/backend/wireguard/uapi.h"

namespace aclc::wireguard {

/// To be sent in this order; each wants its acknowledgement. `family` is the number that this kernel gives "wireguard". What does not fit
/// into one message goes on in the next, also within a peer.
std::vector<std::vector<char>> set_messages(uint16_t family, const std::string& interface, const DeviceChange& change);
/// Adds what one message of a dump says; a peer may go on from the message before. False: it is not such a message.
bool take_device(const nlmsghdr* message, DeviceState& state);

}  // namespace aclc::wireguard
