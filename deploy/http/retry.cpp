// SPDX-License-Identifier: Apache-2.0
#include "deploy/http/retry.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <thread>

namespace aclc::http {
namespace {

/// 501 and 505 will be the same next time.
bool worth_repeating(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool worth_repeating(TroubleKind kind) {
  return kind == TroubleKind::kUnreachable || kind == TroubleKind::kTimeout || kind == TroubleKind::kBroken;
}

Milliseconds with_chance(Milliseconds pause) {
  thread_local std::minstd_rand random(std::random_device{}());
  return pause + Milliseconds(std::uniform_int_distribution<Milliseconds::rep>(0, pause.count() / 4)(random));
}

}  // namespace

Clock Clock::real() {
  return {[] {
            return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
          },
          [](Milliseconds pause) { std::this_thread::sleep_for(pause); }};
}

std::optional<std::chrono::seconds> retry_after(std::string_view value, int64_t now) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size() && seconds >= 0) return std::chrono::seconds(seconds);
  tm when{};
  const std::string text(value);
  const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &when);  // RFC 9110, section 5.6.7
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return std::chrono::seconds(std::max<int64_t>(0, ::timegm(&when) - now));
}

Result<Response, Trouble> send_patiently(Transport& transport, const Request& request, const Patience& patience,
                                         const Clock& clock, const OnRetry& on_retry) {
  const Milliseconds start = clock.now();
  Milliseconds pause = patience.first_pause;
  for (int attempt = 1;; ++attempt) {
    auto answer = transport.send(request);
    const bool again = answer ? worth_repeating(answer->status) : worth_repeating(answer.error().kind);
    if (!again || attempt >= patience.tries || (answer && patience.settled && patience.settled(*answer))) return answer;
    Milliseconds wait = with_chance(pause);
    if (answer) {
      if (const auto wish = retry_after(answer->header("retry-after"), ::time(nullptr))) {
        if (*wish > patience.longest_wish) return answer;
        wait = *wish;
      }
    }
    if (clock.now() - start + wait > patience.in_all) return answer;
    on_retry(answer ? fmt::format("HTTP {}", answer->status) : answer.error().message, wait);
    clock.sleep(wait);
    pause = std::min(pause * 2, patience.longest_pause);
  }
}

}  // namespace aclc::http
