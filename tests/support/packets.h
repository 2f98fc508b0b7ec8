// SPDX-License-Identifier: Apache-2.0
// Bytes of IP packets for tests, sound by default and breakable on purpose.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/net/address.h"
#include "base/net/protocol.h"

namespace aclc::testing {

using Bytes = std::vector<uint8_t>;

inline void put16(Bytes& out, uint32_t v) {
  out.push_back(static_cast<uint8_t>(v >> 8));
  out.push_back(static_cast<uint8_t>(v));
}
inline void put32(Bytes& out, uint32_t v) {
  put16(out, v >> 16);
  put16(out, v & 0xffff);
}
inline void put_address(Bytes& out, const Address& a) {
  if (!a.is_v4()) {
    put32(out, static_cast<uint32_t>(a.hi >> 32));
    put32(out, static_cast<uint32_t>(a.hi));
    put32(out, static_cast<uint32_t>(a.lo >> 32));
  }
  put32(out, static_cast<uint32_t>(a.lo));
}

inline Bytes tcp_header(uint16_t from, uint16_t to, uint8_t flags) {
  Bytes out;
  put16(out, from);
  put16(out, to);
  put32(out, 1);
  put32(out, 0);
  out.insert(out.end(), {0x50, flags, 0, 0, 0, 0, 0, 0});
  return out;
}
inline Bytes udp_header(uint16_t from, uint16_t to, size_t payload = 4) {
  Bytes out;
  put16(out, from);
  put16(out, to);
  put16(out, static_cast<uint32_t>(8 + payload));
  put16(out, 0);
  out.resize(8 + payload);
  return out;
}
inline Bytes sctp_header(uint16_t from, uint16_t to) {
  Bytes out;
  put16(out, from);
  put16(out, to);
  put32(out, 0);
  put32(out, 0);
  return out;
}
inline Bytes icmp_message(uint8_t type, uint8_t code, uint16_t id = 7, const Bytes& rest = {}) {
  Bytes out{type, code, 0, 0};
  put16(out, id);
  put16(out, 1);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

/// An INIT chunk, without which no association begins.
inline Bytes sctp_init(uint16_t from, uint16_t to) {
  Bytes out = sctp_header(from, to);
  out.insert(out.end(), {1, 0, 0, 20});
  put32(out, 1);
  put32(out, 65536);
  put16(out, 1);
  put16(out, 1);
  put32(out, 1);
  return out;
}

struct FragmentPlace {
  uint32_t offset = 0;  // bytes, a multiple of 8
  bool more = false;
  uint32_t id = 99;
};

inline Bytes ip4_packet(const Address& src, const Address& dst, uint8_t protocol, const Bytes& payload, FragmentPlace place = {}) {
  Bytes out{0x45, 0};
  put16(out, static_cast<uint32_t>(20 + payload.size()));
  put16(out, place.id);
  put16(out, place.offset / 8 | (place.more ? 0x2000u : 0));
  out.insert(out.end(), {64, protocol, 0, 0});
  put_address(out, src);
  put_address(out, dst);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

inline Bytes ip6_packet(const Address& src, const Address& dst, uint8_t next, const Bytes& payload) {
  Bytes out{0x60, 0, 0, 0};
  put16(out, static_cast<uint32_t>(payload.size()));
  out.insert(out.end(), {next, 64});
  put_address(out, src);
  put_address(out, dst);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

/// A fragment header in front of `payload`; give 44 as the packet's next header.
inline Bytes ip6_fragment(uint8_t next, FragmentPlace place, const Bytes& payload) {
  Bytes out{next, 0};
  put16(out, place.offset | (place.more ? 1u : 0));
  put32(out, place.id);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

inline Bytes ip_packet(const Address& src, const Address& dst, uint8_t protocol, const Bytes& payload) {
  return src.is_v4() ? ip4_packet(src, dst, protocol, payload) : ip6_packet(src, dst, protocol, payload);
}

/// The first packet of a flow of any protocol: SYN, datagram, INIT, echo request, or a few bytes.
inline Bytes opening_packet(const Address& src, const Address& dst, uint8_t protocol, uint16_t port, uint16_t from = 40000) {
  switch (protocol) {
    case kTcp: return ip_packet(src, dst, protocol, tcp_header(from, port, 0x02));
    case kUdp: return ip_packet(src, dst, protocol, udp_header(from, port));
    case kSctp: return ip_packet(src, dst, protocol, sctp_init(from, port));
    case kIcmp: return ip_packet(src, dst, protocol, icmp_message(8, 0));
    case kIpv6Icmp: return ip_packet(src, dst, protocol, icmp_message(128, 0));
    default: return ip_packet(src, dst, protocol, Bytes(16));
  }
}

/// IPv4's header checksum, without which a kernel looks at nothing else.
inline void fix_ip4_checksum(Bytes& packet) {
  if (packet.size() < 20 || packet[0] >> 4 != 4) return;
  packet[10] = packet[11] = 0;
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += static_cast<uint32_t>(packet[i] << 8 | packet[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  packet[10] = static_cast<uint8_t>(~sum >> 8);
  packet[11] = static_cast<uint8_t>(~sum);
}

inline Address addr(std::string_view text) { return Address::parse(text).value(); }

}  // namespace aclc::testing
