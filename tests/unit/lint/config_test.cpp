// SPDX-License-Identifier: Apache-2.0
// The configuration that `aclc lint --print-config` shows changes nothing, and names every setting that is read.
#include "compiler/lint/config.h"

#include <gtest/gtest.h>

#include "parser/diagnostics/engine.h"
#include "parser/syntax/format.h"
#include "parser/syntax/parse.h"

namespace aclc {
namespace {

TEST(LintConfig, GuideIsValidInCanonicalLayoutAndChangesNothing) {
  const std::string guide = lint_config_guide();
  DiagnosticEngine findings;
  LintOptions read;
  read.budgets = {1, 1, 1, 1, 1, 1, 1};
  read.development = read.production = {"x"};
  read.management_ports = {1};
  read_lint_config(guide, SourceId(), read, findings);
  EXPECT_EQ(findings.sorted().size(), 0U) << guide;
  const LintOptions defaults;
  const auto all = [](const LintBudgets& b) { return std::vector<uint64_t>{b.reach, b.entries, b.line_columns, b.prefix_v4, b.prefix_v6, b.expiry_days, b.looks}; };
  EXPECT_EQ(all(read.budgets), all(defaults.budgets));
  EXPECT_EQ(read.development, defaults.development);
  EXPECT_EQ(read.production, defaults.production);
  EXPECT_EQ(read.management_ports, defaults.management_ports);
  EXPECT_TRUE(read.levels.empty());
  EXPECT_TRUE(read.protected_destinations.empty());
  EXPECT_EQ(format(parse(guide, findings)), guide);
}

TEST(LintConfig, GuideNamesEverySettingAndItsCommentsAreExamplesThatWork) {
  std::string guide = lint_config_guide();
  for (const std::string example : {"\"style\": \"off\",", "\"any-source\": \"error\",", "\"tag:vault\": [\"group:security\"],"}) {
    const size_t at = guide.find("// " + example);
    ASSERT_NE(at, std::string::npos) << example;
    guide.erase(at, 3);
  }
  DiagnosticEngine findings;
  LintOptions read;
  read_lint_config(guide, SourceId(), read, findings);
  EXPECT_EQ(findings.sorted().size(), 0U) << guide;
  EXPECT_GT(read.levels.size(), 1U);
  EXPECT_EQ(read.protected_destinations.size(), 1U);
}

}  // namespace
}  // namespace aclc
