// SPDX-License-Identifier: Apache-2.0
#include "compiler/tailnet/text_forms.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/net/address.h"

namespace aclc {

namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kKeyBytes = 32;

/// Exactly `digits` decimal digits, which are removed from the text.
bool take_number(std::string_view& text, size_t digits, int& out) {
  if (text.size() < digits) return false;
  const auto r = std::from_chars(text.data(), text.data() + digits, out);
  if (r.ec != std::errc() || r.ptr != text.data() + digits || text[0] == '-') return false;
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
int64_t days_from_date(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int days_of_month(int year, int month) {
  constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

/// `Z` or `+hh:mm`, in seconds east of Greenwich.
bool take_offset(std::string_view& text, int& seconds) {
  if (take(text, 'Z') || take(text, 'z')) {
    seconds = 0;
    return true;
  }
  const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  int hours = 0, minutes = 0;
  if (sign == 0 || !take_number(text, 2, hours) || !take(text, ':') || !take_number(text, 2, minutes)) return false;
  seconds = sign * (hours * 3600 + minutes * 60);
  return hours < 24 && minutes < 60;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t word = 0;
    const size_t n = std::min<size_t>(3, bytes.size() - i);
    for (size_t k = 0; k < 3; ++k) word = word << 8 | (k < n ? static_cast<uint8_t>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? kBase64[word >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<int64_t> parse_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
      !take_number(text, 2, day) || !(take(text, 'T') || take(text, 't') || take(text, ' ')) ||
      !take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) || !take(text, ':') ||
      !take_number(text, 2, second)) {
    return std::nullopt;
  }
  int64_t fraction = 0;
  if (take(text, '.')) {
    int64_t unit = 100'000'000;
    const size_t before = text.size();
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10) {
      fraction += (text[0] - '0') * unit;
    }
    if (text.size() == before) return std::nullopt;
  }
  if (!take_offset(text, offset) || !text.empty()) return std::nullopt;
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) || hour > 23 ||
      minute > 59 || second > 60) {
    return std::nullopt;
  }
  const int64_t seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  return seconds * 1'000'000'000 + fraction;
}

std::optional<std::string> parse_node_key(std::string_view text) {
  constexpr std::string_view prefix = "nodekey:";
  if (text.starts_with(prefix)) {
    text.remove_prefix(prefix.size());
    if (text.size() != 2 * kKeyBytes) return std::nullopt;
    std::string bytes;
    for (size_t i = 0; i < text.size(); i += 2) {
      const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes += static_cast<char>(high << 4 | low);
    }
    return base64(bytes);
  }
  // 32 bytes are 43 digits and one `=`; the last digit carries two bits that must be zero.
  if (text.size() != 44 || text[43] != '=') return std::nullopt;
  for (const char c : text.substr(0, 43)) {
    if (kBase64.find(c) == std::string_view::npos) return std::nullopt;
  }
  if (kBase64.find(text[42]) % 4 != 0) return std::nullopt;
  return std::string(text);
}

bool is_endpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view port = text.substr(colon + 1);
  unsigned number = 0;
  const auto r = std::from_chars(port.data(), port.data() + port.size(), number);
  if (r.ec != std::errc() || r.ptr != port.data() + port.size() || number == 0 || number > 65535) return false;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<Address> address = Address::parse(host);
  return address.has_value() && bracketed == !address->is_v4();
}

}  // namespace aclc
