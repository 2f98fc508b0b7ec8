// SPDX-License-Identifier: Apache-2.0
// Policy and tailnet to the shared form, to one node's table and to all; edits of the engine; beside a model of Headscale's
// algorithm on the same input in the same run.
//
//   bench_compile              equality first, then Google Benchmark's table; `model` in a name is the peer, `(e)` a part scaled
//   bench_compile --smoke      equality only, on a small tailnet
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <cstring>
#include <map>

#include "compiler/engine/engine.h"
#include "tests/bench/tailnets.h"

namespace aclc::bench {
namespace {

/// What may come in, by destination: independent of how rules are cut and merged.
using Accepts = std::map<std::pair<std::string, PortRange>, AddressSet>;

Accepts of(const std::vector<ModelFilterRule>& rules) {
  Accepts out;
  for (const ModelFilterRule& rule : rules) {
    AddressSet from;
    for (const std::string& s : rule.src_ips) {
      if (const auto a = Address::parse(s)) from.add(*a);
      if (const auto p = Prefix::parse(s)) from.add(*p);
      if (const auto r = AddressRange::parse(s)) from.add(*r);
    }
    for (const ModelDst& d : rule.dst_ports) out[{d.ip, d.ports}].add(from);
  }
  return out;
}

Accepts of(const std::vector<wire::FilterRule>& rules) {
  std::vector<ModelFilterRule> plain;
  for (const wire::FilterRule& rule : rules) {
    ModelFilterRule& made = plain.emplace_back();
    made.src_ips = rule.src_ips;
    for (const wire::DstPort& d : rule.dst_ports) made.dst_ports.push_back({d.ip, d.ports});
  }
  return of(plain);
}

/// The model and the tables agree on every n-th node: filters and peers.
void assert_equal(const Subject& s, size_t every) {
  const lower::SharedForm form(s.meaning(), *s.tree);
  tables::Tables tables(form, *s.tree);
  HeadscaleModel model(s.model_policy, s.model_nodes);
  model.update();
  for (size_t i = 0; i < s.model_nodes.size(); i += every) {
    const reference::NodeTable table = tables.table(TailnetNodeId(i));
    ACLC_CHECK(of(table.filter_rules) == of(model.filter_of(i)));
    std::vector<TailnetNodeId> seen;
    for (size_t j = 0; j < s.model_nodes.size(); ++j) {
      if (j != i && model.see_each_other(i, j)) seen.emplace_back(j);
    }
    ACLC_CHECK(seen == table.peers);
  }
}

const Subject& acl(uint32_t nodes, uint32_t rules) {
  static std::map<std::pair<uint32_t, uint32_t>, std::unique_ptr<Subject>> known;
  auto& s = known[{nodes, rules}];
  if (!s) s = acl_workload(nodes, rules);
  return *s;
}

const Subject& any(const benchmark::State& state) {
  static std::map<std::pair<int64_t, int64_t>, std::unique_ptr<Subject>> known;
  if (state.range(2) == 0) return acl(static_cast<uint32_t>(state.range(0)), static_cast<uint32_t>(state.range(1)));
  auto& s = known[{state.range(0), state.range(1)}];
  if (!s) s = generated(static_cast<uint32_t>(state.range(0)), static_cast<uint32_t>(state.range(1)));
  return *s;
}

void shared_form(benchmark::State& state) {
  const Subject& s = any(state);
  const size_t before = mallinfo2().uordblks;
  size_t bytes = 0, classes = 0;
  for (auto _ : state) {
    const lower::SharedForm form(s.meaning(), *s.tree);
    bytes = mallinfo2().uordblks - before;
    classes = form.identity().class_count();
    benchmark::DoNotOptimize(form.sources().content_count());
  }
  state.SetLabel(s.name);
  state.counters["classes"] = static_cast<double>(classes);
  state.counters["bytes_per_node"] = static_cast<double>(bytes) / static_cast<double>(s.tailnet.nodes.size());
  state.counters["MB"] = static_cast<double>(bytes) / 1e6;
}

/// filter_rules of one node after another, texts of sources kept as a server keeps them.
void one_filter(benchmark::State& state) {
  const Subject& s = any(state);
  const lower::SharedForm form(s.meaning(), *s.tree);
  tables::Tables tables(form, *s.tree);
  std::string out;
  for (size_t i = 0; i < s.tailnet.nodes.size(); ++i) tables.append_filter_json(out = "", TailnetNodeId(i));
  size_t i = 0, bytes = 0;
  for (auto _ : state) {
    out.clear();
    tables.append_filter_json(out, TailnetNodeId(i));
    bytes += out.size();
    i = (i + 1) % s.tailnet.nodes.size();
  }
  state.SetLabel(s.name);
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
  state.counters["KB_per_node"] = static_cast<double>(bytes) / 1e3 / static_cast<double>(state.iterations());
}

/// From the shared form on, nothing kept: every node's filter_rules.
void all_filters(benchmark::State& state) {
  const Subject& s = any(state);
  const lower::SharedForm form(s.meaning(), *s.tree);
  size_t bytes = 0;
  std::string out;
  for (auto _ : state) {
    tables::Tables tables(form, *s.tree);
    for (size_t i = 0; i < s.tailnet.nodes.size(); ++i) {
      out.clear();
      tables.append_filter_json(out, TailnetNodeId(i));
      bytes += out.size();
    }
  }
  state.SetLabel(s.name);
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void all_peers(benchmark::State& state) {
  const Subject& s = any(state);
  const lower::SharedForm form(s.meaning(), *s.tree);
  for (auto _ : state) {
    tables::Tables tables(form, *s.tree);
    size_t pairs = 0;
    for (size_t c = 0; c < form.identity().class_count(); ++c) {
      pairs += tables.visibility().peer_count(identity::ClassId(c)) * form.identity()[identity::ClassId(c)].nodes.size();
    }
    benchmark::DoNotOptimize(pairs);
  }
  state.SetLabel(s.name);
}

std::unique_ptr<Engine> engine_of(const Subject& s) {
  Ignore sink;
  TailnetLimits limits;
  limits.max_bytes = size_t{1} << 30;
  Tailnet tailnet = read_tailnet(s.tailnet_text, SourceId(size_t{1}), sink, limits);
  SyntaxTree tree = parse(s.policy_text, sink);
  Policy policy = build_policy(tree, sink);
  Definitions definitions = define(policy);
  return std::make_unique<Engine>(EngineInput{std::move(tree), std::move(policy), std::move(definitions), std::move(tailnet)});
}

/// A node gets another tag and the old one back: two edits to a new state with the list of affected nodes.
void edit_retag(benchmark::State& state) {
  const Subject& s = any(state);
  const std::unique_ptr<Engine> engine = engine_of(s);
  size_t i = 0, named = 0;
  const StringId other = engine->intern("tag:t1");
  for (auto _ : state) {
    while (!engine->tailnet().nodes[TailnetNodeId(i)].tagged()) i = (i + 1) % s.tailnet.nodes.size();
    Node record = engine->tailnet().nodes[TailnetNodeId(i)];
    const Node old = record;
    record.tags = {other};
    named += engine->change(TailnetNodeId(i), record).nodes.size();
    named += engine->change(TailnetNodeId(i), old).nodes.size();
    i = (i + 1) % s.tailnet.nodes.size();
  }
  state.SetLabel(s.name + ", two edits");
  state.counters["named_per_edit"] = static_cast<double>(named) / 2 / static_cast<double>(state.iterations());
}

/// A user's device is replaced by one with another address.
void edit_readdress(benchmark::State& state) {
  const Subject& s = any(state);
  const std::unique_ptr<Engine> engine = engine_of(s);
  size_t i = 0, named = 0;
  for (auto _ : state) {
    while (engine->tailnet().nodes[TailnetNodeId(i)].tagged()) i = (i + 1) % s.tailnet.nodes.size();
    Node record = engine->tailnet().nodes[TailnetNodeId(i)];
    record.ipv4->lo ^= 1u << 21;
    named += engine->change(TailnetNodeId(i), record).nodes.size();
    i = (i + 1) % s.tailnet.nodes.size();
  }
  state.SetLabel(s.name);
  state.counters["named_per_edit"] = static_cast<double>(named) / static_cast<double>(state.iterations());
}

void edit_group(benchmark::State& state) {
  const Subject& s = any(state);
  const std::unique_ptr<Engine> engine = engine_of(s);
  bool member = false;
  size_t named = 0;
  const std::string login(engine->tailnet().text(engine->tailnet().users[UserId(size_t{5})].login));
  for (auto _ : state) {
    member = !member;
    named += engine->set_member("group:g7", login, member).nodes.size();
  }
  state.SetLabel(s.name);
  state.counters["named_per_edit"] = static_cast<double>(named) / static_cast<double>(state.iterations());
}

void model_update(benchmark::State& state) {
  const Subject& s = any(state);
  HeadscaleModel model(s.model_policy, s.model_nodes);
  for (auto _ : state) {
    model.update();
    benchmark::DoNotOptimize(model.digest());
  }
  state.SetLabel(s.name + ", model");
}

void model_one_filter(benchmark::State& state) {
  const Subject& s = any(state);
  HeadscaleModel model(s.model_policy, s.model_nodes);
  model.update();
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.filter_of(i));
    i = (i + 1) % s.model_nodes.size();
  }
  state.SetLabel(s.name + ", model");
}

/// The pairs of 20 nodes with all; scaled to every pair.
void model_all_peers(benchmark::State& state) {
  const Subject& s = any(state);
  HeadscaleModel model(s.model_policy, s.model_nodes);
  model.update();
  constexpr size_t kNodes = 20;
  for (auto _ : state) {
    size_t pairs = 0;
    for (size_t i = 0; i < kNodes; ++i) {
      for (size_t j = 0; j < s.model_nodes.size(); ++j) pairs += model.see_each_other(i * (s.model_nodes.size() / kNodes), j);
    }
    benchmark::DoNotOptimize(pairs);
  }
  state.SetLabel(s.name + ", model; 20 nodes, all pairs are (e) x N/40");
}

void register_all() {
  const auto on = [](const char* name, void (*f)(benchmark::State&), std::initializer_list<std::array<int64_t, 3>> inputs, benchmark::TimeUnit unit) {
    for (const auto& i : inputs) benchmark::RegisterBenchmark(name, f)->Args({i[0], i[1], i[2]})->Unit(unit);
  };
  const std::array<int64_t, 3> a1k{1000, 100, 0}, a10k{10000, 1000, 0}, t10k{10000, 1000, 1}, t10k10k{10000, 10000, 1}, t100k{100000, 10000, 1};
  on("shared_form", shared_form, {a1k, a10k, t10k, t10k10k, t100k}, benchmark::kMillisecond);
  on("model_update", model_update, {a1k, a10k}, benchmark::kMillisecond);
  on("one_filter", one_filter, {a1k, a10k, t10k}, benchmark::kMicrosecond);
  on("model_one_filter", model_one_filter, {a1k, a10k}, benchmark::kMicrosecond);
  on("all_filters", all_filters, {a1k, a10k, t10k}, benchmark::kMillisecond);
  on("all_peers", all_peers, {a1k, a10k}, benchmark::kMillisecond);
  on("model_all_peers", model_all_peers, {a1k, a10k}, benchmark::kMillisecond);
  on("edit_retag", edit_retag, {a10k}, benchmark::kMicrosecond);
  on("edit_readdress", edit_readdress, {a10k}, benchmark::kMicrosecond);
  on("edit_group", edit_group, {a10k}, benchmark::kMicrosecond);
}

}  // namespace
}  // namespace aclc::bench

int main(int argc, char** argv) {
  using namespace aclc::bench;
  assert_equal(acl(200, 50), 1);
  if (argc > 1 && std::strcmp(argv[1], "--smoke") == 0) return 0;
  assert_equal(acl(1000, 100), 10);
  assert_equal(acl(10000, 1000), 2000);
  register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
