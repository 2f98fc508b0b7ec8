// SPDX-License-Identifier: Apache-2.0
// Rules that can go, of 10,000: the coverage of compiler/lint beside a comparison of each rule with each other one, which is how
// tools for firewalls find shadowed rules. Before timing: what the comparison finds, and no more of its kind, coverage finds too.
#include "compiler/lint/model/coverage.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <set>

#include "compiler/generate/generate.h"
#include "tests/support/generated_policy.h"
#include "tests/support/random_policy.h"

namespace aclc {
namespace {

using testing::BuiltPolicy;

/// One rule taken apart: users for groups.
struct Flat {
  std::set<AtomId> sources;
  const AccessRule* rule;
};

bool ports_within(const AccessRule& narrow, const AccessTarget& a, const AccessRule& wide, const AccessTarget& b) {
  for (uint32_t i = a.access_begin; i < a.access_end; ++i) {
    const PortAccess& need = narrow.access[i];
    bool given = false;
    for (uint32_t j = b.access_begin; j < b.access_end; ++j) {
      const PortAccess& have = wide.access[j];
      given = given || (have.protocol == need.protocol && have.ports.contains(need.ports) && (have.whole || !need.whole));
    }
    if (!given) return false;
  }
  return true;
}

bool within(const Flat& narrow, const Flat& wide) {
  for (const AccessTarget& a : narrow.rule->targets) {
    bool found = false;
    for (const AccessTarget& b : wide.rule->targets) found = found || (a.unit == b.unit && ports_within(*narrow.rule, a, *wide.rule, b));
    if (!found) return false;
  }
  return std::includes(wide.sources.begin(), wide.sources.end(), narrow.sources.begin(), narrow.sources.end());
}

/// Rules that one other holds, compared pair by pair.
std::vector<bool> pair_by_pair(const AccessModel& model) {
  std::vector<Flat> flat;
  for (const AccessRule& r : model.rules()) {
    Flat f{{}, &r};
    for (const AtomId s : r.sources) {
      if (!model.is_defined_group(s)) f.sources.insert(s);
      for (const AtomId m : model.members(s)) f.sources.insert(m);
    }
    flat.push_back(std::move(f));
  }
  std::vector<bool> out(flat.size());
  for (size_t i = 0; i < flat.size(); ++i) {
    if (!flat[i].rule->plain() || !flat[i].rule->addresses.empty() || flat[i].rule->posture != 0 || flat[i].sources.empty()) continue;
    for (size_t j = 0; j < flat.size() && !out[i]; ++j) {
      const AccessRule& wide = *flat[j].rule;
      out[i] = i != j && !wide.via && wide.posture == 0 && within(flat[i], flat[j]);
    }
  }
  return out;
}

double ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void compare(const char* name, const std::string& text, int rounds) {
  const BuiltPolicy policy(text);
  const auto begin = std::chrono::steady_clock::now();
  const AccessModel model(policy.policy, policy.definitions, nullptr);
  const std::vector<bool> slow = pair_by_pair(model);
  const double peer = ms_since(begin);
  const RuleIndex index(model);
  const RuleCoverage found(index);
  std::vector<bool> fast(slow.size());
  for (const auto& c : found.covered()) fast[c.rule] = true;
  size_t pairs = 0;
  for (size_t i = 0; i < slow.size(); ++i) {
    pairs += slow[i];
    if (!slow[i] || fast[i]) continue;
    // Of rules that allow the same one stays.
    const bool stays = std::any_of(found.covered().begin(), found.covered().end(), [&](const auto& c) { return std::find(c.by.begin(), c.by.end(), i) != c.by.end(); });
    if (!stays) {
      fmt::print(stderr, "{}: rule {} is within another and not found\n", name, i);
      std::exit(1);
    }
  }
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    const AccessModel m(policy.policy, policy.definitions, nullptr);
    const RuleIndex of(m);
    benchmark::DoNotOptimize(RuleCoverage(of).covered().size());
    times.push_back(ms_since(start));
  }
  std::sort(times.begin(), times.end());
  fmt::print("{}: {} rules, {} can go ({} within one other); model and coverage min {:.1f} median {:.1f} ms, pair by pair {:.0f} ms\n", name,
             model.rules().size(), found.covered().size(), pairs, times.front(), times[times.size() / 2], peer);
  std::fflush(stdout);
}

std::string realistic(uint32_t rules) {
  GenerateOptions options;
  options.nodes = rules;
  options.users = rules / 5;
  options.rules = rules;
  auto generated = generate(options);
  if (!generated) std::exit(1);
  return generated.value().policy;
}

}  // namespace
}  // namespace aclc

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  const uint32_t rules = smoke ? 300 : 10'000;
  aclc::compare("realistic", aclc::realistic(rules), smoke ? 1 : 15);
  aclc::compare("uniform", aclc::generated_policy(rules), smoke ? 1 : 15);
  return 0;
}
