// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/durations.h"

#include <gtest/gtest.h>

namespace aclc::checks {
namespace {

constexpr int64_t kSecond = 1000000000;

TEST(ParseDuration, TakesWhatGoTakes) {
  EXPECT_EQ(*parse_duration("0"), 0);
  EXPECT_EQ(*parse_duration("0s"), 0);
  EXPECT_EQ(*parse_duration("-0s"), 0);
  EXPECT_EQ(*parse_duration("12h"), 12 * 3600 * kSecond);
  EXPECT_EQ(*parse_duration("1h30m5s"), 5405 * kSecond);
  EXPECT_EQ(*parse_duration("+1.5m"), 90 * kSecond);
  EXPECT_EQ(*parse_duration(".5s"), kSecond / 2);
  EXPECT_EQ(*parse_duration("1.s"), kSecond);
  EXPECT_EQ(*parse_duration("-1m"), -60 * kSecond);
  EXPECT_EQ(*parse_duration("3\xc2\xb5s"), 3000);
  EXPECT_EQ(*parse_duration("3us"), *parse_duration("3000ns"));
  EXPECT_EQ(*parse_duration("9223372036854775807ns"), INT64_MAX);
  EXPECT_EQ(*parse_duration("-9223372036854775808ns"), INT64_MIN);
}

TEST(ParseDuration, RefusesWithGosWords) {
  const auto error = [](std::string_view text) {
    const auto r = parse_duration(text);
    return r.ok() ? "taken" : r.error().message;
  };
  EXPECT_EQ(error("abc"), "time: invalid duration \"abc\"");
  EXPECT_EQ(error(""), "time: invalid duration \"\"");
  EXPECT_EQ(error("-"), "time: invalid duration \"-\"");
  EXPECT_EQ(error("10"), "time: missing unit in duration \"10\"");
  EXPECT_EQ(error("7d"), "time: unknown unit \"d\" in duration \"7d\"");
  EXPECT_EQ(error("1h 30m"), "time: unknown unit \"h \" in duration \"1h 30m\"");
  EXPECT_EQ(error(".s"), "time: invalid duration \".s\"");
  EXPECT_EQ(error("9223372036854775808ns"), "time: invalid duration \"9223372036854775808ns\"");
  EXPECT_EQ(error("3000000h"), "time: invalid duration \"3000000h\"");
  EXPECT_EQ(error("1\xc3\xbc"), "time: unknown unit \"\\xc3\\xbc\" in duration \"1\\xc3\\xbc\"");
}

TEST(SpokenDuration, ReadsWhatPeopleWrite) {
  const auto meant = [](std::string_view text) {
    const auto d = read_spoken_duration(text);
    return d ? short_duration(*d) : std::string();
  };
  EXPECT_EQ(meant("7d"), "168h");
  EXPECT_EQ(meant("12 hours"), "12h");
  EXPECT_EQ(meant("1 hour 30 mins"), "1h30m");
  EXPECT_EQ(meant("90 Seconds"), "1m30s");
  // What is not sure is not read at all.
  EXPECT_EQ(meant("12"), "");
  EXPECT_EQ(meant("1 month"), "");
  EXPECT_EQ(meant("about 12h"), "");
}

TEST(DurationText, IsGosNormalForm) {
  EXPECT_EQ(duration_text(0), "0s");
  EXPECT_EQ(duration_text(-60 * kSecond), "-1m0s");
  EXPECT_EQ(duration_text(168 * 3600 * kSecond + kSecond), "168h0m1s");
  EXPECT_EQ(duration_text(90 * kSecond), "1m30s");
  EXPECT_EQ(duration_text(1500000000), "1.5s");
  EXPECT_EQ(duration_text(1500000), "1.5ms");
  EXPECT_EQ(duration_text(2001), "2.001\xc2\xb5s");
  EXPECT_EQ(duration_text(7), "7ns");
  EXPECT_EQ(duration_text(INT64_MIN), "-2562047h47m16.854775808s");
}

TEST(SpokenDuration, IsWhatPeopleWrite) {
  const auto read = [](std::string_view text) {
    const auto length = read_spoken_duration(text);
    return length ? short_duration(*length) : std::string("none");
  };
  EXPECT_EQ(read("12 hours"), "12h");
  EXPECT_EQ(read("1 Day"), "24h");
  EXPECT_EQ(read("7d"), "168h");
  EXPECT_EQ(read(" 1hr 30mins "), "1h30m");
  EXPECT_EQ(read("90 sec"), "1m30s");
  EXPECT_EQ(read("2 weeks"), "336h");
  for (const char* other : {"", " ", "12", "hours", "12 moons", "1.5 h", "-1 day", "a day", "1 day or so", "99999999999999999999 days", "1000000 weeks 1000000 weeks 9999999 weeks"}) EXPECT_EQ(read(other), "none") << other;
}

}  // namespace
}  // namespace aclc::checks
