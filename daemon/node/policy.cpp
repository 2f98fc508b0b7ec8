// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/policy.h"

#include "evaluator/program/compile.h"
#include "evaluator/wire/semantics.h"

namespace aclc {

Result<std::shared_ptr<NodePolicy>> make_policy(Snapshot snapshot, std::string sealed, std::vector<Prefix> neighbourhood, const BoxLimits& limits) {
  auto policy = std::make_shared<NodePolicy>();
  policy->snapshot = std::move(snapshot);
  policy->sealed = std::move(sealed);
  policy->rules = wire::resolve(policy->snapshot.filter_rules);
  policy->neighbourhood = std::move(neighbourhood);
  policy->local = policy->snapshot.local(policy->neighbourhood);
  auto boxes = filter_boxes(policy->rules, wire::reachable_destinations(policy->local), limits);
  if (!boxes) return boxes.error();
  policy->boxes = std::move(boxes).value();
  return policy;
}

Result<Done> make_program(NodePolicy& policy) {
  if (policy.program) return Done{};
  const NodeFilter filter{policy.snapshot.node, policy.snapshot.filter_rules, policy.local, policy.snapshot.origins};
  const auto compiled = compile_program({&filter, 1});
  if (!compiled) return compiled.error();
  auto program = Program::load(ProgramBytes::copy(compiled->bytes));
  if (!program) return program.error();
  policy.program = std::move(program).value();
  return Done{};
}

std::string place_of_rule(const NodePolicy& policy, uint32_t rule) {
  const auto& origins = policy.snapshot.origins;
  if (rule >= origins.size() || origins[rule].empty() || origins[rule].front().line == 0) return "rule " + std::to_string(rule);
  const std::string& file = policy.snapshot.policy;
  return (file.empty() ? "line " : file + ":") + std::to_string(origins[rule].front().line);
}

std::string text_of_rule(const NodePolicy& policy, uint32_t rule) {
  const auto& origins = policy.snapshot.origins;
  return rule < origins.size() && !origins[rule].empty() ? origins[rule].front().text : std::string();
}

}  // namespace aclc
