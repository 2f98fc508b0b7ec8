// SPDX-License-Identifier: Apache-2.0
// Any bytes as a snapshot, past its signature: refused, or the same after being written and read again.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "daemon/snapshot/snapshot.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const auto snapshot = read_snapshot({reinterpret_cast<const char*>(data), size});
  if (!snapshot) return 0;
  (void)snapshot->local();
  const std::string written = write_snapshot(*snapshot);
  const auto again = read_snapshot(written);
  ACLC_CHECK(again.ok() && write_snapshot(*again) == written);
  return 0;
}
