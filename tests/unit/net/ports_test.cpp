// SPDX-License-Identifier: Apache-2.0
#include "base/net/ports.h"

#include <gtest/gtest.h>

#include "base/net/protocol.h"

namespace aclc {
namespace {

TEST(Ports, RangesPrint) {
  EXPECT_EQ(PortRange::all().to_text(), "*");
  EXPECT_EQ((PortRange{1, 65535}).to_text(), "1-65535");
  EXPECT_EQ(PortRange::single(80).to_text(), "80");
  EXPECT_EQ((PortRange{80, 90}).to_text(), "80-90");
}

TEST(Ports, SetsAreCanonical) {
  EXPECT_EQ(PortSet::of({{80, 90}, {22, 22}, {85, 100}, {101, 110}}).to_text(), "22,80-110");
  EXPECT_EQ(PortSet::of({{0, 100}, {101, 65535}}).to_text(), "*");
  EXPECT_EQ(PortSet::of({{65535, 65535}, {0, 0}, {65534, 65535}}).to_text(), "0,65534-65535");
  EXPECT_EQ(PortSet().to_text(), "");
}

TEST(Ports, AlgebraAtTheEdges) {
  const PortSet all = PortSet::of({PortRange::all()});
  const PortSet edges = PortSet::of({{0, 0}, {65535, 65535}});
  EXPECT_EQ(all.subtract(edges).to_text(), "1-65534");
  EXPECT_EQ(all.subtract(all).to_text(), "");
  EXPECT_EQ(edges.unite(all.subtract(edges)), all);
  EXPECT_EQ(edges.intersect(PortSet::of({{0, 10}})).to_text(), "0");
  EXPECT_TRUE(all.contains(edges));
  EXPECT_FALSE(edges.contains(all));
  EXPECT_TRUE(edges.contains(uint16_t{65535}));
  EXPECT_FALSE(edges.contains(uint16_t{1}));
}

TEST(Protocol, NamesAndNumbers) {
  EXPECT_EQ(parse_protocol("TCP"), kTcp);
  EXPECT_EQ(parse_protocol("ipv6-icmp"), kIpv6Icmp);
  EXPECT_EQ(parse_protocol("ip-in-ip"), 4);
  EXPECT_EQ(parse_protocol("17"), kUdp);
  EXPECT_EQ(parse_protocol("255"), 255);
  for (const char* text : {"", "0", "06", "256", "1000", "6x", "tcp ", "*", "ssh", "-6"}) EXPECT_FALSE(parse_protocol(text)) << text;
  EXPECT_EQ(protocol_name(4), "ipv4");
  EXPECT_EQ(protocol_name(200), "200");
  for (int n = 1; n < 256; ++n) EXPECT_EQ(parse_protocol(protocol_name(static_cast<uint8_t>(n))), n);
}

}  // namespace
}  // namespace aclc
