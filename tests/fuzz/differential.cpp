// SPDX-License-Identifier: Apache-2.0
// Any policy and tailnet that RandomTailnet can make, each byte one of its choices: the tables made on demand are those of the
// reference compile.
#include <cstdint>
#include <cstdio>
#include <span>

#include "base/check.h"
#include "tests/support/random_tailnet.h"
#include "tests/support/same_tables.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aclc::testing::RandomTailnet random(std::span<const uint8_t>(data, size));
  const std::string tailnet = random.tailnet();
  const aclc::testing::Compared compared = aclc::testing::compare_tables(random.policy(), tailnet);
  if (!compared.differ.empty()) std::fputs(compared.differ.c_str(), stderr);
  ACLC_CHECK(compared.differ.empty());
  return 0;
}
