// SPDX-License-Identifier: Apache-2.0
// Random wire filters and packets over a small world, so that rules meet, nest and touch at their borders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "evaluator/classify/packet.h"
#include "evaluator/wire/filter_rule.h"

namespace aclc::testing {

/// A small, fixed generator: the same seed gives the same numbers with every library.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(next() % n); }
  bool one_in(uint32_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

/// Most are near 100.64.0.0 or fd7a:115c:a1e0::, some at the ends of a family, some far away, some special.
inline Address random_address(Random& random, bool v6) {
  const uint32_t near = random.below(32);
  switch (random.below(12)) {
    case 0: return v6 ? Address::v6(near % 2) : Address::v4(near % 2);
    case 1: return v6 ? Address::v6(~uint128{0} - near % 2) : Address::v4(UINT32_MAX - near % 2);
    case 2: return v6 ? Address::v6((uint128{0x20010db8} << 96) + (uint128{near} << 64) + near) : Address::v4(0x0a000000 + (near << 8));
    case 3: return v6 ? Address::v6((uint128{random.below(2) != 0 ? 0xfe80u : 0xff02u} << 112) + near) : Address::v4(random.below(2) != 0 ? 0xe0000001 : 0xa9fea9fe);
    default: return v6 ? Address::v6((uint128{0xfd7a115ca1e0} << 80) + near) : Address::v4(0x64400000 + near);
  }
}

inline std::string random_place(Random& random, bool v6) {
  const Address a = random_address(random, v6);
  const int bits = address_bits(a.family);
  switch (random.below(10)) {
    case 0: return "*";
    case 1: return Prefix{a, static_cast<uint8_t>(random.below(static_cast<uint32_t>(bits) + 1))}.masked().to_text();
    case 2:
    case 3: return Prefix{a, static_cast<uint8_t>(bits - static_cast<int>(random.below(6)))}.masked().to_text();
    case 4:
    case 5: {
      const Address b = random_address(random, v6);
      return a < b ? a.to_text() + "-" + b.to_text() : b.to_text() + "-" + a.to_text();
    }
    default: return a.to_text();
  }
}

inline uint16_t random_port(Random& random) {
  static constexpr uint16_t kEdges[] = {0, 1, 22, 80, 255, 256, 257, 443, 511, 512, 65279, 65280, 65534, 65535};
  return random.one_in(4) ? static_cast<uint16_t>(random.below(65536)) : kEdges[random.below(std::size(kEdges))];
}

inline uint8_t random_protocol(Random& random) {
  static constexpr uint8_t kUsual[] = {6, 6, 6, 17, 17, 132, 1, 58, 47, 50, 99, 0, 255, 133};
  return kUsual[random.below(std::size(kUsual))];
}

inline wire::FilterRule random_rule(uint64_t seed) {
  Random random(seed);
  const bool v6 = random.one_in(3);
  wire::FilterRule rule;
  for (uint32_t i = random.below(5); i > 0; --i) rule.src_ips.push_back(random_place(random, random.one_in(4) ? !v6 : v6));
  for (uint32_t i = random.below(4); i > 0; --i) {
    const uint16_t a = random_port(random);
    const uint16_t b = random.one_in(2) ? a : random_port(random);
    PortRange ports{std::min(a, b), std::max(a, b)};
    if (random.one_in(3)) ports = PortRange::all();
    if (random.one_in(12)) ports = {ports.last, ports.first};  // a wire may hold a reversed range
    rule.dst_ports.push_back({random_place(random, random.one_in(4) ? !v6 : v6), ports});
  }
  if (!random.one_in(3)) {
    for (uint32_t i = random.below(3); i > 0; --i) rule.ip_proto.push_back(random_protocol(random));
  }
  return rule;
}

inline AddressSet random_local(uint64_t seed) {
  Random random(seed);
  AddressSet local;
  for (uint32_t i = random.below(6); i > 0; --i) {
    const Address a = random_address(random, random.one_in(2));
    const uint32_t wide = random.one_in(6) ? random.below(static_cast<uint32_t>(address_bits(a.family)) + 1) : random.below(6);
    local.add(Prefix{a, static_cast<uint8_t>(address_bits(a.family) - static_cast<int>(wide))});
  }
  return local;
}

inline Packet random_packet(Random& random) {
  const bool v6 = random.one_in(2);
  return {random_address(random, v6), random_address(random, v6), random_protocol(random), random_port(random)};
}

}  // namespace aclc::testing
