// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/lint.h"

#include <algorithm>
#include <vector>

#include "compiler/lint/context.h"
#include "compiler/lint/ignore.h"

namespace aclc {
namespace {

/// Findings that no comment silences go on.
class Filter final : public DiagnosticSink {
 public:
  explicit Filter(DiagnosticSink& to) : to_(to) {}
  void use(Ignores* ignores) { ignores_ = ignores; }
  void report(Diagnostic d) override {
    if (ignores_ == nullptr || !ignores_->silences(d)) to_.report(std::move(d));
  }

 private:
  DiagnosticSink& to_;
  Ignores* ignores_ = nullptr;
};

}  // namespace

void lint(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const LintOptions& options,
          DiagnosticSink& sink) {
  Filter filter(sink);
  LintContext context(policy, tree, definitions, options, filter);
  Ignores ignores(context);
  filter.use(&ignores);
  // Several rows may share a function; a function runs if one of its rows is wanted, and what is not wanted is dropped.
  std::vector<void (*)(LintContext&)> ran;
  for (const LintRule& rule : lint_rules()) {
    if (rule.run == nullptr || !context.wanted(rule.kind)) continue;
    if (rule.needs_tailnet && options.tailnet == nullptr) continue;
    if (std::find(ran.begin(), ran.end(), rule.run) != ran.end()) continue;
    if (options.cancelled != nullptr && *options.cancelled) return;
    ran.push_back(rule.run);
    rule.run(context);
  }
  filter.use(nullptr);
  context.report_dropped();
  ignores.report_unused();
}

}  // namespace aclc
