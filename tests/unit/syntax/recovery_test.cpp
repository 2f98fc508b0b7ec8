// SPDX-License-Identifier: Apache-2.0
// One mistake, one message; its fix, where it has one, makes the text whole; what is not broken is understood.
#include <gtest/gtest.h>

#include "parser/diagnostics/fixes.h"
#include "tests/support/parsed.h"

namespace aclc {
namespace {

struct Mistake {
  std::string text;
  std::string slug;
  std::string fixed = "";  ///< empty: no fix is offered
};

void PrintTo(const Mistake& m, std::ostream* out) { *out << m.text; }

class OneMistake : public testing::TestWithParam<Mistake> {};

TEST_P(OneMistake, GivesOneMessage) {
  const Mistake& m = GetParam();
  const Parsed p(m.text);
  EXPECT_EQ(p.slugs(), m.slug) << p.tree.dump();
  ASSERT_FALSE(p.found.empty());
  EXPECT_TRUE(p.found[0].upstream_text.starts_with("hujson: line ")) << p.found[0].upstream_text;
  EXPECT_EQ(p.tree.print(), m.text);
  if (m.fixed.empty()) {
    EXPECT_EQ(p.fixed(), m.text);
    return;
  }
  EXPECT_EQ(p.fixed(), m.fixed);
  const Parsed again(p.fixed());
  EXPECT_TRUE(again.ok()) << again.slugs();
}

INSTANTIATE_TEST_SUITE_P(
    Commas, OneMistake,
    testing::Values(Mistake{R"({"a": 1 "b": 2})", "missing-comma", R"({"a": 1, "b": 2})"},
                    Mistake{"{\"a\": 1 // one\n\"b\": 2}", "missing-comma", "{\"a\": 1, // one\n\"b\": 2}"},
                    Mistake{R"(["a" "b"])", "missing-comma", R"(["a", "b"])"},
                    Mistake{R"([{} {}])", "missing-comma", R"([{}, {}])"},
                    Mistake{R"([1,, 2])", "extra-comma", R"([1, 2])"}, Mistake{R"({, "a": 1})", "extra-comma", R"({ "a": 1})"},
                    Mistake{R"({"a": 1; "b": 2})", "unexpected-character", R"({"a": 1, "b": 2})"}));

INSTANTIATE_TEST_SUITE_P(
    Colons, OneMistake,
    testing::Values(Mistake{R"({"a" 1})", "missing-colon", R"({"a": 1})"}, Mistake{R"({"a":: 1})", "extra-colon", R"({"a": 1})"},
                    Mistake{R"(["a": "b"])", "unexpected-character", R"(["a", "b"])"}, Mistake{R"({: 1, "b": 2})", "missing-name"},
                    Mistake{R"({"a" => 1})", "unexpected-character", R"({"a" : 1})"},
                    Mistake{R"({"a" = 1})", "unexpected-character", R"({"a" : 1})"}));

INSTANTIATE_TEST_SUITE_P(
    Values, OneMistake,
    testing::Values(Mistake{R"({"a": , "b": 2})", "missing-value"}, Mistake{R"({"a", "b": 2})", "missing-value"},
                    Mistake{R"({"a": 1, "b"})", "missing-value"}, Mistake{R"({"a" "b": 2})", "missing-value"},
                    Mistake{R"({"a": "b" "c", "d": 2})", "extra-value", R"({"a": "b" , "d": 2})"},
                    Mistake{R"({"a": 1 2, "b": 2})", "extra-value", R"({"a": 1 , "b": 2})"},
                    Mistake{R"({"a": True})", "invalid-literal", R"({"a": true})"},
                    Mistake{R"({"a": None})", "invalid-literal", R"({"a": null})"},
                    Mistake{R"([accept])", "invalid-literal", R"(["accept"])"}, Mistake{R"([01])", "invalid-literal"},
                    Mistake{R"([1.])", "invalid-literal"}, Mistake{R"([-])", "invalid-literal"},
                    Mistake{R"({a: 1})", "name-not-string", R"({"a": 1})"}, Mistake{R"({1: 2})", "name-not-string", R"({"1": 2})"},
                    Mistake{R"({"a": <b>, "c": 1})", "unexpected-character"},
                    Mistake{R"({"a": ${NAME}, "b": 2})", "unfilled-placeholder"}));

INSTANTIATE_TEST_SUITE_P(
    Brackets, OneMistake,
    testing::Values(Mistake{R"({"a": [1, 2, "b": 2})", "unclosed-bracket", R"({"a": [1, 2], "b": 2})"},
                    Mistake{R"({"a": [1 "b": 2})", "unclosed-bracket", R"({"a": [1], "b": 2})"},
                    Mistake{R"({"a": [1, 2})", "unclosed-bracket", R"({"a": [1, 2]})"},
                    Mistake{R"({"a": [1, 2}, "b": 2})", "mismatched-bracket", R"({"a": [1, 2], "b": 2})"},
                    Mistake{R"({"a": {"c": 1]})", "mismatched-bracket", R"({"a": {"c": 1}})"},
                    Mistake{R"({"a": [1]], "b": 2})", "stray-bracket", R"({"a": [1], "b": 2})"},
                    Mistake{R"([{"y": 2, {"z": 3}])", "unclosed-bracket", R"([{"y": 2}, {"z": 3}])"},
                    Mistake{"[{\"y\": 2\n {\"z\": 3}]", "unclosed-bracket", "[{\"y\": 2},\n {\"z\": 3}]"},
                    Mistake{"{\n  \"a\": [\n    1,\n  },\n  \"c\": 1\n}\n", "mismatched-bracket", "{\n  \"a\": [\n    1,\n  ],\n  \"c\": 1\n}\n"},
                    Mistake{R"({"a": {"x": [2])", "unclosed-bracket", "{\"a\": {\"x\": [2]}}"}));

INSTANTIATE_TEST_SUITE_P(
    Quotes, OneMistake,
    testing::Values(Mistake{R"({"src": ["group:a], "dst": ["b"]})", "unclosed-string", R"({"src": ["group:a"], "dst": ["b"]})"},
                    Mistake{R"({"a: 1, "b": 2})", "unclosed-string", R"({"a": 1, "b": 2})"},
                    Mistake{"{\"a\": \"x,\n \"b\": 2}", "unclosed-string", "{\"a\": \"x\",\n \"b\": 2}"},
                    Mistake{"{\"a\": 1,\n \"b: 2,\n \"c\": 3}", "unclosed-string", "{\"a\": 1,\n \"b\": 2,\n \"c\": 3}"},
                    Mistake{R"(["a])", "unclosed-string", R"(["a"])"},
                    Mistake{R"([tag:web", "b"])", "lost-quote", R"(["tag:web", "b"])"},
                    Mistake{R"({'a': 1})", "wrong-quotes", R"({"a": 1})"}, Mistake{R"([`a`])", "wrong-quotes", R"(["a"])"},
                    Mistake{R"({"a": “x”})", "wrong-quotes", R"({"a": "x"})"},
                    Mistake{R"(["a", “b", "c"])", "wrong-quotes", R"(["a", "b", "c"])"},
                    Mistake{R"(["a", "b”, "c"])", "wrong-quotes", R"(["a", "b", "c"])"},
                    Mistake{R"({"a": "x”})", "wrong-quotes", R"({"a": "x"})"}));

INSTANTIATE_TEST_SUITE_P(
    NoQuotes, OneMistake,
    testing::Values(Mistake{R"({"src": [10.0.0.0/8], "b": 1})", "invalid-literal", R"({"src": ["10.0.0.0/8"], "b": 1})"},
                    Mistake{R"(["a", tag:web:443, "b"])", "invalid-literal", R"(["a", "tag:web:443", "b"])"},
                    Mistake{R"([*:*])", "invalid-literal", R"(["*:*"])"}, Mistake{R"([*])", "invalid-literal", R"(["*"])"},
                    Mistake{R"([::1])", "invalid-literal", R"(["::1"])"}, Mistake{R"([10.0.0.1])", "invalid-literal", R"(["10.0.0.1"])"},
                    Mistake{R"({"a": alice@example.com})", "invalid-literal", R"({"a": "alice@example.com"})"},
                    Mistake{R"([a:1/* c */, "b"])", "invalid-literal", R"(["a:1"/* c */, "b"])"},
                    Mistake{R"({group:a: ["b"]})", "name-not-string", R"({"group:a": ["b"]})"},
                    Mistake{R"({group:a:["b"]})", "name-not-string", R"({"group:a":["b"]})"},
                    Mistake{R"([o'brien@example.com])", "invalid-literal", R"(["o'brien@example.com"])"},
                    Mistake{R"({my_host: "b"})", "name-not-string", R"({"my_host": "b"})"},
                    Mistake{R"([80-90])", "invalid-literal", R"(["80-90"])"},
                    Mistake{R"(["a", [fd7a::1]:22, "b"])", "invalid-literal", R"(["a", "[fd7a::1]:22", "b"])"},
                    Mistake{R"(["a", remove 10.0.1.0/24])", "invalid-literal", R"(["a", "remove 10.0.1.0/24"])"},
                    Mistake{R"([node:os == 'macos', "b"])", "invalid-literal", R"(["node:os == 'macos'", "b"])"},
                    // A quote without a partner is what is missing.
                    Mistake{R"([a:1 b", "c"])", "lost-quote", R"(["a:1 b", "c"])"}));

INSTANTIATE_TEST_SUITE_P(
    Invisible, OneMistake,
    testing::Values(Mistake{"{\"a\":\u00a0[1]}", "unexpected-character", "{\"a\": [1]}"},
                    Mistake{"[1,\u200b2]", "unexpected-character", "[1, 2]"},
                    Mistake{std::string("{\"a\":\0[1]}", 10), "unexpected-character", "{\"a\": [1]}"},
                    Mistake{"{}\u00a0", "unexpected-character", "{} "}));

INSTANTIATE_TEST_SUITE_P(
    InsideStrings, OneMistake,
    testing::Values(Mistake{R"(["\q"])", "invalid-escape", R"(["\\q"])"}, Mistake{R"(["\u12"])", "invalid-escape", R"(["\\u12"])"},
                    Mistake{"[\"a\tb\"]", "control-character", "[\"a\\tb\"]"},
                    Mistake{std::string("[\"a\0b\"]", 7), "control-character", "[\"a\\u0000b\"]"}));

INSTANTIATE_TEST_SUITE_P(
    Ends, OneMistake,
    testing::Values(Mistake{"", "empty-text"}, Mistake{" \n", "empty-text"}, Mistake{"// only\n", "empty-text"},
                    Mistake{"{} // end", "comment-at-end", "{} // end\n"}, Mistake{"{} /* end", "unclosed-comment", "{} /* end*/"},
                    Mistake{R"({"a": 1}})", "text-after-end", R"({"a": 1})"}, Mistake{R"({"a": 1} x)", "text-after-end", R"({"a": 1} )"},
                    Mistake{R"({"a": 1} {"b": 2})", "text-after-end"},
                    Mistake{R"("a": 1, "b": 2)", "stray-bracket", "{\"a\": 1, \"b\": 2}\n"},
                    Mistake{"  \"a\": {\"c\": 1},\n  \"b\": 2\n}\n", "stray-bracket", "  {\"a\": {\"c\": 1},\n  \"b\": 2\n}\n"},
                    Mistake{"\xef\xbb\xbf{}", "byte-order-mark", "{}"}, Mistake{"# c\n{}", "hash-comment", "// c\n{}"}));

TEST(Recovery, MoreOfTheSameGarbageIsNotReportedAgain) {
  EXPECT_EQ(Parsed(R"({"a": x y z, "b": 2})").slugs(), "invalid-literal");
  EXPECT_EQ(Parsed(R"({[1]: 2, "b": 3})").slugs(), "name-not-string extra-colon");
}

TEST(Recovery, QuotesEachOfSeveralTextsWithoutCommas) {
  const Parsed p("{\"a\": [ann@x.test bo@x.test,\n tag:a\n tag:b]}");
  EXPECT_EQ(p.slugs(), "invalid-literal missing-comma invalid-literal invalid-literal missing-comma invalid-literal");
}

TEST(Recovery, AnArrayInAnArrayIsNoAddress) {
  EXPECT_TRUE(Parsed("[[1], [[2], [\"a:b\"]]]").ok());
  EXPECT_EQ(Parsed("[[::1]]").slugs(), "invalid-literal");
}

TEST(Recovery, AWordEndsBeforeWhatCannotBeSeen) {
  const Parsed p("[tag:a\u200b, \"b\"]");
  EXPECT_EQ(p.slugs(), "invalid-literal unexpected-character");
  EXPECT_EQ(p.found[0].span, (Span{1, 6}));
}

TEST(Recovery, CommasForgottenOnSeveralLinesInARowAreEachMended) {
  for (const std::string indent : {"", "  "}) {
    const Parsed members("{\n" + indent + "\"a\": 1\n" + indent + "\"b\": [2]\n" + indent + "\"c\": 3\n}\n");
    EXPECT_EQ(members.slugs(), "missing-comma missing-comma");
    EXPECT_TRUE(Parsed(members.fixed()).ok()) << members.fixed();
    const Parsed elements("{\"a\": [\n" + indent + "\"x\"\n" + indent + "\"y\"\n" + indent + "\"z\"\n], \"b\": 1}\n");
    EXPECT_EQ(elements.slugs(), "missing-comma missing-comma");
    EXPECT_TRUE(Parsed(elements.fixed()).ok()) << elements.fixed();
  }
}

TEST(Recovery, CommasForgottenInOneLineAreEachMended) {
  const Parsed p(R"({"a": 1 "b": ["x"] "c": ["y" "z"]})");
  EXPECT_EQ(p.slugs(), "missing-comma missing-comma missing-comma");
  EXPECT_EQ(p.fixed(), R"({"a": 1, "b": ["x"], "c": ["y", "z"]})");
}

TEST(Recovery, AMarkOfAMergeIsOneFault) {
  EXPECT_EQ(Parsed("{\n<<<<<<< HEAD\n\"a\": 1,\n=======\n\"b\": 2,\n>>>>>>> theirs\n}\n").slugs(), "merge-conflict merge-conflict merge-conflict");
}

TEST(Recovery, NoElementIsTooMuchWhereNothingIsIndented) {
  EXPECT_EQ(Parsed("{\"a\": [{\"b\": [\n\"x\"\n\"y\"\n], \"c\": 1}]}\n").slugs(), "missing-comma");
}

TEST(Recovery, ClosesATextThatEndsInAComment) {
  const Parsed p("\"a\": 1 // end");
  EXPECT_EQ(apply_fixes(p.text, p.found, SourceId()).text, "{\"a\": 1 // end\n}\n");
}

// The end of the line was looked for at each word.
TEST(Recovery, LongLinesOfWordsAndMarksAreReadInLittleTime) {
  for (const char* piece : {"1,", "-1,", "--1,", "true,", "<!-- -->1,", "/1,"}) {
    std::string text = "[";
    while (text.size() < 600'000) text += piece;
    const Parsed p(text + "1]");
    EXPECT_GT(p.tree.size(), 1u) << piece;
  }
}

// Each mark was read with all that follow it, once for each mistake.
TEST(Recovery, ManyMarksInARowAreReadInLittleTime) {
  for (const char* mark : {"'", "'a'", "`", "\u00a0", "\u0080"}) {
    std::string text = "{\"a\":[";
    for (int i = 0; i < 100'000; ++i) text += mark;
    EXPECT_FALSE(Parsed(text).ok());
  }
}

TEST(Recovery, RefusesInvalidUtf8AtTheByte) {
  const Parsed p("{\"a\": \"x\xff\xfey\", /* \xe9 */ \"b\": \"\xe2\x82\"}");
  ASSERT_EQ(p.slugs(), "invalid-utf8 invalid-utf8 invalid-utf8");
  EXPECT_EQ(p.found[0].span, (Span{8, 10}));
  EXPECT_EQ(p.found[1].span, (Span{17, 18}));
  EXPECT_EQ(p.found[2].span, (Span{28, 30}));
}

TEST(Recovery, TheFirstErrorAloneHasTheLibrarysWords) {
  const Parsed p("{\"a\" 1,\n\"b\" 2}");
  ASSERT_EQ(p.slugs(), "missing-colon missing-colon");
  EXPECT_EQ(p.found[0].upstream_text, "hujson: line 1, column 6: invalid character '1' after object name");
  EXPECT_EQ(p.found[1].upstream_text, "");
}

TEST(Recovery, ShowsTheBracketThatWasForgotten) {
  const Parsed p("{\n  \"a\": {\n    \"x\": 1,\n  \"b\": 3\n}\n");
  ASSERT_EQ(p.slugs(), "unclosed-bracket");
  ASSERT_EQ(p.found[0].labels.size(), 1u);
  EXPECT_EQ(p.found[0].labels[0].span, (Span{9, 10}));
}

TEST(Recovery, MendsAHalfWrittenRule) {
  const Parsed p("{\n  \"acls\": [\n    {\"src\": [\"a\"\n    {\"src\": [\"b\"], \"dst\": [\"c:1\"]},\n  ],\n  \"ssh\": []\n}\n");
  EXPECT_EQ(p.slugs(), "unclosed-bracket") << p.tree.dump();
  EXPECT_TRUE(Parsed(p.fixed()).ok()) << p.fixed();
  const Parsed star("{\"acls\": [{\"src\": [\"*\"}]}");
  EXPECT_EQ(star.slugs(), "unclosed-bracket");
}

TEST(Recovery, FindsTheLostBraceOfARuleAfterOneOnALine) {
  const Parsed p("{\n\"acls\": [\n  {\"a\": 1, \"b\": [2]},\n\n    \"a\": 3,\n    \"b\": [4],\n  },\n  {\"a\": 5},\n],\n}\n");
  ASSERT_EQ(p.slugs(), "stray-bracket") << p.tree.dump();
  EXPECT_EQ(p.found[0].span.begin, p.text.find("\"a\": 3"));
  EXPECT_TRUE(Parsed(p.fixed()).ok()) << p.fixed();
}

TEST(Recovery, FindsTheLostBraceBeforeANameThatTheRuleBeforeBeginsWith) {
  const Parsed p("{\n\"acls\": [\n  {\"a\": 1, \"b\": [2]},\n  \"a\": 3, \"b\": [4]},\n  {\"a\": 5},\n],\n}\n");
  ASSERT_EQ(p.slugs(), "stray-bracket") << p.tree.dump();
  EXPECT_EQ(p.found[0].span.begin, p.text.find("\"a\": 3"));
  EXPECT_TRUE(Parsed(p.fixed()).ok()) << p.fixed();
}

TEST(Recovery, FindsALostBracketByTheLayout) {
  const Parsed p("{\n  \"groups\": {\n    \"a\": [],\n  \"hosts\": {\n    \"b\": \"1\",\n  },\n  \"acls\": [],\n}\n");
  ASSERT_EQ(p.slugs(), "unclosed-bracket");
  EXPECT_EQ(p.found[0].span.begin, p.text.find(",\n  \"hosts\""));
  EXPECT_TRUE(Parsed(p.fixed()).ok()) << p.fixed();
}

TEST(Recovery, UnderstandsWhatComesAfter) {
  const Parsed p("{\n\"acls\": [{\"src\": [\"a], \"dst\": [\"b\"]}, {\"src\": 1 2}],\n\"ssh\" []\n}\n");
  EXPECT_EQ(p.slugs(), "unclosed-string extra-value missing-colon");
  std::string names;
  for (const NodeId m : p.tree.children(p.tree.root())) names += p.tree.text_of(p.tree.name_of(m));
  EXPECT_EQ(names, R"("acls""ssh")");
}

}  // namespace
}  // namespace aclc
