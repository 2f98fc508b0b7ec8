// SPDX-License-Identifier: Apache-2.0
#include "evaluator/packet/capability_sources.h"

#include <string_view>

namespace aclc {

std::vector<wire::FilterRule> bind_capability_sources(std::span<const wire::FilterRule> rules, const CapabilityHolders& holders) {
  constexpr std::string_view kPrefix = "cap:";
  std::vector<wire::FilterRule> out(rules.begin(), rules.end());
  for (wire::FilterRule& rule : out) {
    std::vector<std::string> sources;
    for (std::string& source : rule.src_ips) {
      if (source.compare(0, kPrefix.size(), kPrefix) != 0) {
        sources.push_back(std::move(source));
        continue;
      }
      for (const auto& [name, addresses] : holders) {
        if (std::string_view(source).substr(kPrefix.size()) != name) continue;
        for (std::string& text : addresses.texts()) sources.push_back(std::move(text));
      }
    }
    rule.src_ips = std::move(sources);
  }
  return out;
}

}  // namespace aclc
