// SPDX-License-Identifier: Apache-2.0
#include "evaluator/program/port_maps.h"

#include <algorithm>
#include <map>

#include "base/net/protocol.h"
#include "evaluator/program/sweep.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

constexpr uint32_t kPorts = 65536;
constexpr uint32_t kPage = format::kPortsPerPage;

// Lists of one length follow one another behind the empty list.
uint32_t offset_of(uint32_t list) { return (list - 1) * kPage; }

}  // namespace

PortMaps::PortMaps(const FilterInput& input, Family family, uint64_t max_bytes) : input_(input), max_bytes_(max_bytes) {
  rule_of_.resize(input.entries.size());
  for (uint32_t r = 0; r < input.rules.size(); ++r) {
    const FilterInput::Rule& rule = input.rules[r];
    std::fill_n(rule_of_.begin() + rule.first_entry, rule.entry_count, r);
  }
  taken_.resize(input.sets.size());
  seen_set_.assign(input.sets.size(), 0);
  find_kinds(family);
}

void PortMaps::find_kinds(Family family) {
  kind_forms_.push_back({});
  // Rules with equal protocols are one group; protocols in the same groups, and treated alike, are one kind.
  std::map<std::string, uint32_t> groups;
  std::vector<std::bitset<256>> masks;
  for (const FilterInput::Rule& rule : input_.rules) {
    if (groups.emplace(rule.protocols.to_string(), masks.size()).second) masks.push_back(rule.protocols);
  }
  std::map<std::pair<Ports, std::vector<bool>>, uint8_t> kinds;
  // ICMP comes last: its atom then ends the rows of most filters, which saves a run.
  for (int p = 0; p < 512; ++p) {
    const auto protocol = static_cast<uint8_t>(p);
    if ((p >= 256) != (protocol == wire::icmp_of(family))) continue;
    if (protocol == wire::kNoProtocol || protocol == wire::kFragmentMark || protocol == wire::kTsmp) continue;
    const bool icmp = protocol == wire::icmp_of(family);
    std::vector<bool> in(icmp ? 0 : masks.size());
    for (size_t i = 0; i < in.size(); ++i) in[i] = masks[i][protocol];
    if (!icmp && std::find(in.begin(), in.end(), true) == in.end()) continue;
    const Ports ports = icmp ? Ports::kIgnored : protocol_has_ports(protocol) ? Ports::kMatched : Ports::kOnlyAll;
    const auto [at, fresh] = kinds.emplace(std::pair(ports, std::move(in)), static_cast<uint8_t>(kind_forms_.size()));
    if (fresh) kind_forms_.push_back({ports, protocol});
    kinds_[protocol] = at->second;
  }
}

uint32_t PortMaps::atom_of(std::span<const uint32_t> entries) {
  // Of the rules with one source set only the first can ever answer.
  chosen_.clear();
  ++round_;
  for (const uint32_t entry : entries) {
    const uint32_t rule = rule_of_[entry];
    uint32_t& seen = seen_set_[input_.rules[rule].set];
    if (seen == round_) continue;
    seen = round_;
    chosen_.push_back(rule);
  }
  const size_t known = atoms_.size();
  const uint32_t atom = atoms_.intern(chosen_);
  if (atoms_.size() != known) {
    for (const uint32_t rule : chosen_) taken_[input_.rules[rule].set].push_back({atom, rule});
  }
  return atom;
}

uint32_t PortMaps::uniform_page(uint32_t atom) {
  const auto known = uniform_pages_.find(atom);
  if (known != uniform_pages_.end()) return known->second;
  const std::vector<uint32_t> page(kPage, atom);
  return uniform_pages_[atom] = offset_of(pages_.intern(page));
}

uint32_t PortMaps::uniform_map(uint32_t atom) {
  const auto known = uniform_maps_.find(atom);
  if (known != uniform_maps_.end()) return known->second;
  const std::vector<uint32_t> top(kPage, uniform_page(atom));
  return uniform_maps_[atom] = offset_of(tops_.intern(top));
}

uint32_t PortMaps::matched_map(uint8_t protocol, std::span<const uint32_t> entries, uint64_t& work) {
  std::vector<Interval<uint32_t>> intervals;
  for (const uint32_t entry : entries) {
    const PortRange& ports = input_.entries[entry].ports;
    if (ports.first > ports.last || !input_.rules[rule_of_[entry]].protocols[protocol]) continue;
    intervals.push_back({ports.first, ports.last, entry});
  }
  uint32_t top[kPage];
  uint32_t page[kPage];
  bool uniform = false;
  uint32_t whole = 0;
  const bool done = sweep(std::move(intervals), kPorts - 1, work, [&](uint32_t first, uint32_t last, std::span<const uint32_t> ids) {
    const uint32_t atom = atom_of(ids);
    uniform = first == 0 && last == kPorts - 1;
    whole = atom;
    if (uniform) return;
    // Most pages are of one atom; only those with a border inside are put together port by port.
    for (uint32_t at = first; at <= last;) {
      const uint32_t p = at / kPage;
      const uint32_t page_end = p * kPage + kPage - 1;
      const uint32_t end = std::min(last, page_end);
      if (at % kPage == 0 && end == page_end) {
        top[p] = uniform_page(atom);
      } else {
        std::fill(page + at % kPage, page + end % kPage + 1, atom);
        if (end == page_end) top[p] = offset_of(pages_.intern(page));
      }
      at = end + 1;
    }
  });
  if (!done) {
    work = 0;
    return 0;
  }
  return uniform ? uniform_map(whole) : offset_of(tops_.intern(top));
}

BuildFault PortMaps::add_class(std::span<const uint32_t> entries, uint64_t& work) {
  for (const Kind& kind : kind_forms_) {
    const uint64_t cost = entries.size() + 1;
    if (cost > work) return BuildFault::kTooMuchWork;
    work -= cost;
    rules_.clear();
    uint32_t map = 0;
    switch (kind.ports) {
      case Ports::kNone:
        map = uniform_map(0);
        break;
      case Ports::kIgnored:
        map = uniform_map(atom_of(entries));
        break;
      case Ports::kOnlyAll:
        for (const uint32_t entry : entries) {
          if (input_.entries[entry].ports.is_all() && input_.rules[rule_of_[entry]].protocols[kind.protocol]) rules_.push_back(entry);
        }
        map = uniform_map(atom_of(rules_));
        break;
      case Ports::kMatched:
        map = matched_map(kind.protocol, entries, work);
        if (work == 0) return BuildFault::kTooMuchWork;
        break;
    }
    maps_.push_back(map);
  }
  const uint64_t bytes = 4 * (uint64_t{maps_.size()} + tops().size() + pages().size() + atoms_.items().size());
  return bytes > max_bytes_ ? BuildFault::kTooLarge : BuildFault::kNone;
}

}  // namespace aclc
