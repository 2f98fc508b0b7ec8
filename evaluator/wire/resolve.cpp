// SPDX-License-Identifier: Apache-2.0
#include "evaluator/wire/resolve.h"

#include "base/net/protocol.h"

namespace aclc::wire {
namespace {

std::optional<AddressRange> parse_range(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    const auto prefix = Prefix::parse(text);
    if (!prefix || prefix->has_host_bits()) return std::nullopt;
    return prefix->range();
  }
  if (text.find('-') != std::string_view::npos) return AddressRange::parse(text);
  const auto address = Address::parse(text);
  if (!address) return std::nullopt;
  return AddressRange{*address, *address};
}

bool append_ranges(std::string_view text, std::vector<AddressRange>& out) {
  if (text == "*") {
    out.push_back({Address::v4(0), Address::v4(UINT32_MAX)});
    out.push_back({Address::v6(0), Address::v6(~uint128{0})});
    return true;
  }
  const auto range = parse_range(text);
  if (range) out.push_back(*range);
  return range.has_value();
}

}  // namespace

std::optional<AddressSet> parse_address_set(std::string_view text) {
  std::vector<AddressRange> ranges;
  if (!append_ranges(text, ranges)) return std::nullopt;
  return AddressSet::of(std::move(ranges));
}

std::bitset<256> protocols_of(const FilterRule& rule) {
  std::bitset<256> out;
  for (uint8_t p : rule.ip_proto) out.set(p);
  if (rule.ip_proto.empty()) {
    for (uint8_t p : {kTcp, kUdp, kIcmp, kIpv6Icmp}) out.set(p);
  }
  return out;
}

Resolved resolve(std::span<const FilterRule> rules) {
  Resolved out;
  out.rules.reserve(rules.size());
  std::vector<AddressRange> ranges;
  for (size_t i = 0; i < rules.size(); ++i) {
    const FilterRule& rule = rules[i];
    const auto fault = [&](const char* what, const std::string& text) {
      out.faults.push_back("rule " + std::to_string(i) + ": " + what + " `" + text + "` is no address, prefix or range");
    };
    RuleMatch& match = out.rules.emplace_back();
    match.protocols = protocols_of(rule);
    ranges.clear();
    for (const std::string& text : rule.src_ips) {
      if (text.compare(0, 4, "cap:") == 0) continue;
      if (!append_ranges(text, ranges)) fault("source", text);
    }
    match.sources = AddressSet::of(ranges);
    for (const DstPort& dst : rule.dst_ports) {
      ranges.clear();
      if (append_ranges(dst.ip, ranges)) {
        match.destinations.push_back({AddressSet::of(ranges), dst.ports});
      } else {
        fault("destination", dst.ip);
      }
    }
  }
  return out;
}

}  // namespace aclc::wire
