// SPDX-License-Identifier: Apache-2.0
// Packets that the kernel's rules have logged (NFLOG), read without blocking.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace aclc {

struct LoggedPacket {
  std::string_view prefix;           ///< of the rule that logged it
  std::span<const uint8_t> packet;   ///< from the IP header on, perhaps cut; valid during the call
};

class PacketLog {
 public:
  /// Takes the group for this network namespace; needs CAP_NET_ADMIN. One reader a group.
  static Result<std::unique_ptr<PacketLog>> open(uint16_t group);
  virtual ~PacketLog() = default;
  virtual int descriptor() const = 0;
  /// Hands over all that is there.
  virtual void read(const std::function<void(const LoggedPacket&)>& take) = 0;
  /// Records that the kernel had to throw away since we were slow.
  virtual uint64_t lost() const = 0;
};

}  // namespace aclc
