// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "parser/syntax/format.h"
#include "tests/support/parsed.h"
#include "tests/support/same_value.h"

namespace aclc {
namespace {

std::string formatted(const std::string& text) {
  const Parsed p(text);
  EXPECT_TRUE(p.ok()) << text << ": " << p.slugs();
  const std::string out = format(p.tree);
  const Parsed again(out);
  EXPECT_TRUE(again.ok()) << out << again.slugs();
  EXPECT_TRUE(same_value(p.tree, again.tree)) << out;
  EXPECT_EQ(format(again.tree), out);
  return out;
}

TEST(Format, OneLine) {
  EXPECT_EQ(formatted("{\"a\":1,\"b\":[ 2 ,3 ],}"), "{\"a\": 1, \"b\": [2, 3]}\n");
  EXPECT_EQ(formatted("  [ ]"), "[]\n");
  EXPECT_EQ(formatted("{\n}"), "{}\n");
  EXPECT_EQ(formatted("{ // c\n}"), "{ // c\n}\n");
}

TEST(Format, ALineBreakInTheTextExpands) {
  EXPECT_EQ(formatted("[1,\n2]"), "[\n\t1,\n\t2\n]\n");
  EXPECT_EQ(formatted("[1, 2\n]"), "[\n\t1,\n\t2\n]\n");
  EXPECT_EQ(formatted("// c\n[1,\n2]"), "// c\n[\n\t1,\n\t2,\n]\n");
}

TEST(Format, ALongLineExpands) {
  const std::string fits = "[\"" + std::string(74, 'x') + "\"]";
  EXPECT_EQ(formatted(fits), fits + "\n");
  EXPECT_EQ(formatted("[\"" + std::string(75, 'x') + "\"]"), "[\n\t\"" + std::string(75, 'x') + "\"\n]\n");
}

TEST(Format, ValuesLineUp) {
  EXPECT_EQ(formatted("{\"a\": 1,\n\"long\": 2,\n\n\"mid\": 3}"), "{\n\t\"a\":    1,\n\t\"long\": 2,\n\n\t\"mid\": 3\n}\n");
  EXPECT_EQ(formatted("{\"a\": 1,\n\"b\": [\n2],\n\"long\": 3}"), "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t2\n\t],\n\t\"long\": 3\n}\n");
}

TEST(Format, BlankLinesAreKeptOneAtMost) {
  EXPECT_EQ(formatted("[\n\n1,\n\n\n\n2,\n3\n\n]"), "[\n\t1,\n\n\t2,\n\t3\n]\n");
}

TEST(Format, CommentsStay) {
  EXPECT_EQ(formatted("/* a */ [ // b\n1, /* c */\n      // d   \n2 ] // e\n"),
            "/* a */ [ // b\n\t1, /* c */\n\t// d\n\t2,\n] // e\n");
  EXPECT_EQ(formatted("[\n      /*\n       * a\n       */\n1]"), "[\n\t/*\n\t * a\n\t */\n\t1,\n]\n");
}

TEST(Format, EscapesInShortestForm) { EXPECT_EQ(formatted("\"\\u0061\\/\\u000a\\u0001\""), "\"a/\\n\\u0001\"\n"); }

TEST(Format, LineEndsAreLineFeeds) { EXPECT_EQ(formatted("[1, // c\r\n2]\r\n"), "[\n\t1, // c\n\t2,\n]\n"); }

}  // namespace
}  // namespace aclc
