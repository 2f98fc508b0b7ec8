// SPDX-License-Identifier: Apache-2.0
// Two policies of 10,000 rules that differ in a few, on 10,000 nodes: compiler/diff. Beside it, on a tailnet that it can handle,
// the comparison of all tables of compiler/reference; both must say the same before anything is timed.
#include "compiler/diff/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "compiler/generate/generate.h"
#include "tests/support/diff_by_tables.h"
#include "tests/support/random_policy.h"

namespace aclc {
namespace {

using testing::BuiltPolicy;

double ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

class Nowhere final : public DiagnosticSink {
 public:
  void report(Diagnostic) override {}
};

/// The policy without some of its acls, and with another port in as many others.
std::string edited(const std::string& text, size_t every) {
  std::string out;
  size_t rule = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string line = text.substr(at, end - at);
    at = end;
    if (line.find("{\"action\": \"accept\"") != std::string::npos && line.ends_with("\"]},\n") && ++rule % every == every / 2) {
      if (rule % (2 * every) < every) continue;
      const size_t port = line.rfind(':') + 1;
      line.replace(port, line.rfind('"') - port, "444");
    }
    out += line;
  }
  return out;
}

/// The policy with a rule for access that its first test denies: a difference that no other rule hides.
std::string opened(std::string text) {
  constexpr std::string_view kRules = "\"acls\": [", kSrc = "\"src\": ";
  const size_t rules = text.find(kRules), test = text.find(kSrc, std::min(text.find("\"tests\": ["), text.size()));
  if (test == std::string::npos || rules == std::string::npos) return text;
  const size_t src = test + kSrc.size(), comma = text.find(", \"deny\": ", src), dst = text.find('[', comma), end = text.find(']', dst);
  const std::string rule = "{\"action\": \"accept\", \"src\": [" + text.substr(src, comma - src) + "], \"dst\": " + text.substr(dst, end + 1 - dst) + "},\n";
  return text.insert(rules + kRules.size(), rule);
}

void measure(uint32_t nodes, uint32_t rules, size_t every, bool peer, int rounds) {
  GenerateOptions options;
  options.nodes = nodes;
  options.users = nodes / 5;
  options.rules = rules;
  const auto generated = generate(options);
  if (!generated) std::exit(1);
  const BuiltPolicy a(generated->policy), b(opened(edited(generated->policy, every)));
  Nowhere nowhere;
  const Tailnet tailnet = read_tailnet(generated->tailnet, SourceId(size_t{0}), nowhere);
  if (!a.valid() || !b.valid() || a.text == b.text) {
    fmt::print(stderr, "the policies are no pair to compare\n");
    std::exit(1);
  }
  const PolicyView before{a.policy, a.tree, a.definitions}, after{b.policy, b.tree, b.definitions};
  double slow = 0;
  if (peer) {
    const auto begin = std::chrono::steady_clock::now();
    const auto expected = testing::DiffByTables(before, after, tailnet).changes();
    slow = ms_since(begin);
    std::set<std::string> found;
    for (const AccessChange& c : diff_access(before, after, tailnet).changes) {
      found.insert(testing::change_text(c.gained, c.own_devices, c.source_addresses, c.destination_addresses, c.access));
    }
    if (found != expected) {
      fmt::print(stderr, "{} nodes: the difference is not that of the tables\n", nodes);
      std::exit(1);
    }
  }
  std::vector<double> times;
  size_t changes = diff_access(before, after, tailnet).changes.size();
  if (changes == 0) {
    fmt::print(stderr, "{} nodes: no difference was found where there is one\n", nodes);
    std::exit(1);
  }
  for (int i = 0; i < rounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    changes = diff_access(before, after, tailnet).changes.size();
    times.push_back(ms_since(begin));
  }
  std::sort(times.begin(), times.end());
  fmt::print("{} nodes x {} rules, {} changes: min {:.1f} median {:.1f} ms", nodes, rules, changes, times.front(), times[times.size() / 2]);
  if (peer) fmt::print(", table by table {:.0f} ms", slow);
  fmt::print("\n");
  std::fflush(stdout);
}

}  // namespace
}  // namespace aclc

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::strcmp(argv[1], "--smoke") == 0;
  aclc::measure(60, 120, 20, true, smoke ? 1 : 5);
  if (smoke) return 0;
  aclc::measure(200, 400, 50, true, 5);
  aclc::measure(10'000, 1'000, 100, false, 5);
  aclc::measure(10'000, 10'000, 1'000, false, 5);
  return 0;
}
