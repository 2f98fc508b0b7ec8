// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/headers.h"

#include <algorithm>

#include "base/net/protocol.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

constexpr size_t kIp4Header = 20;
constexpr size_t kIp6Header = 40;
// No sender has a use for more, and a chain of thousands is an attack.
constexpr int kMostExtensions = 8;
constexpr uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kDestinationOptions = 60;

uint16_t load16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
uint32_t load32(const uint8_t* p) { return static_cast<uint32_t>(load16(p)) << 16 | load16(p + 2); }
uint64_t load64(const uint8_t* p) { return static_cast<uint64_t>(load32(p)) << 32 | load32(p + 4); }
Address load_v6(const uint8_t* p) { return {load64(p), load64(p + 8), Family::kV6}; }

size_t shortest_header(uint8_t protocol, Family family) {
  if (protocol == kTcp) return 20;
  if (protocol == kUdp) return 8;
  if (protocol == kSctp) return 12;
  if (protocol == wire::icmp_of(family)) return 4;
  return 0;
}

// Reads the transport header at `out.payload`. `end` is where the packet ends, `needed` how much of the header must be there.
bool read_transport(PacketBytes bytes, size_t end, size_t needed, PacketHeaders& out) {
  const size_t here = end - out.payload;
  if (here < needed) return false;
  const uint8_t* p = bytes.data() + out.payload;
  if (protocol_has_ports(out.protocol)) {
    out.src_port = load16(p);
    out.dst_port = load16(p + 2);
    if (out.protocol == kTcp && here >= 14) out.tcp_flags = p[13] & 0x3f;
  } else if (out.protocol == wire::icmp_of(out.dst.family)) {
    out.icmp_type = p[0];
    out.icmp_code = p[1];
    if (here >= 6) out.icmp_id = load16(p + 4);
  }
  return true;
}

struct FragmentField {
  uint32_t offset = 0;  // bytes
  bool more = false;
};

// Decides the shape from the fragment's place; false when it must not be trusted.
bool place_fragment(FragmentField fragment, PacketHeaders& out) {
  const bool fragmented = fragment.offset != 0 || fragment.more;
  if (fragmented && out.protocol == wire::kTsmp) return false;
  if (fragment.offset != 0 && fragment.offset < kFirstSafeOffset) return false;
  out.shape = fragment.offset != 0 ? PacketShape::kLaterFragment : fragment.more ? PacketShape::kFirstFragment : PacketShape::kWhole;
  return true;
}

bool valid_on_the_wire(uint8_t protocol) { return protocol != wire::kNoProtocol && protocol != wire::kFragmentMark; }

bool read_v4(PacketBytes bytes, bool cut, PacketHeaders& out) {
  const uint8_t* p = bytes.data();
  if (bytes.size() < kIp4Header) return false;
  const size_t header = static_cast<size_t>(p[0] & 0x0f) * 4;
  const size_t length = load16(p + 2);
  const size_t end = cut ? std::min(length, bytes.size()) : length;
  if (header < kIp4Header || header > end || end > bytes.size()) return false;
  out.src = Address::v4(load32(p + 12));
  out.dst = Address::v4(load32(p + 16));
  if (!valid_on_the_wire(p[9])) return false;
  out.protocol = p[9];
  out.payload = static_cast<uint32_t>(header);
  out.fragment_id = load16(p + 4);
  const uint16_t field = load16(p + 6);
  if (!place_fragment({static_cast<uint32_t>(field & 0x1fff) * 8, (field & 0x2000) != 0}, out)) return false;
  if (out.shape == PacketShape::kLaterFragment) return true;
  const size_t whole = shortest_header(out.protocol, Family::kV4);
  return read_transport(bytes, end, cut ? std::min<size_t>(whole, 8) : whole, out);
}

// Steps over the extension headers; false when the chain cannot be followed to its end inside the packet.
bool walk_extensions(PacketBytes bytes, size_t end, uint8_t next, FragmentField& fragment, PacketHeaders& out) {
  size_t at = kIp6Header;
  for (int i = 0; i <= kMostExtensions; ++i) {
    if (next != kHopByHop && next != kRouting && next != kFragment && next != kDestinationOptions) {
      out.protocol = next;
      out.payload = static_cast<uint32_t>(at);
      return valid_on_the_wire(next);
    }
    if (end - at < 8) return false;
    const uint8_t* p = bytes.data() + at;
    if (next == kFragment) {
      const uint16_t field = load16(p + 2);
      if (fragment.offset != 0 || fragment.more) return false;  // a fragment of a fragment
      fragment = {field & 0xfff8u, (field & 1) != 0};
      out.fragment_id = load32(p + 4);
      at += 8;
      if (fragment.offset != 0) {  // what follows is payload, whatever it looks like
        out.protocol = p[0];
        out.payload = static_cast<uint32_t>(at);
        return valid_on_the_wire(p[0]) || p[0] == kHopByHop;
      }
    } else {
      const size_t length = (static_cast<size_t>(p[1]) + 1) * 8;
      if (end - at < length) return false;
      at += length;
    }
    next = p[0];
  }
  return false;
}

bool read_v6(PacketBytes bytes, bool cut, PacketHeaders& out) {
  const uint8_t* p = bytes.data();
  if (bytes.size() < kIp6Header) return false;
  const size_t length = kIp6Header + load16(p + 4);
  const size_t end = cut ? std::min(length, bytes.size()) : length;
  if (end > bytes.size()) return false;
  out.src = load_v6(p + 8);
  out.dst = load_v6(p + 24);
  FragmentField fragment;
  if (!walk_extensions(bytes, end, p[6], fragment, out)) return false;
  if (!place_fragment(fragment, out)) return false;
  if (out.shape == PacketShape::kLaterFragment) return true;
  const size_t whole = shortest_header(out.protocol, Family::kV6);
  return read_transport(bytes, end, cut ? std::min<size_t>(whole, 8) : whole, out);
}

bool read_ip(PacketBytes bytes, bool cut, PacketHeaders& out) {
  switch (bytes[0] >> 4) {
    case 4: return read_v4(bytes, cut, out);
    case 6: return read_v6(bytes, cut, out);
    default: return false;
  }
}

PacketHeaders parse(PacketBytes bytes, bool cut) {
  PacketHeaders out;
  if (bytes.empty()) {
    out.shape = PacketShape::kEmpty;
  } else if (bytes.size() < kShortestPacket) {
    out.shape = PacketShape::kTooShort;
  } else if (!read_ip(bytes, cut, out)) {
    out.shape = PacketShape::kUnknown;
    out.protocol = wire::kNoProtocol;
  }
  return out;
}

}  // namespace

PacketHeaders parse_packet(PacketBytes bytes) { return parse(bytes, false); }

PacketHeaders parse_captured(PacketBytes bytes) { return parse(bytes, true); }

std::optional<PacketHeaders> parse_quoted(PacketBytes bytes, const PacketHeaders& error) {
  const size_t start = size_t{error.payload} + 8;
  if (!is_icmp_error(error) || start >= bytes.size()) return std::nullopt;
  PacketHeaders out;
  if (!read_ip(bytes.subspan(start), true, out) || out.shape == PacketShape::kLaterFragment) return std::nullopt;
  return out;
}

bool is_icmp(const PacketHeaders& p) { return p.protocol == wire::icmp_of(p.dst.family); }

bool is_echo_request(const PacketHeaders& p) { return is_icmp(p) && p.icmp_type == (p.dst.is_v4() ? 8 : 128); }

bool is_echo_reply(const PacketHeaders& p) { return is_icmp(p) && p.icmp_code == 0 && p.icmp_type == (p.dst.is_v4() ? 0 : 129); }

bool is_icmp_error(const PacketHeaders& p) {
  if (!is_icmp(p)) return false;
  if (p.dst.is_v4()) return p.icmp_type == 3 || p.icmp_type == 11 || p.icmp_type == 12;
  return p.icmp_type >= 1 && p.icmp_type <= 4;
}

bool is_multicast(const Address& a) { return a.is_v4() ? (a.lo >> 28) == 0xe : (a.hi >> 56) == 0xff; }

bool is_link_local_unicast(const Address& a) { return a.is_v4() ? (a.lo >> 16) == 0xa9fe : (a.hi >> 54) == 0x3fa; }

bool is_metadata_service(const Address& a) { return a == Address::v4(0xa9fea9fe); }

}  // namespace aclc
