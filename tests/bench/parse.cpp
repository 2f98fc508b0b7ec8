// SPDX-License-Identifier: Apache-2.0
// HuJSON text to lossless tree, beside nlohmann/json's DOM parse of the same values without comments and trailing commas (the
// best that library can be given). Rounds of the two alternate in this one process; the ratio is of medians within the run.
//
//   bench_parse                  the ratio and the cost at 1, 10 and 100 MB, then Google Benchmark's table
//   bench_parse --smoke          equality only, on a small text
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/check.h"
#include "parser/syntax/format.h"
#include "tests/support/generated_policy.h"
#include "tests/support/parsed.h"

namespace aclc {
namespace {

// The tokens of the tree, without what JSON does not allow.
void write_json(const SyntaxTree& tree, NodeId id, std::string& out) {
  const bool object = tree.is(id, NodeKind::kObject);
  if (!object && !tree.is(id, NodeKind::kArray)) {
    out += tree.text_of(id);
    return;
  }
  out += object ? '{' : '[';
  bool first = true;
  for (const NodeId child : tree.children(id)) {
    if (!first) out += ", ";
    first = false;
    if (object) {
      out += tree.text_of(tree.name_of(child));
      out += ": ";
    }
    write_json(tree, object ? tree.value_of(child) : child, out);
  }
  out += object ? '}' : ']';
}

nlohmann::json dom(const SyntaxTree& tree, NodeId id) {
  std::string scratch;
  switch (tree[id].kind) {
    case NodeKind::kObject: {
      auto out = nlohmann::json::object();
      for (const NodeId m : tree.children(id)) {
        out[std::string(tree.string_value(tree.name_of(m), scratch))] = dom(tree, tree.value_of(m));
      }
      return out;
    }
    case NodeKind::kArray: {
      auto out = nlohmann::json::array();
      for (const NodeId v : tree.children(id)) out.push_back(dom(tree, v));
      return out;
    }
    case NodeKind::kString:
      return std::string(tree.string_value(id, scratch));
    case NodeKind::kTrue:
      return true;
    case NodeKind::kFalse:
      return false;
    case NodeKind::kNull:
      return nullptr;
    default:
      return nlohmann::json::parse(tree.text_of(id));
  }
}

struct Subject {
  std::string hujson;
  std::string json;
};

// Both sides read the same values, or there is no figure.
Subject make_subject(size_t rules) {
  Subject out{generated_policy(rules), {}};
  const Parsed ours(out.hujson);
  ACLC_CHECK(ours.ok());
  ACLC_CHECK(ours.tree.print() == out.hujson);
  ACLC_CHECK(ours.tree.memory() <= 12 * out.hujson.size());
  write_json(ours.tree, ours.tree.root(), out.json);
  ACLC_CHECK(dom(ours.tree, ours.tree.root()) == nlohmann::json::parse(out.json));
  return out;
}

const Subject& subject(size_t rules) {
  static std::map<size_t, Subject> made;
  const auto found = made.find(rules);
  return found != made.end() ? found->second : made.emplace(rules, make_subject(rules)).first->second;
}

struct Ignore : DiagnosticSink {
  void report(Diagnostic) override { std::abort(); }
};

size_t parse_ours(const Subject& s) {
  Ignore sink;
  const SyntaxTree tree = parse(s.hujson, sink);
  return tree.size();
}

size_t parse_peer(const Subject& s) { return nlohmann::json::parse(s.json).size(); }

struct Times {
  std::vector<double> wall, cpu;  ///< milliseconds

  template <class F>
  void measure(F f) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t cpu_begin = std::clock();
    benchmark::DoNotOptimize(f());
    cpu.push_back(static_cast<double>(std::clock() - cpu_begin) * 1e3 / CLOCKS_PER_SEC);
    wall.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  // The processor's time is the figure: other work on the machine does not count in it.
  double show(const char* who, size_t bytes) {
    std::sort(wall.begin(), wall.end());
    std::sort(cpu.begin(), cpu.end());
    const double median = cpu[cpu.size() / 2];
    fmt::print("  {:<13} cpu min {:.2f} median {:.2f} max {:.2f} ms, {:.0f} MB/s; wall median {:.2f} ms\n", who, cpu.front(), median,
               cpu.back(), static_cast<double>(bytes) / median / 1e3, wall[wall.size() / 2]);
    return median;
  }
};

void compare(size_t rules, int rounds) {
  const Subject& s = subject(rules);
  Times ours;
  Times peer;
  for (int i = 0; i < rounds; ++i) {
    ours.measure([&] { return parse_ours(s); });
    peer.measure([&] { return parse_peer(s); });
  }
  const Parsed p(s.hujson);
  fmt::print("policy-{}: {:.2f} MB HuJSON, {:.2f} MB JSON, {} rounds, tree {:.2f} bytes a byte\n", rules, s.hujson.size() / 1e6,
             s.json.size() / 1e6, rounds, static_cast<double>(p.tree.memory()) / static_cast<double>(s.hujson.size()));
  const double fast = ours.show("parse", s.hujson.size());
  const double slow = peer.show("nlohmann DOM", s.json.size());
  fmt::print("  ratio of medians {:.1f}\n", slow / fast);
  std::fflush(stdout);
}

void bench_parse(benchmark::State& state) {
  const Subject& s = subject(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(parse_ours(s));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * s.hujson.size()));
}
void bench_nlohmann(benchmark::State& state) {
  const Subject& s = subject(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(parse_peer(s));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * s.json.size()));
}
void bench_format(benchmark::State& state) {
  const Subject& s = subject(static_cast<size_t>(state.range(0)));
  const Parsed p(s.hujson);
  for (auto _ : state) benchmark::DoNotOptimize(format(p.tree));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * s.hujson.size()));
}
BENCHMARK(bench_parse)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(bench_nlohmann)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(bench_format)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace aclc

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--smoke") == 0) {
    aclc::compare(100, 1);
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  aclc::compare(10'000, 21);
  aclc::compare(100'000, 7);
  aclc::compare(1'000'000, 3);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
