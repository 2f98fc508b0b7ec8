// SPDX-License-Identifier: Apache-2.0
// Socket addresses of both families, as system calls want them and as people write them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/net/address.h"

namespace aclc {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage); }
  /// A socket of the right family that does not block; -1 where there is none to be had.
  int open(int type) const { return socket(storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

  static SocketAddress of(const Address& address, uint16_t port) {
    SocketAddress out;
    if (address.is_v4()) {
      sockaddr_in in{};
      in.sin_family = AF_INET;
      in.sin_port = htons(port);
      in.sin_addr.s_addr = htonl(static_cast<uint32_t>(address.lo));
      std::memcpy(&out.storage, &in, sizeof in);
      out.size = sizeof in;
      return out;
    }
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    uint128 bits = address.bits();
    for (size_t i = 16; i-- > 0; bits >>= 8) in.sin6_addr.s6_addr[i] = static_cast<uint8_t>(bits);
    std::memcpy(&out.storage, &in, sizeof in);
    out.size = sizeof in;
    return out;
  }
  /// `192.0.2.1:53` or `[2001:db8::1]:53`; nothing where the text is neither.
  static std::optional<SocketAddress> parse(std::string_view text) {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon), digits = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto address = Address::parse(host);
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!address || address->is_v4() == bracketed || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return of(*address, port);
  }
  /// As `parse` reads it; empty for anything but IPv4 and IPv6.
  std::string to_text() const {
    if (storage.ss_family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, &storage, sizeof in);
      return Address::v4(ntohl(in.sin_addr.s_addr)).to_text() + ":" + std::to_string(ntohs(in.sin_port));
    }
    if (storage.ss_family != AF_INET6) return {};
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    uint128 bits = 0;
    for (const uint8_t byte : in.sin6_addr.s6_addr) bits = bits << 8 | byte;
    return "[" + Address::v6(bits).to_text() + "]:" + std::to_string(ntohs(in.sin6_port));
  }
};

}  // namespace aclc
