// SPDX-License-Identifier: Apache-2.0
// A node on a host that remembers what was asked of it, and snapshots for it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "daemon/node/node.h"
#include "tests/unit/node/fakes.h"

namespace aclc::testing {

class ANode : public ::testing::Test {
 protected:
  ANode() {
    char folder[] = "/tmp/aclc-node-XXXXXX";
    folder_ = mkdtemp(folder);
    config_.state_dir = folder_;
  }
  ~ANode() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<MeshNode> make() {
    return std::make_unique<MeshNode>(config_, NodeIdentity{own_.private_key, {TrustedKey::from_pem(signer_.public_pem()).value(), own_.public_key, {}}},
                                  NodeHands{filter_, tunnel_, network_, [this](const std::string& name, const std::string&) {
                                              borrowed_.insert(name);
                                              return Result<std::shared_ptr<void>>(std::shared_ptr<void>(this, [this, name](void*) { borrowed_.erase(name); }));
                                            }});
  }
  Snapshot snapshot(uint64_t generation, uint16_t port = 80) const {
    Snapshot s;
    s.node = "web";
    s.policy = "policy.hujson";
    s.node_key = own_.public_key;
    s.generation = generation;
    s.addresses = {*Address::parse("100.64.0.9")};
    s.filter_rules = {{{"100.64.0.1"}, {{"100.64.0.9", PortRange::single(port)}}, {6}, {}}};
    s.origins = {{{12, {}, "{...}"}}};
    s.peers = {{"laptop", laptop_, {"192.0.2.1:1"}, {*Prefix::parse("100.64.0.1/32")}, 0}};
    return s;
  }
  std::string seal(const Snapshot& s) const { return seal_snapshot(s, signer_); }

  const SigningKey signer_ = SigningKey::generate();
  const WireGuardKeyPair own_ = generate_wireguard_keys();
  const WireGuardKey laptop_ = generate_wireguard_keys().public_key, phone_ = generate_wireguard_keys().public_key;
  std::string folder_;
  NodeConfig config_;
  FakeHost host_;
  FakeRunner runner_{host_};
  nft::KernelFilter filter_{runner_, nft::Table{"aclc0", "aclcd", 0}};
  FakeTunnel tunnel_{host_};
  FakeNetwork network_{host_};
  std::set<std::string> borrowed_;
};

}  // namespace aclc::testing
