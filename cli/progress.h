// SPDX-License-Identifier: Apache-2.0
// Signs of life on standard error from work that takes long.
#pragma once

#include <chrono>
#include <string>

#include "cli/console.h"

namespace aclc::cli {

/// Says nothing in the first two seconds, then a line every two.
class Progress {
 public:
  Progress(Console& console, std::string what, size_t total) : console_(console), what_(std::move(what)), total_(total) {}
  void step(size_t done);

 private:
  using Clock = std::chrono::steady_clock;
  Console& console_;
  std::string what_;
  size_t total_;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(2);
};

}  // namespace aclc::cli
