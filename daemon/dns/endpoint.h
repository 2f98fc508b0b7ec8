// SPDX-License-Identifier: Apache-2.0
// Socket addresses of both families. Private to this folder.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "base/net/address.h"

namespace aclc::dns {

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage); }
  /// A socket of the right family that does not block; -1 where there is none to be had.
  int open(int type) const { return socket(storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

  static Endpoint of(const Address& address, uint16_t port) {
    Endpoint out;
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
  /// `192.0.2.1:53` or `[2001:db8::1]:53`, which the caller has checked (see server_text).
  static Endpoint parse(const std::string& text) {
    const size_t colon = text.rfind(':');
    std::string host = text.substr(0, colon);
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    return of(Address::parse(host).value_or(Address{}), static_cast<uint16_t>(std::stoul(text.substr(colon + 1))));
  }
};

}  // namespace aclc::dns
