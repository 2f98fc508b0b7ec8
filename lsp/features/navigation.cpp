// SPDX-License-Identifier: Apache-2.0
// Definition, references and highlights of the name under the cursor; what it is a part of, and which rules lead to it.
#include <algorithm>

#include "lsp/documents/uri.h"
#include "lsp/features/features.h"
#include "lsp/service/access.h"
#include "lsp/service/words.h"

namespace aclc::lsp {
namespace {

Location location(const View& view, Span span) { return {view.uri, view.at.range(span)}; }

/// All places of the word at the offset, where no name stands there.
std::vector<Word> words(const Analysis& a, uint32_t offset) {
  const auto word = word_at(a.policy(), offset);
  return word ? words_like(a.policy(), *word) : std::vector<Word>();
}

/// Where the inventory says what stands here: a user's or a node's entry.
void add_inventory(const View& view, const Occurrence& o, std::vector<Location>& out) {
  const Inventory* inventory = view.analysis.inventory();
  if (!inventory) return;
  const Policy& policy = view.analysis.policy();
  const Positions at(inventory->version(), view.at.unit());
  const std::string uri = path_to_uri(inventory->path());
  if (o.kind == SelectorKind::kUser) {
    if (const auto user = inventory->user(policy.text(o.name)))
      out.push_back({uri, at.range(inventory->tailnet().users[UserId(size_t{*user})].span)});
  } else if (o.kind == SelectorKind::kAddress) {
    const Reached reached = reach(policy, view.analysis.definitions(), inventory, o.kind, o.name);
    for (const uint32_t node : reached.nodes)
      out.push_back({uri, at.range(inventory->tailnet().nodes[TailnetNodeId(size_t{node})].span)});
  }
}

}  // namespace

std::vector<Location> definition(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  std::vector<Location> out;
  const Occurrence* o = a.occurrences().at(offset);
  if (!o) return out;
  if (const auto entry = a.definition_of(o->kind, o->name)) {
    out.push_back(location(view, a.name_span(*entry)));
    return out;
  }
  add_inventory(view, *o, out);
  // An address has a name, too, where `hosts` gives it one.
  if (o->kind == SelectorKind::kAddress || o->kind == SelectorKind::kPrefix) {
    for (const Host& host : a.policy().hosts) {
      if (host.value.name == o->name && host.name.present()) out.push_back(location(view, host.name.span));
    }
  }
  if (!out.empty() || o->kind != SelectorKind::kUser) return out;
  // Without an inventory a user is known by the groups that list it.
  for (const Occurrence* other : a.occurrences().of(o->kind, o->name)) {
    if (other->at == Standpoint::kGroupMember) out.push_back(location(view, other->span));
  }
  return out;
}

std::vector<Location> type_definition(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  const Policy& p = a.policy();
  std::vector<Location> out;
  const Occurrence* o = a.occurrences().at(offset);
  if (!o) return out;
  // By its words: definitions that mention it.
  Entry last;
  for (const Occurrence* use : a.occurrences().of(o->kind, o->name)) {
    const bool defines = use->at == Standpoint::kIpSetElement || use->at == Standpoint::kGroupMember || use->at == Standpoint::kTagOwner;
    if (use->definition || !defines || use->entry == last || !a.name_of(use->entry).valid()) continue;
    last = use->entry;
    out.push_back(location(view, a.name_span(last)));
  }
  // By addresses: wider hosts.
  const Reached asked = reach(p, a.definitions(), nullptr, o->kind, o->name);
  if (asked.literals.size() != 1) return out;
  for (const Host& host : p.hosts) {
    if (host.value.kind == SelectorKind::kInvalid || !host.name.present()) continue;
    const AddressRange wide = p.range(host.value);
    if (wide != asked.literals.front() && wide.contains(asked.literals.front().first) && wide.contains(asked.literals.front().last))
      out.push_back(location(view, host.name.span));
  }
  return out;
}

std::vector<Location> implementation(const View& view, uint32_t offset) {
  std::vector<Location> out;
  const Occurrence* o = view.analysis.occurrences().at(offset);
  if (!o || o->kind == SelectorKind::kPosture) return out;
  std::vector<Span> spans;
  for (const Party& party : who_reaches(view.analysis, o->kind, o->name)) spans.insert(spans.end(), party.because.begin(), party.because.end());
  std::sort(spans.begin(), spans.end(), [](Span x, Span y) { return x.begin < y.begin; });
  spans.erase(std::unique(spans.begin(), spans.end()), spans.end());
  for (const Span span : spans) out.push_back(location(view, span));
  return out;
}

std::vector<Location> references(const View& view, uint32_t offset, bool with_declaration) {
  const Analysis& a = view.analysis;
  std::vector<Location> out;
  const Occurrence* o = a.occurrences().at(offset);
  if (!o) {
    for (const Word& word : words(a, offset)) out.push_back(location(view, word.span));
    return out;
  }
  for (const Occurrence* other : a.occurrences().of(o->kind, o->name)) {
    if (with_declaration || !other->definition) out.push_back(location(view, other->span));
  }
  return out;
}

std::vector<DocumentHighlight> highlights(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  std::vector<DocumentHighlight> out;
  const Occurrence* o = a.occurrences().at(offset);
  if (!o) {
    for (const Word& word : words(a, offset)) out.push_back({view.at.range(word.span), HighlightKind::kRead});
    return out;
  }
  for (const Occurrence* other : a.occurrences().of(o->kind, o->name))
    out.push_back({view.at.range(other->span), other->definition ? HighlightKind::kWrite : HighlightKind::kRead});
  return out;
}

}  // namespace aclc::lsp
