// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/durations.h"

#include <algorithm>
#include <array>
#include <optional>

namespace aclc::checks {
namespace {

constexpr uint64_t kLimit = uint64_t{1} << 63;

struct Unit {
  std::string_view name;
  uint64_t nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1000},
                                         {"\xc2\xb5s", 1000},  // micro sign
                                         {"\xce\xbcs", 1000},  // Greek mu
                                         {"ms", 1000000},
                                         {"s", 1000000000},
                                         {"m", 60000000000},
                                         {"h", 3600000000000}}};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

// The time package escapes everything that is not printable ASCII.
std::string quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte < 0x20) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out += '"';
}

Failure invalid(std::string_view text) {
  return {"time: invalid duration " + quote(text)};
}

std::optional<uint64_t> leading_integer(std::string_view& s) {
  uint64_t x = 0;
  while (!s.empty() && digit(s[0])) {
    if (x > kLimit / 10) return std::nullopt;
    x = x * 10 + static_cast<uint64_t>(s[0] - '0');
    if (x > kLimit) return std::nullopt;
    s.remove_prefix(1);
  }
  return x;
}

struct Fraction {
  uint64_t value = 0;
  double scale = 1;
};
// Digits that no longer fit are read and dropped.
Fraction leading_fraction(std::string_view& s) {
  Fraction f;
  bool full = false;
  while (!s.empty() && digit(s[0])) {
    const auto d = static_cast<uint64_t>(s[0] - '0');
    s.remove_prefix(1);
    if (full || f.value > (kLimit - 1) / 10 || f.value * 10 + d > kLimit) {
      full = true;
      continue;
    }
    f.value = f.value * 10 + d;
    f.scale *= 10;
  }
  return f;
}

// `value` in units of 10^-digits, without trailing zeros.
std::string decimal(uint64_t value, int digits) {
  std::string fraction;
  for (int i = 0; i < digits; ++i) {
    fraction.insert(fraction.begin(), static_cast<char>('0' + value % 10));
    value /= 10;
  }
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  std::string out = std::to_string(value);
  if (!fraction.empty()) out += "." + fraction;
  return out;
}

}  // namespace

Result<int64_t> parse_duration(std::string_view text) {
  std::string_view s = text;
  bool negative = false;
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) {
    negative = s[0] == '-';
    s.remove_prefix(1);
  }
  if (s == "0") return int64_t{0};
  if (s.empty()) return invalid(text);
  uint64_t total = 0;
  while (!s.empty()) {
    if (s[0] != '.' && !digit(s[0])) return invalid(text);
    const bool before = digit(s[0]);
    const std::optional<uint64_t> integer = leading_integer(s);
    if (!integer) return invalid(text);
    uint64_t value = *integer;
    bool after = false;
    Fraction fraction;
    if (!s.empty() && s[0] == '.') {
      s.remove_prefix(1);
      after = !s.empty() && digit(s[0]);
      fraction = leading_fraction(s);
    }
    if (!before && !after) return invalid(text);
    size_t length = 0;
    while (length < s.size() && s[length] != '.' && !digit(s[length])) ++length;
    if (length == 0) return Failure{"time: missing unit in duration " + quote(text)};
    const std::string_view name = s.substr(0, length);
    s.remove_prefix(length);
    uint64_t unit = 0;
    for (const Unit& u : kUnits) {
      if (u.name == name) unit = u.nanoseconds;
    }
    if (unit == 0) return Failure{"time: unknown unit " + quote(name) + " in duration " + quote(text)};
    if (value > kLimit / unit) return invalid(text);
    value *= unit;
    if (fraction.value > 0) {
      value +=
          static_cast<uint64_t>(static_cast<double>(fraction.value) * (static_cast<double>(unit) / fraction.scale));
      if (value > kLimit) return invalid(text);
    }
    total += value;
    if (total > kLimit) return invalid(text);
  }
  if (negative) return static_cast<int64_t>(-total);
  if (total > kLimit - 1) return invalid(text);
  return static_cast<int64_t>(total);
}

std::optional<int64_t> read_spoken_duration(std::string_view text) {
  constexpr uint64_t kSecond = 1000000000;
  constexpr uint64_t kMostCount = 1000000;
  struct Spoken {
    std::string_view word;
    uint64_t seconds;
  };
  static constexpr std::array<Spoken, 21> kWords = {{{"s", 1},       {"sec", 1},      {"secs", 1},      {"second", 1},    {"seconds", 1}, {"m", 60},       {"min", 60},
                                                     {"mins", 60},   {"minute", 60},  {"minutes", 60},  {"h", 3600},      {"hr", 3600},   {"hrs", 3600},   {"hour", 3600},
                                                     {"hours", 3600}, {"d", 86400},   {"day", 86400},   {"days", 86400},  {"w", 604800},  {"week", 604800}, {"weeks", 604800}}};
  uint64_t total = 0;
  bool any = false;
  const auto skip_spaces = [&] {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  };
  for (skip_spaces(); !text.empty(); skip_spaces()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<uint64_t> count = leading_integer(text);
    if (digits == 0 || !count || *count > kMostCount) return std::nullopt;
    skip_spaces();
    std::string word;
    while (!text.empty() && ((text.front() | 0x20) >= 'a' && (text.front() | 0x20) <= 'z')) {
      word += static_cast<char>(text.front() | 0x20);
      text.remove_prefix(1);
    }
    const auto unit = std::find_if(kWords.begin(), kWords.end(), [&](const Spoken& s) { return s.word == word; });
    if (unit == kWords.end()) return std::nullopt;
    total += *count * unit->seconds;
    if (total > kLimit / kSecond / 2) return std::nullopt;
    any = true;
  }
  return any ? std::optional(static_cast<int64_t>(total * kSecond)) : std::nullopt;
}

std::string short_duration(int64_t nanoseconds) {
  std::string out = duration_text(nanoseconds);
  if (out.ends_with("m0s")) out.erase(out.size() - 2);
  if (out.ends_with("h0m")) out.erase(out.size() - 2);
  return out;
}

std::string duration_text(int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  const std::string sign = nanoseconds < 0 ? "-" : "";
  const uint64_t u = nanoseconds < 0 ? -static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  if (u < 1000) return sign + std::to_string(u) + "ns";
  if (u < 1000000) return sign + decimal(u, 3) + "\xc2\xb5s";
  if (u < 1000000000) return sign + decimal(u, 6) + "ms";
  const uint64_t minutes = u / 60000000000;
  std::string out = decimal(u % 60000000000, 9) + "s";
  if (minutes > 0) out = std::to_string(minutes % 60) + "m" + out;
  if (minutes >= 60) out = std::to_string(minutes / 60) + "h" + out;
  return sign + out;
}

}  // namespace aclc::checks
