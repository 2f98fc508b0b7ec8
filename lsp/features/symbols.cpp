// SPDX-License-Identifier: Apache-2.0
// The outline of a policy: sections, and in them their entries. Bounded, since editors ask after every keystroke.
#include <fmt/format.h>

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/comments.h"
#include "lsp/service/labels.h"

namespace aclc::lsp {
namespace {

constexpr size_t kMaxSymbols = 2000;  // in one reply: about half a megabyte
constexpr size_t kMaxDetail = 80;
constexpr size_t kMaxMembers = 40;  // of one object that is no list of entries
constexpr int kMembersDeep = 2;

SymbolKind symbol_kind(field::Policy section) {
  switch (section) {
    case field::kGroups:
      return SymbolKind::kClass;
    case field::kTagOwners:
      return SymbolKind::kConstant;
    case field::kHosts:
      return SymbolKind::kProperty;
    case field::kIpsets:
      return SymbolKind::kArray;
    case field::kPostures:
      return SymbolKind::kInterface;
    case field::kAcls:
    case field::kGrants:
    case field::kSsh:
      return SymbolKind::kFunction;
    case field::kTests:
    case field::kSshTests:
      return SymbolKind::kEvent;
    default:
      return SymbolKind::kObject;
  }
}

size_t entries_of(const Policy& p, field::Policy section) {
  switch (section) {
    case field::kAcls:
      return p.acls.size();
    case field::kGrants:
      return p.grants.size();
    case field::kGroups:
      return p.groups.size();
    case field::kHosts:
      return p.hosts.size();
    case field::kIpsets:
      return p.ipsets.size();
    case field::kTagOwners:
      return p.tag_owners.size();
    case field::kSsh:
      return p.ssh.size();
    case field::kNodeAttrs:
      return p.node_attrs.size();
    case field::kPostures:
      return p.postures.size();
    case field::kTests:
      return p.tests.size();
    case field::kSshTests:
      return p.ssh_tests.size();
    default:
      return 0;
  }
}

std::string first_line(std::string text) {
  if (const size_t newline = text.find('\n'); newline != std::string::npos) text.resize(newline);
  return shortened(text, kMaxDetail);
}

/// An outline's selection must lie inside its range.
Span within(Span inner, Span outer) {
  return {std::clamp(inner.begin, outer.begin, outer.end), std::clamp(inner.end, outer.begin, outer.end)};
}

DocumentSymbol entry_symbol(const View& view, Entry entry) {
  const Analysis& a = view.analysis;
  const Span span = span_of(a.policy(), entry);
  DocumentSymbol symbol;
  symbol.kind = symbol_kind(entry.section);
  symbol.name = entry_label(a, entry);
  if (symbol.name.empty()) symbol.name = entry_name(a, entry);
  symbol.detail = first_line(comment_above(a.text(), span.begin));
  symbol.range = view.at.range(span);
  const Span name = a.name_span(entry);
  symbol.selection = view.at.range(within(name.empty() ? Span{span.begin, span.begin + 1} : name, span));
  return symbol;
}

/// The members of an object that is no list of entries, and theirs: `routes`, and the prefixes in it.
std::vector<DocumentSymbol> member_symbols(const View& view, NodeId object, int levels) {
  const SyntaxTree& tree = view.analysis.tree();
  std::vector<DocumentSymbol> out;
  std::string scratch;
  for (const NodeId member : tree.children(object)) {
    if (out.size() == kMaxMembers) break;
    if (!tree.is(member, NodeKind::kMember) || !tree.is(tree.name_of(member), NodeKind::kString)) continue;
    DocumentSymbol symbol;
    symbol.name = std::string(tree.string_value(tree.name_of(member), scratch));
    if (symbol.name.empty()) continue;  // the protocol wants a name
    symbol.kind = SymbolKind::kProperty;
    symbol.range = view.at.range(tree[member].span);
    symbol.selection = view.at.range(within(tree[tree.name_of(member)].span, tree[member].span));
    if (levels > 1 && tree.is(tree.value_of(member), NodeKind::kObject)) symbol.children = member_symbols(view, tree.value_of(member), levels - 1);
    out.push_back(std::move(symbol));
  }
  return out;
}

/// Letters of the query in order, case aside.
bool fits(std::string_view name, std::string_view query) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  size_t at = 0;
  for (const char c : query) {
    while (at < name.size() && lower(name[at]) != lower(c)) ++at;
    if (at++ == name.size()) return false;
  }
  return true;
}

}  // namespace

std::vector<DocumentSymbol> document_symbols(const View& view) {
  const Analysis& a = view.analysis;
  const Policy& policy = a.policy();
  std::vector<DocumentSymbol> out;
  // Every section gets its share; small ones leave theirs to the large.
  std::vector<size_t> wanted;
  for (const Section& section : policy.sections) {
    const auto match = find_field(Shape::kPolicy, policy.text(section.name), Target::kTailscale);
    wanted.push_back(match ? entries_of(policy, static_cast<field::Policy>(match->index)) : 0);
  }
  size_t share = kMaxSymbols;
  for (size_t low = 0, high = kMaxSymbols; low <= high;) {  // the largest share that fits
    const size_t middle = (low + high) / 2;
    size_t sum = 0;
    for (const size_t n : wanted) sum += std::min(n, middle);
    if (sum <= kMaxSymbols) {
      share = middle;
      low = middle + 1;
    } else {
      if (middle == 0) break;
      high = middle - 1;
    }
  }
  for (size_t s = 0; s < policy.sections.size(); ++s) {
    const Section& section = policy.sections[s];
    const SyntaxTree& tree = a.tree();
    const Span value = tree[section.value].span;
    const uint32_t begin = section.name_span.begin;
    const bool quoted = begin > 0 && a.text()[begin - 1] == '"';
    const Span span{begin - (quoted ? 1 : 0), std::max(section.name_span.end, value.end)};
    DocumentSymbol symbol;
    symbol.name = std::string(policy.text(section.name));
    symbol.kind = SymbolKind::kModule;
    symbol.range = view.at.range(span);
    symbol.selection = view.at.range(section.name_span);
    const auto match = find_field(Shape::kPolicy, symbol.name, Target::kTailscale);
    if (match && wanted[s] > 0) {
      symbol.detail = wanted[s] == 1 ? "1 entry" : fmt::format("{} entries", wanted[s]);
      const size_t shown = std::min(wanted[s], share);
      for (uint32_t i = 0; i < shown; ++i)
        symbol.children.push_back(entry_symbol(view, {static_cast<field::Policy>(match->index), i}));
      if (shown < wanted[s]) {
        DocumentSymbol more;
        more.name = fmt::format("\xe2\x80\xa6 {} more", wanted[s] - shown);
        more.kind = SymbolKind::kNull;
        const Span next = span_of(policy, {static_cast<field::Policy>(match->index), static_cast<uint32_t>(shown)});
        more.range = more.selection = view.at.range(within({next.begin, next.begin}, span));
        symbol.children.push_back(std::move(more));
      }
    } else if (tree.is(section.value, NodeKind::kObject)) {
      symbol.children = member_symbols(view, section.value, kMembersDeep);
    }
    out.push_back(std::move(symbol));
  }
  return out;
}

void workspace_symbols(const View& view, std::string_view query, size_t limit, std::vector<WorkspaceSymbol>& out) {
  const Analysis& a = view.analysis;
  for_each_definition(a.policy(), [&](const Text& name, SelectorKind, Span, Entry entry) {
    if (out.size() >= limit || !name.present()) return;
    const std::string_view text = a.policy().text(name);
    if (!fits(text, query)) return;
    out.push_back({std::string(text), symbol_kind(entry.section), {view.uri, view.at.range(name.span)},
                   std::string(shape_info(Shape::kPolicy).fields[entry.section].name)});
  });
}

}  // namespace aclc::lsp
