// SPDX-License-Identifier: Apache-2.0
// The tables made on demand beside those of the reference compile.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "compiler/emit/tailcfg.h"
#include "compiler/lower/shared_form.h"
#include "compiler/reference/compile.h"
#include "compiler/tables/tables.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc::testing {

struct Compared {
  bool valid = false;  ///< the policy and the tailnet pass the check; otherwise nothing was compared
  std::string differ;  ///< what is not the same, for people; empty if all is
};

inline Compared compare_tables(std::string_view policy_text, std::string_view tailnet_text) {
  struct Errors : DiagnosticSink {
    void report(Diagnostic d) override {
      if (d.severity == Severity::kError) ++count;
    }
    size_t count = 0;
  } errors;
  const Tailnet tailnet = read_tailnet(tailnet_text, SourceId(size_t{1}), errors);
  const SyntaxTree tree = parse(policy_text, errors);
  const Policy policy = build_policy(tree, errors);
  const Definitions definitions = define(policy);
  CheckOptions options;
  options.tailnet = &tailnet;
  check(policy, tree, definitions, options, errors);
  Compared out;
  out.valid = errors.count == 0;
  if (!out.valid) return out;

  const std::vector<reference::NodeTable> wanted = reference::compile(policy, tree, definitions, tailnet);
  const lower::SharedForm form(reference::Meaning(policy, definitions, tailnet), tree);
  tables::Tables tables(form, tree);
  for (size_t i = 0; i < wanted.size() && out.differ.empty(); ++i) {
    const TailnetNodeId node(i);
    const auto differ = [&](std::string_view what, std::string_view slow, std::string_view fast) {
      if (slow != fast) out.differ = fmt::format("{} of node {}\n{}\n{}\nreference {}\nfast      {}\n", what, i, tailnet_text, policy_text, slow, fast);
    };
    std::string slow, streamed, built;
    append_node_json(slow, tailnet, wanted[i]);
    tables.append_json(streamed, node);
    const reference::NodeTable table = tables.table(node);
    append_node_json(built, tailnet, table);
    differ("the streamed table", slow, streamed);
    differ("the table", slow, built);
    const auto origins = [](const reference::NodeTable& t) {
      std::string text;
      for (const auto& origin : t.filter_origins) {
        for (const Span& rule : origin.rules) text += fmt::format("{}-{},", rule.begin, rule.end);
        text += ';';
      }
      return text;
    };
    differ("the origins", origins(wanted[i]), origins(table));
    const tables::Summary summary = tables.summary(node);
    const auto counts = [](size_t filter_rules, size_t ssh_rules, size_t peers) { return fmt::format("{} {} {}", filter_rules, ssh_rules, peers); };
    differ("the counts", counts(wanted[i].filter_rules.size(), wanted[i].ssh_rules.size(), wanted[i].peers.size()),
           counts(summary.filter_rules, summary.ssh_rules, summary.peers));
    if (summary.primary_routes != wanted[i].primary_routes) differ("the primary routes", "one list", "another");
  }
  return out;
}

}  // namespace aclc::testing
