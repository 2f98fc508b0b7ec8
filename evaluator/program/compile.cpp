// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/compile.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "evaluator/program/format.h"
#include "evaluator/program/plane_builder.h"
#include "evaluator/program/program.h"
#include "evaluator/program/section_writer.h"
#include "evaluator/wire/resolve.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

struct Section {
  format::SectionKind kind;
  uint32_t node;
  std::vector<std::byte> bytes;
};

Failure limit_passed(const NodeFilter& node, BuildFault fault, const ProgramLimits& limits) {
  if (fault == BuildFault::kTooLarge) {
    return Failure{"the filter of `" + node.name + "` would need a program of more than " + std::to_string(limits.bytes) + " bytes"};
  }
  return Failure{"the filter of `" + node.name + "` is too complex: its rules overlap in more than " + std::to_string(limits.work) + " ways"};
}

std::vector<std::byte> write_texts(const std::vector<std::string_view>& texts) {
  std::vector<uint32_t> offsets = {0};
  std::vector<char> bytes;
  for (const std::string_view text : texts) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  format::TextTable table{};
  SectionWriter writer(sizeof table);
  table.offsets = writer.add(offsets);
  table.bytes = writer.add(bytes);
  return std::move(writer).finish(table);
}

// Cut where a character ends.
std::string_view bounded(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

std::vector<std::byte> write_origins(const NodeFilter& node, uint32_t text_limit) {
  ACLC_CHECK(node.origins.size() == node.rules.size());
  std::vector<uint32_t> firsts = {0};
  std::vector<format::OriginEntry> entries;
  std::vector<char> texts;
  std::unordered_map<std::string_view, uint32_t> known;  // a policy rule is often the origin of several
  for (const auto& list : node.origins) {
    for (const OriginText& origin : list) {
      const std::string_view text = bounded(origin.text, text_limit);
      const auto [at, fresh] = known.emplace(text, static_cast<uint32_t>(texts.size()));
      if (fresh) texts.insert(texts.end(), text.begin(), text.end());
      entries.push_back({origin.line, origin.span.begin, origin.span.end, at->second, static_cast<uint32_t>(text.size())});
    }
    firsts.push_back(static_cast<uint32_t>(entries.size()));
  }
  format::OriginsHeader header{};
  header.rule_count = static_cast<uint32_t>(node.rules.size());
  SectionWriter writer(sizeof header);
  header.firsts = writer.add(firsts);
  header.entries = writer.add(entries);
  header.texts = writer.add(texts);
  return std::move(writer).finish(header);
}

// Sets of equal ranges have one number: rules of one group share their sources, and much of what follows is per set.
FilterInput intern_sets(wire::Resolved& resolved, const AddressSet& local) {
  FilterInput input;
  input.destinations = wire::reachable_destinations(local);
  std::unordered_multimap<uint64_t, uint32_t> by_hash;
  for (wire::RuleMatch& match : resolved.rules) {
    uint64_t hash = match.sources.ranges().size();
    for (const AddressRange& r : match.sources.ranges()) {
      for (const uint64_t word : {r.first.hi, r.first.lo, r.last.hi, r.last.lo}) hash = (hash ^ word) * 0x9e3779b97f4a7c15u, hash ^= hash >> 31;
    }
    const auto [begin, end] = by_hash.equal_range(hash);
    const auto same = std::find_if(begin, end, [&](const auto& known) { return input.sets[known.second] == match.sources; });
    FilterInput::Rule rule;
    rule.protocols = match.protocols;
    if (same != end) {
      rule.set = same->second;
    } else {
      rule.set = static_cast<uint32_t>(input.sets.size());
      by_hash.emplace(hash, rule.set);
      input.sets.push_back(std::move(match.sources));
    }
    rule.first_entry = static_cast<uint32_t>(input.entries.size());
    rule.entry_count = static_cast<uint32_t>(match.destinations.size());
    for (const wire::Destination& d : match.destinations) input.entries.push_back({&d.addresses, d.ports});
    input.rules.push_back(rule);
  }
  return input;
}

std::vector<std::byte> assemble(std::vector<Section> sections, uint32_t node_count) {
  format::FileHeader header{};
  std::memcpy(header.magic, format::kMagic, sizeof header.magic);
  header.version = format::kVersion;
  header.byte_order = format::kByteOrder;
  header.section_count = static_cast<uint32_t>(sections.size());
  header.node_count = node_count;
  std::vector<format::SectionEntry> entries;
  std::vector<std::byte> out(sizeof header + sections.size() * sizeof(format::SectionEntry));
  uint64_t total = out.size();
  for (const Section& s : sections) total += s.bytes.size() + format::kAlignment;
  out.reserve(static_cast<size_t>(total));
  for (Section& s : sections) {
    SectionWriter::pad(out, format::kAlignment);
    entries.push_back({static_cast<uint32_t>(s.kind), s.node, out.size(), s.bytes.size(), 0, 0});
    out.insert(out.end(), s.bytes.begin(), s.bytes.end());
    s.bytes = {};
  }
  if (!entries.empty()) std::memcpy(out.data() + sizeof header, entries.data(), entries.size() * sizeof(format::SectionEntry));
  header.size = out.size();
  header.checksum = program_checksum(out);
  // The checksum starts from the size and leaves the header out.
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace

Result<CompiledProgram> compile_program(std::span<const NodeFilter> nodes, const ProgramLimits& limits) {
  CompiledProgram out;
  std::vector<Section> sections;
  std::vector<std::string_view> names;
  uint64_t work = limits.work;
  uint64_t room = limits.bytes;
  for (uint32_t n = 0; n < nodes.size(); ++n) {
    const NodeFilter& node = nodes[n];
    names.push_back(node.name);
    wire::Resolved resolved = wire::resolve(node.rules);
    for (const std::string& fault : resolved.faults) out.faults.push_back((node.name.empty() ? "" : node.name + ": ") + fault);
    const FilterInput input = intern_sets(resolved, node.local);
    for (const Family family : {Family::kV4, Family::kV6}) {
      std::vector<std::byte> bytes;
      const BuildFault fault = build_plane(input, family, room, work, bytes);
      if (fault != BuildFault::kNone) return limit_passed(node, fault, limits);
      room -= bytes.size();
      sections.push_back({family == Family::kV4 ? format::SectionKind::kFilter4 : format::SectionKind::kFilter6, n, std::move(bytes)});
    }
    if (!node.origins.empty()) {
      sections.push_back({format::SectionKind::kOrigins, n, write_origins(node, limits.origin_text)});
      room -= std::min<uint64_t>(room, sections.back().bytes.size());
    }
  }
  sections.push_back({format::SectionKind::kNames, format::kAllNodes, write_texts(names)});
  out.bytes = assemble(std::move(sections), static_cast<uint32_t>(nodes.size()));
  return out;
}

}  // namespace aclc
