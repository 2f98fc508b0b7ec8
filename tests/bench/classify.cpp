// SPDX-License-Identifier: Apache-2.0
// Packets a second: the classifier, one at a time and in bursts of 32, beside a plain scan over the rules and DPDK's rte_acl with
// the same rules. Before a shape is timed, all of them must give the same rule for every packet that is compared.
// Names: rules x sources - family - kind of sources / hits in a hundred / warm (64 K packets) or cold (more than 32 MB of them).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <memory>

#include "evaluator/classify/classify.h"
#include "evaluator/classify/linear.h"
#include "evaluator/program/compile.h"
#include "tests/support/filter_shapes.h"
#ifdef ACLC_BENCH_RTE_ACL
#include "tests/bench/rte_acl_peer.h"
#endif

namespace aclc {
namespace {

using testing::FilterShape;

constexpr size_t kBurst = 32;
constexpr size_t kWarm = size_t{1} << 16;
constexpr size_t kMostAclRules = 50'000;  // rte_acl needs minutes or more memory than it has for more

[[noreturn]] void mismatch(const std::string& what) {
  std::fprintf(stderr, "outputs differ: %s\n", what.c_str());
  std::exit(1);
}

// One shape at a time, since large ones take a lot of memory.
struct Subject {
  std::string name;
  std::vector<wire::FilterRule> rules;
  wire::Resolved resolved;
  AddressSet reach;
  std::shared_ptr<const Program> program;
#ifdef ACLC_BENCH_RTE_ACL
  std::unique_ptr<bench::RteAcl> acl;
#endif
};

NodeFilter node_of(const FilterShape& shape, const std::vector<wire::FilterRule>& rules) {
  NodeFilter node{"node", rules, {}, {}};
  node.local.add(*Address::parse(testing::own_address(shape.v6)));
  return node;
}

const Subject& subject_of(const FilterShape& shape) {
  static std::unique_ptr<Subject> current;
  if (current != nullptr && current->name == shape.name()) return *current;
  current = nullptr;
  auto next = std::make_unique<Subject>();
  next->name = shape.name();
  next->rules = testing::make_rules(shape);
  next->resolved = wire::resolve(next->rules);
  const NodeFilter node = node_of(shape, next->rules);
  next->reach = wire::reachable_destinations(node.local);
  auto compiled = compile_program({&node, 1});
  if (!compiled) mismatch(compiled.error().message);
  auto program = Program::load(ProgramBytes::copy(compiled->bytes));
  if (!program) mismatch(program.error().message);
  next->program = *program;
#ifdef ACLC_BENCH_RTE_ACL
  std::string why_not = "too many rules for it";
  if (size_t{shape.rules} * shape.sources <= kMostAclRules) next->acl = bench::RteAcl::build(next->rules, shape.v6, why_not);
  if (next->acl == nullptr) std::fprintf(stderr, "%s: no rte_acl: %s\n", next->name.c_str(), why_not.c_str());
#endif
  current = std::move(next);
  return *current;
}

struct Traffic {
  std::string name;
  std::vector<Packet> any;
  std::vector<Packet4> v4;
  std::vector<Packet6> v6;
#ifdef ACLC_BENCH_RTE_ACL
  bench::RteAcl::Input acl;
#endif
};

std::vector<Verdict> verdicts_of(const Subject& subject, const Traffic& traffic) {
  const Filter& filter = subject.program->filter(0);
  std::vector<Verdict> out(traffic.any.size());
  if (traffic.v4.empty()) {
    classify(filter, traffic.v6, out);
  } else {
    classify(filter, traffic.v4, out);
  }
  return out;
}

void check_equal(const Subject& subject, const Traffic& traffic) {
  const std::vector<Verdict> batch = verdicts_of(subject, traffic);
  for (size_t i = 0; i < batch.size(); ++i) {
    if (classify(subject.program->filter(0), traffic.any[i]) != batch[i]) mismatch(traffic.name + ": one at a time and in bursts");
  }
  // The scan takes milliseconds a packet for the largest filters.
  const size_t scanned = std::min(batch.size(), size_t{40'000'000} / (subject.rules.size() * subject.rules[0].src_ips.size() + 1000));
  for (size_t i = 0; i < scanned; ++i) {
    if (decide_linear(subject.resolved, subject.reach, traffic.any[i]) != batch[i]) mismatch(traffic.name + ": the scan");
  }
#ifdef ACLC_BENCH_RTE_ACL
  if (subject.acl == nullptr) return;
  for (const std::string& method : subject.acl->methods()) {
    subject.acl->use(method);
    std::vector<uint32_t> answers(batch.size());
    subject.acl->classify(const_cast<const uint8_t**>(traffic.acl.pointers.data()), answers.data(), static_cast<uint32_t>(answers.size()));
    for (size_t i = 0; i < batch.size(); ++i) {
      if (answers[i] != batch[i].code()) mismatch(traffic.name + ": rte_acl " + method);
    }
  }
#endif
}

const Traffic& traffic_of(const FilterShape& shape, uint32_t hits, bool cold) {
  static std::unique_ptr<Traffic> current;
  const std::string name = shape.name() + "/" + std::to_string(hits) + (cold ? "/cold" : "/warm");
  if (current != nullptr && current->name == name) return *current;
  current = nullptr;
  auto next = std::make_unique<Traffic>();
  next->name = name;
  const Subject& subject = subject_of(shape);
  const size_t count = cold ? (size_t{40} << 20) / (shape.v6 ? sizeof(Packet6) : sizeof(Packet4)) / kBurst * kBurst : kWarm;
  next->any = testing::make_packets(subject.rules, shape, hits, count);
  for (const Packet& p : next->any) {
    if (shape.v6) {
      next->v6.push_back({p.src.hi, p.src.lo, p.dst.hi, p.dst.lo, p.port, p.protocol});
    } else {
      next->v4.push_back({static_cast<uint32_t>(p.src.lo), static_cast<uint32_t>(p.dst.lo), p.port, p.protocol});
    }
  }
#ifdef ACLC_BENCH_RTE_ACL
  if (subject.acl != nullptr) next->acl = bench::RteAcl::lay_out(next->any);
#endif
  check_equal(subject, *next);
  current = std::move(next);
  return *current;
}

void finish(benchmark::State& state, size_t packets, uint64_t sum) {
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(static_cast<int64_t>(packets));
  state.counters["ns/packet"] = benchmark::Counter(static_cast<double>(packets) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

template <class P>
void run_single(benchmark::State& state, const Filter& filter, const std::vector<P>& packets) {
  uint64_t sum = 0;
  size_t at = 0;
  size_t done = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBurst; ++i) sum += classify(filter, packets[at + i]).code();
    at = at + 2 * kBurst <= packets.size() ? at + kBurst : 0;
    done += kBurst;
  }
  finish(state, done, sum);
}

template <class P>
void run_batch(benchmark::State& state, const Filter& filter, const std::vector<P>& packets) {
  uint64_t sum = 0;
  size_t at = 0;
  size_t done = 0;
  Verdict verdicts[kBurst];
  for (auto _ : state) {
    classify(filter, std::span(packets).subspan(at, kBurst), verdicts);
    sum += verdicts[0].code() + verdicts[kBurst - 1].code();
    at = at + 2 * kBurst <= packets.size() ? at + kBurst : 0;
    done += kBurst;
  }
  finish(state, done, sum);
}

void run_linear(benchmark::State& state, const FilterShape& shape, uint32_t hits, bool cold) {
  const Subject& subject = subject_of(shape);
  const Traffic& traffic = traffic_of(shape, hits, cold);
  uint64_t sum = 0;
  size_t at = 0;
  for (auto _ : state) {
    sum += decide_linear(subject.resolved, subject.reach, traffic.any[at]).code();
    at = at + 1 < traffic.any.size() ? at + 1 : 0;
  }
  finish(state, static_cast<size_t>(state.iterations()), sum);
}

#ifdef ACLC_BENCH_RTE_ACL
void run_acl(benchmark::State& state, const FilterShape& shape, uint32_t hits, bool cold, const std::string& method, uint32_t burst) {
  const Subject& subject = subject_of(shape);
  const Traffic& traffic = traffic_of(shape, hits, cold);
  if (subject.acl == nullptr) return state.SkipWithError("not built for this shape");
  if (!subject.acl->use(method)) return state.SkipWithError("not on this machine");
  auto** pointers = const_cast<const uint8_t**>(traffic.acl.pointers.data());
  std::vector<uint32_t> answers(burst);
  uint64_t sum = 0;
  size_t at = 0;
  size_t done = 0;
  for (auto _ : state) {
    subject.acl->classify(pointers + at, answers.data(), burst);
    sum += answers[0] + answers[burst - 1];
    at = at + 2 * size_t{burst} <= traffic.any.size() ? at + burst : 0;
    done += burst;
  }
  finish(state, done, sum);
}
#endif

void add(const FilterShape& shape, uint32_t hits, bool cold) {
  const std::string name = shape.name() + "/" + std::to_string(hits) + (cold ? "/cold/" : "/warm/");
  const auto ours = [=](bool batch) {
    return [=](benchmark::State& state) {
      const Traffic& traffic = traffic_of(shape, hits, cold);
      const Filter& filter = subject_of(shape).program->filter(0);
      if (shape.v6) {
        batch ? run_batch(state, filter, traffic.v6) : run_single(state, filter, traffic.v6);
      } else {
        batch ? run_batch(state, filter, traffic.v4) : run_single(state, filter, traffic.v4);
      }
    };
  };
  benchmark::RegisterBenchmark((name + "single").c_str(), ours(false));
  benchmark::RegisterBenchmark((name + "batch32").c_str(), ours(true));
#ifdef ACLC_BENCH_RTE_ACL
  if (size_t{shape.rules} * shape.sources <= kMostAclRules) {
    for (const char* method : {"avx512x32", "avx512x16", "avx2"}) {
      for (const uint32_t burst : {32u, 256u}) {
        benchmark::RegisterBenchmark((name + "rte_acl-" + method + "-b" + std::to_string(burst)).c_str(),
                                     [=](benchmark::State& state) { run_acl(state, shape, hits, cold, method, burst); });
      }
    }
  }
#endif
  if (hits == 50 && !cold) benchmark::RegisterBenchmark((name + "scan").c_str(), [=](benchmark::State& state) { run_linear(state, shape, hits, cold); });
}

void add_compile(const FilterShape& shape) {
  benchmark::RegisterBenchmark(("compile/" + shape.name()).c_str(), [=](benchmark::State& state) {
    const auto rules = testing::make_rules(shape);
    const NodeFilter node = node_of(shape, rules);
    size_t bytes = 0;
    for (auto _ : state) {
      const auto compiled = compile_program({&node, 1});
      if (!compiled) return state.SkipWithError(compiled.error().message.c_str());
      bytes = compiled->bytes.size();
    }
    state.counters["program bytes"] = static_cast<double>(bytes);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace aclc

int main(int argc, char** argv) {
  using aclc::testing::FilterShape;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const uint32_t rules : {10u, 1000u, 10000u}) {
    for (const uint32_t sources : {4u, 200u}) {
      for (const bool v6 : {false, true}) {
        for (const int kind : {0, 1, 2}) {
          const FilterShape shape{rules, sources, v6, kind == 1, kind == 2};
          aclc::add_compile(shape);
          for (const bool cold : {false, true}) {
            for (const uint32_t hits : {0u, 50u, 100u}) aclc::add(shape, hits, cold);
          }
        }
      }
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
