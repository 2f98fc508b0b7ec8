// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/http.h"

#include <algorithm>
#include <charconv>

namespace aclc::local_http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

bool parse_query(std::string_view text, std::map<std::string, std::string>& out) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decode(pair.substr(0, equals));
    const auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return false;
    if (!name->empty()) out[*name] = *value;
  }
  return true;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// The length that the headers announce: 0 where they say none, none where they cannot be understood.
std::optional<size_t> content_length(std::string_view headers) {
  size_t length = 0;
  while (!headers.empty()) {
    const size_t end = headers.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = headers.substr(0, end);
    headers.remove_prefix(end + 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (equal_in_any_case(line.substr(0, colon), "transfer-encoding")) return std::nullopt;
    if (!equal_in_any_case(line.substr(0, colon), "content-length")) continue;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error != std::errc() || at != value.data() + value.size()) return std::nullopt;
  }
  return length;
}

}  // namespace

Progress parse_request(std::string_view bytes, Request& out, size_t limit) {
  if (bytes.size() > limit) return Progress::kBad;
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return bytes.size() == limit ? Progress::kBad : Progress::kMore;
  const size_t line_end = bytes.find("\r\n");
  const std::string_view line = bytes.substr(0, line_end);
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || line.substr(second + 1, 7) != "HTTP/1.") return Progress::kBad;
  const auto length = content_length(bytes.substr(line_end + 2, end - line_end));
  if (!length || *length > limit) return Progress::kBad;
  const std::string_view body = bytes.substr(end + 4);
  if (body.size() < *length) return Progress::kMore;
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const size_t mark = std::min(target.find('?'), target.size());
  const auto path = percent_decode(target.substr(0, mark));
  Request request;
  if (!path || path->empty() || path->front() != '/') return Progress::kBad;
  if (!parse_query(target.substr(std::min(mark + 1, target.size())), request.query)) return Progress::kBad;
  request.method = std::string(line.substr(0, first));
  request.path = *path;
  request.body = std::string(body.substr(0, *length));
  out = std::move(request);
  return Progress::kDone;
}

std::string write_answer(const Answer& answer) {
  const char* word = answer.status < 300 ? "OK" : answer.status < 500 ? "Refused" : "Failed";
  return "HTTP/1.1 " + std::to_string(answer.status) + " " + word + "\r\nContent-Type: " + answer.type +
         "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\nConnection: close\r\n\r\n" + answer.body;
}

std::string write_request(const Request& request) {
  std::string target = percent_encode(request.path);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return request.method + " " + target + " HTTP/1.1\r\nHost: aclcd\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

std::optional<Answer> parse_answer(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || bytes.substr(0, 9) != "HTTP/1.1 " || bytes.size() < 12) return std::nullopt;
  Answer out;
  const auto [at, error] = std::from_chars(bytes.data() + 9, bytes.data() + 12, out.status);
  if (error != std::errc() || at != bytes.data() + 12) return std::nullopt;
  const size_t line_end = bytes.find("\r\n");
  const auto length = content_length(bytes.substr(line_end + 2, end - line_end));
  if (!length || bytes.size() - end - 4 < *length) return std::nullopt;
  out.body = std::string(bytes.substr(end + 4, *length));
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' || c == '_' || c == ':';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<uint8_t>(c) >> 4];
      out += kDigits[static_cast<uint8_t>(c) & 15];
    }
  }
  return out;
}

}  // namespace aclc::local_http
