// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/compiled.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "compiler/emit/wire_json.h"
#include "compiler/tables/tables.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

/// Nodes times nodes: tables of so many nodes hold lists of peers that do not fit into an editor's memory.
constexpr size_t kMaxPairs = size_t{1} << 34;

/// Tables of nodes under one text, each made when it is asked for.
struct Compiled {
  explicit Compiled(const Analysis& a)
      : meaning(a.policy(), a.definitions(), a.inventory()->tailnet()), form(meaning, a.tree()), tables(form, a.tree()) {}

  const reference::Meaning meaning;
  const lower::SharedForm form;
  tables::Tables tables;
};

/// Why there can be none; empty where they can.
std::string obstacle(const Analysis& analysis) {
  const Inventory* inventory = analysis.inventory();
  if (!inventory) return no_inventory(analysis, "which nodes there are; or the file that the setting `aclc.tailnet` names");
  for (const Diagnostic& d : analysis.findings()) {
    if (d.severity == Severity::kError) return fmt::format("a compile needs a policy without errors: {}", d.message);
  }
  const size_t nodes = inventory->tailnet().nodes.size();
  if (nodes * nodes > kMaxPairs) return "the tailnet is too large to compile inside the editor: `aclc compile` does it";
  return {};
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
  if (!analysis.inventory()) return Failure{obstacle(analysis)};
  const Tailnet& tailnet = analysis.inventory()->tailnet();
  std::vector<std::string_view> names;
  for (const Node& n : tailnet.nodes) names.push_back(tailnet.text(n.name));
  const auto found = std::find(names.begin(), names.end(), node);
  if (found == names.end()) {
    const std::string_view near = nearest(node, names);
    return Failure{near.empty() ? fmt::format("the tailnet has no node `{}`", node)
                                : fmt::format("the tailnet has no node `{}`; did you mean `{}`?", node, near)};
  }
  if (std::string reason = obstacle(analysis); !reason.empty()) return Failure{std::move(reason)};
  std::string out;
  Compiled(analysis).tables.append_json(out, TailnetNodeId(static_cast<size_t>(found - names.begin())));
  return out;
}

Result<TableDifference> compare_tables(const Analysis& before, const Analysis& after, const std::atomic<bool>& cancelled) {
  if (std::string reason = obstacle(before); !reason.empty()) return Failure{"the saved text: " + reason};
  if (std::string reason = obstacle(after); !reason.empty()) return Failure{std::move(reason)};
  const Tailnet& tailnet = after.inventory()->tailnet();
  Compiled old_text(before), new_text(after);
  TableDifference out;
  std::string x_json, y_json;
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    if (cancelled) return Failure{"cancelled"};
    const TailnetNodeId node(i);
    x_json.clear();
    y_json.clear();
    old_text.tables.append_json(x_json, node);
    new_text.tables.append_json(y_json, node);
    if (x_json == y_json) {
      ++out.same;
      continue;
    }
    const std::vector<std::string> x = lines_of(tailnet, old_text.tables.table(node)), y = lines_of(tailnet, new_text.tables.table(node));
    TableDifference::Changed changed;
    std::set_difference(y.begin(), y.end(), x.begin(), x.end(), std::back_inserter(changed.added));
    std::set_difference(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(changed.removed));
    if (changed.added.empty() && changed.removed.empty()) {  // in another order
      ++out.same;
      continue;
    }
    changed.node = tailnet.text(tailnet.nodes[node].name);
    out.changed.push_back(std::move(changed));
  }
  return out;
}

}  // namespace aclc::lsp
