// SPDX-License-Identifier: Apache-2.0
// One item of a port list: `*`, `80` or `80-90`.
#pragma once

#include <string_view>

#include "base/net/ports.h"

namespace aclc {

enum class PortFault : uint8_t {
  kNone,
  kFirst,     ///< what should be the (first) port is no number
  kLast,      ///< what should be the last port is no number
  kFirstBig,  ///< a number above 65535
  kLastBig,
  kZero,  ///< the first port is 0
  kReversed,
};

/// Parses one item between commas. On kZero and kReversed the range is set all the same (kReversed: swapped).
PortFault parse_port_item(std::string_view item, PortRange& out);

/// Whether a text is a list of such items without a fault.
bool is_port_list(std::string_view text);

/// A protocol's name and a list of ports, in either order and joined by a colon or a slash: `tcp:443`, `443/tcp`. Views of the text;
/// empty where it is something else.
struct ProtocolAndPorts {
  std::string_view protocol, ports;
  bool usual = false;  ///< `protocol:ports`, as `ip` of a grant has it
  explicit operator bool() const { return !protocol.empty(); }
};
ProtocolAndPorts protocol_and_ports(std::string_view text);

/// The usual port of a service's name (`ssh`: 22), or 0.
uint16_t port_of_service(std::string_view name);

}  // namespace aclc
