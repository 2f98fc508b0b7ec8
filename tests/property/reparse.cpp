// SPDX-License-Identifier: Apache-2.0
// A tree that followed edits is the tree of the text, node for node; and where it is said to follow, the text has no fault.
#include "parser/syntax/reparse.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "tests/support/hujson_text.h"
#include "tests/support/parsed.h"

namespace aclc {
namespace {

constexpr std::string_view kPieces[] = {"",     "x",       "\"",       "1, 2",   "\"a\": [1],", "[{}], ",    "/*",     "*/",  "// c\n", "//",
                                        "\n",   "{",       "}",        "[",      "]",           ",",         "\"b\"",  "\\",  "\\n",    "{\"k\": null}, ",
                                        "null", "\xc3\xa9", "/* d */", "\"]\",", "\"//\", ",    "\"k\": \"v\", ", ":", "true", "\xff", "\t"};

/// Edits the text at random and says what was damaged.
void edit(std::mt19937& random, std::string& text, Damage& damage) {
  const uint32_t begin = static_cast<uint32_t>(random() % (text.size() + 1));
  const uint32_t length = random() % 3 == 0 ? static_cast<uint32_t>(random() % std::min<size_t>(text.size() - begin + 1, 9)) : 0;
  const std::string_view by = kPieces[random() % std::size(kPieces)];
  text.replace(begin, length, by);
  damage.add({begin, begin + length}, static_cast<uint32_t>(by.size()));
}

RC_GTEST_PROP(Reparse, IsTheParseOfTheWholeText, (uint32_t seed)) {
  std::mt19937 random(seed);
  const Parsed before(HujsonText(seed).document());
  RC_ASSERT(before.ok());
  size_t followed = 0;
  for (int round = 0; round < 40; ++round) {
    std::string text = before.text;
    Damage damage;
    for (uint32_t n = random() % 3 + 1; n > 0; --n) edit(random, text, damage);
    const auto tree = reparse(before.tree, damage, text);
    if (!tree) continue;
    ++followed;
    const Parsed whole(text);
    if (whole.slugs() != std::string() || tree->dump() != whole.tree.dump()) RC_FAIL(before.text + "\n-- became --\n" + text);
  }
  RC_CLASSIFY(followed > 0);
}

RC_GTEST_PROP(Reparse, FollowsWhatStaysInsideAString, (uint8_t at)) {
  const std::string start = "{\"a\": [{\"b\": \"some words\"}, 2], \"c\": {}}";
  const uint32_t begin = static_cast<uint32_t>(start.find("some")) + at % 10;
  std::string text = start;
  text.replace(begin, 1, "xyz");
  Damage damage;
  damage.add({begin, begin + 1}, 3);
  const Parsed before(start);
  const auto tree = reparse(before.tree, damage, text);
  RC_ASSERT(tree.has_value());
  RC_ASSERT(tree->dump() == Parsed(text).tree.dump());
}

TEST(Damage, JoinsEdits) {
  Damage damage;
  damage.add({10, 12}, 5);  // ten bytes in, two become five
  damage.add({14, 16}, 1);  // over the end of those five
  EXPECT_EQ(damage.begin, 10u);
  EXPECT_EQ(damage.old_end, 13u);
  EXPECT_EQ(damage.new_end, 15u);
  damage.add({2, 3}, 0);
  EXPECT_EQ(damage.begin, 2u);
  EXPECT_EQ(damage.old_end, 13u);
  EXPECT_EQ(damage.new_end, 14u);
}

TEST(Reparse, KeepsToTheLimitOfDepth) {
  ParseLimits limits;
  limits.max_depth = 3;
  const std::string start = "[[[1]]]", text = "[[[1, [2]]]]";
  const Parsed before(start);
  Damage damage;
  damage.add({4, 4}, 5);
  EXPECT_FALSE(reparse(before.tree, damage, text, limits));
  EXPECT_TRUE(reparse(before.tree, damage, text));
}

}  // namespace
}  // namespace aclc
