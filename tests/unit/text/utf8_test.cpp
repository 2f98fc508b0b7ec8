// SPDX-License-Identifier: Apache-2.0
#include "base/text/utf8.h"

#include <gtest/gtest.h>

#include "base/text/quote.h"

namespace aclc {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, DecodesEachLength) {
  const std::string_view text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x99";
  EXPECT_EQ(decode_utf8(text, 0).value, U'a');
  EXPECT_EQ(decode_utf8(text, 1).value, U'\u00e9');
  EXPECT_EQ(decode_utf8(text, 3).value, U'\u20ac');
  EXPECT_EQ(decode_utf8(text, 6).value, U'\U0001f419');
  EXPECT_EQ(decode_utf8(text, 6).length, 4);
  EXPECT_EQ(count_code_points(text), 4u);
  EXPECT_EQ(utf16_length(text), 5u);
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(Utf8, FindsTheFirstIllFormedByte) {
  struct Case {
    std::string_view text;
    size_t at;
  };
  for (const Case& c : {Case{"ok\xff", 2}, Case{"12345678\x80", 8}, Case{"\xc0\xaf", 0}, Case{"\xc1\xbf", 0},
                        Case{"\xe0\x9f\xbf", 0}, Case{"\xed\xa0\x80", 0}, Case{"\xf0\x8f\xbf\xbf", 0},
                        Case{"\xf4\x90\x80\x80", 0}, Case{"\xf5\x80\x80\x80", 0}, Case{"a\xe2\x82", 1},
                        Case{"\xc3\xa9\xc3", 2}, Case{"\xf0\x9f\x90 ", 0}}) {
    EXPECT_EQ(first_invalid_utf8(c.text), c.at) << testing::PrintToString(c.text);
  }
  for (std::string_view good : {""sv, "\0"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
    EXPECT_TRUE(is_valid_utf8(good));
  }
}

TEST(Utf8, EveryCodePointIsDecodedAndEverySurrogateRefused) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    std::string text;
    const auto put = [&](char32_t v) { text += static_cast<char>(v); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
    } else {
      put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
    }
    const CodePoint got = decode_utf8(text, 0);
    const bool surrogate = c >= 0xd800 && c <= 0xdfff;
    ASSERT_EQ(got.valid, !surrogate) << std::hex << static_cast<uint32_t>(c);
    if (surrogate) continue;
    ASSERT_EQ(got.value, c);
    ASSERT_EQ(got.length, text.size());
    ASSERT_EQ(utf16_length(text), c > 0xffff ? 2u : 1u);
  }
}

TEST(Utf8, IllFormedBytesCountOneEach) {
  EXPECT_EQ(count_code_points("a\xff\xfe z"), 5u);
  EXPECT_EQ(utf16_length("a\xe2\x82"), 3u);
}

TEST(Utf8, FromUtf16Units) {
  const std::string_view text = "a\xf0\x9f\x90\x99z";
  EXPECT_EQ(utf16_to_byte(text, 0), 0u);
  EXPECT_EQ(utf16_to_byte(text, 1), 1u);
  EXPECT_EQ(utf16_to_byte(text, 2), 1u);
  EXPECT_EQ(utf16_to_byte(text, 3), 5u);
  EXPECT_EQ(utf16_to_byte(text, 4), 6u);
  EXPECT_EQ(utf16_to_byte(text, 99), 6u);
}

TEST(Quote, EscapesAsGoDoes) {
  EXPECT_EQ(quote_go("tag:prod"), R"("tag:prod")");
  EXPECT_EQ(quote_go("a\"b\\c\n\t\a\x7f\x01"), R"("a\"b\\c\n\t\a\x7f\x01")");
  EXPECT_EQ(quote_go("\xff\xc3\xa9"), "\"\\xff\xc3\xa9\"");
  EXPECT_EQ(quote_go("\xc2\xa0\xe2\x80\xa8\xef\xbb\xbf"), R"("\u00a0\u2028\ufeff")");
  EXPECT_EQ(quote_go("\xf3\xa0\x80\x81"), R"("\U000e0001")");
  EXPECT_EQ(quote_go("'"), R"("'")");
}

}  // namespace
}  // namespace aclc
