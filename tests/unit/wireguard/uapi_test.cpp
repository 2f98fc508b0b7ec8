// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/wireguard/changes.h"

namespace aclc::wireguard::testing {
namespace {

using ::testing::HasSubstr;

TEST(Uapi, SaysWhatChanges) {
  const std::string key = std::string("public_key=") + kHex + "\n";
  EXPECT_EQ(set_request({"", 51820, {peer_that_goes(), peer_that_comes({*Prefix::parse("100.64.0.1/32")})}}),
            "set=1\nlisten_port=51820\n" + key + "remove=true\n" + key +
                "endpoint=192.0.2.7:41641\npersistent_keepalive_interval=25\nreplace_allowed_ips=true\nallowed_ip=100.64.0.1/32\n\n");
}

TEST(Uapi, ReadsTheState) {
  const auto state = parse_state(std::string("private_key=00\nlisten_port=51820\npublic_key=") + kHex +
                                 "\nendpoint=192.0.2.7:41641\nlast_handshake_time_sec=5\nrx_bytes=7\ntx_bytes=9\nallowed_ip=100.64.0.1/32\n"
                                 "persistent_keepalive_interval=25\nprotocol_version=1\nerrno=0\n\n");
  ASSERT_TRUE(state.ok()) << state.error().message;
  EXPECT_EQ(state->listen_port, 51820);
  ASSERT_EQ(state->peers.size(), 1u);
  EXPECT_EQ(state->peers[0].key, kKey);
  EXPECT_EQ(state->peers[0].endpoint, "192.0.2.7:41641");
  EXPECT_EQ(state->peers[0].keepalive, 25);
  EXPECT_EQ(state->traffic[0].received, 7u);
  EXPECT_EQ(state->traffic[0].last_handshake, 5u);
}

TEST(Uapi, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(parse_state("errno=-22\n\n").error().message, HasSubstr("refused with error -22"));
  EXPECT_THAT(parse_state("listen_port=5\n").error().message, HasSubstr("ended early"));
  for (const char* answer : {"allowed_ip=100.64.0.1/32\nerrno=0\n\n", "listen_port=x\nerrno=0\n\n", "junk\nerrno=0\n\n", "public_key=zz\nerrno=0\n\n"}) {
    EXPECT_FALSE(parse_state(answer)) << answer;
  }
}

}  // namespace
}  // namespace aclc::wireguard::testing
