// SPDX-License-Identifier: Apache-2.0
// Lists that say something twice, or nothing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// The string with its quotes.
Span quoted(Span inside) { return {inside.begin - 1, inside.end + 1}; }

template <class Maker>
void twice(LintContext& c, const Maker& maker, Selectors list, FixSafety safety = FixSafety::kSafe) {
  std::set<std::pair<SelectorKind, std::string_view>> seen;
  for (const Selector& s : c.policy.at(list)) {
    if (s.kind == SelectorKind::kInvalid) continue;
    const std::string_view text = c.written(s.span);
    if (seen.insert({s.kind, text}).second) continue;
    Diagnostic d = maker(s.span, text);
    auto edits = c.removal(quoted(s.span));
    if (!edits.empty()) d = std::move(d).fix("remove the second one", std::move(edits), safety);
    c.report(std::move(d));
  }
}

/// Whether the devices of the one are the other's in every tailnet, and not in today's alone.
bool within_everywhere(LintContext& c, const Selector& narrow, const Selector& wide) {
  const AccessModel& model = c.model_everywhere();
  const AtomId atom = model.find(narrow), above = model.find(wide);
  return atom != AccessModel::kNone && above != AccessModel::kNone && std::binary_search(model.up(atom).begin(), model.up(atom).end(), above);
}

void redundant(LintContext& c, Selectors list) {
  const AccessModel& model = c.model();
  const auto all = c.policy.at(list);
  for (const Selector& s : all) {
    const AtomId atom = model.find(s);
    AddressSet addresses;
    if (atom == AccessModel::kNone && !model.literal(s, addresses)) continue;
    for (const Selector& other : all) {
      if (&other == &s || (other.kind == s.kind && other.name == s.name && other.autogroup == s.autogroup)) continue;
      const AtomId above = model.find(other);
      bool inside = false;
      if (atom != AccessModel::kNone && above != AccessModel::kNone) {
        inside = std::binary_search(model.up(atom).begin(), model.up(atom).end(), above);
      } else if (atom == AccessModel::kNone && above == AccessModel::kNone) {
        AddressSet wide;
        inside = model.literal(other, wide) && wide.contains(addresses) && !(wide == addresses && &other > &s) && !addresses.empty();
      }
      if (!inside) continue;
      Diagnostic d = diag::RedundantEntry(s.span, c.written(s.span), c.written(other.span)).label(other.span, "this holds it");
      const bool lasting = atom == AccessModel::kNone || within_everywhere(c, s, other);
      if (!lasting) d = std::move(d).help("in this tailnet as it is: whoever joins as a guest is no member, and a device may be shared in");
      auto edits = c.removal(quoted(s.span));
      if (!edits.empty()) d = std::move(d).fix(fmt::format("remove `{}`", c.written(s.span)), std::move(edits), lasting ? FixSafety::kSafe : FixSafety::kUnsafe);
      c.report(std::move(d));
      break;
    }
  }
}

}  // namespace

void duplicate_entries(LintContext& c) {
  for (const Group& g : c.policy.groups) twice(c, diag::DuplicateMember, g.members);
  for (const AclRule& r : c.policy.acls) {
    twice(c, diag::DuplicateEntry, r.src);
    std::set<std::string_view> seen;
    for (const Destination& d : c.policy.at(r.dst)) {
      if (seen.insert(c.written(d.span)).second) continue;
      Diagnostic found = diag::DuplicateEntry(d.span, c.written(d.span));
      auto edits = c.removal(quoted(d.span));
      if (!edits.empty()) found = std::move(found).fix("remove the second one", std::move(edits));
      c.report(std::move(found));
    }
  }
  for (const Grant& r : c.policy.grants) {
    // An app is told its capabilities once for each entry, and may count them.
    const FixSafety safety = r.app.empty() ? FixSafety::kSafe : FixSafety::kUnsafe;
    twice(c, diag::DuplicateEntry, r.src, safety);
    twice(c, diag::DuplicateEntry, r.dst, safety);
    twice(c, diag::DuplicateEntry, r.via);
  }
  for (const SshRule& r : c.policy.ssh) {
    twice(c, diag::DuplicateEntry, r.src);
    twice(c, diag::DuplicateEntry, r.dst);
  }
  for (const TagOwner& t : c.policy.tag_owners) twice(c, diag::DuplicateEntry, t.owners);
}

void redundant_entry(LintContext& c) {
  for (const AclRule& r : c.policy.acls) redundant(c, r.src);
  for (const Grant& r : c.policy.grants) {
    // The sources of a grant that passes on capabilities are told who holds them.
    if (r.app.empty()) redundant(c, r.src);
  }
}

void empty_group(LintContext& c) {
  for (const Group& g : c.policy.groups) {
    if (g.members.empty()) c.report(diag::EmptyGroup(g.name.span, c.policy.text(g.name)));
  }
}

void legacy_members(LintContext& c) {
  for (const Use& use : c.uses()) {
    const Selector& s = *use.selector;
    if (s.kind != SelectorKind::kAutogroup || s.autogroup != Autogroup::kMember || c.written(s.span) != "autogroup:members") continue;
    c.report(diag::LegacyMembers(s.span).fix("write `autogroup:member`", {{s.span, "autogroup:member"}}));
  }
}

}  // namespace aclc::lints
