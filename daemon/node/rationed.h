// SPDX-License-Identifier: Apache-2.0
// An answer that costs time to come by, and that anybody may ask for: no more than a twentieth of the time goes to it. In between the last
// one is given again, be it a value or a failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/result.h"

namespace aclc {

template <class T>
class Rationed {
 public:
  /// Where `state` is another than the last time, the last answer is of no use.
  template <class Ask>
  const Result<T>& get(uint64_t state, Ask ask) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    if (!last_ || state != state_ || begin >= again_) {
      last_.emplace(ask());
      state_ = state;
      const auto end = Clock::now();
      again_ = end + 20 * (end - begin);
    }
    return *last_;
  }

 private:
  std::optional<Result<T>> last_;
  uint64_t state_ = 0;
  std::chrono::steady_clock::time_point again_{};
};

}  // namespace aclc
