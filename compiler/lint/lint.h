// SPDX-License-Identifier: Apache-2.0
// Policy -> what is valid but wrong, risky, dead or useless.
//
//   LintOptions options;  options.tailnet = &tailnet;
//   lint(policy, tree, definitions, options, sink);     // the policy has passed the check
//
// A rule of lint is a kind of finding (parser/diagnostics/kinds_lint_rules.def) with a row in the table of rules.cpp. What the hosted
// service refuses is the check's, not lint's.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/testrun/run.h"

namespace aclc {

enum class LintCategory : uint8_t { kStyle, kNames, kForm, kMeaning, kRisk, kSsh, kGrants, kTests, kCost, kCompatibility, kLint };
std::string_view category_name(LintCategory category);  ///< "style", "names", ...

class LintContext;

/// A row of the table.
struct LintRule {
  Kind kind;
  LintCategory category;
  bool by_default;       ///< false: only where the configuration names it
  bool needs_tailnet;    ///< says nothing without one
  void (*run)(LintContext&);  ///< null: reported by lint itself. Several rows may share one function: it runs once
  std::string_view summary;   ///< one sentence

  std::string_view slug() const { return info(kind).slug; }
};
std::span<const LintRule> lint_rules();

/// How severe the findings of a rule are, or that there are none.
enum class LintLevel : uint8_t { kOff, kNote, kWarning, kError };

/// Sources that may reach a destination, both as selectors of the policy.
struct ProtectedDestination {
  struct Written {
    std::string text;
    Span span;  ///< in the configuration
  };
  Written destination;
  std::vector<Written> sources;
  SourceId source;  ///< the configuration; invalid where it is not among the sources
};

/// Limits of rules about size. Zero: that rule says nothing.
struct LintBudgets {
  uint64_t reach = 100'000;      ///< pairs of devices that one rule may join
  uint64_t entries = 2'000;      ///< filter entries that one rule may make at one node
  uint32_t line_columns = 200;
  uint32_t prefix_v4 = 8;        ///< a shorter prefix is wide
  uint32_t prefix_v6 = 32;
  uint32_t expiry_days = 14;     ///< how long before its date a rule is reported
  uint64_t looks = 30'000'000;   ///< at rules, to find those that others make needless; what is left is reported as undecided
};

struct LintOptions {
  Target target = Target::kTailscale;
  const Tailnet* tailnet = nullptr;
  /// The policy's tests as they ran, for rules about coverage; null: those say nothing.
  const TestReport* tests = nullptr;
  std::map<Kind, LintLevel> levels;  ///< what the configuration changed
  LintBudgets budgets;
  std::vector<ProtectedDestination> protected_destinations;
  /// Words that mark a name's environment, `tag:prod-web`.
  std::vector<std::string> development = {"dev", "test", "staging", "sandbox"};
  std::vector<std::string> production = {"prod", "production"};
  std::vector<uint16_t> management_ports = {22, 23, 445, 2375, 3306, 3389, 5432, 5900, 6379, 6443, 9200, 27017};
  /// May be null. Looked at before each rule: once it is set the rest is left out, and the findings say nothing.
  const std::atomic<bool>* cancelled = nullptr;
  std::optional<int64_t> today;  ///< days since 1970-01-01; none: rules about dates say nothing
};

/// Days since 1970-01-01 of the `YYYY-MM-DD` that the text begins with.
std::optional<int64_t> parse_day(std::string_view text);

/// Reports in no particular order. Ignoring comments (`// aclc:ignore SLUG -- REASON`) are honoured and judged. The policy must
/// have passed the check; without errors in it, nothing is reported twice that the check reports.
void lint(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const LintOptions& options,
          DiagnosticSink& sink);

}  // namespace aclc
