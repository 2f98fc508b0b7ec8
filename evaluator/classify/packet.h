// SPDX-License-Identifier: Apache-2.0
// What of a packet the filter decides on, and its answer.
#pragma once

#include <cstdint>

#include "base/net/address.h"

namespace aclc {

struct Packet4 {
  uint32_t src = 0;
  uint32_t dst = 0;
  uint16_t port = 0;  ///< destination port; of no meaning for protocols without ports
  uint8_t protocol = 0;
};

struct Packet6 {
  uint64_t src_hi = 0;
  uint64_t src_lo = 0;
  uint64_t dst_hi = 0;
  uint64_t dst_lo = 0;
  uint16_t port = 0;
  uint8_t protocol = 0;
};

/// Of either family. Source and destination of different families are no packet and are denied.
struct Packet {
  Address src;
  Address dst;
  uint8_t protocol = 0;
  uint16_t port = 0;
};

/// Denied, allowed by a rule (the first that matches, counted from 0), or allowed without one.
class Verdict {
 public:
  static constexpr uint32_t kWithoutRule = UINT32_MAX;

  constexpr Verdict() = default;
  /// `code` is 0 for denied, else the rule's number plus one, or kWithoutRule.
  constexpr explicit Verdict(uint32_t code) : code_(code) {}
  static constexpr Verdict by_rule(uint32_t rule) { return Verdict(rule + 1); }

  constexpr bool allowed() const { return code_ != 0; }
  constexpr bool has_rule() const { return code_ != 0 && code_ != kWithoutRule; }
  /// Meaningful where has_rule().
  constexpr uint32_t rule() const { return code_ - 1; }
  constexpr uint32_t code() const { return code_; }

  friend constexpr bool operator==(Verdict, Verdict) = default;

 private:
  uint32_t code_ = 0;
};

}  // namespace aclc
