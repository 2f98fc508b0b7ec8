// SPDX-License-Identifier: Apache-2.0
// Tells systemd how the service is doing (sd_notify(3)); without systemd nothing happens. The protocol is one datagram, so no library.
#pragma once

#include <cstdint>
#include <string>

namespace aclc {

/// `READY=1`, `STATUS=...`, `WATCHDOG=1`, lines separated by line ends.
void notify_service_manager(const std::string& state);
/// Milliseconds in which the manager wants to hear `WATCHDOG=1`; 0: it does not.
uint64_t watchdog_interval();

}  // namespace aclc
