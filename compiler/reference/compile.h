// SPDX-License-Identifier: Apache-2.0
// The obviously correct, slow compile: the semantics of the language, stated once. Every fast path is held against it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "evaluator/wire/filter_rule.h"
#include "parser/policy/policy.h"

namespace aclc::reference {

/// Why a wire rule exists, beside rules of the same index: spans of the policy rules merged into it.
struct Origin {
  std::vector<Span> rules;
};

/// All that one node is sent, as `aclc compile --format json` shows it.
struct NodeTable {
  std::vector<wire::FilterRule> filter_rules;
  std::vector<Origin> filter_origins;  ///< parallel to filter_rules
  std::vector<wire::SshRule> ssh_rules;
  std::vector<Origin> ssh_origins;
  wire::CapMap caps;
  std::vector<std::string> allowed_ips;
  std::vector<std::string> primary_routes;
  std::vector<TailnetNodeId> peers;
  std::map<std::string, wire::CapMap> whois_caps;  ///< by source address
};

/// One table a node, in the tailnet's order. The policy must have passed the check.
std::vector<NodeTable> compile(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions,
                               const Tailnet& tailnet);

}  // namespace aclc::reference
