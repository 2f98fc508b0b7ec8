// SPDX-License-Identifier: Apache-2.0
// Formatting: the canonical layout by edits that leave alone what is in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lsp/client.h"

namespace aclc::lsp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const json kOptions = {{"options", {{"tabSize", 4}, {"insertSpaces", false}}}};

/// First and last line of each edit.
std::vector<std::pair<int, int>> places(const json& edits) {
  std::vector<std::pair<int, int>> out;
  for (const json& edit : edits) out.emplace_back(edit["range"]["start"]["line"], edit["range"]["end"]["line"]);
  return out;
}

TEST(Formatting, LeavesRulesAloneThatAreInOrder) {
  const std::string text =
      "{\n\t\"groups\": {\n\t\t\"group:a\": [\"x@b.c\"],\n\t\t\"group:b\":   [\"x@b.c\"],\n\t},\n\t\"acls\": [\n"
      "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:1\"]}, // größe 😀\n"
      "\t\t{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:2\"]},\n"
      "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:3\"]},\n"
      "\t\t{\"action\": \"accept\", \"src\": [\"*\"],\n\t\t\"dst\": [\"*:4\"]},\n"
      "\t\t{\"action\":  \"accept\", \"src\":  [\"*\"], \"dst\":  [\"*:5\"]},\n\t],\n}\n";
  Client c;
  c.initialize();
  c.open(text);
  const json edits = c.whole("formatting", kOptions);
  EXPECT_THAT(places(edits), ElementsAre(std::pair(3, 3), std::pair(7, 7), std::pair(9, 10), std::pair(11, 11))) << edits;
  const std::string done = edited(text, edits);
  EXPECT_EQ(done,
            "{\n\t\"groups\": {\n\t\t\"group:a\": [\"x@b.c\"],\n\t\t\"group:b\": [\"x@b.c\"],\n\t},\n\t\"acls\": [\n"
            "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:1\"]}, // größe 😀\n"
            "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:2\"]},\n"
            "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:3\"]},\n"
            "\t\t{\n\t\t\t\"action\": \"accept\",\n\t\t\t\"src\":    [\"*\"],\n\t\t\t\"dst\":    [\"*:4\"],\n\t\t},\n"
            "\t\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:5\"]},\n\t],\n}\n");
  c.change(2, {{{"text", done}}});
  EXPECT_THAT(c.whole("formatting", kOptions), IsEmpty());
}

TEST(Formatting, SendsFewEditsWhereAllIsOutOfOrder) {
  std::string text = "{\"acls\": [\n";
  for (int i = 0; i < 3000; ++i) text += "{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"10.0.0.1:" + std::to_string(i + 1) + "\"]},\n";
  text += "]}\n";
  Client c;
  c.initialize();
  c.open(text);
  const json edits = c.whole("formatting", kOptions);
  EXPECT_LT(edits.size(), 2000u) << "editors are slow with thousands";
  EXPECT_GT(edits.size(), 10u) << "and none is of the whole text";
  const std::string done = edited(text, edits);
  EXPECT_TRUE(done.ends_with("\n\t{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"10.0.0.1:3000\"]},\n]}\n")) << done.substr(done.size() - 200);
  c.change(2, {{{"text", done}}});
  EXPECT_THAT(c.whole("formatting", kOptions), IsEmpty());
}

TEST(Formatting, OfARangeTakesWholeMembers) {
  const std::string text =
      "{\n\"acls\": [\n\t{ \"action\": \"accept\",\"src\":[\"a@b.c\",\"d@b.c\"],  \"dst\":[\"*:1\"] },\n"
      "\t{ \"action\": \"accept\",\"src\":[\"*\"], \"dst\":[\"*:2\"] },\n],\n}\n";
  Client c;
  c.initialize();
  c.open(text);
  const auto formatted = [&](const std::string& piece, int length) {
    json options = kOptions;
    options["range"] = Client::range(c.at(piece), c.at(piece, length));
    return edited(text, c.whole("rangeFormatting", options));
  };
  const std::string one =
      "{\n\"acls\": [\n\t{ \"action\": \"accept\", \"src\": [\"a@b.c\", \"d@b.c\"],  \"dst\":[\"*:1\"] },\n"
      "\t{ \"action\": \"accept\",\"src\":[\"*\"], \"dst\":[\"*:2\"] },\n],\n}\n";
  EXPECT_EQ(formatted("src", 2), one) << "inside of a name";
  EXPECT_EQ(formatted("a@b.c", 2), one) << "inside of a value";
  EXPECT_EQ(formatted("a@b.c\",", 8), one) << "over two of a list";
  EXPECT_EQ(formatted("\"accept\",\"src\"", 14),
            "{\n\"acls\": [\n\t{\"action\": \"accept\", \"src\": [\"a@b.c\", \"d@b.c\"],  \"dst\":[\"*:1\"] },\n"
            "\t{ \"action\": \"accept\",\"src\":[\"*\"], \"dst\":[\"*:2\"] },\n],\n}\n");
}

TEST(Formatting, OfARangeInACommentOrBetweenMembersChangesNothing) {
  const std::string text = "{\n\t\"groups\": {\"group:a\":[\"x@b.c\"]},\n\n\t// note\n\n\t\"hosts\": {\"h\":\"10.0.0.1\"},\n}\n";
  Client c;
  c.initialize();
  c.open(text);
  const auto edits = [&](int from_line, int from, int to_line, int to) {
    json options = kOptions;
    options["range"] = Client::range({{"line", from_line}, {"character", from}}, {{"line", to_line}, {"character", to}});
    return c.whole("rangeFormatting", options);
  };
  EXPECT_THAT(edits(3, 1, 3, 8), IsEmpty());
  EXPECT_THAT(edits(2, 0, 2, 0), IsEmpty());
  EXPECT_THAT(edits(6, 0, 6, 1), IsEmpty());
  EXPECT_THAT(edits(100, 0, 200, 0), IsEmpty());
  EXPECT_EQ(places(edits(1, 20, 1, 22)), (std::vector<std::pair<int, int>>{{1, 1}}));
}

TEST(Formatting, HasOneLayoutWhateverTheTabsOfTheEditor) {
  const std::string text = "{\n  \"acls\": [\n    {\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:1\"]},\n  ],\n}\n";
  Client c;
  c.initialize();
  c.open(text);
  EXPECT_EQ(c.whole("formatting", {{"options", {{"tabSize", 2}, {"insertSpaces", true}}}}), c.whole("formatting", kOptions))
      << "`aclc fmt --check` and the hosted editor would say otherwise";
}

}  // namespace
}  // namespace aclc::lsp::test
