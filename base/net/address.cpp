// SPDX-License-Identifier: Apache-2.0
#include "base/net/address.h"

#include <bit>

namespace aclc {
namespace {

// One decimal octet without leading zeros at p; p ends behind it.
inline bool parse_octet(const char*& p, const char* end, uint32_t& out) {
  if (p == end) return false;
  uint32_t v = static_cast<unsigned char>(*p) - uint32_t{'0'};
  if (v > 9) return false;
  ++p;
  const bool zero = v == 0;
  for (int more = 0; p != end; ++p) {
    const uint32_t d = static_cast<unsigned char>(*p) - uint32_t{'0'};
    if (d > 9) break;
    if (zero || ++more > 2) return false;
    v = v * 10 + d;
  }
  out = v;
  return v <= 255;
}

bool parse_v4(const char* p, const char* end, uint32_t& out) {
  uint32_t bits = 0;
  for (int field = 0; field < 4; ++field) {
    uint32_t octet = 0;
    if (field != 0 && (p == end || *p++ != '.')) return false;
    if (!parse_octet(p, end, octet)) return false;
    bits = bits << 8 | octet;
  }
  out = bits;
  return p == end;
}

inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool parse_v6(const char* p, const char* end, uint128& out) {
  uint16_t fields[8] = {};
  int count = 0;
  int ellipsis = -1;  // the field before which `::` stands
  if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
    ellipsis = 0;
    p += 2;
  }
  while (p != end && count < 8) {
    const char* start = p;
    uint32_t value = 0;
    for (int digit; p != end && (digit = hex_digit(*p)) >= 0; ++p) {
      if (p - start == 4) return false;
      value = value << 4 | static_cast<uint32_t>(digit);
    }
    if (p == start) return false;
    if (p != end && *p == '.') {
      // A dotted quad stands for the last two fields.
      uint32_t quad = 0;
      if (count > 6 || (ellipsis < 0 && count != 6) || !parse_v4(start, end, quad)) return false;
      fields[count++] = static_cast<uint16_t>(quad >> 16);
      fields[count++] = static_cast<uint16_t>(quad);
      p = end;
      break;
    }
    fields[count++] = static_cast<uint16_t>(value);
    if (p == end) break;
    if (*p != ':' || ++p == end) return false;
    if (*p == ':') {
      if (ellipsis >= 0) return false;
      ellipsis = count;
      ++p;
    }
  }
  if (p != end) return false;
  // `::` stands for at least one field.
  if (ellipsis < 0 ? count != 8 : count == 8) return false;
  uint128 bits = 0;
  const int gap = 8 - count;
  for (int i = 0; i < (ellipsis < 0 ? 8 : ellipsis); ++i) bits = bits << 16 | fields[i];
  if (ellipsis >= 0) {
    bits = gap == 8 ? uint128{0} : bits << (16 * gap);
    for (int i = ellipsis; i < count; ++i) bits = bits << 16 | fields[i];
  }
  out = bits;
  return true;
}

char* write_decimal(char* to, uint32_t v) {
  if (v >= 100) *to++ = static_cast<char>('0' + v / 100);
  if (v >= 10) *to++ = static_cast<char>('0' + v / 10 % 10);
  *to++ = static_cast<char>('0' + v % 10);
  return to;
}

char* write_v4(char* to, uint32_t bits) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    to = write_decimal(to, bits >> shift & 0xff);
    if (shift != 0) *to++ = '.';
  }
  return to;
}

char* write_hex(char* to, uint32_t v) {
  static constexpr char kDigits[] = "0123456789abcdef";
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const uint32_t d = v >> shift & 0xf;
    started = started || d != 0 || shift == 0;
    if (started) *to++ = kDigits[d];
  }
  return to;
}

char* write_v6(char* to, uint64_t hi, uint64_t lo) {
  if (hi == 0 && lo >> 32 == 0xffff) {
    for (char c : std::string_view("::ffff:")) *to++ = c;
    return write_v4(to, static_cast<uint32_t>(lo));
  }
  uint16_t fields[8];
  for (int i = 0; i < 4; ++i) {
    fields[i] = static_cast<uint16_t>(hi >> (48 - 16 * i));
    fields[4 + i] = static_cast<uint16_t>(lo >> (48 - 16 * i));
  }
  // RFC 5952: the longest run of two or more zero fields, the first of equals.
  int best = -1;
  int best_length = 1;
  for (int i = 0; i < 8;) {
    int j = i;
    while (j < 8 && fields[j] == 0) ++j;
    if (j - i > best_length) {
      best = i;
      best_length = j - i;
    }
    i = j + 1;
  }
  for (int i = 0; i < 8;) {
    if (i == best) {
      *to++ = ':';
      *to++ = ':';
      i += best_length;
      continue;
    }
    if (i != 0 && (best < 0 || i != best + best_length)) *to++ = ':';
    to = write_hex(to, fields[i]);
    ++i;
  }
  return to;
}

constexpr size_t kLongestAddress = 40;

char* write_address(char* to, const Address& a) {
  return a.is_v4() ? write_v4(to, static_cast<uint32_t>(a.lo)) : write_v6(to, a.hi, a.lo);
}

char* write_prefix(char* to, const Address& a, int length) {
  to = write_address(to, a);
  *to++ = '/';
  return write_decimal(to, static_cast<uint32_t>(length));
}

uint128 low_mask(int bits) { return bits >= 128 ? ~uint128{0} : (uint128{1} << bits) - 1; }

int trailing_zeros(uint128 v) {
  const auto lo = static_cast<uint64_t>(v);
  return lo != 0 ? std::countr_zero(lo) : 64 + std::countr_zero(static_cast<uint64_t>(v >> 64));
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  const char* p = text.data();
  const char* end = p + text.size();
  // An IPv4 address has its first dot within four bytes.
  for (const char* q = p; q != end; ++q) {
    if (*q == '.') {
      uint32_t bits = 0;
      if (!parse_v4(p, end, bits)) return std::nullopt;
      return v4(bits);
    }
    if (*q == ':') {
      uint128 bits = 0;
      if (!parse_v6(p, end, bits)) return std::nullopt;
      return v6(bits);
    }
    if (q - p == 4) break;
  }
  return std::nullopt;
}

std::string Address::to_text() const {
  char buffer[kLongestAddress];
  return std::string(buffer, write_address(buffer, *this));
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = Address::parse(text.substr(0, dash));
  if (!first) return std::nullopt;
  const auto last = Address::parse(text.substr(dash + 1));
  if (!last || first->family != last->family || *last < *first) return std::nullopt;
  return AddressRange{*first, *last};
}

std::string AddressRange::to_text() const {
  char buffer[2 * kLongestAddress + 4];
  if (first == last) return std::string(buffer, write_address(buffer, first));
  const uint128 differing = first.bits() ^ last.bits();
  // An exact prefix: the differing bits are the low ones, all clear in first and all set in last.
  const int host_bits = trailing_zeros(~differing);
  if (differing == low_mask(host_bits) && (first.bits() & differing) == 0) {
    return std::string(buffer, write_prefix(buffer, first, address_bits(first.family) - host_bits));
  }
  char* to = write_address(buffer, first);
  *to++ = '-';
  return std::string(buffer, write_address(to, last));
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  int length = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    length = length * 10 + (c - '0');
  }
  const auto address = Address::parse(text.substr(0, slash));
  if (!address || length > address_bits(address->family)) return std::nullopt;
  return Prefix{*address, static_cast<uint8_t>(length)};
}

Prefix Prefix::masked() const {
  const uint128 host = low_mask(address_bits(address.family) - length);
  return {Address::of(address.family, address.bits() & ~host), length};
}

AddressRange Prefix::range() const {
  const uint128 host = low_mask(address_bits(address.family) - length);
  return {Address::of(address.family, address.bits() & ~host), Address::of(address.family, address.bits() | host)};
}

bool Prefix::contains(const Prefix& o) const { return length <= o.length && contains(o.address); }

bool Prefix::contains(const Address& a) const {
  if (a.family != address.family) return false;
  const int host_bits = address_bits(address.family) - length;
  return ((a.bits() ^ address.bits()) & ~low_mask(host_bits)) == 0;
}

std::string Prefix::to_text() const {
  char buffer[kLongestAddress + 4];
  return std::string(buffer, write_prefix(buffer, address, length));
}

}  // namespace aclc
