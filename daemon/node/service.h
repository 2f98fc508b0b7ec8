// SPDX-License-Identifier: Apache-2.0
// What the local API answers.
//
//   GET  /v1/status /v1/peers /v1/routes     JSON, for everybody
//   GET  /v1/why?src=&dst=&protocol=&port=   JSON, for everybody
//   GET  /v1/flows?last=N                    JSON lines, for root and operators: they say who talks to whom
//   GET  /v1/metrics                         Prometheus text, for everybody
//   POST /v1/up /v1/down                     for root and operators
#pragma once

#include <cstdint>
#include <map>

#include "daemon/api/server.h"
#include "daemon/node/node.h"
#include "daemon/node/rationed.h"
#include "daemon/telemetry/flow_log.h"

namespace aclc {

class NodeService {
 public:
  /// All outlive this.
  NodeService(MeshNode& node, NodeHands hands, const FlowLog& flows) : node_(node), hands_(hands), flows_(flows) {}

  local_http::Answer answer(const local_http::Request& request, const Caller& caller, uint64_t now);
  /// Records that the kernel threw away, told by whoever reads them.
  void set_lost_records(uint64_t lost) { lost_records_ = lost; }

 private:
  local_http::Answer status() const;
  local_http::Answer peers();
  local_http::Answer routes() const;
  local_http::Answer why(const local_http::Request& request) const;
  local_http::Answer metrics();
  local_http::Answer flows(const local_http::Request& request) const;

  MeshNode& node_;
  NodeHands hands_;
  const FlowLog& flows_;
  /// A large table's elements take a tenth of a second to read, and a tunnel that is silent half a one.
  const Result<std::map<uint32_t, nft::Count>>& rule_counts();
  const Result<wireguard::DeviceState>& tunnel_state();
  uint64_t changes() const { return node_.counts().applied + node_.counts().restored + node_.counts().tunnel_starts; }

  uint64_t lost_records_ = 0;
  Rationed<std::map<uint32_t, nft::Count>> counted_;
  Rationed<wireguard::DeviceState> tunnel_state_;
};

}  // namespace aclc
