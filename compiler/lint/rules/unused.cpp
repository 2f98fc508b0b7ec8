// SPDX-License-Identifier: Apache-2.0
// Names that are defined and used nowhere.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// With a fix, unless a word that is defined nowhere is a slip away: then that word was likely this name.
template <class Maker>
void report(LintContext& c, const Maker& maker, const Text& name, Span member, FixSafety safety, const std::set<std::string_view>& undefined) {
  Diagnostic d = maker(name.span, c.policy.text(name));
  const std::string_view slip = nearest(c.policy.text(name), undefined);
  if (!slip.empty()) {
    c.report(std::move(d).help(fmt::format("`{}` is used and has no entry: was this name meant?", slip)));
    return;
  }
  auto edits = c.removal(member);
  if (!edits.empty()) d = std::move(d).fix(fmt::format("remove `{}`", c.policy.text(name)), std::move(edits), safety);
  c.report(std::move(d));
}

}  // namespace

void unused_names(LintContext& c) {
  // A name that only its own definition uses is unused: a tag may own itself.
  std::set<std::string_view> undefined;
  std::set<StringId> groups, tags, hosts, ipsets, postures;
  for (const Use& use : c.uses()) {
    const Selector& s = *use.selector;
    switch (s.kind) {
      case SelectorKind::kGroup:
        groups.insert(s.name);
        if (c.definitions.group_of(s.name) == Definitions::kNone) undefined.insert(c.text(s));
        break;
      case SelectorKind::kTag:
        if (use.position == Position::kTagOwner) {
          const uint32_t own = c.definitions.tag_of(s.name);
          if (own != Definitions::kNone && c.policy.tag_owners[own].span == use.owner) break;
        }
        tags.insert(s.name);
        break;
      case SelectorKind::kHost:
        hosts.insert(s.name);
        if (c.definitions.host_of(s.name) == Definitions::kNone) undefined.insert(c.text(s));
        break;
      case SelectorKind::kIpSet:
        ipsets.insert(s.name);
        if (c.definitions.ipset_of(s.name) == Definitions::kNone) undefined.insert(c.text(s));
        break;
      case SelectorKind::kPosture:
        postures.insert(s.name);
        if (c.definitions.posture_of(s.name) == Definitions::kNone) undefined.insert(c.text(s));
        break;
      default:
        break;
    }
  }
  // The configuration may say who alone reaches what, by names of the policy.
  const auto configured = [&](const Text& name) {
    const std::string_view text = c.policy.text(name);
    const auto is_it = [&](const ProtectedDestination::Written& w) { return w.text == text; };
    const auto& all = c.options.protected_destinations;
    return std::any_of(all.begin(), all.end(), [&](const ProtectedDestination& p) { return is_it(p.destination) || std::any_of(p.sources.begin(), p.sources.end(), is_it); });
  };
  // Parameters of capabilities and app connectors are JSON of their own; a tag or set that is named anywhere there is in use.
  const auto mentioned = [&](const Text& name, Span member) {
    if (configured(name)) return true;
    const std::string quoted = fmt::format("\"{}\"", c.policy.text(name));
    const std::string_view text = c.tree.text();
    for (size_t at = text.find(quoted); at != std::string_view::npos; at = text.find(quoted, at + 1)) {
      if (!member.contains(static_cast<uint32_t>(at))) return true;
    }
    return text.find(fmt::format("'{}'", c.policy.text(name))) != std::string_view::npos;
  };
  for (const Group& g : c.policy.groups) {
    if (groups.count(g.name.value) == 0 && !mentioned(g.name, g.span)) report(c, diag::UnusedGroup, g.name, g.span, FixSafety::kSafe, undefined);
  }
  for (const Host& h : c.policy.hosts) {
    if (hosts.count(h.name.value) == 0 && !mentioned(h.name, h.span)) report(c, diag::UnusedHost, h.name, h.span, FixSafety::kSafe, undefined);
  }
  for (const IpSet& i : c.policy.ipsets) {
    if (ipsets.count(i.name.value) == 0 && !mentioned(i.name, i.span)) report(c, diag::UnusedIpSet, i.name, i.span, FixSafety::kSafe, undefined);
  }
  for (const Posture& p : c.policy.postures) {
    if (postures.count(p.name.value) == 0) report(c, diag::UnusedPosture, p.name, p.span, FixSafety::kSafe, undefined);
  }
  for (const TagOwner& t : c.policy.tag_owners) {
    // Devices may carry it: without its entry they could not be authenticated again.
    if (tags.count(t.name.value) == 0 && !mentioned(t.name, t.span)) report(c, diag::UnusedTag, t.name, t.span, FixSafety::kUnsafe, undefined);
  }
}

}  // namespace aclc::lints
