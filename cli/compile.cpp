// SPDX-License-Identifier: Apache-2.0
// aclc compile: what every node gets.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/nearest.h"
#include "base/text/json_quote.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/node_table.h"
#include "cli/options.h"
#include "compiler/emit/tailcfg.h"
#include "compiler/reference/compile.h"
#include "evaluator/program/compile.h"

namespace aclc::cli {
namespace {

enum class Emit { kNone, kTailcfg, kProgram };

struct Compile {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string node;
  std::string emit;
  std::string out;

  Emit form() const { return emit == "program" ? Emit::kProgram : emit == "tailcfg" ? Emit::kTailcfg : Emit::kNone; }
};

using Tables = std::vector<reference::NodeTable>;

/// The chosen nodes: all, or the one that was named. Empty after saying that there is no such node.
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

/// The bytes of one node's program, with the policy rules quoted that its rules come from.
Result<std::string> program_of(const Run& run, const Analysis& a, TailnetNodeId id, const reference::NodeTable& table) {
  NodeFilter filter;
  filter.name = run.tailnet->text(run.tailnet->nodes[id].name);
  filter.rules = table.filter_rules;
  for (const std::string& prefix : table.allowed_ips) {
    if (const auto p = Prefix::parse(prefix)) filter.local.add(*p);
  }
  const SourceBuffer& source = run.sources[a.source];
  for (const reference::Origin& origin : table.filter_origins) {
    std::vector<OriginText>& texts = filter.origins.emplace_back();
    for (const Span& span : origin.rules) {
      if (span.empty()) continue;
      texts.push_back({source.position(span.begin).line, span, std::string(source.text().substr(span.begin, span.length()))});
    }
  }
  Result<CompiledProgram> program = compile_program({&filter, 1});
  if (!program) return program.error();
  return std::string(reinterpret_cast<const char*>(program->bytes.data()), program->bytes.size());
}

Result<std::string> emitted(const Compile& o, const Run& run, const Analysis& a, TailnetNodeId id,
                            const reference::NodeTable& table) {
  if (o.form() == Emit::kProgram) return program_of(run, a, id, table);
  std::string out;
  append_node_json(out, *run.tailnet, table);
  return out + "\n";
}

/// One file a node.
Exit write_files(const Compile& o, const Run& run, const Analysis& a, const std::vector<TailnetNodeId>& ids,
                 const Tables& tables, Console& console) {
  if (::mkdir(o.out.c_str(), 0777) != 0 && errno != EEXIST) {
    console.complain(fmt::format("cannot make the folder {}: {}", o.out, std::strerror(errno)));
    return Exit::kTrouble;
  }
  const std::string_view extension = o.form() == Emit::kProgram ? "program" : "json";
  for (const TailnetNodeId id : ids) {
    const std::string_view name = run.tailnet->text(run.tailnet->nodes[id].name);
    const Result<std::string> text = emitted(o, run, a, id, tables[id.value]);
    if (!text) {
      console.complain(fmt::format("{}: {}", name, text.error().message));
      return Exit::kTrouble;
    }
    const auto done = replace_file(fmt::format("{}/{}.{}", o.out, node_file_name(name), extension), text.value());
    if (!done) {
      console.complain(done.error().message);
      return Exit::kTrouble;
    }
  }
  if (o.output.format == Format::kText) console.print(fmt::format("{} written to {}\n", counted(ids.size(), "file"), o.out));
  return Exit::kYes;
}

/// The findings' object with `nodes` as a further member, node by node: it can be large.
void print_json(Run& run, const std::vector<TailnetNodeId>& ids, const Tables& tables, Console& console) {
  std::string head = render_json(run.sources, run.findings.sorted(), true);
  head.resize(head.rfind('}'));
  while (!head.empty() && (head.back() == '\n' || head.back() == ' ')) head.pop_back();
  console.print(head + ",\n\"nodes\": {\n");
  std::string line;
  for (size_t i = 0; i < ids.size(); ++i) {
    line.clear();
    append_json_string(line, run.tailnet->text(run.tailnet->nodes[ids[i]].name));
    line += ": ";
    append_node_json(line, *run.tailnet, tables[ids[i].value]);
    line += i + 1 < ids.size() ? ",\n" : "\n";
    console.print(line);
  }
  console.print("}}\n");
}

Exit compile(Compile& o, Console& console) {
  if (o.form() == Emit::kProgram && o.out.empty()) {
    console.complain("--emit program writes files: say where with --out");
    return Exit::kTrouble;
  }
  Run run;
  const auto id = open_policy(run, o.policy.paths.front(), o.policy, console);
  if (!id || !open_tailnet(run, o.tailnet, o.policy, console)) return Exit::kTrouble;
  const bool damaged = run.findings.has_errors();  // a tailnet that is not as it was meant answers nothing
  const Analysis a = analyse(run, *id, o.policy.pipeline);
  if (run.findings.has_errors()) {
    Showing showing;
    showing.ok = false;
    showing.summary = "nothing was compiled";
    show_findings(run, o.output, showing, console);
    return damaged ? Exit::kTrouble : Exit::kNo;
  }
  const std::vector<TailnetNodeId> ids = chosen(o, *run.tailnet, console);
  if (ids.empty() && !o.node.empty()) return Exit::kTrouble;

  const Tables tables = reference::compile(a.policy, a.tree, a.definitions, *run.tailnet);
  if (!o.out.empty()) return write_files(o, run, a, ids, tables, console);
  if (o.output.format == Format::kJson || o.form() == Emit::kTailcfg) {
    print_json(run, ids, tables, console);
    return Exit::kYes;
  }
  if (run.findings.counts().warnings > 0) show_findings(run, o.output, {}, console);
  if (!o.node.empty()) {
    console.print(node_table_text(run, a, ids.front(), tables[ids.front().value]));
  } else {
    console.print(nodes_overview(*run.tailnet, tables));
    console.print("\n`aclc compile --node NAME` shows what one node gets and why\n");
  }
  return Exit::kYes;
}

}  // namespace

Action define_compile(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Compile>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kYes);
  add_output_options(app, o->output);
  app.add_option("--node", o->node, "only this node")->type_name("NAME");
  app.add_option("--emit", o->emit, "tailcfg (JSON of the wire's rules) or program (binary table)")
      ->type_name("FORM")
      ->check(CLI::IsMember({"tailcfg", "program"}));
  app.add_option("--out", o->out, "write one file a node into this folder")->type_name("DIR");
  return [o, &console] { return compile(*o, console); };
}

}  // namespace aclc::cli
