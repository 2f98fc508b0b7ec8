// SPDX-License-Identifier: Apache-2.0
#include "parser/policy/address_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/net/address.h"

namespace aclc {
namespace {

using sv = std::string_view;

bool all_of(sv text, sv set) {
  return !text.empty() && text.find_first_not_of(set) == sv::npos;
}

/// The length that a mask such as 255.255.255.0 stands for; -1 where it is none.
int length_of_mask(sv text) {
  const auto mask = Address::parse(text);
  if (!mask || !mask->is_v4()) return -1;
  const auto bits = static_cast<uint32_t>(mask->lo);
  const int ones = std::countl_one(bits);
  return std::popcount(bits) == ones ? ones : -1;
}

std::string of_length(sv length, const Address& address) {
  const int most = address_bits(address.family);
  if (const int mask = length_of_mask(length); mask >= 0) return fmt::format("write the mask as a length, `/{}`", mask);
  if (length.empty()) return fmt::format("a length follows the slash: 0 to {} leading bits", most);
  if (all_of(length, "0123456789") && length.size() > 1 && length.front() == '0') return "the length has no leading zero";
  return fmt::format("the length is a number from 0 to {} for {}", most, address.is_v4() ? "IPv4" : "IPv6");
}

std::string of_ipv4(sv text) {
  size_t parts = 0;
  for (size_t at = 0; at <= text.size(); ++parts) {
    const size_t stop = std::min(text.find('.', at), text.size());
    const sv part = text.substr(at, stop - at);
    if (part.empty()) return "an IPv4 address is four numbers with dots between them";
    if (part.size() > 3 || (part.size() == 3 && part > "255")) return fmt::format("`{}` is above 255, the most for a part of an IPv4 address", part);
    if (part.size() > 1 && part.front() == '0') return fmt::format("`{}` has a leading zero, which an IPv4 address does not allow", part);
    at = stop + 1;
  }
  return fmt::format("an IPv4 address has four numbers, found {}", parts);
}

}  // namespace

std::string address_advice(sv text) {
  const size_t slash = text.find('/');
  const sv head = text.substr(0, slash);
  if (const auto address = Address::parse(head); address && slash != sv::npos) return of_length(text.substr(slash + 1), *address);
  if (text.empty()) return "write an address such as `192.0.2.7` or `2001:db8::7`, or a CIDR such as `192.0.2.0/24`";
  if (AddressRange::parse(text)) return "ranges stand in ipsets only; here write an address or a CIDR";
  if (head.find('%') != sv::npos) return "an address has no zone here; leave out `%` and what follows it";
  if (head.front() == '[') return "an IPv6 address stands here without brackets";
  const size_t colon = head.rfind(':');
  if (colon != sv::npos && colon == head.find(':') && Address::parse(head.substr(0, colon))) return "an address stands here without a port";
  if (all_of(head, "0123456789.")) return of_ipv4(head);
  if (colon != sv::npos && all_of(head, "0123456789abcdefABCDEF:.")) return "an IPv6 address is eight groups of one to four hex digits; `::` stands once, for groups of zeros";
  return "write an IP address or a CIDR; names mean nothing here, not even those of DNS";
}

}  // namespace aclc
