// SPDX-License-Identifier: Apache-2.0
#include "cli/heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#endif

namespace aclc::cli {

#ifdef __GLIBC__

namespace {

/// Below this, the pages touched are too few to be worth a large one, which has to be cleared as a whole.
constexpr size_t kLargeText = 256 << 10;
/// Tree, policy, checks and tests take about 15 times the text. Address space is reserved, not memory.
constexpr size_t kHeapPerByte = 32;
constexpr size_t kLeast = 64 << 20, kMost = 1 << 30;
constexpr uintptr_t kLargePage = 2 << 20;

}  // namespace

void expect_text(size_t bytes) {
  if (bytes < kLargeText) return;
  const size_t room = std::clamp(bytes * kHeapPerByte, kLeast, kMost);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that is allowed; arrays that grow stay in the heap
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(kMost));
  mallopt(M_TOP_PAD, static_cast<int>(room));
  // malloc takes a break that somebody moved as it finds it. It writes at both ends of its first block there, and a large page of
  // which a part was touched before the advice stays small: so the block ends before the first of them begins.
  constexpr size_t kBlock = 160 << 10, kLead = kBlock + (32 << 10);  // more than malloc has left from its first growth
  const auto old = reinterpret_cast<uintptr_t>(sbrk(0));
  const uintptr_t first = (old + kLead + kLargePage - 1) & ~(kLargePage - 1);
  if (sbrk(static_cast<intptr_t>(first - kLead - old)) == reinterpret_cast<void*>(-1)) return;  // NOLINT(performance-no-int-to-ptr)
  void* volatile block = std::malloc(kBlock);  // volatile: a block that nobody uses would not be asked for
  std::free(block);
  const uintptr_t end = reinterpret_cast<uintptr_t>(sbrk(0)) & ~(kLargePage - 1);
  // Advice: a kernel without large pages goes on as before.
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);  // NOLINT(performance-no-int-to-ptr)
}

#else

void expect_text(size_t) {}

#endif

}  // namespace aclc::cli
