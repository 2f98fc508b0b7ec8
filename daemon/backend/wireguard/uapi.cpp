// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/wireguard/uapi.h"

#include <charconv>

#include "daemon/snapshot/signature.h"

namespace aclc::wireguard {
namespace {

std::string hex_of(const std::string& base64_key) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : from_base64(base64_key).value_or("")) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Empty where it is no key.
std::string base64_of(std::string_view hex) {
  if (hex.size() != 64) return {};
  std::string raw;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    raw += static_cast<char>(high * 16 + low);
  }
  return base64(raw);
}

template <class T>
bool number(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// One `key=value` of the answer; false when it cannot be understood.
bool take(std::string_view key, std::string_view value, DeviceState& state) {
  if (key == "listen_port") return number(value, state.listen_port);
  if (key == "public_key") {
    auto& peer = state.peers.emplace_back();
    peer.key = base64_of(value);
    state.traffic.emplace_back().key = peer.key;
    return !peer.key.empty();
  }
  const bool of_peer = key == "endpoint" || key == "allowed_ip" || key == "persistent_keepalive_interval" ||
                       key == "last_handshake_time_sec" || key == "rx_bytes" || key == "tx_bytes";
  if (!of_peer) return true;
  if (state.peers.empty()) return false;
  TunnelPeer& peer = state.peers.back();
  PeerTraffic& traffic = state.traffic.back();
  if (key == "endpoint") peer.endpoint = std::string(value);
  if (key == "persistent_keepalive_interval") return number(value, peer.keepalive);
  if (key == "last_handshake_time_sec") return number(value, traffic.last_handshake);
  if (key == "rx_bytes") return number(value, traffic.received);
  if (key == "tx_bytes") return number(value, traffic.sent);
  if (key == "allowed_ip") {
    const auto prefix = Prefix::parse(value);
    if (!prefix) return false;
    peer.allowed_ips.push_back(*prefix);
  }
  return true;
}

}  // namespace

std::string set_request(const DeviceChange& change) {
  std::string out = "set=1\n";
  if (!change.private_key.empty()) out += "private_key=" + hex_of(change.private_key) + "\n";
  if (change.listen_port != 0) out += "listen_port=" + std::to_string(change.listen_port) + "\n";
  if (change.mark != 0) out += "fwmark=" + std::to_string(change.mark) + "\n";
  for (const PeerChange& peer : change.peers) {
    out += "public_key=" + hex_of(peer.key) + "\n";
    if (peer.remove) {
      out += "remove=true\n";
      continue;
    }
    if (!peer.endpoint.empty()) out += "endpoint=" + peer.endpoint + "\n";
    if (peer.set_keepalive) out += "persistent_keepalive_interval=" + std::to_string(peer.keepalive) + "\n";
    if (peer.set_allowed_ips) out += "replace_allowed_ips=true\n";
    for (const Prefix& prefix : peer.allowed_ips) out += "allowed_ip=" + prefix.to_text() + "\n";
  }
  return out + "\n";
}

Result<DeviceState> parse_state(std::string_view answer) {
  DeviceState state;
  bool ended = false;
  while (!answer.empty() && !ended) {
    const size_t end = answer.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = answer.substr(0, end);
    answer.remove_prefix(end + 1);
    if (line.empty()) continue;
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return Failure{"the tunnel answered `" + std::string(line) + "`"};
    const std::string_view key = line.substr(0, equals), value = line.substr(equals + 1);
    if (key == "errno") {
      if (value != "0") return Failure{"the tunnel refused with error " + std::string(value)};
      ended = true;
    } else if (!take(key, value, state)) {
      return Failure{"the tunnel answered `" + std::string(line) + "`"};
    }
  }
  if (!ended) return Failure{"the tunnel's answer ended early"};
  return state;
}

}  // namespace aclc::wireguard
