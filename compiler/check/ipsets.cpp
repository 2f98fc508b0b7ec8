// SPDX-License-Identifier: Apache-2.0
// ipsets: names, what the elements name, and sets that contain themselves.
#include <fmt/format.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include "compiler/check/context.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

constexpr size_t kMostLabels = 16;

using SetGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

// One set inside another; several elements may say the same.
struct Inclusion {
  uint32_t from, to;
  Span span;
};

std::vector<Inclusion> inclusions(const Context& context) {
  std::vector<Inclusion> out;
  const Policy& policy = context.policy;
  for (uint32_t i = 0; i < policy.ipsets.size(); ++i) {
    for (const IpSetElement& e : policy.at(policy.ipsets[i].elements)) {
      if (e.target.kind != SelectorKind::kIpSet) continue;
      const uint32_t to = context.definitions.ipset_of(e.target.name);
      if (to != Definitions::kNone) out.push_back({i, to, e.target.span});
    }
  }
  return out;
}

// One finding a cycle of sets: at the first set's inclusion of another, the rest of the circle as labels.
void check_cycles(const Context& context) {
  const std::vector<Inclusion> edges = inclusions(context);
  if (edges.empty()) return;
  const size_t count = context.policy.ipsets.size();
  SetGraph graph(count);
  for (const Inclusion& e : edges) boost::add_edge(e.from, e.to, graph);
  std::vector<uint32_t> component(count);
  const uint32_t components = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));

  std::vector<std::optional<Diagnostic>> found(components);
  for (const Inclusion& e : edges) {
    const uint32_t c = component[e.from];
    if (c != component[e.to]) continue;
    const std::string_view inner = context.policy.text(context.policy.ipsets[e.to].name);
    if (!found[c]) {
      const std::string_view outer = context.policy.text(context.policy.ipsets[e.from].name);
      found[c] = diag::IpSetCycle(e.span, outer).help("take one of these inclusions out");
      if (e.from != e.to) found[c]->labels.push_back({e.span, fmt::format("`{}` is included here", inner)});
    } else if (found[c]->labels.size() < kMostLabels) {
      found[c]->labels.push_back({e.span, fmt::format("and `{}` here", inner)});
    }
  }
  for (auto& d : found) {
    if (d) context.sink.report(std::move(*d));
  }
}

void check_host_prefix(const Context& context, const Selector& target) {
  if (target.kind != SelectorKind::kHost || context.written(target).starts_with("host:")) return;
  context.sink.report(diag::IpSetHostPrefix(target.span, context.written(target))
                          .help(fmt::format("write `host:{}` for the entry of hosts", context.written(target)))
                          .fix("add `host:`", {{{target.span.begin, target.span.begin}, "host:"}}));
}

}  // namespace

void check_ipsets(const Context& context) {
  for (const IpSet& set : context.policy.ipsets) {
    check_name_form(context, set.name, "an ipset", "ipset:", context.definitions.ipset);
    for (const IpSetElement& element : context.policy.at(set.elements)) {
      if (use(context, element.target, Position::kIpSetElement)) check_host_prefix(context, element.target);
    }
  }
  check_cycles(context);
}

}  // namespace aclc::checks
