// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/compiled.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "compiler/emit/tailcfg.h"
#include "compiler/emit/wire_json.h"
#include "compiler/reference/compile.h"

namespace aclc::lsp {
namespace {

/// Rules times nodes: above it the compile of all tables takes more seconds than somebody at an editor waits.
constexpr size_t kMaxWork = 2'000'000;

using Tables = std::vector<reference::NodeTable>;

Result<Tables> compile(const Analysis& analysis) {
  const Inventory* inventory = analysis.inventory();
  if (!inventory) return Failure{"no inventory: a `tailnet.json` beside the policy, or the setting `aclc.tailnet`, says which nodes there are"};
  for (const auto* findings : {&analysis.findings(), &inventory->findings()}) {
    for (const Diagnostic& d : *findings) {
      if (d.severity == Severity::kError) return Failure{fmt::format("a compile needs a policy and an inventory without errors: {}", d.message)};
    }
  }
  const Policy& p = analysis.policy();
  const size_t work = (p.acls.size() + p.grants.size() + p.ssh.size() + 1) * inventory->tailnet().nodes.size();
  if (work > kMaxWork) return Failure{"the tailnet is too large to compile inside the editor: `aclc compile` does it"};
  return reference::compile(p, analysis.tree(), analysis.definitions(), inventory->tailnet());
}

/// One line for each thing that a node gets, sorted.
std::vector<std::string> lines_of(const Tailnet& tailnet, const reference::NodeTable& table) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view what, const auto& value) {
    std::string line(what);
    append_json(line, value);
    out.push_back(std::move(line));
  };
  for (const wire::FilterRule& rule : table.filter_rules) add("filter_rules: ", rule);
  for (const wire::SshRule& rule : table.ssh_rules) add("ssh_rules: ", rule);
  for (const auto& [name, values] : table.caps) out.push_back(fmt::format("caps: {} {}", name, values));
  for (const std::string& prefix : table.allowed_ips) out.push_back("allowed_ips: " + prefix);
  for (const std::string& prefix : table.primary_routes) out.push_back("primary_routes: " + prefix);
  for (const TailnetNodeId peer : table.peers) out.push_back(fmt::format("peers: {}", tailnet.text(tailnet.nodes[peer].name)));
  for (const auto& [source, caps] : table.whois_caps) {
    for (const auto& [name, values] : caps) out.push_back(fmt::format("whois_caps: {} {} {}", source, name, values));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<std::string> compiled_json(const Analysis& analysis, std::string_view node) {
  if (!analysis.inventory()) return compile(analysis).error();
  const Tailnet& tailnet = analysis.inventory()->tailnet();
  std::vector<std::string_view> names;
  for (const Node& n : tailnet.nodes) names.push_back(tailnet.text(n.name));
  const auto found = std::find(names.begin(), names.end(), node);
  if (found == names.end()) {
    const std::string_view near = nearest(node, names);
    return Failure{near.empty() ? fmt::format("the tailnet has no node `{}`", node)
                                : fmt::format("the tailnet has no node `{}`; did you mean `{}`?", node, near)};
  }
  const Result<Tables> tables = compile(analysis);
  if (!tables) return tables.error();
  std::string out;
  append_node_json(out, tailnet, (*tables)[static_cast<size_t>(found - names.begin())]);
  return out;
}

Result<TableDifference> compare_tables(const Analysis& before, const Analysis& after) {
  const Result<Tables> old_tables = compile(before);
  if (!old_tables) return Failure{"the saved text: " + old_tables.error().message};
  const Result<Tables> new_tables = compile(after);
  if (!new_tables) return new_tables.error();
  const Tailnet& tailnet = after.inventory()->tailnet();
  TableDifference out;
  for (size_t i = 0; i < new_tables->size(); ++i) {
    const std::vector<std::string> x = lines_of(tailnet, (*old_tables)[i]), y = lines_of(tailnet, (*new_tables)[i]);
    TableDifference::Changed changed;
    std::set_difference(y.begin(), y.end(), x.begin(), x.end(), std::back_inserter(changed.added));
    std::set_difference(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(changed.removed));
    if (changed.added.empty() && changed.removed.empty()) {
      ++out.same;
      continue;
    }
    changed.node = tailnet.text(tailnet.nodes[TailnetNodeId(i)].name);
    out.changed.push_back(std::move(changed));
  }
  return out;
}

}  // namespace aclc::lsp
