// SPDX-License-Identifier: Apache-2.0
#include "cli/node_output.h"

#include "daemon/backend/nft/script.h"
#include "daemon/planner/boxes.h"
#include "evaluator/program/compile.h"
#include "evaluator/wire/semantics.h"

namespace aclc::cli {
namespace {

AddressSet local_addresses(const reference::NodeTable& table) {
  AddressSet out;
  for (const std::string& text : table.allowed_ips) {
    if (const auto prefix = Prefix::parse(text)) out.add(*prefix);
  }
  return out;
}

Result<std::string> program_of(const Run& run, const Analysis& a, const reference::NodeTable& table, std::string_view name) {
  NodeFilter filter;
  filter.name = name;
  filter.rules = table.filter_rules;
  filter.local = local_addresses(table);
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

/// What the node daemon puts into the kernel for its first policy, for hosts that load it by other means.
Result<std::string> nft_of(const reference::NodeTable& table, const std::string& interface) {
  constexpr uint64_t generation = 1;
  const wire::Resolved rules = wire::resolve(table.filter_rules);
  const Result<FilterBoxes> boxes = filter_boxes(rules, wire::reachable_destinations(local_addresses(table)));
  if (!boxes) return boxes.error();
  const nft::Table in_kernel{interface};
  return nft::base_script(in_kernel) + nft::stage_script(in_kernel, *boxes, generation) +
         nft::flip_script(in_kernel, *boxes, generation, false, {});
}

}  // namespace

std::optional<Emit> parse_emit(std::string_view name) {
  if (name == "tailcfg") return Emit::kTailcfg;
  if (name == "program") return Emit::kProgram;
  if (name == "nft") return Emit::kNft;
  return std::nullopt;
}

std::string_view extension(Emit form) {
  switch (form) {
    case Emit::kProgram: return "program";
    case Emit::kNft: return "nft";
    case Emit::kTailcfg: break;
  }
  return "json";
}

Result<std::string> node_output(const OutputForm& form, const Run& run, const Analysis& analysis, tables::Tables& tables,
                                TailnetNodeId node) {
  if (form.emit == Emit::kTailcfg) {
    std::string out;
    tables.append_json(out, node);
    return out + "\n";
  }
  const reference::NodeTable table = tables.table(node);
  if (form.emit == Emit::kNft) return nft_of(table, form.interface);
  return program_of(run, analysis, table, run.tailnet->text(run.tailnet->nodes[node].name));
}

}  // namespace aclc::cli
