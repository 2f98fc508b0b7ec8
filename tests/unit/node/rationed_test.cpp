// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "daemon/node/rationed.h"

namespace aclc::testing {
namespace {

TEST(Rationed, AsksSeldomWhatCostsMuchAndAtOnceWhereThingsHaveChanged) {
  Rationed<int> answer;
  int asked = 0;
  const auto ask = [&]() -> Result<int> {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return ++asked;
  };
  EXPECT_EQ(answer.get(1, ask).value(), 1);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(answer.get(1, ask).value(), 1);
  EXPECT_EQ(answer.get(2, ask).value(), 2);
}

TEST(Rationed, AFailureIsAnAnswerToo) {
  Rationed<int> answer;
  int asked = 0;
  const auto ask = [&]() -> Result<int> {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    ++asked;
    return Failure{"silent"};
  };
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(answer.get(1, ask).error().message, "silent");
  EXPECT_EQ(asked, 1) << "whoever waits for what is silent makes everybody wait";
}

}  // namespace
}  // namespace aclc::testing
