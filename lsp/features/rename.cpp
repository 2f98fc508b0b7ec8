// SPDX-License-Identifier: Apache-2.0
// Renaming a group, tag, host, set, posture or user everywhere at once, with a proof that only names change.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lsp/features/features.h"
#include "lsp/features/layout.h"
#include "lsp/service/labels.h"
#include "parser/policy/selector_form.h"

namespace aclc::lsp {
namespace {

std::string_view prefix_of(SelectorKind kind) {
  switch (kind) {
    case SelectorKind::kGroup:
      return "group:";
    case SelectorKind::kTag:
      return "tag:";
    case SelectorKind::kIpSet:
      return "ipset:";
    case SelectorKind::kPosture:
      return "posture:";
    default:
      return {};
  }
}

bool can_rename(SelectorKind kind) {
  return !prefix_of(kind).empty() || kind == SelectorKind::kHost || kind == SelectorKind::kUser;
}

ResponseError refuse(std::string message) { return {ErrorCode::kRequestFailed, std::move(message)}; }

/// The part of an occurrence that carries the name: without `tag:`, or `host:` in a set.
Span bare_span(const Analysis& a, const Occurrence& o) {
  const std::string_view text = a.text(o.span);
  std::string_view prefix = prefix_of(o.kind);
  if (o.kind == SelectorKind::kHost && text.starts_with("host:")) prefix = "host:";
  if (!text.starts_with(prefix)) return o.span;
  return {o.span.begin + static_cast<uint32_t>(prefix.size()), o.span.end};
}

/// A group that the policy does not define is the identity provider's, which keeps its name.
bool is_synced(const Analysis& a, const Occurrence& o) { return o.kind == SelectorKind::kGroup && !a.definition_of(o.kind, o.name); }

const Occurrence* target(const Analysis& a, uint32_t offset) {
  const Occurrence* o = a.occurrences().at(offset);
  return o && can_rename(o->kind) && !is_synced(a, *o) ? o : nullptr;
}

std::string why_not(const Analysis& a, uint32_t offset) {
  const Occurrence* o = a.occurrences().at(offset);
  if (!o) return "there is no name here to rename";
  if (is_synced(a, *o))
    return fmt::format("`{}` is not defined here: if it is synced from the identity provider it keeps its name there", a.text(o->span));
  return fmt::format("`{}` cannot be renamed: it is no name of this policy", a.text(o->span));
}

/// Accounts and tags are not the policy's alone: the tailnet has users and tagged devices, and a rename here renames none of them.
/// Empty where the tailnet file says nothing against it. `to` is empty while no new name is known.
std::string tailnet_objection(const Analysis& a, SelectorKind kind, std::string_view from, std::string_view to) {
  const Inventory* inventory = a.inventory();
  if (!inventory || (kind != SelectorKind::kUser && kind != SelectorKind::kTag)) return {};
  const auto nodes = [&](std::string_view name) {
    return kind == SelectorKind::kUser ? inventory->nodes_of_user(name).size() : inventory->nodes_of_tag(name).size();
  };
  const auto known = [&](std::string_view name) { return nodes(name) > 0 || (kind == SelectorKind::kUser && inventory->user(name)); };
  if (!known(from)) return {};  // a name that the tailnet has not, or has under the new name
  const std::string_view file = std::string_view(inventory->path()).substr(inventory->path().rfind('/') + 1);
  const std::string what = kind == SelectorKind::kUser ? fmt::format("`{}` is an account of {} with {}", from, file, counted(nodes(from), "node"))
                                                       : fmt::format("{} of {} {} `{}`", counted(nodes(from), "node"), file, nodes(from) == 1 ? "has" : "have", from);
  if (to.empty()) return what + ": renamed in the policy alone, it would be another one; change the tailnet first";
  if (known(to)) return fmt::format("{}, and `{}` is another one there: renaming would change who reaches what", what, to);
  return fmt::format("{}, and the tailnet knows no `{}`: renamed in the policy alone, {} would lose what the policy gives {}; change the tailnet first", what, to,
                     kind == SelectorKind::kUser ? "it" : "they", kind == SelectorKind::kUser ? "it" : "them");
}

/// Whether two policies are the same but for one name of one kind.
class Comparison {
 public:
  Comparison(const Analysis& before, const Analysis& after, SelectorKind kind, std::string_view from, std::string_view to)
      : a_(before), b_(after), p_(before.policy()), q_(after.policy()), kind_(kind), from_(from), to_(to) {}

  bool equal() const {
    return selectors() && definitions() && counts() && errors(a_) == errors(b_);
  }

 private:
  bool same_name(SelectorKind kind, StringId x, StringId y) const {
    const std::string_view s = p_.text(x), t = q_.text(y);
    return kind == kind_ && s == from_ ? t == to_ : s == t;
  }
  static size_t errors(const Analysis& a) {
    return static_cast<size_t>(std::count_if(a.findings().begin(), a.findings().end(),
                                             [](const Diagnostic& d) { return d.severity == Severity::kError; }));
  }
  bool selectors() const {
    if (p_.selectors.size() != q_.selectors.size() || p_.destinations.size() != q_.destinations.size()) return false;
    const auto same = [&](const Selector& s, const Selector& t) {
      return s.kind == t.kind && s.autogroup == t.autogroup && s.address.valid() == t.address.valid() &&
             (!s.address.valid() || p_.range(s) == q_.range(t)) && same_name(s.kind, s.name, t.name) && bound(s) == bound_after(t);
    };
    for (size_t i = 0; i < p_.selectors.size(); ++i) {
      if (!same(p_.selectors[i], q_.selectors[i])) return false;
    }
    for (size_t i = 0; i < p_.destinations.size(); ++i) {
      if (!same(p_.destinations[i].selector, q_.destinations[i].selector)) return false;
    }
    return true;
  }
  std::optional<Entry> bound(const Selector& s) const { return a_.definition_of(s.kind, s.name); }
  std::optional<Entry> bound_after(const Selector& s) const { return b_.definition_of(s.kind, s.name); }
  bool definitions() const {
    struct Named {
      SelectorKind kind;
      StringId name;
      Entry entry;
    };
    const auto list = [](const Policy& p) {
      std::vector<Named> out;
      for_each_definition(p, [&](const Text& name, SelectorKind kind, Span, Entry entry) {
        out.push_back({kind, name.value, entry});
      });
      return out;
    };
    const std::vector<Named> x = list(p_), y = list(q_);
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const Named& s, const Named& t) {
      return s.kind == t.kind && s.entry == t.entry && same_name(s.kind, s.name, t.name);
    });
  }
  bool counts() const {
    const auto sizes = [](const Policy& p) {
      return std::array{p.acls.size(),  p.grants.size(),     p.ssh.size(),   p.node_attrs.size(), p.tests.size(),
                        p.texts.size(), p.ssh_tests.size(),  p.hosts.size(), p.port_items.size(), p.sections.size(),
                        p.net_capabilities.size(), p.app_capabilities.size(), p.ipset_elements.size()};
    };
    return sizes(p_) == sizes(q_);
  }

  const Analysis& a_;
  const Analysis& b_;
  const Policy& p_;
  const Policy& q_;
  SelectorKind kind_;
  std::string_view from_, to_;
};

}  // namespace

std::variant<PrepareRename, ResponseError> prepare_rename(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  const Occurrence* o = target(a, offset);
  if (!o) return refuse(why_not(a, offset));
  // Better than to hear it after typing a name.
  if (std::string objection = tailnet_objection(a, o->kind, a.policy().text(o->name), {}); !objection.empty()) return refuse(std::move(objection));
  std::string_view name = a.policy().text(o->name);
  name.remove_prefix(std::min(prefix_of(o->kind).size(), name.size()));
  return PrepareRename{view.at.range(bare_span(a, *o)), std::string(name)};
}

std::variant<WorkspaceEdit, ResponseError> rename(const View& view, uint32_t offset, std::string_view new_name) {
  const Analysis& a = view.analysis;
  const Occurrence* o = target(a, offset);
  if (!o) return refuse(why_not(a, offset));
  const std::string_view prefix = prefix_of(o->kind);
  if (new_name.starts_with(prefix)) new_name.remove_prefix(prefix.size());
  const std::string full = std::string(prefix) + std::string(new_name);
  const std::string from(a.policy().text(o->name));
  if (full == from) return WorkspaceEdit{};
  const ClassifiedSelector form = classify_selector(full);
  const bool plain = std::all_of(new_name.begin(), new_name.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '\\' && c != 0x7f;
  });
  const bool has_kind = !prefix.empty() && new_name.find(':') != std::string_view::npos;
  if (new_name.empty() || !plain || has_kind || form.fault != SelectorFault::kNone || form.kind != o->kind)
    return refuse(fmt::format("`{}` is no name for a {}", full, kind_word(o->kind)));
  if (const StringId taken = a.policy().names.find(full);
      taken.valid() && !a.occurrences().of(o->kind, taken).empty())
    return refuse(fmt::format("`{}` exists already", full));
  if (std::string objection = tailnet_objection(a, o->kind, from, full); !objection.empty()) return refuse(std::move(objection));

  DocumentEdit document{view.uri, view.version, {}};
  std::string after;
  uint32_t copied = 0;
  for (const Occurrence* use : a.occurrences().of(o->kind, o->name)) {
    const Span span = bare_span(a, *use);
    // A name may be written with escapes in one place and without in another; what is written is replaced.
    document.edits.push_back({view.at.range(span), std::string(new_name)});
    after.append(a.text(), copied, span.begin - copied).append(new_name);
    copied = span.end;
  }
  after.append(a.text(), copied);
  // Names of the policy's own decide nothing in the tailnet, and those that do were looked at above: with policies that are the
  // same but for the name, all that is compiled from them is.
  AnalysisOptions options = a.options();
  options.inventory = nullptr;
  const Analysis before(std::make_shared<TextVersion>(a.version()), options);
  const Analysis result(std::make_shared<TextVersion>(std::move(after)), options);
  if (!Comparison(before, result, o->kind, from, full).equal())
    return refuse(fmt::format("renaming `{}` to `{}` would change what the policy means", from, full));
  for (const Edit& gap : keep_layout(before, result)) document.edits.push_back({view.at.range(gap.span), gap.text});
  std::stable_sort(document.edits.begin(), document.edits.end(), [](const TextEdit& x, const TextEdit& y) {
    const Position p = x.range.start, q = y.range.start;
    return p.line != q.line ? p.line < q.line : p.character < q.character;
  });
  WorkspaceEdit edit;
  edit.documents.push_back(std::move(document));
  return edit;
}

}  // namespace aclc::lsp
