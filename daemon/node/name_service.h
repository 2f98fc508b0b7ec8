// SPDX-License-Identifier: Apache-2.0
// Keeps the stub resolver and the host's resolver settings in step with the policy in force.
#pragma once

#include <poll.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/dns/host_dns.h"
#include "daemon/dns/stub.h"
#include "daemon/node/node.h"

namespace aclc {

class NameService {
 public:
  /// `node` outlives this. Undoes at once what an earlier run that was killed may have left.
  explicit NameService(MeshNode& node);

  /// After every change, and every second: starts, follows, or ends the stub. Troubles go to the node's health, topic `dns`.
  void follow(uint64_t now_seconds);
  /// The host's resolver settings come back.
  void stop();

  std::vector<pollfd> waits() const { return stub_ ? stub_->waits() : std::vector<pollfd>(); }
  int patience(uint64_t now_ms) const { return stub_ ? stub_->patience(now_ms) : -1; }
  void serve(uint64_t now_ms) {
    if (stub_) stub_->serve(now_ms);
  }
  const dns::Stub* stub() const { return stub_.get(); }

 private:
  Result<Done> start(const NodePolicy& policy);

  MeshNode& node_;
  std::unique_ptr<dns::HostDns> host_;
  std::unique_ptr<dns::Stub> stub_;
  std::shared_ptr<const NodePolicy> served_;
};

}  // namespace aclc
