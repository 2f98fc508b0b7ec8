// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/access.h"

#include <algorithm>

namespace aclc::lsp {
namespace {

/// One rule with its two sides.
struct Sides {
  std::vector<const Selector*> src, dst;
};

template <class F>
void for_each_rule(const Policy& p, F&& f) {
  Sides sides;
  const auto fill = [&](std::vector<const Selector*>& into, Selectors from) {
    into.clear();
    for (const Selector& s : p.at(from)) into.push_back(&s);
  };
  for (const AclRule& rule : p.acls) {
    fill(sides.src, rule.src);
    sides.dst.clear();
    for (const Destination& d : p.at(rule.dst)) sides.dst.push_back(&d.selector);
    f(sides);
  }
  for (const Grant& grant : p.grants) {
    fill(sides.src, grant.src);
    fill(sides.dst, grant.dst);
    f(sides);
  }
  for (const SshRule& rule : p.ssh) {
    fill(sides.src, rule.src);
    fill(sides.dst, rule.dst);
    f(sides);
  }
}

std::vector<Party> other_side(const Analysis& a, SelectorKind kind, StringId name, bool asked_is_source) {
  const Aliases aliases = aliases_of(a, kind, name);
  std::vector<Party> out;
  for_each_rule(a.policy(), [&](const Sides& sides) {
    const auto& mine = asked_is_source ? sides.src : sides.dst;
    const auto& others = asked_is_source ? sides.dst : sides.src;
    std::vector<Span> because;
    for (const Selector* s : mine) {
      if (aliases.holds(s->kind, s->name)) because.push_back(s->span);
    }
    if (because.empty()) return;
    for (const Selector* s : others) {
      if (s->kind == SelectorKind::kInvalid || !s->name.valid()) continue;
      auto found = std::find_if(out.begin(), out.end(),
                                [&](const Party& party) { return party.kind == s->kind && party.name == s->name; });
      if (found == out.end()) {
        out.push_back({s->kind, s->name, s->span, {}});
        found = std::prev(out.end());
      }
      found->because.insert(found->because.end(), because.begin(), because.end());
    }
  });
  return out;
}

}  // namespace

bool Aliases::holds(SelectorKind kind, StringId name) const {
  return kind == SelectorKind::kWildcard || std::find(names.begin(), names.end(), std::pair(kind, name)) != names.end();
}

Aliases aliases_of(const Analysis& a, SelectorKind kind, StringId name) {
  const Policy& p = a.policy();
  Aliases out;
  out.names.emplace_back(kind, name);
  const auto add = [&](SelectorKind k, std::string_view text) {
    if (const StringId id = p.names.find(text); id.valid()) out.names.emplace_back(k, id);
  };
  if (kind == SelectorKind::kUser) {
    for (const Occurrence* o : a.occurrences().of(kind, name)) {
      if (o->at == Standpoint::kGroupMember && !o->definition)
        out.names.emplace_back(SelectorKind::kGroup, a.name_of(o->entry));
    }
    const std::string_view login = p.text(name);
    if (const size_t at = login.rfind('@'); at != std::string_view::npos)
      add(SelectorKind::kUserDomain, login.substr(at + 1));
  }
  if (kind == SelectorKind::kUser || kind == SelectorKind::kGroup) {
    add(SelectorKind::kAutogroup, "autogroup:member");
    add(SelectorKind::kAutogroup, "autogroup:members");
  }
  if (kind == SelectorKind::kTag) add(SelectorKind::kAutogroup, "autogroup:tagged");
  if (kind == SelectorKind::kHost) {
    // A prefix that contains the host's address reaches it too.
    if (const auto entry = a.definition_of(kind, name)) {
      const Selector& value = p.hosts[entry->index].value;
      if (value.kind != SelectorKind::kInvalid) {
        for (const Occurrence& o : a.occurrences().all()) {
          if (o.kind != SelectorKind::kPrefix && o.kind != SelectorKind::kAddress) continue;
          std::optional<Prefix> prefix = Prefix::parse(p.text(o.name));
          if (const auto address = Address::parse(p.text(o.name))) prefix = Prefix::host(*address);
          if (prefix && prefix->contains(p.prefix(value))) out.names.emplace_back(o.kind, o.name);
        }
      }
    }
  }
  return out;
}

std::vector<Party> who_reaches(const Analysis& a, SelectorKind kind, StringId name) {
  return other_side(a, kind, name, false);
}
std::vector<Party> what_reaches(const Analysis& a, SelectorKind kind, StringId name) {
  return other_side(a, kind, name, true);
}

}  // namespace aclc::lsp
