// SPDX-License-Identifier: Apache-2.0
// The little HTTP/1.1 that the local API speaks: one request and one answer a connection, no chunks, no keep-alive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aclc::local_http {

struct Request {
  std::string method;
  std::string path;                          ///< decoded, without the query
  std::map<std::string, std::string> query;  ///< decoded
  std::string body;
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
};

enum class Progress { kMore, kDone, kBad };

/// Reads a request from what has come so far. kBad: it never becomes one (malformed, or larger than `limit` bytes).
Progress parse_request(std::string_view bytes, Request& out, size_t limit = 65536);
std::string write_answer(const Answer& answer);
std::string write_request(const Request& request);
/// nullopt: no whole answer.
std::optional<Answer> parse_answer(std::string_view bytes);

std::string percent_encode(std::string_view text);

}  // namespace aclc::local_http
