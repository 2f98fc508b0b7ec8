// SPDX-License-Identifier: Apache-2.0
#include "compiler/generate/generate.h"

#include "tests/support/compiled.h"

namespace aclc::testing {
namespace {

TEST(Generate, PassesTheCheckAndGivesRules) {
  for (const uint32_t size : {1u, 2u, 7u, 60u, 700u}) {
    const Result<GeneratedTailnet> made = generate({size * 2, size, size, size});
    ASSERT_TRUE(made);
    const Compiled compiled(made->tailnet, made->policy);  // expects no findings about the tailnet and no errors
    EXPECT_EQ(compiled.tailnet().nodes.size(), size * 2);
    EXPECT_EQ(compiled.tailnet().users.size(), size);
    if (size < 60) continue;
    size_t rules = 0;
    for (const Node& n : compiled.tailnet().nodes) rules += compiled.filter(std::string(compiled.tailnet().text(n.name))).size();
    EXPECT_GT(rules, compiled.tailnet().nodes.size());
  }
}

TEST(Generate, IsTheSameForTheSameNumbers) {
  const auto one = generate({300, 50, 80, 9}), two = generate({300, 50, 80, 9}), other = generate({300, 50, 80, 10});
  EXPECT_EQ(one->policy, two->policy);
  EXPECT_EQ(one->tailnet, two->tailnet);
  EXPECT_NE(one->policy, other->policy);
}

TEST(Generate, RefusesWhatHasNoRoom) {
  EXPECT_FALSE(generate({5'000'000, 1, 1, 1}));
  EXPECT_FALSE(generate({1, 0, 1, 1}));
  EXPECT_FALSE(generate({1, 1, 0, 1}));
}

}  // namespace
}  // namespace aclc::testing
