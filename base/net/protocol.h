// SPDX-License-Identifier: Apache-2.0
// IP protocol numbers under the names that the policy language gives them (Tailscale docs, "Tailnet policy file syntax", proto).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aclc {

inline constexpr uint8_t kIcmp = 1, kTcp = 6, kUdp = 17, kIpv6Icmp = 58, kSctp = 132;

/// A name in any case (`tcp`, `ipv6-icmp`, `ip-in-ip`) or a decimal number 1..255 without leading zeros.
std::optional<uint8_t> parse_protocol(std::string_view text);
/// The usual name, or the number where it has none.
std::string protocol_name(uint8_t protocol);
/// Whether ports other than `*` mean something: TCP, UDP and SCTP.
constexpr bool protocol_has_ports(uint8_t protocol) { return protocol == kTcp || protocol == kUdp || protocol == kSctp; }

}  // namespace aclc
