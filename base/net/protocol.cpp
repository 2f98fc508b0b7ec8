// SPDX-License-Identifier: Apache-2.0
#include "base/net/protocol.h"

namespace aclc {
namespace {

struct Name {
  std::string_view text;
  uint8_t number;
};

// Where a number has two names, the usual one comes first.
constexpr Name kNames[] = {
    {"icmp", kIcmp}, {"igmp", 2}, {"ipv4", 4}, {"ip-in-ip", 4}, {"tcp", kTcp},   {"egp", 8}, {"igp", 9},
    {"udp", kUdp},   {"gre", 47}, {"esp", 50}, {"ah", 51},      {"ipv6-icmp", kIpv6Icmp}, {"sctp", kSctp}, {"fc", 133},
};

bool equal_in_any_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<uint8_t> parse_protocol(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text[0] >= '0' && text[0] <= '9') {
    if (text[0] == '0' || text.size() > 3) return std::nullopt;
    unsigned number = 0;
    for (char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + static_cast<unsigned>(c - '0');
    }
    if (number > 255) return std::nullopt;
    return static_cast<uint8_t>(number);
  }
  for (const Name& name : kNames) {
    if (equal_in_any_case(text, name.text)) return name.number;
  }
  return std::nullopt;
}

std::string protocol_name(uint8_t protocol) {
  for (const Name& name : kNames) {
    if (name.number == protocol) return std::string(name.text);
  }
  return std::to_string(protocol);
}

}  // namespace aclc
