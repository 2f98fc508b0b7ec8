// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/support/parsed.h"

namespace aclc {
namespace {

TEST(Tree, HoldsEveryKindWithItsSpan) {
  const Parsed p("// head\n{\"a\": [1, true, false, null, \"s\"], /* in */ \"b\": {},}\n");
  ASSERT_TRUE(p.ok()) << p.slugs();
  EXPECT_EQ(p.tree.dump(),
            "object 8..61 trailing-comma\n"
            "  member 9..41\n"
            "    string 9..12 \"a\"\n"
            "    array 14..41\n"
            "      number 15..16 1\n"
            "      true 18..22 true\n"
            "      false 24..29 false\n"
            "      null 31..35 null\n"
            "      string 37..40 \"s\"\n"
            "  member 52..59\n"
            "    string 52..55 \"b\"\n"
            "    object 57..59\n");
}

TEST(Tree, WalksMembersAndElements) {
  const Parsed p(R"({"x": [[], 2], "x": {"y": 3}})");
  ASSERT_TRUE(p.ok());
  std::string seen;
  for (const NodeId member : p.tree.children(p.tree.root())) {
    seen += p.tree.text_of(p.tree.name_of(member));
    seen += '=';
    for (const NodeId inner : p.tree.children(p.tree.value_of(member))) {
      seen += p.tree.text_of(inner);
      seen += ';';
    }
  }
  EXPECT_EQ(seen, R"("x"=[];2;"x"="y": 3;)");
}

TEST(Tree, DecodesStrings) {
  const Parsed p(R"(["plain", "\"\\\/\b\f\n\r\t", "\u0041\u00e9\u65e5\ud83d\ude00", "\ud83dx\udc00", "é日"])");
  ASSERT_TRUE(p.ok()) << p.slugs();
  std::vector<std::string> values;
  for (const NodeId s : p.tree.children(p.tree.root())) {
    std::string scratch;
    values.emplace_back(p.tree.string_value(s, scratch));
  }
  EXPECT_EQ(values, (std::vector<std::string>{"plain", "\"\\/\b\f\n\r\t", "Aé日😀", "\ufffdx\ufffd", "é日"}));
}

TEST(Tree, ViewsOfPlainStringsPointIntoTheText) {
  const Parsed p(R"("abc")");
  std::string scratch;
  EXPECT_EQ(p.tree.string_value(p.tree.root(), scratch).data(), p.text.data() + 1);
}

TEST(Tree, FindsTheTextBehindADecodedByte) {
  const Parsed p(R"("a\u00e9b\n:\ud83d\ude00.")");
  const NodeId root = p.tree.root();
  const auto at = [&](uint32_t index) { return p.text.substr(p.tree.string_offset(root, index), 2); };
  EXPECT_EQ(at(0), "a\\");
  EXPECT_EQ(at(1), "\\u");
  EXPECT_EQ(at(3), "b\\");
  EXPECT_EQ(at(4), "\\n");
  EXPECT_EQ(at(5), ":\\");
  EXPECT_EQ(at(6), "\\u");
  EXPECT_EQ(at(10), ".\"");
}

TEST(Tree, FindsTheDeepestNodeAtAnOffset) {
  const Parsed p(R"({"a": [10, 20], "b": "c"})");
  const auto text_at = [&](uint32_t offset) { return std::string(p.tree.text_of(p.tree.node_at(offset))); };
  EXPECT_EQ(text_at(0), p.text);
  EXPECT_EQ(text_at(2), "\"a\"");
  EXPECT_EQ(text_at(7), "10");
  EXPECT_EQ(text_at(9), "10");  // its end, where a comma follows
  EXPECT_EQ(text_at(10), "[10, 20]");
  EXPECT_EQ(text_at(22), "\"c\"");
}

TEST(Tree, PrintsItsTextAgain) {
  for (const char* text : {"", " ", "{}", "// c\n[1, /* x */ 2,]\r\n", "{\"a\"", "]]", "\"a", "{\"a\": \"b\n}", "\xff\xfe", "[1 2}{"}) {
    EXPECT_EQ(Parsed(text).tree.print(), text);
  }
  const std::string with_nul("[\0]", 3);
  EXPECT_EQ(Parsed(with_nul).tree.print(), with_nul);
}

TEST(Tree, TakesAtMostTwelveBytesForAByteOfText) {
  std::string small = "[";
  for (int i = 0; i < 100'000; ++i) small += "1,";
  small += "1]";
  std::string named = "{";
  for (int i = 0; i < 50'000; ++i) named += "\"\":1,";
  named += "\"\":1}";
  for (const std::string& text : {small, named}) {
    const Parsed p(text);
    ASSERT_TRUE(p.ok());
    EXPECT_LE(p.tree.size() * sizeof(SyntaxNode), text.size() * 12);
    EXPECT_LE(p.tree.memory(), text.size() * 12);
  }
}

}  // namespace
}  // namespace aclc
