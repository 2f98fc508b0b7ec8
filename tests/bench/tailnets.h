// SPDX-License-Identifier: Apache-2.0
// The tailnets that benchmarks of the compile work on, by name.
//   acl-N-R      the workload of the Headscale measurements: N nodes, a quarter tagged over 50 tags, the rest over min(N/4, 2000)
//                users, both families; 100 groups of 8 users; R acls, each from two groups to two tags
//   tailnet-N-R  compiler/generate with some of everything
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <random>
#include <string>

#include "base/check.h"
#include "compiler/generate/generate.h"
#include "compiler/lower/shared_form.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"
#include "tests/bench/headscale_model.h"

namespace aclc::bench {

struct Ignore : DiagnosticSink {
  void report(Diagnostic) override {}
};

/// Policy and tailnet as read; texts stay with them.
struct Subject {
  std::string name, policy_text, tailnet_text;
  std::optional<SyntaxTree> tree;
  Policy policy;
  Definitions definitions;
  Tailnet tailnet;
  ModelPolicy model_policy;  // of acl-N-R
  std::vector<ModelNode> model_nodes;

  reference::Meaning meaning() const { return {policy, definitions, tailnet}; }
};

inline void read(Subject& s) {
  Ignore sink;
  TailnetLimits limits;
  limits.max_bytes = size_t{1} << 30;
  s.tailnet = read_tailnet(s.tailnet_text, SourceId(size_t{1}), sink, limits);
  s.tree = parse(s.policy_text, sink);
  s.policy = build_policy(*s.tree, sink);
  s.definitions = define(s.policy);
}

inline std::unique_ptr<Subject> generated(uint32_t nodes, uint32_t rules) {
  auto out = std::make_unique<Subject>();
  out->name = fmt::format("tailnet-{}-{}", nodes, rules);
  GenerateOptions options;
  options.nodes = nodes;
  options.users = std::max(1u, nodes / 5);
  options.rules = rules;
  auto made = generate(options);
  ACLC_CHECK(made.ok());
  out->policy_text = std::move(made->policy);
  out->tailnet_text = std::move(made->tailnet);
  read(*out);
  ACLC_CHECK(out->tailnet.nodes.size() == nodes);
  return out;
}

inline std::unique_ptr<Subject> acl_workload(uint32_t nodes, uint32_t rules) {
  auto out = std::make_unique<Subject>();
  Subject& s = *out;
  s.name = fmt::format("acl-{}-{}", nodes, rules);
  std::mt19937 random(20261125);  // its numbers are the same everywhere; those of the distributions are not
  const auto below = [&](size_t n) { return random() % n; };
  const uint32_t users = std::min(nodes / 4, 2000u);
  for (uint32_t u = 0; u < users; ++u) s.model_policy.users.push_back(fmt::format("user{}@example.com", u));
  std::string& p = s.policy_text;
  p = "{\"groups\": {\n";
  for (int g = 0; g < 100; ++g) {
    const std::string name = fmt::format("group:g{}", g);
    std::vector<std::string>& members = s.model_policy.groups[name];
    p += fmt::format("\"{}\": [", name);
    for (int m = 0; m < 8; ++m) {
      members.push_back(s.model_policy.users[below(users)]);
      p += fmt::format("\"{}\", ", members.back());
    }
    p += "],\n";
  }
  p += "},\n\"tagOwners\": {";
  for (int t = 0; t < 50; ++t) p += fmt::format("\"tag:t{}\": [], ", t);
  p += "},\n\"acls\": [\n";
  for (uint32_t r = 0; r < rules; ++r) {
    ModelRule rule;
    for (int k = 0; k < 2; ++k) rule.src.push_back(fmt::format("group:g{}", below(100)));
    for (int k = 0; k < 2; ++k) rule.dst.push_back(fmt::format("tag:t{}", below(50)));
    if (rule.dst[1] == rule.dst[0]) rule.dst.pop_back();
    const auto port = static_cast<uint16_t>(1 + below(60000));
    rule.ports = {PortRange::single(port)};
    p += fmt::format("{{\"action\": \"accept\", \"src\": [\"{}\", \"{}\"], \"dst\": [", rule.src[0], rule.src[1]);
    for (const std::string& d : rule.dst) p += fmt::format("\"{}:{}\", ", d, port);
    p += "]},\n";
    s.model_policy.rules.push_back(std::move(rule));
  }
  p += "]}\n";
  std::string& t = s.tailnet_text;
  t = "{\"tailnet\": \"example.com\", \"users\": [";
  for (uint32_t u = 0; u < users; ++u) t += fmt::format("{}{{\"login\": \"user{}@example.com\", \"role\": \"member\"}}", u > 0 ? "," : "", u);
  t += "], \"nodes\": [\n";
  for (uint32_t i = 0; i < nodes; ++i) {
    ModelNode node;
    node.name = fmt::format("n{}", i);
    node.addresses = {Address::v4((100u << 24 | 64u << 16) + 1 + i), Address::v6((static_cast<uint128>(0xfd7a115ca1e0ull) << 80) + 1 + i)};
    t += fmt::format("{}{{\"name\": \"{}\", \"ipv4\": \"{}\", \"ipv6\": \"{}\", ", i > 0 ? ",\n" : "", node.name, node.addresses[0].to_text(),
                     node.addresses[1].to_text());
    if (i % 4 == 0) {
      node.tags = {fmt::format("tag:t{}", below(50))};
      t += fmt::format("\"tags\": [\"{}\"]}}", node.tags[0]);
    } else {
      node.user = s.model_policy.users[below(users)];
      t += fmt::format("\"user\": \"{}\"}}", node.user);
    }
    s.model_nodes.push_back(std::move(node));
  }
  t += "]}\n";
  read(s);
  ACLC_CHECK(s.tailnet.nodes.size() == nodes);
  return out;
}

}  // namespace aclc::bench
