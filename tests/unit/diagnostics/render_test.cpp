// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/render.h"

#include <nlohmann/json.hpp>

#include "tests/unit/diagnostics/findings.h"

namespace aclc {
namespace {

using test::OneText;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const OneText& t, const Diagnostic& d, const TextStyle& style = {}) {
  return render_text(t.sources, {&d, 1}, style);
}

/// The two lines under the message: source and underline.
std::string snippet(const OneText& t, const Diagnostic& d, const TextStyle& style = {}) {
  const std::string all = text_of(t, d, style);
  return all.substr(all.find('\n') + 1);
}

TEST(RenderText, ShowsPlaceMessageAndUnderline) {
  const OneText t("{\n  \"dst\": [\"tag:x\"],\n}\n");
  EXPECT_EQ(text_of(t, t.unknown_tag("tag:x")),
            "p.hujson:2:12: error: tag `tag:x` has no entry in tagOwners [unknown-tag]\n"
            "     2 |   \"dst\": [\"tag:x\"],\n"
            "       |            ^^^^^\n");
}

TEST(RenderText, ShowsLabelsHelpAndFixes) {
  const OneText t("[\"tag:a\",\n \"tag:b\"]\n");
  const Diagnostic d =
      t.unknown_tag("tag:b").label(t.at("tag:a"), "this one has").help("do that").fix("replace it", {});
  EXPECT_THAT(text_of(t, d), EndsWith("     2 |  \"tag:b\"]\n"
                                      "       |   ^^^^^\n"
                                      "     1 | [\"tag:a\",\n"
                                      "       |   ----- this one has\n"
                                      "  help: do that\n"
                                      "  fix: replace it\n"));
}

TEST(RenderText, ShowsALineOnceForAllThatStandsOnIt) {
  const OneText t("tag:a tag:b\n");
  EXPECT_EQ(snippet(t, t.unknown_tag("tag:b").label(t.at("tag:a"), "this one has")),
            "     1 | tag:a tag:b\n"
            "       |       ^^^^^\n"
            "       | ----- this one has\n");
}

TEST(RenderText, NamesTheFileOfALabelElsewhere) {
  OneText t("tag:b\n");
  const SourceId other = t.sources.add("tailnet.json", "x\n  tag:b\n");
  const Diagnostic d = t.unknown_tag("tag:b").label({4, 9}, "a node has it", other);
  EXPECT_THAT(text_of(t, d), EndsWith("  tailnet.json:2:3:\n     2 |   tag:b\n       |   ----- a node has it\n"));
}

TEST(RenderText, MeasuresTabsWideAndCombiningCharacters) {
  const OneText tabs("\t\ttag:x\n");
  EXPECT_EQ(snippet(tabs, tabs.unknown_tag("tag:x")), "     1 |         tag:x\n       |         ^^^^^\n");
  const OneText wide("日本 tag:日本\n");
  EXPECT_EQ(snippet(wide, wide.unknown_tag("tag:日本")), "     1 | 日本 tag:日本\n       |      ^^^^^^^^\n");
  const OneText combining("e\u0301 tag:x\n");
  EXPECT_EQ(snippet(combining, combining.unknown_tag("tag:x")), "     1 | e\u0301 tag:x\n       |   ^^^^^\n");
}

TEST(RenderText, CountsColumnsInCodePoints) {
  const OneText t("äöü tag:x\n");
  EXPECT_THAT(text_of(t, t.unknown_tag("tag:x")), HasSubstr("p.hujson:1:5:"));
}

TEST(RenderText, MakesControlsAndDirectionMarksVisible) {
  const OneText t("a\x1b[2J\u202e tag:x\x01\n");
  const std::string shown = text_of(t, diag::UnknownTag(t.at("tag:x"), "tag:x\x1b[2J").in(t.id));
  EXPECT_THAT(shown, HasSubstr("a<U+001B>[2J<U+202E> tag:x<U+0001>"));
  EXPECT_THAT(shown, HasSubstr("tag `tag:x<U+001B>[2J` has"));
  EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
}

TEST(RenderText, ShowsIllFormedBytesByTheirNumber) {
  const OneText t("\xff tag:x\n");
  EXPECT_EQ(snippet(t, t.unknown_tag("tag:x")), "     1 | <xFF> tag:x\n       |       ^^^^^\n");
}

TEST(RenderText, CutsLongLinesRoundThePlace) {
  const OneText t(std::string(5'000'000, 'a') + " tag:x " + std::string(5'000'000, 'b'));
  const std::string shown = snippet(t, t.unknown_tag("tag:x"));
  EXPECT_LT(shown.size(), 500u);
  EXPECT_THAT(shown, HasSubstr("...aaaa"));
  const size_t column = shown.find("tag:x");
  ASSERT_NE(column, std::string::npos);
  EXPECT_EQ(shown.substr(shown.find('\n') + 1 + column, 5), "^^^^^");
}

TEST(RenderText, CutsLongLinesBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "日";
  const OneText t(text + "tag:x");
  const std::string shown = snippet(t, t.unknown_tag("tag:x"));
  EXPECT_THAT(shown, Not(HasSubstr("<x")));
}

TEST(RenderText, UnderlinesOnlyTheFirstLineOfALongPlace) {
  const OneText t("ab [\n  1\n]\n");
  EXPECT_EQ(snippet(t, t.unknown_tag("[\n  1\n]")), "     1 | ab [\n       |    ^\n");
}

TEST(RenderText, PointsPastTheEndOfALineAndOfTheText) {
  const OneText t("ab\r\n");
  EXPECT_EQ(snippet(t, diag::UnknownTag({2, 2}, "x").in(t.id)), "     1 | ab\n       |   ^\n");
  EXPECT_EQ(snippet(t, diag::UnknownTag({4, 4}, "x").in(t.id)), "     2 | \n       | ^\n");
  const OneText empty("");
  EXPECT_EQ(snippet(empty, diag::UnknownTag({0, 0}, "x").in(empty.id)), "     1 | \n       | ^\n");
}

TEST(RenderText, ColoursOnlyWhenAsked) {
  const OneText t("tag:x");
  EXPECT_THAT(text_of(t, t.unknown_tag("tag:x")), Not(HasSubstr("\x1b")));
  EXPECT_THAT(text_of(t, t.unknown_tag("tag:x"), {.colour = true}), HasSubstr("\x1b[1;31merror:"));
}

TEST(RenderText, SaysHowManyMoreThereAre) {
  const OneText t("tag:x");
  const std::vector<Diagnostic> many(5, t.unknown_tag("tag:x"));
  EXPECT_THAT(render_text(t.sources, many, {.max_shown = 2}), EndsWith("... and 3 more\n"));
  EXPECT_THAT(render_text(t.sources, many, {.max_shown = 0}), Not(HasSubstr("more")));
}

TEST(RenderJson, HasEveryPromisedMember) {
  const OneText t("ä\n \"tag:b\" tag:a");
  const Diagnostic d = t.unknown_tag("tag:b")
                           .upstream("src=")
                           .help("h")
                           .label(t.at("tag:a"), "l")
                           .fix("f", {{t.at("\"tag:b\""), "\"tag:c\""}});
  const auto json =
      nlohmann::json::parse(render_json(t.sources, {&d, 1}, false, std::vector<JsonMember>{{"tests", "{}"}}));
  const auto expected = nlohmann::json::parse(R"({"ok": false, "diagnostics": [{
      "slug": "unknown-tag", "severity": "error", "message": "tag `tag:b` has no entry in tagOwners", "upstream": "src=",
      "path": "p.hujson", "line": 2, "column": 3, "end_line": 2, "end_column": 8, "offset": 5, "length": 5, "help": "h",
      "labels": [{"path": "p.hujson", "line": 2, "column": 10, "message": "l"}],
      "fixes": [{"title": "f", "safe": true, "edits": [{"offset": 4, "length": 7, "text": "\"tag:c\""}]}]}], "tests": {}})");
  EXPECT_EQ(json, expected);
}

TEST(RenderJson, IsValidWhateverTheText) {
  const OneText t("\xff tag:x", "\xfe.hujson");
  const Diagnostic d = diag::UnknownTag(t.at("tag:x"), "tag:\xc3").in(t.id).help("\xf0\x9f");
  const auto json = nlohmann::json::parse(render_json(t.sources, {&d, 1}, true));
  EXPECT_EQ(json["diagnostics"][0]["message"], "tag `tag:\ufffd` has no entry in tagOwners");
  EXPECT_EQ(nlohmann::json::parse(render_json(t.sources, {}, true)),
            nlohmann::json::parse(R"({"ok": true, "diagnostics": []})"));
}

TEST(RenderJson, FindsPlacesOnOneLongLineQuickly) {
  const OneText t(std::string(8'000'000, 'x'));
  std::vector<Diagnostic> many;
  for (uint32_t i = 0; i < 20'000; ++i) many.push_back(diag::UnknownTag({i * 400, i * 400 + 1}, "x").in(t.id));
  const auto json = nlohmann::json::parse(render_json(t.sources, many, false));
  EXPECT_EQ(json["diagnostics"][19'999]["column"], 19'999 * 400 + 1);
}

}  // namespace
}  // namespace aclc
