// SPDX-License-Identifier: Apache-2.0
// `.aclc.hujson` with every setting at what it is when it is left out: to read, and to begin with.
#include <fmt/format.h>

#include "compiler/lint/config.h"

namespace aclc {
namespace {

std::string quoted(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", word);
  return out;
}

std::string categories() {
  std::string out;
  std::string_view last;
  for (const LintRule& rule : lint_rules()) {
    const std::string_view name = category_name(rule.category);
    if (name != last) out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
    last = name;
  }
  return out;
}

}  // namespace

std::string lint_config_guide() {
  const LintOptions o;
  const LintBudgets& b = o.budgets;
  std::string out = "// What a project wants of `aclc lint`: the file .aclc.hujson beside the policy, or in a folder above it up to the one of the\n"
                    "// repository. Any setting may be left out; each stands here as it then is.\n{\n";
  out += "\t// How severe a rule's findings are: \"error\", \"warning\", \"note\", or \"off\" for none. By the name of a rule, or for all rules of a\n"
         "\t// category; what is said of the rule itself counts first. `aclc lint --list` shows the rules, `aclc explain RULE` what one is about.\n";
  out += fmt::format("\t// Categories: {}.\n", categories());
  out += "\t\"levels\": {\n\t\t// \"style\": \"off\",\n\t\t// \"any-source\": \"error\",\n\t},\n\n";
  out += "\t// Who alone may reach a destination: a tag, host, address, CIDR or user of the policy, and a list of sources.\n"
         "\t\"protected\": {\n\t\t// \"tag:vault\": [\"group:security\"],\n\t},\n\n";
  out += "\t// Limits of rules about size. 0 turns `reach`, `entries` and `line-columns` off.\n\t\"budgets\": {\n";
  const auto budget = [&](std::string_view name, uint64_t value, std::string_view what) { out += fmt::format("\t\t{:<15} {}, // {}\n", fmt::format("\"{}\":", name), value, what); };
  budget("reach", b.reach, "pairs of devices that one rule may join");
  budget("entries", b.entries, "filter entries that one rule may make at a device");
  budget("line-columns", b.line_columns, "of a line of the policy");
  budget("prefix-v4", b.prefix_v4, "bits: a CIDR with fewer is wide");
  budget("prefix-v6", b.prefix_v6, "the same of IPv6");
  budget("expiry-days", b.expiry_days, "how long before the date in a rule's comment it is reported");
  budget("looks", b.looks, "at rules, to find those that others make needless; what is left is reported as lint-undecided");
  out += "\t},\n\n\t// Words that mark a name's environment, as in tag:prod-web.\n";
  out += fmt::format("\t\"environments\": {{\n\t\t\"development\": [{}],\n\t\t\"production\":  [{}],\n\t}},\n\n", quoted(o.development), quoted(o.production));
  out += fmt::format("\t// Ports that everybody should not reach.\n\t\"management-ports\": [{}],\n}}\n", fmt::join(o.management_ports, ", "));
  return out;
}

}  // namespace aclc
