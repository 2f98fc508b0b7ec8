// SPDX-License-Identifier: Apache-2.0
// ACLC_CHECK: for faults that are ours. A user's bad text is a diagnostic and a bad world is a Result; neither comes here.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace aclc {

[[noreturn]] inline void fail_check(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "aclc: internal error: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace aclc

#define ACLC_CHECK(condition) \
  do { \
    if (!(condition)) ::aclc::fail_check(#condition, __FILE__, __LINE__); \
  } while (false)
