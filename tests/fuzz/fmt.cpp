// SPDX-License-Identifier: Apache-2.0
// A text without errors: its layout has none either, means the same, and is its own layout.
#include <cstdint>

#include "base/check.h"
#include "parser/syntax/format.h"
#include "tests/support/parsed.h"
#include "tests/support/same_value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aclc;
  const Parsed p(std::string(reinterpret_cast<const char*>(data), size));
  if (!p.ok()) return 0;
  const Parsed once(format(p.tree));
  ACLC_CHECK(once.ok());
  ACLC_CHECK(same_value(p.tree, once.tree));
  ACLC_CHECK(format(once.tree) == once.text);
  return 0;
}
