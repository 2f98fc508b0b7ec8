// SPDX-License-Identifier: Apache-2.0
// Named, reproducible filters and packets for measuring: R rules of S random sources each, every rule with a narrow range of
// ports of its own, all to the node itself over TCP. Random sources are the worst case: no two rules share them.
#pragma once

#include <string>
#include <vector>

#include "base/net/protocol.h"
#include "evaluator/classify/packet.h"
#include "evaluator/wire/filter_rule.h"
#include "tests/support/random_filter.h"

namespace aclc::testing {

struct FilterShape {
  uint32_t rules = 10;
  uint32_t sources = 4;
  bool v6 = false;
  bool prefixes = false;  ///< every fourth source is a prefix, within a site's network or the tailnet's
  bool groups = false;    ///< sources are the three devices each of some of 2000 users

  std::string name() const {
    return std::to_string(rules) + "x" + std::to_string(sources) + (v6 ? "-v6" : "-v4") + (groups ? "-groups" : prefixes ? "-hosts+prefixes" : "-hosts");
  }
};

inline const char* own_address(bool v6) { return v6 ? "fd7a:115c:a1e0::ab12:1" : "100.100.1.2"; }

/// The tailnet's host number n: numbers are spread over the whole range, as addresses are handed out.
inline Address tailnet_host(uint32_t n, bool v6) {
  const uint32_t spread = n * 2654435761u;
  return v6 ? Address::v6((uint128{0xfd7a115ca1e0} << 80) + spread) : Address::v4(0x64400000 + (spread >> 10));
}

inline Prefix random_prefix(Random& random, bool v6) {
  if (v6) {
    const uint128 site = (uint128{0xfd7a115ca1e00b1a} << 64) + (uint128{random.below(64)} << 32) + random.next() % (1u << 24);
    return Prefix{Address::v6(site), static_cast<uint8_t>(112 + random.below(13))}.masked();
  }
  const uint32_t site = 0x0a000000 + random.below(1 << 24);
  return Prefix{Address::v4(site), static_cast<uint8_t>(20 + random.below(9))}.masked();
}

inline std::vector<wire::FilterRule> make_rules(const FilterShape& shape, uint64_t seed = 1) {
  Random random(seed);
  std::vector<wire::FilterRule> rules(shape.rules);
  for (wire::FilterRule& rule : rules) {
    uint32_t user = 0;
    for (uint32_t i = 0; i < shape.sources; ++i) {
      if (shape.groups) {
        if (i % 3 == 0) user = random.below(2000);
        rule.src_ips.push_back(tailnet_host(user * 3 + i % 3, shape.v6).to_text());
      } else if (shape.prefixes && i % 4 == 3) {
        rule.src_ips.push_back(random_prefix(random, shape.v6).to_text());
      } else {
        rule.src_ips.push_back(tailnet_host(static_cast<uint32_t>(random.next()), shape.v6).to_text());
      }
    }
    const auto first = static_cast<uint16_t>(1 + random.below(65000));
    rule.dst_ports.push_back({own_address(shape.v6), {first, static_cast<uint16_t>(first + random.below(16))}});
    rule.ip_proto = {kTcp};
  }
  return rules;
}

/// `hits` of a hundred packets are taken by a rule; of the others half come from a known source to another port, half from
/// anywhere in the tailnet.
inline std::vector<Packet> make_packets(const std::vector<wire::FilterRule>& rules, const FilterShape& shape, uint32_t hits, size_t count,
                                        uint64_t seed = 2) {
  Random random(seed);
  const Address self = *Address::parse(own_address(shape.v6));
  std::vector<std::vector<AddressRange>> sources;
  for (const wire::FilterRule& rule : rules) {
    auto& ranges = sources.emplace_back();
    for (const std::string& text : rule.src_ips) {
      const auto prefix = Prefix::parse(text);
      ranges.push_back(prefix ? prefix->range() : AddressRange{*Address::parse(text), *Address::parse(text)});
    }
  }
  std::vector<Packet> packets(count);
  for (Packet& p : packets) {
    const uint32_t r = random.below(static_cast<uint32_t>(rules.size()));
    const AddressRange& from = sources[r][random.below(static_cast<uint32_t>(sources[r].size()))];
    const uint128 width = from.last.bits() - from.first.bits();
    p = {Address::of(self.family, from.first.bits() + random.next() % static_cast<uint64_t>(width + 1)), self, kTcp, 0};
    const PortRange ports = rules[r].dst_ports[0].ports;
    if (random.below(100) < hits) {
      p.port = static_cast<uint16_t>(ports.first + random.below(static_cast<uint32_t>(ports.last - ports.first + 1)));
    } else {
      p.port = static_cast<uint16_t>(random.below(65536));
      if (random.one_in(2)) p.src = tailnet_host(static_cast<uint32_t>(random.next()), shape.v6);
    }
  }
  return packets;
}

}  // namespace aclc::testing
