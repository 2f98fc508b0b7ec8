// SPDX-License-Identifier: Apache-2.0
// What is asked of a server over HTTP and what it answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aclc::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Bounds on one exchange: whatever the server does, it ends.
struct Limits {
  uint32_t connect_ms = 10'000;
  uint32_t total_ms = 30'000;                ///< from the first byte of the question to the last of the answer
  size_t max_bytes = size_t{16} << 20;       ///< of the answer's body
  std::string ca_file;                       ///< PEM; these certificates are trusted in place of the system's
};

struct Request {
  std::string method;  ///< GET, POST, PUT
  std::string url;
  Headers headers;     ///< no line breaks in names or values
  std::string body;
  Limits limits;
};

struct Response {
  int status = 0;
  Headers headers;  ///< names in lower case
  std::string body;

  /// The last header of that (lower case) name; empty where there is none.
  std::string_view header(std::string_view name) const {
    std::string_view out;
    for (const auto& [key, value] : headers) {
      if (key == name) out = value;
    }
    return out;
  }
};

/// Why there is no answer.
enum class TroubleKind : uint8_t {
  kUnreachable,  ///< no such host, nobody listens
  kTimeout,
  kCertificate,  ///< the server could not prove who it is
  kTooLarge,     ///< more than Limits::max_bytes
  kBroken,       ///< the connection broke off, or what came is no HTTP
  kLocal,        ///< nothing was sent: the program that speaks HTTPS is missing, a file cannot be read
};

struct Trouble {
  TroubleKind kind;
  std::string message;  ///< for a person; what the remote side said is in it as it came
};

}  // namespace aclc::http
