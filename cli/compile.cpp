// SPDX-License-Identifier: Apache-2.0
// aclc compile: what every node gets.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "base/nearest.h"
#include "base/text/json_quote.h"
#include "cli/checked.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/folder.h"
#include "cli/node_output.h"
#include "cli/node_table.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "compiler/tables/tables.h"

namespace aclc::cli {
namespace {

/// The overview has a line for each node up to here; nobody reads more, and all are counted.
constexpr size_t kOverviewRows = 1000;

struct Compile {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string node;
  std::string emit;
  std::string out;
  std::string interface = "aclc0";

  OutputForm form() const { return {parse_emit(emit).value_or(Emit::kTailcfg), interface}; }
};

/// What the steps after the check work on.
struct Work {
  const Compile& options;
  Run& run;
  const Analysis& analysis;
  const lower::SharedForm& form;
  tables::Tables& tables;
  std::vector<TailnetNodeId> nodes;  ///< the chosen ones
  Console& console;

  std::string_view name(TailnetNodeId id) const { return run.tailnet->text(run.tailnet->nodes[id].name); }
};

/// All nodes, or the one that was named. Empty after saying that there is no such node.
std::vector<TailnetNodeId> chosen(const Compile& o, const Tailnet& tailnet, Console& console) {
  std::vector<TailnetNodeId> out;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    const std::string_view name = tailnet.text(tailnet.nodes[TailnetNodeId(i)].name);
    if (o.node.empty() || name == o.node) out.emplace_back(i);
    names.push_back(name);
  }
  if (out.empty() && !o.node.empty()) {
    const std::string_view near = nearest(o.node, names);
    console.complain(near.empty() ? fmt::format("the tailnet has no node `{}`", o.node)
                                  : fmt::format("the tailnet has no node `{}`; did you mean `{}`?", o.node, near));
  }
  return out;
}

/// Files of nodes that were there once are left alone, since they may be somebody's; but nobody should take them for tables.
void tell_of_leftovers(const Work& w, const std::set<std::string>& written, std::string_view ending) {
  std::vector<std::string> left;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(w.options.out, error)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(ending) && written.count(name) == 0) left.push_back(name);
  }
  if (left.empty()) return;
  std::sort(left.begin(), left.end());
  constexpr size_t kNamed = 3;
  w.console.note(fmt::format("{} has {} of no node in this tailnet: {}{}", w.options.out, counted(left.size(), "file"),
                             fmt::join(left.begin(), left.begin() + static_cast<ptrdiff_t>(std::min(left.size(), kNamed)), ", "),
                             left.size() > kNamed ? " ..." : ""));
}

/// One file a node, all of them or none.
Exit write_files(const Work& w) {
  const OutputForm form = w.options.form();
  FolderWriter folder(w.options.out);
  Progress progress(w.console, "writing tables", w.nodes.size());
  std::set<std::string> written;
  for (const TailnetNodeId id : w.nodes) {
    const Result<std::string> text = node_output(form, w.run, w.analysis, w.tables, id);
    if (!text) {
      w.console.complain(fmt::format("{}: {}", w.name(id), text.error().message));
      return Exit::kTrouble;
    }
    const std::string file = fmt::format("{}.{}", node_file_name(w.name(id)), extension(form.emit));
    const auto done = folder.add(file, text.value());
    if (!done) {
      w.console.complain(done.error().message);
      return Exit::kTrouble;
    }
    written.insert(file);
    progress.step(folder.size());
  }
  if (const auto done = folder.commit(); !done) {
    w.console.complain(done.error().message);
    return Exit::kTrouble;
  }
  if (w.options.node.empty()) tell_of_leftovers(w, written, fmt::format(".{}", extension(form.emit)));
  if (w.options.output.format == Format::kText) w.console.print(fmt::format("{} written to {}\n", counted(w.nodes.size(), "file"), w.options.out));
  return Exit::kYes;
}

/// The findings' object with `nodes` as a further member, node by node: it can be large.
void print_json(const Work& w) {
  std::string head = render_json(w.run.sources, w.run.findings.sorted(), true);
  head.resize(head.rfind('}'));
  while (!head.empty() && (head.back() == '\n' || head.back() == ' ')) head.pop_back();
  w.console.print(head + ",\n\"nodes\": {\n");
  Progress progress(w.console, "writing tables", w.nodes.size());
  std::string line;
  for (size_t i = 0; i < w.nodes.size(); ++i) {
    line.clear();
    append_json_string(line, w.name(w.nodes[i]));
    line += ": ";
    w.tables.append_json(line, w.nodes[i]);
    line += i + 1 < w.nodes.size() ? ",\n" : "\n";
    w.console.print(line);
    progress.step(i);
  }
  w.console.print("}}\n");
}

/// A line for each of the first nodes, and what all of them have together.
void print_overview(const Work& w) {
  std::vector<tables::Summary> rows;
  size_t filter_rules = 0, ssh_rules = 0, pairs = 0;
  Progress progress(w.console, "compiling", w.nodes.size());
  for (const TailnetNodeId id : w.nodes) {
    tables::Summary s = w.tables.summary(id);
    filter_rules += s.filter_rules;
    ssh_rules += s.ssh_rules;
    pairs += s.peers;
    if (rows.size() < kOverviewRows) rows.push_back(std::move(s));
    progress.step(id.value);
  }
  w.console.print(nodes_overview(*w.run.tailnet, rows));
  if (rows.size() < w.nodes.size()) w.console.print(fmt::format("  and {}\n", counted(w.nodes.size() - rows.size(), "more node")));
  const lower::SharedForm& form = w.form;
  w.console.print(fmt::format("\n{} in {}; {} with {} of sources\n", counted(w.nodes.size(), "node"),
                              form.identity().class_count() == 1 ? "1 class" : fmt::format("{} classes", form.identity().class_count()),
                              counted(form.rule_count(), "rule"), counted(form.sources().content_count(), "list")));
  w.console.print(fmt::format("{} and {} in all tables; {} of nodes see each other\n", counted(filter_rules, "filter rule"),
                              counted(ssh_rules, "ssh rule"), counted(pairs / 2, "pair")));
  w.console.print("\n`aclc compile --node NAME` shows what one node gets and why\n");
}

Exit show(const Work& w) {
  const Compile& o = w.options;
  if (!o.out.empty()) return write_files(w);
  if (o.emit == "program" || o.emit == "nft") {  // one node: several would run into each other
    const Result<std::string> text = node_output(o.form(), w.run, w.analysis, w.tables, w.nodes.front());
    if (!text) {
      w.console.complain(fmt::format("{}: {}", o.node, text.error().message));
      return Exit::kTrouble;
    }
    w.console.print(text.value());
    return Exit::kYes;
  }
  if (o.output.format == Format::kJson || o.emit == "tailcfg") {
    print_json(w);
    return Exit::kYes;
  }
  if (w.run.findings.counts().warnings > 0) show_findings(w.run, o.output, {}, w.console);
  if (o.node.empty()) {
    print_overview(w);
  } else {
    w.console.print(node_table_text(w.run, w.analysis, w.nodes.front(), w.tables.table(w.nodes.front())));
  }
  return Exit::kYes;
}

Exit compile(Compile& o, Console& console) {
  if (o.out.empty() && (o.emit == "program" || (o.emit == "nft" && o.node.empty()))) {
    console.complain(o.emit == "nft" ? "--emit nft writes a file for each node: say where with --out, or which one with --node"
                                     : "--emit program writes files: say where with --out");
    return Exit::kTrouble;
  }
  Run run;
  const Result<Analysis, Exit> analysis = open_checked(run, o.policy, o.tailnet, o.output, "nothing was compiled", console);
  if (!analysis) return analysis.error();
  std::vector<TailnetNodeId> nodes = chosen(o, *run.tailnet, console);
  if (nodes.empty() && !o.node.empty()) return Exit::kTrouble;
  const lower::SharedForm form(reference::Meaning(analysis->policy, analysis->definitions, *run.tailnet), analysis->tree);
  tables::Tables tables(form, analysis->tree);
  return show({o, run, analysis.value(), form, tables, std::move(nodes), console});
}

}  // namespace

Action define_compile(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Compile>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kYes);
  add_output_options(app, o->output);
  app.add_option("--node", o->node, "only this node")->type_name("NAME");
  app.add_option("--emit", o->emit, "tailcfg (JSON of the wire's rules), program (binary table) or nft (script for the kernel)")
      ->type_name("FORM")
      ->check(CLI::IsMember({"tailcfg", "program", "nft"}));
  app.add_option("--interface", o->interface, "with --emit nft: packets that come in here are judged (default: aclc0)")->type_name("NAME");
  app.add_option("--out", o->out, "write one file a node into this folder, all or none")->type_name("DIR");
  return [o, &console] { return compile(*o, console); };
}

}  // namespace aclc::cli
