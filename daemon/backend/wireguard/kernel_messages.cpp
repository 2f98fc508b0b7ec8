// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/wireguard/kernel_messages.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>

#include <array>

#include "base/net/socket_address.h"
#include "daemon/backend/net/netlink.h"
#include "daemon/snapshot/signature.h"

namespace aclc::wireguard {
namespace {

using netlink::each_attribute;

constexpr size_t kKeySize = 32;
constexpr size_t kFull = 24'000;           // nested attributes end at 64 KiB, and a socket's buffer is larger than this
constexpr size_t kRoom = kFull + 4096;     // a peer without its addresses, and one address, fit behind a message that is not full

class Writer {
 public:
  Writer(uint16_t family, std::string interface) : family_(family), interface_(std::move(interface)) { begin(); }

  void device(const DeviceChange& change) {
    if (!change.private_key.empty()) key(WGDEVICE_A_PRIVATE_KEY, change.private_key);
    if (change.listen_port != 0) mnl_attr_put_u16(header_, WGDEVICE_A_LISTEN_PORT, change.listen_port);
    if (change.mark != 0) mnl_attr_put_u32(header_, WGDEVICE_A_FWMARK, change.mark);
  }

  void peer(const PeerChange& change) {
    if (header_->nlmsg_len >= kFull) next();
    open_peer(change.key);
    const uint32_t flags = change.remove ? uint32_t{WGPEER_F_REMOVE_ME} : change.set_allowed_ips ? uint32_t{WGPEER_F_REPLACE_ALLOWEDIPS} : 0;
    if (flags != 0) mnl_attr_put_u32(header_, WGPEER_A_FLAGS, flags);
    if (!change.remove) {
      if (const auto endpoint = SocketAddress::parse(change.endpoint)) mnl_attr_put(header_, WGPEER_A_ENDPOINT, endpoint->size, &endpoint->storage);
      if (change.set_keepalive) mnl_attr_put_u16(header_, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, change.keepalive);
      for (const Prefix& prefix : change.allowed_ips) address(prefix, change.key);
    }
    close_peer();
  }

  std::vector<std::vector<char>> take() {
    end();
    return std::move(messages_);
  }

 private:
  void begin() {
    header_ = mnl_nlmsg_put_header(messages_.emplace_back(kRoom).data());
    header_->nlmsg_type = family_;
    header_->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    auto* command = static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(header_, sizeof(genlmsghdr)));
    command->cmd = WG_CMD_SET_DEVICE;
    command->version = WG_GENL_VERSION;
    mnl_attr_put_strz(header_, WGDEVICE_A_IFNAME, interface_.c_str());
  }
  void end() {
    if (peers_ != nullptr) mnl_attr_nest_end(header_, peers_);
    peers_ = nullptr;
    messages_.back().resize(header_->nlmsg_len);
  }
  void next() {
    end();
    begin();
  }

  void key(uint16_t type, const WireGuardKey& base64_key) {
    std::string bytes = from_base64(base64_key).value_or("");
    bytes.resize(kKeySize);
    mnl_attr_put(header_, type, kKeySize, bytes.data());
  }
  void open_peer(const WireGuardKey& of) {
    if (peers_ == nullptr) peers_ = mnl_attr_nest_start(header_, WGDEVICE_A_PEERS);
    peer_ = mnl_attr_nest_start(header_, 0);
    key(WGPEER_A_PUBLIC_KEY, of);
  }
  void close_peer() {
    if (addresses_ != nullptr) mnl_attr_nest_end(header_, addresses_);
    addresses_ = nullptr;
    mnl_attr_nest_end(header_, peer_);
  }
  void address(const Prefix& prefix, const WireGuardKey& of) {
    if (header_->nlmsg_len >= kFull) {
      close_peer();
      next();
      open_peer(of);
    }
    if (addresses_ == nullptr) addresses_ = mnl_attr_nest_start(header_, WGPEER_A_ALLOWEDIPS);
    nlattr* one = mnl_attr_nest_start(header_, 0);
    const bool v4 = prefix.address.is_v4();
    std::array<uint8_t, 16> bytes{};
    uint128 bits = prefix.address.bits();
    for (size_t i = v4 ? 4 : 16; i-- > 0; bits >>= 8) bytes[i] = static_cast<uint8_t>(bits);
    mnl_attr_put_u16(header_, WGALLOWEDIP_A_FAMILY, v4 ? AF_INET : AF_INET6);
    mnl_attr_put(header_, WGALLOWEDIP_A_IPADDR, v4 ? 4 : 16, bytes.data());
    mnl_attr_put_u8(header_, WGALLOWEDIP_A_CIDR_MASK, prefix.length);
    mnl_attr_nest_end(header_, one);
  }

  uint16_t family_;
  std::string interface_;
  std::vector<std::vector<char>> messages_;
  nlmsghdr* header_ = nullptr;  // of the last message
  nlattr *peers_ = nullptr, *peer_ = nullptr, *addresses_ = nullptr;
};

std::string_view payload(const nlattr* attribute) { return {static_cast<const char*>(mnl_attr_get_payload(attribute)), mnl_attr_get_payload_len(attribute)}; }

template <class T>
T number(const nlattr* attribute) {
  T out = 0;
  if (payload(attribute).size() >= sizeof out) std::memcpy(&out, payload(attribute).data(), sizeof out);
  return out;
}

std::string endpoint_of(const nlattr* attribute) {
  SocketAddress endpoint;
  const std::string_view bytes = payload(attribute);
  if (bytes.size() > sizeof endpoint.storage) return {};
  std::memcpy(&endpoint.storage, bytes.data(), bytes.size());
  return endpoint.to_text();
}

std::optional<Prefix> prefix_of(const nlattr* nest) {
  std::string_view bytes;
  uint8_t length = 0;
  each_attribute(nest, [&](const nlattr* a) {
    if (mnl_attr_get_type(a) == WGALLOWEDIP_A_IPADDR) bytes = payload(a);
    if (mnl_attr_get_type(a) == WGALLOWEDIP_A_CIDR_MASK) length = number<uint8_t>(a);
  });
  if ((bytes.size() != 4 && bytes.size() != 16) || length > bytes.size() * 8) return std::nullopt;
  uint128 bits = 0;
  for (const char c : bytes) bits = bits << 8 | static_cast<uint8_t>(c);
  return Prefix{Address::of(bytes.size() == 4 ? Family::kV4 : Family::kV6, bits), length};
}

void take_peer(const nlattr* nest, DeviceState& state) {
  TunnelPeer peer;
  PeerTraffic traffic;
  each_attribute(nest, [&](const nlattr* a) {
    switch (mnl_attr_get_type(a)) {
      case WGPEER_A_PUBLIC_KEY: peer.key = traffic.key = base64(payload(a)); break;
      case WGPEER_A_ENDPOINT: peer.endpoint = endpoint_of(a); break;
      case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL: peer.keepalive = number<uint16_t>(a); break;
      case WGPEER_A_LAST_HANDSHAKE_TIME: traffic.last_handshake = number<uint64_t>(a); break;  // seconds stand first
      case WGPEER_A_RX_BYTES: traffic.received = number<uint64_t>(a); break;
      case WGPEER_A_TX_BYTES: traffic.sent = number<uint64_t>(a); break;
      case WGPEER_A_ALLOWEDIPS:
        each_attribute(a, [&](const nlattr* one) {
          if (const auto prefix = prefix_of(one)) peer.allowed_ips.push_back(*prefix);
        });
        break;
      default: break;
    }
  });
  if (!state.peers.empty() && state.peers.back().key == peer.key) {
    auto& known = state.peers.back().allowed_ips;
    known.insert(known.end(), peer.allowed_ips.begin(), peer.allowed_ips.end());
    return;
  }
  state.peers.push_back(std::move(peer));
  state.traffic.push_back(std::move(traffic));
}

}  // namespace

std::vector<std::vector<char>> set_messages(uint16_t family, const std::string& interface, const DeviceChange& change) {
  Writer out(family, interface);
  out.device(change);
  for (const PeerChange& peer : change.peers) out.peer(peer);
  return out.take();
}

bool take_device(const nlmsghdr* message, DeviceState& state) {
  if (mnl_nlmsg_get_payload_len(message) < sizeof(genlmsghdr)) return false;
  each_attribute(message, sizeof(genlmsghdr), [&](const nlattr* a) {
    if (mnl_attr_get_type(a) == WGDEVICE_A_LISTEN_PORT) state.listen_port = number<uint16_t>(a);
    if (mnl_attr_get_type(a) == WGDEVICE_A_PEERS) each_attribute(a, [&](const nlattr* peer) { take_peer(peer, state); });
  });
  return true;
}

}  // namespace aclc::wireguard
