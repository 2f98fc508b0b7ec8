// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/port_form.h"

#include <utility>

#include "base/net/protocol.h"

namespace aclc {
namespace {

using sv = std::string_view;

enum class Number : uint8_t { kOk, kNone, kBig };

/// Decimal digits only, leading zeros allowed, as the hosted service reads them.
Number parse_number(sv text, uint16_t& out) {
  if (text.empty()) return Number::kNone;
  uint32_t value = 0;
  bool big = false;
  for (const char c : text) {
    if (c < '0' || c > '9') return Number::kNone;
    value = value * 10 + static_cast<uint32_t>(c - '0');
    if (value > 65535) {
      big = true;
      value = 65536;
    }
  }
  out = static_cast<uint16_t>(value);
  return big ? Number::kBig : Number::kOk;
}

struct Service {
  sv name;
  uint16_t port;
};
constexpr Service kServices[] = {
    {"ssh", 22},     {"http", 80},       {"https", 443}, {"dns", 53},          {"domain", 53},     {"smtp", 25},
    {"ftp", 21},     {"telnet", 23},     {"ntp", 123},   {"imap", 143},        {"imaps", 993},     {"ldap", 389},
    {"ldaps", 636},  {"rdp", 3389},      {"smb", 445},   {"mysql", 3306},      {"postgres", 5432}, {"postgresql", 5432},
    {"redis", 6379}, {"mongodb", 27017}, {"vnc", 5900},  {"kubernetes", 6443}, {"snmp", 161},      {"syslog", 514},
};

}  // namespace

PortFault parse_port_item(sv item, PortRange& out) {
  if (item == "*") {
    out = PortRange::all();
    return PortFault::kNone;
  }
  const size_t dash = item.find('-');
  switch (parse_number(item.substr(0, dash), out.first)) {
    case Number::kNone:
      return PortFault::kFirst;
    case Number::kBig:
      return PortFault::kFirstBig;
    case Number::kOk:
      break;
  }
  out.last = out.first;
  if (dash != sv::npos) {
    switch (parse_number(item.substr(dash + 1), out.last)) {
      case Number::kNone:
        return PortFault::kLast;
      case Number::kBig:
        return PortFault::kLastBig;
      case Number::kOk:
        break;
    }
  }
  if (out.first > out.last) {
    std::swap(out.first, out.last);
    return PortFault::kReversed;
  }
  return out.first == 0 ? PortFault::kZero : PortFault::kNone;
}

bool is_port_list(sv text) {
  for (;;) {
    const size_t comma = text.find(',');
    PortRange unused;
    if (parse_port_item(text.substr(0, comma), unused) != PortFault::kNone) return false;
    if (comma == sv::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

ProtocolAndPorts protocol_and_ports(sv text) {
  const size_t at = text.find_first_of(":/");
  if (at == sv::npos) return {};
  const sv first = text.substr(0, at), second = text.substr(at + 1);
  const auto is_name = [](sv word) { return !word.empty() && (word[0] < '0' || word[0] > '9') && parse_protocol(word); };
  if (is_name(first) && is_port_list(second)) return {first, second, text[at] == ':'};
  if (is_name(second) && is_port_list(first)) return {second, first};
  return {};
}

uint16_t port_of_service(sv name) {
  for (const Service& s : kServices) {
    if (s.name == name) return s.port;
  }
  return 0;
}

}  // namespace aclc
