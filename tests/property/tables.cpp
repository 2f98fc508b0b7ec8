// SPDX-License-Identifier: Apache-2.0
// The tables made on demand are those of the reference compile, byte for byte, whatever the policy and the tailnet.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/random_tailnet.h"
#include "tests/support/same_tables.h"

namespace aclc {
namespace {

RC_GTEST_PROP(Tables, EqualTheReference, ()) {
  constexpr int kCases = 60;  // in each of the runs
  int passed = 0;
  const auto first = *rc::gen::noShrink(rc::gen::arbitrary<uint64_t>());
  for (int i = 0; i < kCases; ++i) {
    testing::RandomTailnet random(first + static_cast<uint64_t>(i) * 7919);
    const std::string tailnet = random.tailnet();
    const testing::Compared compared = testing::compare_tables(random.policy(), tailnet);
    if (!compared.differ.empty()) RC_FAIL(compared.differ);
    passed += compared.valid ? 1 : 0;
  }
  RC_ASSERT(passed > kCases / 2);
}

}  // namespace
}  // namespace aclc
