// SPDX-License-Identifier: Apache-2.0
// Repairs that leave something to look at, and so are no fixes of the command line: two members of one name merged, a name
// defined with a value to be replaced.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "compiler/check/insertion.h"
#include "lsp/features/actions.h"
#include "lsp/service/labels.h"
#include "parser/syntax/removal.h"

namespace aclc::lsp {
namespace {

/// Set aside for documentation (RFC 5737): nobody has it.
constexpr std::string_view kAddressToReplace = "192.0.2.1";

}  // namespace

void Actions::repairs() {
  for (const Diagnostic& finding : a_.findings()) {
    if (!is_meant(finding)) continue;
    switch (finding.kind) {
      case Kind::kDuplicateKey:
        merge_duplicate(finding);
        break;
      case Kind::kUnknownHost:
      case Kind::kUnknownIpSet:
      case Kind::kUnknownPosture:
        define_name(finding);
        break;
      default:
        break;
    }
  }
}

/// The member whose name, with or without its quotes, has this span.
NodeId Actions::member_named_at(Span name) const {
  const NodeId string = checks::node_begun(tree_, name.begin);
  if (!string.valid() || string.value == 0) return {};
  const NodeId member{size_t{string.value - 1}};  // in the order of the text a member comes right before its name
  return tree_.is(member, NodeKind::kMember) && tree_.name_of(member) == string ? member : NodeId();
}

/// Two lists or two objects of one name become one, where the first stands. What both have is taken once.
void Actions::merge_duplicate(const Diagnostic& finding) {
  if (finding.labels.empty()) return;
  const NodeId kept = member_named_at(finding.labels.front().span), gone = member_named_at(finding.span);
  if (!kept.valid() || !gone.valid() || kept == gone) return;
  const NodeId into = tree_.value_of(kept), from = tree_.value_of(gone);
  const NodeKind kind = tree_[into].kind;
  if (tree_[from].kind != kind || (kind != NodeKind::kArray && kind != NodeKind::kObject)) return;
  std::set<std::string_view> known;
  Span last;
  for (const NodeId child : tree_.children(into)) {
    last = tree_[child].span;
    known.insert(a_.text(last));
  }
  const std::string between = known.empty() ? ", " : separator(last);
  std::string moved, comments;
  Span span{};
  for (const NodeId child : tree_.children(from)) {
    const Span s = tree_[child].span;
    span = {span.empty() ? s.begin : span.begin, s.end};
    if (known.insert(a_.text(s)).second) moved.append(moved.empty() ? "" : between).append(a_.text(s));
  }
  if (!span.empty() && comment_inside(span)) moved = a_.text(span);  // as it stands: whose comment it is cannot be told
  // Comments before the first or behind the last would be lost.
  const Span whole = tree_[from].span;
  if (comment_inside({whole.begin, span.empty() ? whole.end : span.begin}) || comment_inside({span.empty() ? whole.begin : span.end, whole.end})) return;
  // Comments about the list or object that goes come to stand above what it brings along.
  for (const Span comment : comments_of_element(tree_, tree_[gone].span)) {
    if (moved.empty() || between == ", ") return;
    comments.append(a_.text(comment)).append(between.substr(1));
  }
  std::vector<Edit> edits;
  if (!moved.empty()) edits = checks::append_child(tree_, into, comments + moved);
  if (edits.empty() && !moved.empty()) return;
  std::vector<Edit> away = removal(tree_, tree_[gone].span);
  std::move(away.begin(), away.end(), std::back_inserter(edits));
  CodeAction& action = add(fmt::format("merge into the first `{}`", a_.text(finding.labels.front().span)), "quickfix", std::move(edits));
  action.diagnostics.push_back(to_item(view_, finding));
}

/// As the check's own fixes do for tags and groups. Those can be empty; a host must have an address.
void Actions::define_name(const Diagnostic& finding) {
  const Occurrence* o = a_.occurrences().at(finding.span.begin);
  if (!o || o->definition) return;
  const std::string_view name = p_.text(o->name);
  if (name.find_first_not_of("0123456789,-") == std::string_view::npos) return;  // a port
  const std::string_view section = section_defining(o->kind);
  if (section.empty()) return;
  const std::string value = o->kind == SelectorKind::kHost ? fmt::format("\"{}\"", kAddressToReplace) : "[]";
  std::vector<Edit> edits = checks::add_definition(tree_, section, name, value);
  if (edits.empty()) return;
  std::string title = fmt::format("add `{}` to {}", name, section);
  if (o->kind == SelectorKind::kHost) title += fmt::format(", as {} until you give its address", kAddressToReplace);
  if (CodeAction* action = add_if_sound(std::move(title), "quickfix", std::move(edits))) action->diagnostics.push_back(to_item(view_, finding));
}

}  // namespace aclc::lsp
