// SPDX-License-Identifier: Apache-2.0
// Refactorings of lists: sorted, drawn out into a group, a group replaced by its members.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/insertion.h"
#include "lsp/features/actions.h"
#include "lsp/protocol/writer.h"
#include "lsp/service/place.h"

namespace aclc::lsp {

/// The array of strings around the span.
NodeId Actions::list_around() const {
  NodeId found;
  NodeId at = tree_.root();
  for (bool deeper = true; deeper;) {
    deeper = false;
    for (const NodeId child : tree_.children(at)) {
      const Span s = tree_[child].span;
      if (s.begin <= span_.begin && span_.end <= s.end) {
        at = child;
        deeper = true;
        if (tree_.is(at, NodeKind::kArray)) found = at;
        break;
      }
      if (s.begin > span_.end) break;
    }
  }
  if (!found.valid()) return {};
  for (const NodeId child : tree_.children(found)) {
    if (!tree_.is(child, NodeKind::kString)) return {};
  }
  return found;
}

/// Lists whose order says nothing; not ipsets, whose elements are applied in turn, nor parameters of unknown meaning.
void Actions::sort_list() {
  const NodeId list = list_around();
  if (!list.valid() || (tree_[list].flags & kBroken)) return;
  const Place place = place_at(tree_, span_.begin, a_.options().target);
  if (!place.field || place.holder != list) return;
  switch (place.field->value) {
    case Value::kSelector:
    case Value::kDestination:
    case Value::kTestDestination:
    case Value::kTag:
    case Value::kPostureName:
    case Value::kLogin:
      break;
    default:
      return;
  }
  std::vector<Span> items;
  for (const NodeId child : tree_.children(list)) items.push_back(tree_[child].span);
  std::vector<std::string> sorted;
  for (const Span s : items) sorted.emplace_back(a_.text(s));
  std::sort(sorted.begin(), sorted.end());
  std::vector<Edit> edits;
  for (size_t i = 0; i < items.size(); ++i) {
    if (a_.text(items[i]) != sorted[i]) edits.push_back({items[i], sorted[i]});
  }
  if (edits.empty() || comment_inside(tree_[list].span)) return;
  add("sort the list", "refactor.rewrite", std::move(edits));
}

/// The list of selectors that the cursor is in, of rules' sources.
std::span<const Selector> Actions::sources(Span& span) const {
  const auto in = [&](Span s) { return !s.empty() && s.begin <= span_.begin && span_.end <= s.end; };
  for (const AclRule& rule : p_.acls) {
    if (in(rule.src_span)) return span = rule.src_span, p_.at(rule.src);
  }
  for (const Grant& grant : p_.grants) {
    if (in(grant.src_span)) return span = grant.src_span, p_.at(grant.src);
  }
  for (const SshRule& rule : p_.ssh) {
    if (in(rule.src_span)) return span = rule.src_span, p_.at(rule.src);
  }
  return {};
}

void Actions::extract_group() {
  Span span{};
  const std::span<const Selector> list = sources(span);
  if (list.size() < 2 || comment_inside(span)) return;
  if (!std::all_of(list.begin(), list.end(), [](const Selector& s) { return s.kind == SelectorKind::kUser; })) return;
  std::string name = "group:new";
  for (int i = 2; p_.names.find(name).valid(); ++i) name = fmt::format("group:new{}", i);
  std::vector<Edit> edits = checks::add_definition(tree_, "groups", name, quoted_list(texts(list)));
  if (edits.empty()) return;
  // Every other list of exactly these users means the group as well.
  const std::vector<std::string> members = texts(list);
  const auto replace = [&](std::span<const Selector> other, Span at) {
    if (!at.empty() && texts(other) == members && !comment_inside(at)) edits.push_back({at, "[" + json_quote(name) + "]"});
  };
  for (const AclRule& rule : p_.acls) replace(p_.at(rule.src), rule.src_span);
  for (const Grant& grant : p_.grants) replace(p_.at(grant.src), grant.src_span);
  for (const SshRule& rule : p_.ssh) replace(p_.at(rule.src), rule.src_span);
  add(fmt::format("extract the {} users into `{}`", members.size(), name), "refactor.extract", std::move(edits));
}

void Actions::inline_group() {
  const Occurrence* o = a_.occurrences().at(span_.begin);
  if (!o || o->kind != SelectorKind::kGroup || o->definition || o->entry.section == field::kGroups) return;
  const uint32_t at = a_.definitions().group_of(o->name);
  if (at == Definitions::kNone || p_.groups[at].members.empty()) return;
  // Where the whole string is the group; `group:x:22` would need its ports repeated.
  const Span quotes{o->span.begin - 1, o->span.end + 1};
  if (quotes.end > a_.text().size() || a_.text()[quotes.begin] != '"' || a_.text()[quotes.end - 1] != '"') return;
  if (o->at == Standpoint::kTestSrc || o->at == Standpoint::kSshTestSrc) return;
  std::string text;
  for (const Selector& s : p_.at(p_.groups[at].members)) text += (text.empty() ? "" : ", ") + json_quote(a_.text(s.span));
  add(fmt::format("replace `{}` by its members", p_.text(o->name)), "refactor.inline", {{quotes, std::move(text)}});
}

}  // namespace aclc::lsp
