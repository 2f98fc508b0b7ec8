// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "evaluator/packet/headers.h"
#include "tests/support/packets.h"

namespace aclc::testing {
namespace {

const Address kA4 = addr("1.2.3.4"), kB4 = addr("5.6.7.8"), kA6 = addr("2001::1"), kB6 = addr("2001::2");

PacketShape shape(const Bytes& bytes) { return parse_packet(bytes).shape; }
Bytes cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}
Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Headers, OfPlainPackets) {
  const PacketHeaders tcp = parse_packet(ip4_packet(kA4, kB4, kTcp, tcp_header(1000, 22, kTcpSyn)));
  EXPECT_EQ(tcp.shape, PacketShape::kWhole);
  EXPECT_EQ(tcp.src, kA4);
  EXPECT_EQ(tcp.dst, kB4);
  EXPECT_EQ(tcp.src_port, 1000);
  EXPECT_EQ(tcp.dst_port, 22);
  EXPECT_TRUE(is_tcp_open(tcp));
  const PacketHeaders udp = parse_packet(ip6_packet(kA6, kB6, kUdp, udp_header(53, 5353)));
  EXPECT_EQ(udp.src, kA6);
  EXPECT_EQ(udp.dst, kB6);
  EXPECT_EQ(udp.dst_port, 5353);
  EXPECT_FALSE(is_tcp_open(parse_packet(ip4_packet(kA4, kB4, kTcp, tcp_header(1, 2, kTcpSyn | kTcpAck)))));
}

TEST(Headers, TooShortOrJunk) {
  EXPECT_EQ(shape({}), PacketShape::kEmpty);
  EXPECT_EQ(shape(Bytes(5)), PacketShape::kTooShort);
  EXPECT_EQ(shape(Bytes(10, 0x45)), PacketShape::kTooShort);
  EXPECT_EQ(shape(Bytes(21, 0x21)), PacketShape::kUnknown);
  EXPECT_EQ(shape(Bytes(39, 0x60)), PacketShape::kUnknown);
}

TEST(Headers, OfTheFirstBytesThatALogKeeps) {
  for (const auto& [src, dst] : {std::pair{addr("100.64.0.1"), addr("100.64.0.2")}, {addr("fd7a:115c:a1e0::1"), addr("fd7a:115c:a1e0::2")}}) {
    Bytes packet = ip_packet(src, dst, kUdp, udp_header(5000, 53, 1000));
    packet.resize(128);
    EXPECT_EQ(parse_packet(packet).shape, PacketShape::kUnknown);
    const PacketHeaders p = parse_captured(packet);
    EXPECT_EQ(p.shape, PacketShape::kWhole);
    EXPECT_EQ(p.src, src);
    EXPECT_EQ(p.dst_port, 53);
    packet.resize(src.is_v4() ? 27 : 47);  // without the last byte of its ports
    EXPECT_EQ(parse_captured(packet).shape, PacketShape::kUnknown);
  }
}

TEST(Headers, CutOffAnywhereInTheirHeadersAreUnknown) {
  const Bytes v4 = ip4_packet(kA4, kB4, kTcp, tcp_header(1, 2, 0));
  for (size_t n = 20; n < v4.size(); ++n) EXPECT_EQ(shape(cut(v4, n)), PacketShape::kUnknown) << n;
  const Bytes v6 = ip6_packet(kA6, kB6, 60, joined({kUdp, 0, 1, 4, 0, 0, 0, 0}, udp_header(1, 2, 0)));
  EXPECT_EQ(shape(v6), PacketShape::kWhole);
  for (size_t n = 20; n < v6.size(); ++n) EXPECT_EQ(shape(cut(v6, n)), PacketShape::kUnknown) << n;
}

TEST(Headers, BytesBehindThePacketAreNotItsOwn) {
  Bytes packet = ip4_packet(kA4, kB4, kTcp, Bytes(12));  // too short for TCP
  packet.resize(packet.size() + 100);
  EXPECT_EQ(shape(packet), PacketShape::kUnknown);
}

TEST(Headers, LyingHeaderLengths) {
  Bytes packet = ip4_packet(kA4, kB4, kUdp, udp_header(1, 2));
  for (const uint8_t first : {0x40, 0x44, 0x4f}) {
    packet[0] = first;
    EXPECT_EQ(shape(packet), PacketShape::kUnknown) << int{first};
  }
}

TEST(Headers, ProtocolsThatNeverAreOnTheWire) {
  for (const uint8_t protocol : {0, 255}) EXPECT_EQ(shape(ip4_packet(kA4, kB4, protocol, Bytes(40))), PacketShape::kUnknown);
  EXPECT_EQ(shape(ip6_packet(kA6, kB6, 255, Bytes(40))), PacketShape::kUnknown);
}

TEST(Headers, Ipv6ExtensionsAreSteppedOver) {
  const Bytes transport = udp_header(7, 443);
  for (const uint8_t kind : {0, 43, 60}) {
    const Bytes short_one{kUdp, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(parse_packet(ip6_packet(kA6, kB6, kind, joined(short_one, transport))).dst_port, 443) << int{kind};
    Bytes long_one(24);
    long_one[0] = kUdp;
    long_one[1] = 2;
    EXPECT_EQ(parse_packet(ip6_packet(kA6, kB6, kind, joined(long_one, transport))).dst_port, 443) << int{kind};
    Bytes lying = long_one;
    lying[1] = 200;
    EXPECT_EQ(shape(ip6_packet(kA6, kB6, kind, joined(lying, transport))), PacketShape::kUnknown) << int{kind};
  }
}

TEST(Headers, EndlessExtensionChainsAreUnknown) {
  Bytes chain;
  for (int i = 0; i < 9; ++i) chain = joined(chain, {60, 0, 0, 0, 0, 0, 0, 0});
  chain = joined(chain, {kUdp, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(shape(ip6_packet(kA6, kB6, 60, joined(chain, udp_header(1, 2)))), PacketShape::kUnknown);
}

TEST(Headers, OfFragments) {
  EXPECT_EQ(shape(ip4_packet(kA4, kB4, kUdp, udp_header(1, 2, 72), {0, true})), PacketShape::kFirstFragment);
  EXPECT_EQ(shape(ip4_packet(kA4, kB4, kUdp, Bytes(64), {80, false})), PacketShape::kLaterFragment);
  const Bytes first = ip6_packet(kA6, kB6, 44, ip6_fragment(kUdp, {0, true}, udp_header(1, 443, 72)));
  EXPECT_EQ(shape(first), PacketShape::kFirstFragment);
  EXPECT_EQ(parse_packet(first).dst_port, 443);
  EXPECT_EQ(shape(ip6_packet(kA6, kB6, 44, ip6_fragment(kUdp, {80, false}, Bytes(64)))), PacketShape::kLaterFragment);
  EXPECT_EQ(shape(ip6_packet(kA6, kB6, 44, ip6_fragment(kUdp, {0, false}, udp_header(1, 2)))), PacketShape::kWhole);
}

TEST(Headers, OfFragmentsThatCannotBeTrusted) {
  struct Row {
    uint8_t protocol;
    size_t header;
  };
  for (const Row row : {Row{kTcp, 20}, Row{kUdp, 8}, Row{kSctp, 12}, Row{kIcmp, 4}}) {
    EXPECT_EQ(shape(ip4_packet(kA4, kB4, row.protocol, Bytes(row.header), {0, true})), PacketShape::kFirstFragment) << int{row.protocol};
    EXPECT_EQ(shape(ip4_packet(kA4, kB4, row.protocol, Bytes(row.header - 1), {0, true})), PacketShape::kUnknown) << int{row.protocol};
  }
  for (uint32_t offset = 8; offset < 80; offset += 8) {
    EXPECT_EQ(shape(ip4_packet(kA4, kB4, kTcp, Bytes(64), {offset, true})), PacketShape::kUnknown) << offset;
    EXPECT_EQ(shape(ip6_packet(kA6, kB6, 44, ip6_fragment(kTcp, {offset, true}, Bytes(64)))), PacketShape::kUnknown) << offset;
  }
  EXPECT_EQ(shape(ip4_packet(kA4, kB4, 99, Bytes(64), {0, true})), PacketShape::kUnknown);
  EXPECT_EQ(shape(ip4_packet(kA4, kB4, 99, Bytes(64), {160, false})), PacketShape::kUnknown);
  EXPECT_EQ(shape(ip4_packet(kA4, kB4, 99, Bytes(64))), PacketShape::kWhole);
  const Bytes inner = ip6_fragment(kUdp, {0, true}, udp_header(1, 2, 72));
  EXPECT_EQ(shape(ip6_packet(kA6, kB6, 44, ip6_fragment(44, {0, true}, inner))), PacketShape::kUnknown);
}

TEST(Headers, QuotedByIcmpErrors) {
  const Bytes ours = ip4_packet(kB4, kA4, kUdp, udp_header(5000, 53, 100));
  const Bytes error = ip4_packet(addr("9.9.9.9"), kB4, kIcmp, icmp_message(3, 1, 0, cut(ours, 28)));
  const auto quoted = parse_quoted(error, parse_packet(error));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->src, kB4);
  EXPECT_EQ(quoted->src_port, 5000);
  EXPECT_EQ(quoted->dst_port, 53);
  const Bytes cut_short = ip4_packet(addr("9.9.9.9"), kB4, kIcmp, icmp_message(3, 1, 0, cut(ours, 27)));
  EXPECT_FALSE(parse_quoted(cut_short, parse_packet(cut_short)));
  const Bytes echo = ip4_packet(kA4, kB4, kIcmp, icmp_message(8, 0, 0, ours));
  EXPECT_FALSE(parse_quoted(echo, parse_packet(echo)));
}

}  // namespace
}  // namespace aclc::testing
