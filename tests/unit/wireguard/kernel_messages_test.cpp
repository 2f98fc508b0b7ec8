// SPDX-License-Identifier: Apache-2.0
// Messages to and from the kernel's WireGuard, held to what linux/wireguard.h says of them, without a kernel that has it.
#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>

#include <cstring>

#include "daemon/backend/wireguard/kernel_messages.h"
#include "tests/unit/wireguard/changes.h"

namespace aclc::wireguard::testing {
namespace {

const char* const kOther = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=";

using Bytes = std::string;

// Attributes as text: `type hex`, or `type(...)` for nested ones; independent of what writes and reads them in the product.
std::string attributes(Bytes bytes) {
  std::string out;
  while (bytes.size() >= sizeof(nlattr)) {
    nlattr head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.nla_len < sizeof head || head.nla_len > bytes.size()) return out + " BROKEN";
    const Bytes payload = bytes.substr(sizeof head, head.nla_len - sizeof head);
    out += (out.empty() ? "" : " ") + std::to_string(head.nla_type & NLA_TYPE_MASK);
    if ((head.nla_type & NLA_F_NESTED) != 0) {
      out += "(" + attributes(payload) + ")";
    } else {
      out += ":";
      for (const char c : payload) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", static_cast<uint8_t>(c));
        out += hex;
      }
    }
    bytes.erase(0, std::min<size_t>(bytes.size(), (head.nla_len + 3u) & ~3u));
  }
  return out;
}
Bytes behind_headers(const std::vector<char>& message) {
  constexpr size_t kHeaders = sizeof(nlmsghdr) + sizeof(genlmsghdr);
  return {message.data() + kHeaders, message.size() - kHeaders};
}

// What a kernel sends, made here.
Bytes attribute(uint16_t type, const Bytes& payload) {
  const nlattr head{static_cast<uint16_t>(sizeof(nlattr) + payload.size()), type};
  Bytes out(reinterpret_cast<const char*>(&head), sizeof head);
  out += payload;
  out.resize((out.size() + 3) & ~size_t{3});
  return out;
}
Bytes nest(uint16_t type, const Bytes& inside) { return attribute(type | NLA_F_NESTED, inside); }
template <class T>
Bytes raw(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
bool take(const Bytes& inside, DeviceState& state) {
  std::vector<char> message(sizeof(nlmsghdr) + sizeof(genlmsghdr));
  message.insert(message.end(), inside.begin(), inside.end());
  auto* header = reinterpret_cast<nlmsghdr*>(message.data());
  header->nlmsg_len = static_cast<uint32_t>(message.size());
  return take_device(header, state);
}
Bytes key_bytes(char fill) { return Bytes(32, fill); }
Bytes allowed(uint16_t family, const Bytes& address, uint8_t length) {
  return nest(0, attribute(WGALLOWEDIP_A_FAMILY, raw(family)) + attribute(WGALLOWEDIP_A_IPADDR, address) + attribute(WGALLOWEDIP_A_CIDR_MASK, raw(length)));
}

TEST(KernelMessages, SayWhatChanges) {
  const PeerChange come = peer_that_comes({*Prefix::parse("100.64.0.1/32"), *Prefix::parse("fd7a:115c:a1e0::1/128")});
  const auto messages = set_messages(31, "aclc0", {kKey, 51820, {peer_that_goes(), come}, 0xac1c0000});
  ASSERT_EQ(messages.size(), 1u);
  nlmsghdr header{};
  std::memcpy(&header, messages[0].data(), sizeof header);
  EXPECT_EQ(header.nlmsg_len, messages[0].size());
  EXPECT_EQ(header.nlmsg_type, 31);
  EXPECT_EQ(header.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
  EXPECT_EQ(messages[0][sizeof header], WG_CMD_SET_DEVICE);
  // Little-endian numbers of the host, network order in addresses: 2 IFNAME, 3 PRIVATE_KEY, 6 LISTEN_PORT, 7 FWMARK, 8 PEERS;
  // in a peer 1 PUBLIC_KEY, 3 FLAGS, 4 ENDPOINT, 5 KEEPALIVE, 9 ALLOWEDIPS.
  EXPECT_EQ(attributes(behind_headers(messages[0])),
            "2:61636c633000 3:" + std::string(kHex) + " 6:6cca 7:00001cac 8(0(1:" + kHex + " 3:01000000) 0(1:" + kHex +
                " 3:02000000 4:0200a2a9c00002070000000000000000 5:1900 9(0(1:0200 2:64400001 3:20) 0(1:0a00 2:fd7a115ca1e000000000000000000001 3:80))))");
}

TEST(KernelMessages, AreCutWhereTheyGetLongAlsoWithinAPeer) {
  DeviceChange change;
  for (int i = 0; i < 3; ++i) {
    PeerChange& peer = change.peers.emplace_back();
    peer.key = i == 1 ? kOther : kKey;
    peer.set_allowed_ips = true;
    for (uint32_t n = 0; n < 2000; ++n) peer.allowed_ips.push_back(Prefix::host(Address::v4(0x64400000 + n)));
  }
  const auto messages = set_messages(31, "aclc0", change);
  EXPECT_GT(messages.size(), 3u);
  DeviceState state;  // a kernel answers with the attributes that it is asked with
  size_t replacing = 0;
  for (const auto& message : messages) {
    EXPECT_LT(message.size(), 32'000u);
    const std::string text = attributes(behind_headers(message));
    EXPECT_EQ(text.find("BROKEN"), std::string::npos);
    for (size_t at = text.find(" 3:02000000"); at != std::string::npos; at = text.find(" 3:02000000", at + 1)) ++replacing;
    ASSERT_TRUE(take_device(reinterpret_cast<const nlmsghdr*>(message.data()), state));
  }
  EXPECT_EQ(replacing, 3u) << "what goes on adds to what was there";
  ASSERT_EQ(state.peers.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(state.peers[i].allowed_ips, change.peers[i].allowed_ips);
}

TEST(KernelMessages, OfADumpAddUp) {
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(41641);
  in.sin6_addr.s6_addr[0] = 0x20;
  in.sin6_addr.s6_addr[1] = 0x01;
  in.sin6_addr.s6_addr[15] = 7;
  const int64_t handshake[2] = {1'700'000'000, 5};
  const Bytes first = attribute(WGPEER_A_PUBLIC_KEY, key_bytes('a')) + attribute(WGPEER_A_ENDPOINT, raw(in)) +
                      attribute(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, raw(uint16_t{25})) + attribute(WGPEER_A_LAST_HANDSHAKE_TIME, raw(handshake)) +
                      attribute(WGPEER_A_RX_BYTES, raw(uint64_t{7})) + attribute(WGPEER_A_TX_BYTES, raw(uint64_t{9})) +
                      nest(WGPEER_A_ALLOWEDIPS, allowed(AF_INET, {100, 64, 0, 1}, 32));
  const Bytes rest = attribute(WGPEER_A_PUBLIC_KEY, key_bytes('a')) + nest(WGPEER_A_ALLOWEDIPS, allowed(AF_INET, {10, 0, 0, 0}, 8));
  const Bytes second = attribute(WGPEER_A_PUBLIC_KEY, key_bytes('b'));
  DeviceState state;
  ASSERT_TRUE(take(attribute(WGDEVICE_A_IFNAME, Bytes("aclc0\0", 6)) + attribute(WGDEVICE_A_LISTEN_PORT, raw(uint16_t{51820})) + nest(WGDEVICE_A_PEERS, nest(0, first)), state));
  ASSERT_TRUE(take(nest(WGDEVICE_A_PEERS, nest(0, rest) + nest(0, second)), state));
  EXPECT_EQ(state.listen_port, 51820);
  ASSERT_EQ(state.peers.size(), 2u);
  EXPECT_EQ(state.peers[0].endpoint, "[2001::7]:41641");
  EXPECT_EQ(state.peers[0].keepalive, 25);
  EXPECT_EQ(state.peers[0].allowed_ips, (std::vector<Prefix>{*Prefix::parse("100.64.0.1/32"), *Prefix::parse("10.0.0.0/8")}));
  ASSERT_EQ(state.traffic.size(), 2u);
  EXPECT_EQ(state.traffic[0].last_handshake, 1'700'000'000u);
  EXPECT_EQ(state.traffic[0].received, 7u);
  EXPECT_EQ(state.traffic[0].sent, 9u);
  EXPECT_EQ(state.peers[1].endpoint, "");
}

TEST(KernelMessages, ThatAreCutOffAreNoHarm) {
  DeviceState state;
  nlmsghdr empty{};
  empty.nlmsg_len = sizeof empty;
  EXPECT_FALSE(take_device(&empty, state));
  const Bytes odd = attribute(WGPEER_A_PUBLIC_KEY, "short") + attribute(WGPEER_A_ENDPOINT, Bytes(300, 'x')) + attribute(WGPEER_A_RX_BYTES, "1") +
                    nest(WGPEER_A_ALLOWEDIPS, allowed(AF_INET, {1, 2, 3}, 99) + allowed(AF_INET, {1, 2, 3, 4}, 99));
  ASSERT_TRUE(take(nest(WGDEVICE_A_PEERS, nest(0, odd)), state));
  EXPECT_TRUE(state.peers[0].allowed_ips.empty());
  EXPECT_EQ(state.peers[0].endpoint, "");
}

}  // namespace
}  // namespace aclc::wireguard::testing
