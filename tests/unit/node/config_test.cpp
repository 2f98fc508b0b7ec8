// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/node/config.h"

namespace aclc {
namespace {

using ::testing::HasSubstr;

std::string fault(const std::string& text) {
  const auto config = read_config(text, "c.hujson");
  return config ? "" : config.error().message;
}
const std::string kNeeded = R"("private_key": "k", "trusted_key": "t", "snapshot": "s")";

TEST(Config, TakesCommentsAndTrailingCommas) {
  const auto config = read_config("// who\n{" + kNeeded + ", /* \"x\": 1 */ \"listen_port\": 51820, \"interface\": \"wg//0\"[0],}", "c");
  EXPECT_FALSE(config.ok());
  const auto good = read_config("// who\n{" + kNeeded + ", /* \"x\": 1 */ \"listen_port\": 51820, \"flow_log\": \"a//b,}\" ,\n}\n", "c");
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ(good->listen_port, 51820);
  EXPECT_EQ(good->flow_log, "a//b,}");
  EXPECT_EQ(good->on_expiry, OnExpiry::kFailStatic);
}

TEST(Config, FaultsHaveALineAndSayWhatToWrite) {
  EXPECT_EQ(fault("{" + kNeeded + ",\n\n\"listen_prot\": 1}"), "c.hujson:3: unknown field `listen_prot`; did you mean `listen_port`?");
  EXPECT_EQ(fault("{" + kNeeded + ",\n\"listen_port\": 70000}"), "c.hujson:2: `listen_port` has to be a number from 1 to 65535, not 70000");
  EXPECT_EQ(fault("{" + kNeeded + ",\n\"denied\": true}"), "c.hujson:2: `denied` has to be one of \"drop\", \"reject\", not true");
  EXPECT_EQ(fault("{" + kNeeded + ",\n\"on_expiry\": \"open\"}"), "c.hujson:2: `on_expiry` has to be one of \"fail-static\", \"fail-closed\", not \"open\"");
  EXPECT_THAT(fault("{" + kNeeded + ",\n\"interface\": \"a b\"}"), HasSubstr("c.hujson:2: `interface` has to be a letter"));
  EXPECT_THAT(fault("{" + kNeeded + ", \"table\": \"x; flush ruleset\"}"), HasSubstr("`table` has to be"));
  EXPECT_THAT(fault("{\n\"private_key\": \n}"), HasSubstr("c.hujson:3: syntax error"));
  EXPECT_THAT(fault("/* {"), HasSubstr("c.hujson:1: syntax error"));
  EXPECT_THAT(fault(R"({"private_key": "k", "trusted_key": "t"})"), HasSubstr("`snapshot` is missing"));
  EXPECT_THAT(fault("[]"), HasSubstr("no object"));
}

}  // namespace
}  // namespace aclc
