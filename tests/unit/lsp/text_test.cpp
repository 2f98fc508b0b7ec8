// SPDX-License-Identifier: Apache-2.0
#include "lsp/documents/text.h"

#include <gtest/gtest.h>

#include "lsp/documents/document.h"
#include "lsp/documents/uri.h"

namespace aclc::lsp {
namespace {

TEST(Lines, EndInThreeWays) {
  const TextVersion text("a\nb\r\nc\rd");
  ASSERT_EQ(text.lines.count(), 4u);
  EXPECT_EQ(text.line(0), "a");
  EXPECT_EQ(text.line(1), "b");
  EXPECT_EQ(text.line(2), "c");
  EXPECT_EQ(text.line(3), "d");
  EXPECT_EQ(TextVersion("x\r\n").terminator(), "\r\n");
  EXPECT_EQ(TextVersion("x\ry").terminator(), "\r");
  EXPECT_EQ(TextVersion("x").terminator(), "\n");
}

TEST(Lines, StayTrueWhenTerminatorsAreJoinedAndParted) {
  for (const std::string start : {"a\r\nb", "\r\n\r\n", "a\rb\nc", "", "\n"}) {
    for (uint32_t begin = 0; begin <= start.size(); ++begin) {
      for (uint32_t end = begin; end <= start.size(); ++end) {
        for (const std::string by : {"", "\n", "\r", "x", "\r\n", "\n\r", "y\ny"}) {
          TextVersion text(start);
          text.replace({begin, end}, by);
          EXPECT_EQ(text.lines, LineTable(text.text)) << start << begin << end << by;
        }
      }
    }
  }
}

TEST(Positions, CountTheNegotiatedUnit) {
  // a, e-acute (2 bytes, 1 unit), euro (3, 1), grinning face (4, 2), b
  const TextVersion text("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" "b\n");
  const Positions utf16(text, PositionUnit::kUtf16), utf8(text, PositionUnit::kUtf8);
  EXPECT_EQ(utf16.position(10), (Position{0, 5}));
  EXPECT_EQ(utf8.position(10), (Position{0, 10}));
  EXPECT_EQ(utf16.offset({0, 5}), 10u);
  EXPECT_EQ(utf16.offset({0, 4}), 6u) << "inside a surrogate pair means its start";
  EXPECT_EQ(utf8.offset({0, 8}), 6u) << "inside a character means its start";
  EXPECT_EQ(utf16.position(8), (Position{0, 3}));
}

TEST(Positions, AreClamped) {
  const TextVersion text("ab\r\ncd");
  const Positions at(text, PositionUnit::kUtf16);
  EXPECT_EQ(at.offset({0, 99}), 2u);
  EXPECT_EQ(at.offset({99, 0}), 6u);
  EXPECT_EQ(at.position(3), (Position{0, 2})) << "between CR and LF";
  EXPECT_EQ(at.position(99), (Position{1, 2}));
  EXPECT_EQ(at.span({{1, 1}, {0, 1}}), (Span{1, 5})) << "backwards";
}

TEST(Positions, GoThereAndBackForEveryCharacter) {
  const std::string s = "\xc3\xa9\ta\xcc\x81\xf0\x9f\x98\x80\r\n\xe2\x82\xac\rz";
  const TextVersion text(s);
  for (const PositionUnit unit : {PositionUnit::kUtf8, PositionUnit::kUtf16}) {
    for (uint32_t i = 0; i <= s.size(); ++i) {
      if (i < s.size() && (static_cast<unsigned char>(s[i]) & 0xc0) == 0x80) continue;
      if (i > 0 && i < s.size() && s[i - 1] == '\r' && s[i] == '\n') continue;
      const Positions fresh(text, unit), used(text, unit);
      used.position(static_cast<uint32_t>(s.size()));
      EXPECT_EQ(fresh.offset(fresh.position(i)), i);
      EXPECT_EQ(used.position(i), fresh.position(i));
    }
  }
}

TEST(Documents, ApplyChangesEachToTheResultOfTheOneBefore) {
  Document document("u", 1, "ab\ncd");
  document.change(2, {{Range{{0, 1}, {0, 1}}, "X\n"}, {Range{{1, 0}, {1, 1}}, ""}}, PositionUnit::kUtf16);
  EXPECT_EQ(document.text()->text, "aX\n\ncd");
  EXPECT_EQ(document.version(), 2);
}

TEST(Documents, LeaveTheVersionThatSomebodyHolds) {
  Document document("u", 1, "ab");
  const auto held = document.text();
  document.change(2, {{Range{{0, 0}, {0, 1}}, "zz"}}, PositionUnit::kUtf16);
  EXPECT_EQ(held->text, "ab");
  EXPECT_EQ(document.text()->text, "zzb");
}

TEST(Uris, HaveOneKeyForAllSpellings) {
  EXPECT_EQ(uri_key("file:///c%3A/a%20b"), uri_key("file:///C:/a b"));
  EXPECT_EQ(uri_key("FILE://localhost/x"), uri_key("file:///x"));
  EXPECT_EQ(uri_key("file:/x"), uri_key("file:///x"));
  EXPECT_NE(uri_key("file:///x%23y"), uri_key("file:///x"));
  EXPECT_NE(uri_key("untitled:Untitled-1"), uri_key("untitled:Untitled-2"));
  EXPECT_NE(uri_key("file:///a%"), uri_key("file:///a"));
}

TEST(Uris, GiveAndTakePaths) {
  EXPECT_EQ(uri_to_path("file:///tmp/a%20b%23c"), "/tmp/a b#c");
  EXPECT_EQ(uri_to_path("untitled:Untitled-1"), std::nullopt);
  EXPECT_EQ(uri_to_path("file://server/x"), std::nullopt);
  EXPECT_EQ(path_to_uri("/tmp/a b#c"), "file:///tmp/a%20b%23c");
}

}  // namespace
}  // namespace aclc::lsp
