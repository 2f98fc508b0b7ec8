// SPDX-License-Identifier: Apache-2.0
// Absurd texts: a clear error, bounded time and memory.
#include <gtest/gtest.h>

#include "parser/syntax/format.h"
#include "tests/support/parsed.h"

namespace aclc {
namespace {

std::string repeated(std::string_view part, size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) out += part;
  return out;
}

TEST(Limits, DeepNestingIsOneError) {
  for (const char* part : {"[", "{\"a\":", "[{\"a\":"}) {
    const Parsed p(repeated(part, 100'000));
    EXPECT_EQ(p.slugs(), "too-deep");
    EXPECT_EQ(p.tree.print(), p.text);
    EXPECT_EQ(p.tree.node_at(5).valid(), true);
  }
}

TEST(Limits, TheDeepestTextThatIsReadCanBeFormatted) {
  const uint32_t depth = ParseLimits{}.max_depth;
  const Parsed p(repeated("[", depth) + repeated("]", depth));
  ASSERT_TRUE(p.ok()) << p.slugs();
  const std::string once = format(p.tree);
  EXPECT_EQ(format(Parsed(once).tree), once);
  EXPECT_EQ(Parsed(repeated("[", depth + 1) + repeated("]", depth + 1)).slugs(), "too-deep");
}

TEST(Limits, ALongTextIsRefusedUnread) {
  ParseLimits limits;
  limits.max_bytes = 10;
  EXPECT_TRUE(Parsed("[1, 2, 34]", limits).ok());
  const Parsed p("[1, 2, 345]", limits);
  EXPECT_EQ(p.slugs(), "too-large");
  EXPECT_EQ(p.tree.print(), p.text);
}

TEST(Limits, ManyErrorsEndTheReading) {
  ParseLimits limits;
  limits.max_diagnostics = 5;
  const Parsed p("[" + repeated("1 ", 100) + "]", limits);
  EXPECT_EQ(p.slugs(), "missing-comma missing-comma missing-comma missing-comma missing-comma too-many-faults");
  EXPECT_EQ(p.tree.print(), p.text);
}

TEST(Limits, ManyEqualNamesAreFine) {
  const Parsed p("{" + repeated("\"a\":1,", 200'000) + "}");
  EXPECT_TRUE(p.ok());
  EXPECT_EQ(p.tree.size(), 600'001u);
}

// Each of these made some recovery look back or ahead over the whole text once for every mistake.
TEST(Limits, CostStaysInProportion) {
  ParseLimits limits;
  limits.max_diagnostics = 50;
  for (const char* part : {"\\\"\n", "}", "[}", "x}", "{:,", "\"a\\", "'", "#\n", "\"\n", "\\\"", "/", "1 ", "\"a\"b,", "{\"a\":1 {", "\xff", "${", "`\n"}) {
    for (const char* before : {"", "[", "{\"a\":[", "[[[[{"}) {
      const Parsed p(before + repeated(part, 20'000), limits);
      EXPECT_FALSE(p.ok());
      EXPECT_LE(p.found.size(), 51u);
      EXPECT_EQ(p.tree.print(), p.text);
    }
  }
}

}  // namespace
}  // namespace aclc
