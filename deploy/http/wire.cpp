// SPDX-License-Identifier: Apache-2.0
#include "deploy/http/wire.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace aclc::http {
namespace {

using nlohmann::json;

constexpr size_t kLongestHead = size_t{1} << 20;
constexpr size_t kLargestQuestion = size_t{1} << 30;
constexpr size_t kPiece = size_t{1} << 20;  ///< room is made as bytes come, not as a head promises them

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// Up to n bytes; 0: the end or a fault.
size_t read_some(int fd, char* into, size_t n) {
  for (;;) {
    const ssize_t got = ::read(fd, into, n);
    if (got < 0 && errno == EINTR) continue;
    return got < 0 ? 0 : static_cast<size_t>(got);
  }
}

std::optional<json> read_head(int fd) {
  // A byte at a time: what follows the line belongs to the body, and a head is short.
  std::string line;
  for (char c = 0; read_some(fd, &c, 1) == 1;) {
    if (c == '\n') {
      json head = json::parse(line, nullptr, false);
      if (!head.is_object()) return std::nullopt;
      return head;
    }
    if (line.size() == kLongestHead) return std::nullopt;
    line += c;
  }
  return std::nullopt;
}

bool read_body(int fd, const json& head, size_t max_bytes, std::string& body) {
  const auto size = head.find("bytes");
  if (size == head.end() || !size->is_number_unsigned() || size->get<size_t>() > max_bytes) return false;
  const size_t all = size->get<size_t>();
  for (size_t at = 0; at < all;) {
    if (at == body.size()) body.resize(std::min(all, at + std::max(at, kPiece)));
    const size_t got = read_some(fd, body.data() + at, body.size() - at);
    if (got == 0) return false;
    at += got;
  }
  return true;
}

bool write_message(int fd, const json& head, std::string_view body) {
  return write_all(fd, head.dump(-1, ' ', false, json::error_handler_t::replace) + "\n") && write_all(fd, body);
}

}  // namespace

bool write_request(int fd, const Request& r) {
  return write_message(fd,
                       {{"method", r.method}, {"url", r.url}, {"headers", r.headers}, {"bytes", r.body.size()},
                        {"connect_ms", r.limits.connect_ms}, {"total_ms", r.limits.total_ms},
                        {"max_bytes", r.limits.max_bytes}, {"ca_file", r.limits.ca_file}},
                       r.body);
}

bool write_answer(int fd, const Result<Response, Trouble>& answer) {
  if (!answer) {
    return write_message(fd, {{"trouble", static_cast<int>(answer.error().kind)}, {"message", answer.error().message}}, {});
  }
  return write_message(fd, {{"status", answer->status}, {"headers", answer->headers}, {"bytes", answer->body.size()}},
                       answer->body);
}

std::optional<Request> read_request(int fd) {
  const auto head = read_head(fd);
  Request r;
  if (!head || !read_body(fd, *head, kLargestQuestion, r.body)) return std::nullopt;
  try {
    r.method = head->at("method").get<std::string>();
    r.url = head->at("url").get<std::string>();
    r.headers = head->at("headers").get<Headers>();
    r.limits.connect_ms = head->at("connect_ms").get<uint32_t>();
    r.limits.total_ms = head->at("total_ms").get<uint32_t>();
    r.limits.max_bytes = head->at("max_bytes").get<size_t>();
    r.limits.ca_file = head->at("ca_file").get<std::string>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return r;
}

std::optional<Result<Response, Trouble>> read_answer(int fd, size_t max_bytes) {
  const auto head = read_head(fd);
  if (!head) return std::nullopt;
  try {
    if (head->contains("trouble")) {
      const int kind = head->at("trouble").get<int>();
      if (kind < 0 || kind > static_cast<int>(TroubleKind::kLocal)) return std::nullopt;
      return Trouble{static_cast<TroubleKind>(kind), head->at("message").get<std::string>()};
    }
    Response response;
    if (!read_body(fd, *head, max_bytes, response.body)) return std::nullopt;
    response.status = head->at("status").get<int>();
    response.headers = head->at("headers").get<Headers>();
    return response;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace aclc::http
