// SPDX-License-Identifier: Apache-2.0
// When what failed for a reason that may pass is tried again: after 1, 2, 4 ... 30 seconds.
#pragma once

#include <algorithm>
#include <cstdint>

namespace aclc {

class Retry {
 public:
  static constexpr uint64_t kLongest = 30;

  void failed(uint64_t now) {
    next_ = now + pause_;
    pause_ = std::min(pause_ * 2, kLongest);
  }
  void reset() { *this = Retry(); }
  /// Also where the clock was set back: the moment that was meant may never come.
  bool is_due(uint64_t now) const { return now >= next_ || next_ - now > kLongest; }

 private:
  uint64_t next_ = 0;
  uint64_t pause_ = 1;
};

}  // namespace aclc
