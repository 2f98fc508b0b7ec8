// SPDX-License-Identifier: Apache-2.0
// Asking again: after 429 as the server wishes, after 5xx and broken connections with growing pauses, and never for long.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "deploy/http/transport.h"

namespace aclc::http {

using Milliseconds = std::chrono::milliseconds;

struct Patience {
  int tries = 5;
  Milliseconds first_pause{500};     ///< doubles from one try to the next, with up to a quarter more by chance
  Milliseconds longest_pause{8'000};
  Milliseconds longest_wish{60'000}; ///< a Retry-After beyond this ends the tries
  Milliseconds in_all{120'000};      ///< no try begins later than this after the first
  std::function<bool(const Response&)> settled;  ///< an answer that will not get better, whatever its status; may be empty
};

/// What the world outside has to give; tests give their own.
struct Clock {
  std::function<Milliseconds()> now;
  std::function<void(Milliseconds)> sleep;
  static Clock real();
};

/// Told before each pause: what happened, and how long the pause is.
using OnRetry = std::function<void(const std::string& why, Milliseconds pause)>;

/// What is asked must be safe to ask twice. The last answer is handed back whatever its status.
Result<Response, Trouble> send_patiently(Transport& transport, const Request& request, const Patience& patience,
                                         const Clock& clock, const OnRetry& on_retry);

/// Retry-After as seconds or an HTTP date, `now` being seconds since 1970. Nothing: neither.
std::optional<std::chrono::seconds> retry_after(std::string_view value, int64_t now);

}  // namespace aclc::http
