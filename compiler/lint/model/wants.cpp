// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/wants.h"

#include <algorithm>
#include <utility>

#include "base/net/protocol.h"

namespace aclc {
namespace {

constexpr uint8_t kDefaultProtocols[] = {kTcp, kUdp, kIcmp, kIpv6Icmp};

bool is_default(uint8_t protocol) {
  return std::find(std::begin(kDefaultProtocols), std::end(kDefaultProtocols), protocol) != std::end(kDefaultProtocols);
}

}  // namespace

Wants wants_of(const AccessRule& rule, const AccessTarget& target) {
  Wants out;
  for (uint32_t i = target.access_begin; i < target.access_end; ++i) {
    const PortAccess& access = rule.access[i];
    const auto add = [&](uint8_t protocol) {
      if (protocol_has_ports(protocol)) {
        out.push_back({protocol, access.ports, false});
      } else if (access.whole) {
        out.push_back({protocol, {}, true});
      }
    };
    if (access.protocol != 0) {
      add(access.protocol);
    } else {
      for (const uint8_t p : kDefaultProtocols) add(p);
    }
  }
  return out;
}

bool take(Wants& wants, const AccessRule& rule, const AccessTarget& target) {
  bool taken = false;
  for (uint32_t i = target.access_begin; i < target.access_end; ++i) {
    const PortAccess& access = rule.access[i];
    for (size_t w = 0; w < wants.size();) {
      Want& want = wants[w];
      const bool fits = access.protocol == 0 ? is_default(want.protocol) : access.protocol == want.protocol;
      bool done = false;
      if (fits && want.whole) {
        done = access.whole;
      } else if (fits) {
        done = access.ports.contains(want.ports);
        if (!done) {
          PortSet left = want.ports.subtract(access.ports);
          if (!(left == want.ports)) {
            want.ports = std::move(left);
            taken = true;
          }
        }
      }
      if (!done) {
        ++w;
        continue;
      }
      taken = true;
      std::swap(wants[w], wants.back());
      wants.pop_back();
    }
  }
  return taken;
}

}  // namespace aclc
