// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/occurrences.h"

#include <algorithm>
#include <numeric>

namespace aclc::lsp {
namespace {

SelectorKind kind_of_prefixed(std::string_view text) {
  if (text.starts_with("tag:")) return SelectorKind::kTag;
  if (text.starts_with("group:")) return SelectorKind::kGroup;
  if (text.starts_with("ipset:")) return SelectorKind::kIpSet;
  return SelectorKind::kInvalid;
}

}  // namespace

Span span_of(const Policy& p, Entry entry) {
  const auto in = [&](const auto& items) { return entry.index < items.size() ? items[entry.index].span : Span{}; };
  switch (entry.section) {
    case field::kAcls:
      return in(p.acls);
    case field::kGrants:
      return in(p.grants);
    case field::kGroups:
      return in(p.groups);
    case field::kHosts:
      return in(p.hosts);
    case field::kIpsets:
      return in(p.ipsets);
    case field::kTagOwners:
      return in(p.tag_owners);
    case field::kAutoApprovers:
      return p.auto_approvers.span;
    case field::kSsh:
      return in(p.ssh);
    case field::kNodeAttrs:
      return in(p.node_attrs);
    case field::kPostures:
      return in(p.postures);
    case field::kTests:
      return in(p.tests);
    case field::kSshTests:
      return in(p.ssh_tests);
    default:
      return {};
  }
}

void Occurrences::add_opaque(const Policy& policy, const SyntaxTree& tree, NodeId value, Entry entry) {
  if (!value.valid()) return;
  std::string scratch;
  for (uint32_t i = value.value; i < tree[value].next; ++i) {
    const NodeId node(size_t{i});
    if (!tree.is(node, NodeKind::kString) || (tree[node].flags & (kHasEscape | kBroken))) continue;
    const std::string_view text = tree.string_value(node, scratch);
    const SelectorKind kind = kind_of_prefixed(text);
    if (kind == SelectorKind::kInvalid) continue;
    const StringId name = policy.names.find(text);
    if (!name.valid()) continue;
    const uint32_t begin = tree[node].span.begin + 1;
    all_.push_back({{begin, begin + static_cast<uint32_t>(text.size())}, name, kind, false, Standpoint::kVia, entry});
  }
}

Occurrences::Occurrences(const Policy& policy, const SyntaxTree& tree) {
  all_.reserve(policy.selectors.size() + policy.destinations.size() + policy.groups.size() + policy.hosts.size() +
               policy.tag_owners.size());
  for_each_definition(policy, [&](const Text& name, SelectorKind kind, Span, Entry entry) {
    if (name.present()) all_.push_back({name.span, name.value, kind, true, {}, entry});
  });
  for_each_selector(policy, [&](const Selector& s, Standpoint at, Entry entry) {
    if (s.kind != SelectorKind::kInvalid && s.name.valid()) all_.push_back({s.span, s.name, s.kind, false, at, entry});
  });
  // What a host's name stands for is a use of that address.
  for (uint32_t i = 0; i < policy.hosts.size(); ++i) {
    const Selector& value = policy.hosts[i].value;
    if (value.kind != SelectorKind::kInvalid && value.name.valid())
      all_.push_back({value.span, value.name, value.kind, false, Standpoint::kIpSetElement, {field::kHosts, i}});
  }
  for (const RouteApprovers& route : policy.auto_approvers.routes) {
    const Selector& s = route.prefix;
    if (s.kind != SelectorKind::kInvalid && s.name.valid())
      all_.push_back({s.span, s.name, s.kind, false, Standpoint::kIpSetElement, {field::kAutoApprovers, 0}});
  }
  // Names inside parameters that the language does not look into, and in lists of posture values.
  for (uint32_t i = 0; i < policy.grants.size(); ++i) {
    for (const AppCapability& app : policy.at(policy.grants[i].app))
      add_opaque(policy, tree, app.value, {field::kGrants, i});
  }
  for (uint32_t i = 0; i < policy.node_attrs.size(); ++i) {
    for (const AppCapability& app : policy.at(policy.node_attrs[i].app))
      add_opaque(policy, tree, app.value, {field::kNodeAttrs, i});
  }
  for (const Section& section : policy.sections) {
    if (policy.text(section.name) == "attrConfig") add_opaque(policy, tree, section.value, {field::kAttrConfig, 0});
  }
  for (uint32_t i = 0; i < policy.postures.size(); ++i) {
    for (const PostureAssertion& assertion : policy.at(policy.postures[i].assertions)) {
      for (const PostureValue& value : policy.at(assertion.values)) {
        const std::string_view text = policy.text(value.text);
        if (kind_of_prefixed(text) != SelectorKind::kIpSet) continue;
        Span span = value.span;  // with its single quotes where it has them
        if (span.length() == text.size() + 2) span = {span.begin + 1, span.end - 1};
        all_.push_back({span, value.text, SelectorKind::kIpSet, false, Standpoint::kSrcPosture, {field::kPostures, i}});
      }
    }
  }
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Occurrence& a, const Occurrence& b) { return a.span.begin < b.span.begin; });
  // Group by name with a counting sort: names are dense.
  first_.assign(policy.names.size() + 1, 0);
  for (const Occurrence& o : all_) ++first_[o.name.value + 1];
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  by_name_.resize(all_.size());
  std::vector<uint32_t> next(first_.begin(), first_.end());
  for (uint32_t i = 0; i < all_.size(); ++i) by_name_[next[all_[i].name.value]++] = i;
}

const Occurrence* Occurrences::at(uint32_t offset) const {
  auto after = std::upper_bound(all_.begin(), all_.end(), offset,
                                [](uint32_t o, const Occurrence& occurrence) { return o < occurrence.span.begin; });
  if (after == all_.begin()) return nullptr;
  const Occurrence& found = *std::prev(after);
  return offset <= found.span.end ? &found : nullptr;
}

std::vector<const Occurrence*> Occurrences::of(SelectorKind kind, StringId name) const {
  std::vector<const Occurrence*> found;
  if (size_t{name.value} + 1 >= first_.size()) return found;
  for (uint32_t i = first_[name.value]; i < first_[name.value + 1]; ++i) {
    const Occurrence& o = all_[by_name_[i]];
    if (o.kind == kind) found.push_back(&o);
  }
  return found;
}

uint32_t Occurrences::uses_of(SelectorKind kind, StringId name) const {
  if (size_t{name.value} + 1 >= first_.size()) return 0;
  uint32_t uses = 0;
  for (uint32_t i = first_[name.value]; i < first_[name.value + 1]; ++i) {
    const Occurrence& o = all_[by_name_[i]];
    uses += o.kind == kind && !o.definition;
  }
  return uses;
}

}  // namespace aclc::lsp
