// SPDX-License-Identifier: Apache-2.0
#include "lsp/service/access.h"

#include <algorithm>
#include <map>

#include "lsp/service/inventory.h"

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

// Whether a selector takes in all that a name stands for: by the words of the policy (aliases), by addresses, and by the devices of the
// tailnet where there is one.
class TakesIn {
 public:
  TakesIn(const Analysis& a, SelectorKind kind, StringId name)
      : a_(a), aliases_(aliases_of(a, kind, name)), asked_(reach(a.policy(), a.definitions(), a.inventory(), kind, name)) {}

  bool operator()(const Selector& s) {
    if (s.kind == SelectorKind::kInvalid) return false;
    if (aliases_.holds(s.kind, s.name)) return true;
    if (!s.name.valid() || asked_.more() || (asked_.nodes.empty() && asked_.literals.empty())) return false;
    const auto [at, is_new] = known_.try_emplace({s.kind, s.name}, false);
    if (is_new) at->second = covers(reach(a_.policy(), a_.definitions(), a_.inventory(), s));
    return at->second;
  }

 private:
  bool covers(const Reached& r) const {
    if (r.own) return false;
    if (!asked_.nodes.empty()) return std::includes(r.nodes.begin(), r.nodes.end(), asked_.nodes.begin(), asked_.nodes.end());
    return std::all_of(asked_.literals.begin(), asked_.literals.end(), [&](const AddressRange& mine) {
      return std::any_of(r.literals.begin(), r.literals.end(),
                         [&](const AddressRange& other) { return other.first <= mine.first && mine.last <= other.last; });
    });
  }

  const Analysis& a_;
  const Aliases aliases_;
  const Reached asked_;
  std::map<std::pair<SelectorKind, StringId>, bool> known_;
};

std::vector<Party> other_side(const Analysis& a, SelectorKind kind, StringId name, bool asked_is_source) {
  TakesIn takes_in(a, kind, name);
  std::vector<Party> out;
  std::map<std::pair<SelectorKind, StringId>, size_t> place;
  for_each_rule(a.policy(), [&](const Sides& sides) {
    const auto& mine = asked_is_source ? sides.src : sides.dst;
    const auto& others = asked_is_source ? sides.dst : sides.src;
    std::vector<Span> because;
    for (const Selector* s : mine) {
      if (takes_in(*s)) because.push_back(s->span);
    }
    if (because.empty()) return;
    for (const Selector* s : others) {
      if (s->kind == SelectorKind::kInvalid || !s->name.valid()) continue;
      const auto [at, is_new] = place.try_emplace({s->kind, s->name}, out.size());
      if (is_new) out.push_back({s->kind, s->name, s->span, {}});
      std::vector<Span>& spans = out[at->second].because;
      spans.insert(spans.end(), because.begin(), because.end());
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
  return out;
}

std::vector<Party> who_reaches(const Analysis& a, SelectorKind kind, StringId name) {
  return other_side(a, kind, name, false);
}
std::vector<Party> what_reaches(const Analysis& a, SelectorKind kind, StringId name) {
  return other_side(a, kind, name, true);
}

}  // namespace aclc::lsp
