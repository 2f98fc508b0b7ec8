// SPDX-License-Identifier: Apache-2.0
// The local API before there is any policy, and who may do what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "daemon/node/service.h"
#include "tests/unit/node/fakes.h"

namespace aclc::testing {
namespace {

using ::testing::HasSubstr;

class AService : public ::testing::Test {
 protected:
  local_http::Answer get(const std::string& path, bool may_change = true) { return service_.answer({"GET", path, {}, {}}, {1000, may_change}, 1); }
  local_http::Answer post(const std::string& path, bool may_change) { return service_.answer({"POST", path, {}, {}}, {1000, may_change}, 1); }

  const SigningKey signer_ = SigningKey::generate();
  const WireGuardKeyPair own_ = generate_wireguard_keys();
  FakeHost host_;
  FakeRunner runner_{host_};
  nft::KernelFilter filter_{runner_, nft::Table{"aclc0", "aclcd", 0}};
  FakeTunnel tunnel_{host_};
  FakeNetwork network_{host_};
  NodeHands hands_{filter_, tunnel_, network_, [](const std::string&, const std::string&) { return Result<std::shared_ptr<void>>(nullptr); }};
  MeshNode node_{NodeConfig{}, NodeIdentity{own_.private_key, {TrustedKey::from_pem(signer_.public_pem()).value(), own_.public_key, {}}}, hands_};
  std::unique_ptr<FlowLog> flows_ = FlowLog::open("").value();
  NodeService service_{node_, hands_, *flows_};
};

TEST_F(AService, AnswersBeforeTheFirstSnapshot) {
  EXPECT_THAT(get("/v1/status").body, HasSubstr("\"state\":\"down\""));
  ASSERT_TRUE(node_.start(1).ok());
  EXPECT_THAT(get("/v1/status").body, HasSubstr("waiting for a snapshot"));
  EXPECT_EQ(get("/v1/peers").body, "{\"peers\":[]}\n");
  EXPECT_EQ(get("/v1/routes").status, 200);
  EXPECT_THAT(get("/v1/metrics").body, HasSubstr("aclcd_up 1\n"));
  EXPECT_EQ(get("/v1/why").status, 409);
  EXPECT_EQ(get("/v1/flows").body, "");
  EXPECT_EQ(get("/v1/nothing").status, 404);
}

TEST_F(AService, SaysThatAllIsDeniedWhereItIs) {
  char folder[] = "/tmp/aclc-service-XXXXXX";
  NodeConfig config;
  config.state_dir = mkdtemp(folder);
  config.on_expiry = OnExpiry::kFailClosed;
  MeshNode node{config, NodeIdentity{own_.private_key, {TrustedKey::from_pem(signer_.public_pem()).value(), own_.public_key, {}}}, hands_};
  NodeService service{node, hands_, *flows_};
  Snapshot s;
  s.node = "web";
  s.node_key = own_.public_key;
  s.generation = 1;
  s.expires = 100;
  s.addresses = {*Address::parse("100.64.0.9")};
  s.filter_rules = {{{"100.64.0.1"}, {{"100.64.0.9", PortRange::single(80)}}, {6}, {}}};
  ASSERT_TRUE(node.start(1).ok() && node.offer(seal_snapshot(s, signer_), 1).ok());
  node.prepare_answers(1);
  const auto get = [&](const char* path) { return service.answer({"GET", path, {{"src", "100.64.0.1"}, {"port", "80"}}, {}}, {1000, true}, 1).body; };
  EXPECT_THAT(get("/v1/why"), HasSubstr("\"allowed\":true"));
  node.tick(100);
  EXPECT_THAT(get("/v1/why"), HasSubstr("\"allowed\":false"));
  EXPECT_THAT(get("/v1/why"), HasSubstr("\"reason\":\"expired\""));
  EXPECT_THAT(get("/v1/status"), HasSubstr("\"state\":\"closed\""));
  ASSERT_TRUE(node.down().ok());
  EXPECT_THAT(get("/v1/why"), HasSubstr("\"reason\":\"down\""));
  host_.refuse = "tunnel open";
  EXPECT_FALSE(node.up(101).ok());
  EXPECT_THAT(get("/v1/why"), HasSubstr("\"reason\":\"not-in-force\""));
  EXPECT_THAT(get("/v1/status"), HasSubstr("\"state\":\"closed\""));
  std::filesystem::remove_all(config.state_dir);
}

TEST_F(AService, ChangesAndFlowsAreForOperators) {
  for (const char* path : {"/v1/up", "/v1/down"}) EXPECT_EQ(post(path, false).status, 403) << path;
  EXPECT_EQ(get("/v1/flows", false).status, 403);
  EXPECT_EQ(get("/v1/status", false).status, 200);
  EXPECT_EQ(post("/v1/status", true).status, 404);
  EXPECT_TRUE(host_.steps.empty());
}

TEST(Records, AreOneLineWhateverIsInThem) {
  FlowRecord record;
  record.time_ms = 1'700'000'000'123;
  record.event = FlowEvent::kCut;
  record.flow = {Address::v4(0x64400001), Address::v4(0x64400002), 40000, 22, 6};
  record.peer = "a\nb";
  record.rule = "policy.hujson:3";
  EXPECT_EQ(flow_line(record),
            "{\"time\":\"2023-11-14T22:13:20.123Z\",\"event\":\"cut\",\"protocol\":\"tcp\",\"src\":\"100.64.0.1\",\"src_port\":40000,\"dst\":\"100.64.0.2\","
            "\"dst_port\":22,\"peer\":\"a\\nb\",\"was_allowed_by\":\"policy.hujson:3\",\"generation\":0}");
}

}  // namespace
}  // namespace aclc::testing
