// SPDX-License-Identifier: Apache-2.0
// Policies of any size for benchmarks, the same for the same numbers: `policy-RULES` has about 100 bytes a rule, in the layout
// that people write (tabs, comments, trailing commas).
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace aclc {

inline std::string generated_policy(size_t rules, uint32_t seed = 1) {
  static constexpr std::string_view kTeams[] = {"eng", "ops", "sales", "support", "data", "design", "finance", "security"};
  static constexpr std::string_view kPorts[] = {"22", "443", "80,443", "5432", "8000-8999", "*", "53,853", "9090"};
  static constexpr std::string_view kWhys[] = {"reach the shop", "look at dashboards", "mend the build", "read backups"};
  std::mt19937 random(seed);  // its numbers are the same everywhere; those of the distributions are not
  const auto below = [&](size_t n) { return random() % n; };
  const auto group = [&] { return "group:" + std::string(kTeams[below(8)]) + "-" + std::to_string(below(25)); };
  const auto tag = [&] { return "tag:svc-" + std::to_string(below(200)); };

  std::string out = "// Made by a generator.\n{\n\t\"groups\": {\n";
  for (const std::string_view team : kTeams) {
    for (int i = 0; i < 25; ++i) {
      out += "\t\t\"group:" + std::string(team) + "-" + std::to_string(i) + "\": [";
      for (int user = 0; user < 4; ++user) {
        out += (user ? ", \"" : "\"") + ("user" + std::to_string(below(2000))) + "@example.com\"";
      }
      out += "],\n";
    }
  }
  out += "\t},\n\n\t\"tagOwners\": {\n";
  for (int i = 0; i < 200; ++i) out += "\t\t\"tag:svc-" + std::to_string(i) + "\": [\"" + group() + "\"],\n";
  out += "\t},\n\n\t\"acls\": [\n";
  for (size_t i = 0; i < rules; ++i) {
    if (below(8) == 0) out += "\t\t// " + std::string(kTeams[below(8)]) + " " + std::string(kWhys[below(4)]) + "\n";
    out += "\t\t{\"action\": \"accept\", \"src\": [\"" + group() + "\"";
    if (below(2) == 0) out += ", \"" + group() + "\"";
    out += "], \"dst\": [\"" + tag() + ":" + std::string(kPorts[below(8)]) + "\"";
    if (below(3) == 0) out += ", \"" + tag() + ":" + std::string(kPorts[below(8)]) + "\"";
    out += below(4) == 0 ? "], \"proto\": \"tcp\"},\n" : "]},\n";
  }
  return out + "\t],\n}\n";
}

}  // namespace aclc
