// SPDX-License-Identifier: Apache-2.0
// The headers of an IP packet as bytes come from a tunnel. Bytes are untrusted: nothing outside of them is read, whatever they say.
// What counts as unparsable follows the reference client ("Packet-filter behaviour", order of decisions inbound, step 3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/net/address.h"

namespace aclc {

using PacketBytes = std::span<const uint8_t>;

enum class PacketShape : uint8_t {
  kEmpty,          ///< no bytes: a keepalive
  kTooShort,       ///< fewer than 20 bytes
  kUnknown,        ///< not IP, cut off, or with headers that cannot be trusted
  kWhole,
  kFirstFragment,  ///< with its transport header
  kLaterFragment,  ///< without one; ports are 0
};

struct PacketHeaders {
  Address src;
  Address dst;
  uint16_t src_port = 0;       ///< TCP, UDP and SCTP
  uint16_t dst_port = 0;
  uint8_t protocol = 0;        ///< of the payload, behind all IPv6 extension headers; 0 where unknown
  PacketShape shape = PacketShape::kUnknown;
  uint8_t tcp_flags = 0;
  uint8_t icmp_type = 0;       ///< of ICMP in IPv4 and ICMPv6 in IPv6
  uint8_t icmp_code = 0;
  uint16_t icmp_id = 0;        ///< of echo requests and replies
  uint32_t fragment_id = 0;
  uint32_t payload = 0;        ///< where the transport header starts
};

/// A later fragment that starts before this byte could rewrite the transport header of the first one.
inline constexpr uint32_t kFirstSafeOffset = 80;
inline constexpr size_t kShortestPacket = 20;

PacketHeaders parse_packet(PacketBytes bytes);
/// The same of a packet's first bytes, as logs and captures keep them: it may be cut off behind its ports.
PacketHeaders parse_captured(PacketBytes bytes);

/// The packet that an ICMP error quotes, which may be cut off behind its ports. `bytes` and `error` are of the error itself.
/// None when the quote does not reach its ports.
std::optional<PacketHeaders> parse_quoted(PacketBytes bytes, const PacketHeaders& error);

inline constexpr uint8_t kTcpFin = 0x01, kTcpSyn = 0x02, kTcpRst = 0x04, kTcpAck = 0x10;
/// Opens a connection: SYN without ACK.
constexpr bool is_tcp_open(const PacketHeaders& p) { return (p.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpSyn; }

bool is_icmp(const PacketHeaders& p);
bool is_echo_request(const PacketHeaders& p);
bool is_echo_reply(const PacketHeaders& p);
/// Unreachable, time exceeded, parameter problem; in IPv6 also packet too big.
bool is_icmp_error(const PacketHeaders& p);

bool is_multicast(const Address& a);
bool is_link_local_unicast(const Address& a);
/// 169.254.169.254, the clouds' own, which is reached through subnet routers though it is link-local.
bool is_metadata_service(const Address& a);

}  // namespace aclc
