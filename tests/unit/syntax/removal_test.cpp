// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/removal.h"

#include <gtest/gtest.h>

#include "parser/diagnostics/engine.h"
#include "parser/diagnostics/fixes.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

/// The text without the element that begins with these words.
std::string without(const std::string& text, const std::string& words) {
  DiagnosticEngine findings;
  const SyntaxTree tree = parse(text, findings);
  Diagnostic d;
  d.source = SourceId(size_t{0});
  const auto begin = static_cast<uint32_t>(text.find(words));
  for (size_t i = 0; i < tree.size() && d.fixes.empty(); ++i) {
    if (tree[NodeId(i)].span.begin == begin && !tree.is(NodeId(i), NodeKind::kMissing)) d.fixes.push_back({"", removal(tree, tree[NodeId(i)].span), FixSafety::kSafe});
  }
  return apply_fixes(text, {&d, 1}, d.source).text;
}

struct Case {
  const char *text, *words, *left;
};

void expect(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(without(c.text, c.words), c.left) << c.text;
}

TEST(Removal, TakesTheCommaAndTheLine) {
  expect({{"[\"a\", \"b\", \"c\"]", "\"a\"", "[\"b\", \"c\"]"},
          {"[\"a\", \"b\", \"c\"]", "\"b\"", "[\"a\", \"c\"]"},
          {"[\"a\", \"b\", \"c\"]", "\"c\"", "[\"a\", \"b\"]"},
          {"[\"a\"]", "\"a\"", "[]"},
          {"{ \"a\": 1, \"b\": 2 }", "\"b\"", "{ \"a\": 1 }"},
          {"{ \"a\": 1, \"b\": 2 }", "\"a\"", "{ \"b\": 2 }"},
          {"[\n  1,\n  2,\n  3,\n]", "2", "[\n  1,\n  3,\n]"},
          {"[\n  1,\n  2,\n  3\n]", "3", "[\n  1,\n  2\n]"},
          {"[\r\n  1,\r\n  2,\r\n]", "2", "[\r\n  1,\r\n]"},
          {"[\n  {\n    \"a\": 1\n  },\n  2\n]", "{\n    ", "[\n  2\n]"},
          {"[{\n  \"a\": 1\n}, {\n  \"b\": 2\n}]", "{\n  \"b", "[{\n  \"a\": 1\n}]"}});
}

TEST(Removal, TakesTheCommentsOfTheElement) {
  expect({{"[\n  // one\n  1,\n  // two\n  // and more\n  2, // behind\n  // three\n  3,\n]", "2", "[\n  // one\n  1,\n  // three\n  3,\n]"},
          {"[\n  /* of\n     two lines */\n  1,\n  2\n]", "1", "[\n  2\n]"},
          {"[1, /* two */ 2, 3]", "2", "[1, 3]"},
          {"[1, 2 /* two */, 3]", "2", "[1, 3]"},
          {"[\n  1, // one\n  // two\n  2 // behind\n]", "2", "[\n  1 // one\n]"},
          {"[\n  1,\n  // two\n  2\n]", "2", "[\n  1\n]"},
          {"{\n  \"a\": [], // one\n  \"b\": {\n    // inside\n  }, /* x */ // y\n  \"c\": []\n}", "\"b\"", "{\n  \"a\": [], // one\n  \"c\": []\n}"}});
}

TEST(Removal, LeavesWhatMayBeOfAnother) {
  expect({{"[\n  // heading\n\n  1,\n  2,\n]", "1", "[\n  // heading\n\n  2,\n]"},
          {"[ // of all\n  1, // one\n  2,\n]", "1", "[ // of all\n  2,\n]"},
          {"[\n  // both\n  1, 2,\n]", "1", "[\n  // both\n  2,\n]"},
          {"[\n  1, 2, // both\n]", "2", "[\n  1, // both\n]"},
          {"[\n  1, // one\n     // more of one\n  2,\n]", "2", "[\n  1, // one\n     // more of one\n]"},
          {"[\n  // {\"was\": 1},\n  // two\n  2,\n]", "2", "[\n  // {\"was\": 1},\n]"},
          {"[\n  // aclc:ignore-file any-source -- WHY\n  2,\n]", "2", "[\n  // aclc:ignore-file any-source -- WHY\n]"},
          {"[1, /* of all */\n 2]", "1", "[/* of all */\n 2]"},
          {"[ /* of all */ 1, 2]", "1", "[ /* of all */ 2]"},
          {"[\n  1,\n  // at the end\n]", "1", "[\n  // at the end\n]"}});
}

/// Three elements with comments above, before and behind each in every combination: its own go, and the others stay.
TEST(Removal, LosesNoCommentOfAnother) {
  for (int styles = 0; styles < 8 * 8 * 8; ++styles) {
    for (const bool trailing : {true, false}) {
      std::string text = "[\n";
      std::vector<std::string> kept(3);
      for (int i = 0; i < 3; ++i) {
        const int style = styles >> (3 * i) & 7;
        const std::string n = std::to_string(i + 1);
        std::string entry;
        if (style & 1) entry += "  // above " + n + "\n";
        entry += "  ";
        if (style & 2) entry += "/* before " + n + " */ ";
        entry += "{\"n\": " + n + "}";
        entry += i < 2 || trailing ? "," : "";
        if (style & 4) entry += " // behind " + n;
        text += kept[static_cast<size_t>(i)] = entry + "\n";
      }
      text += "]";
      for (size_t gone = 0; gone < 3; ++gone) {
        std::string left = "[\n";
        for (size_t i = 0; i < 3; ++i) left += i == gone ? "" : kept[i];
        left += "]";
        // Without a comma at the end, what comes last then has none.
        if (gone == 2 && !trailing) left.erase(left.find("2},") + 2, 1);
        ASSERT_EQ(without(text, "{\"n\": " + std::to_string(gone + 1)), left) << text;
      }
    }
  }
}

TEST(Removal, LooksAtNeighboursAloneHoweverLongTheList) {
  constexpr size_t kEntries = 200'000;
  std::string text = "[\n";
  for (size_t i = 0; i < kEntries; ++i) text += "{\"a\": [1]}, // one\n";
  text += "]\n";
  DiagnosticEngine findings;
  const SyntaxTree tree = parse(text, findings);
  size_t removed = 0;
  for (const NodeId entry : tree.children(tree.root())) {  // hours, if each looked at all before it
    const std::vector<Edit> edits = removal(tree, tree[entry].span);
    ASSERT_EQ(edits.size(), 1u);
    removed += edits.front().span.length();
  }
  EXPECT_EQ(removed, text.size() - 4) << "all but the brackets with their lines";
}

TEST(Removal, IsNoneOfWhatHasNoSiblings) {
  EXPECT_EQ(without("{\"a\": \"x\"}", "\"x\""), "{\"a\": \"x\"}");
  EXPECT_EQ(without("[1]", "[1]"), "[1]");
  EXPECT_EQ(without("[1 2, 3", "2"), "[1 3") << "a text that is broken";
  EXPECT_EQ(without("[1, 2", "2"), "[1");
  EXPECT_EQ(without("{\"a\": 1 # why\n \"b\": 2}", "\"b\""), "{\"a\": 1 # why\n }");
}

}  // namespace
}  // namespace aclc
