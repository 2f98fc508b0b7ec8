// SPDX-License-Identifier: Apache-2.0
// DPDK's rte_acl over the same rules: the peer that the classifier is measured against.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "evaluator/classify/packet.h"
#include "evaluator/wire/filter_rule.h"

struct rte_acl_ctx;

namespace aclc::bench {

/// Starts DPDK's runtime once, without huge pages or devices. False where it cannot run.
bool start_dpdk();

class RteAcl {
 public:
  /// One rte_acl rule for each source of each rule. Rules must have one destination, one range of ports and one protocol.
  static std::unique_ptr<RteAcl> build(std::span<const wire::FilterRule> rules, bool v6, std::string& why_not);
  ~RteAcl();

  /// The packets as rte_acl reads them: bytes in network order, and a pointer to each.
  struct Input {
    std::vector<uint8_t> bytes;
    std::vector<const uint8_t*> pointers;
  };
  static Input lay_out(std::span<const Packet> packets);

  /// Answers are the first matching rule's number plus one, 0 for none.
  void classify(const uint8_t** packets, uint32_t* answers, uint32_t count) const;

  /// Its vectorised methods that run on this machine, the widest first.
  std::vector<std::string> methods();
  bool use(const std::string& method);
  size_t rule_count() const { return rule_count_; }

 private:
  rte_acl_ctx* context_ = nullptr;
  size_t rule_count_ = 0;
};

}  // namespace aclc::bench
