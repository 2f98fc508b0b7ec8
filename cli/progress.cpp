// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>

namespace aclc::cli {

void Progress::step(size_t done) {
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::seconds(2);
  console_.note(fmt::format("{}: {} of {} ({}%)", what_, done, total_, total_ == 0 ? 100 : 100 * done / total_));
}

}  // namespace aclc::cli
