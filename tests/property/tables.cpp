// SPDX-License-Identifier: Apache-2.0
// The tables made on demand are those of the reference compile, byte for byte, whatever the policy and the tailnet.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/emit/tailcfg.h"
#include "compiler/lower/shared_form.h"
#include "compiler/reference/compile.h"
#include "compiler/tables/tables.h"
#include "compiler/tailnet/read.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"
#include "tests/support/random_tailnet.h"

namespace aclc {
namespace {

struct Errors : DiagnosticSink {
  void report(Diagnostic d) override {
    if (d.severity == Severity::kError) ++count;
  }
  size_t count = 0;
};

/// False where the policy does not pass the check.
bool fast_equals_reference(uint64_t seed) {
  testing::RandomTailnet random(seed);
  const std::string tailnet_text = random.tailnet(), policy_text = random.policy();
  Errors errors;
  const Tailnet tailnet = read_tailnet(tailnet_text, SourceId(size_t{1}), errors);
  RC_ASSERT(errors.count == 0u);
  const SyntaxTree tree = parse(policy_text, errors);
  const Policy policy = build_policy(tree, errors);
  const Definitions definitions = define(policy);
  CheckOptions options;
  options.tailnet = &tailnet;
  check(policy, tree, definitions, options, errors);
  if (errors.count > 0) return false;

  const std::vector<reference::NodeTable> wanted = reference::compile(policy, tree, definitions, tailnet);
  const lower::SharedForm form(reference::Meaning(policy, definitions, tailnet), tree);
  tables::Tables tables(form, tree);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const TailnetNodeId node(i);
    std::string slow, fast;
    append_node_json(slow, tailnet, wanted[i]);
    tables.append_json(fast, node);
    if (slow != fast) {
      RC_LOG() << "seed " << seed << ", node n" << i << "\n" << tailnet_text << "\n" << policy_text << "\nreference " << slow << "\nfast      " << fast << "\n";
      RC_FAIL("the tables differ");
    }
    const reference::NodeTable table = tables.table(node);
    std::string again;
    append_node_json(again, tailnet, table);
    RC_ASSERT(again == slow);
    RC_ASSERT(table.filter_origins.size() == wanted[i].filter_origins.size());
    for (size_t r = 0; r < table.filter_origins.size(); ++r) {
      RC_ASSERT(table.filter_origins[r].rules == wanted[i].filter_origins[r].rules);
    }
    const tables::Summary summary = tables.summary(node);
    RC_ASSERT(summary.filter_rules == wanted[i].filter_rules.size());
    RC_ASSERT(summary.ssh_rules == wanted[i].ssh_rules.size());
    RC_ASSERT(summary.peers == wanted[i].peers.size());
    RC_ASSERT(summary.primary_routes == wanted[i].primary_routes);
  }
  return true;
}

RC_GTEST_PROP(Tables, EqualTheReference, ()) {
  constexpr int kCases = 60;  // in each of the runs
  int passed = 0;
  const auto first = *rc::gen::noShrink(rc::gen::arbitrary<uint64_t>());
  for (int i = 0; i < kCases; ++i) passed += fast_equals_reference(first + static_cast<uint64_t>(i) * 7919) ? 1 : 0;
  RC_ASSERT(passed > kCases / 2);
}

}  // namespace
}  // namespace aclc
