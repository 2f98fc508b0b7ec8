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
    if (grant.ip.empty()) continue;  // its capabilities let no packet through
    fill(sides.src, grant.src);
    fill(sides.dst, grant.dst);
    f(sides);
  }
}

// Whether a selector takes in all that a name stands for: by the words of the policy (aliases), by addresses, and by the devices of the
// tailnet where there is one.
class TakesIn {
 public:
  TakesIn(const Analysis& a, SelectorKind kind, StringId name)
      : a_(a), asked_kind_(kind), aliases_(aliases_of(a, kind, name)), asked_(reach(a.policy(), a.definitions(), a.inventory(), kind, name)) {}

  bool operator()(const Selector& s) {
    if (s.kind == SelectorKind::kInvalid) return false;
    if (s.kind == SelectorKind::kWildcard) return is_in_tailnet();
    if (aliases_.holds(s.kind, s.name)) return true;
    if (!s.name.valid() || asked_.more() || (asked_.nodes.empty() && asked_.literals.empty())) return false;
    const auto [at, is_new] = known_.try_emplace({s.kind, s.name}, false);
    if (is_new) at->second = covers(reach(a_.policy(), a_.definitions(), a_.inventory(), s), s.kind);
    return at->second;
  }

 private:
  static bool is_addresses(SelectorKind kind) {
    return kind == SelectorKind::kHost || kind == SelectorKind::kAddress || kind == SelectorKind::kPrefix || kind == SelectorKind::kRange ||
           kind == SelectorKind::kIpSet;
  }
  /// One of these nodes has the address, or routes it.
  template <class Nodes>
  bool is_of(const AddressRange& range, const Nodes& nodes, bool routes) const {
    return std::any_of(nodes.begin(), nodes.end(), [&](const Node* n) {
      const bool own = range.first == range.last && ((n->ipv4 && *n->ipv4 == range.first) || (n->ipv6 && *n->ipv6 == range.first));
      return own || (routes && std::any_of(n->routable_ips.begin(), n->routable_ips.end(), [&](const Prefix& route) {
                       return route.length > 0 && route.range().contains(range.first) && route.range().contains(range.last);
                     }));
    });
  }
  std::vector<const Node*> nodes_of(const Reached& r) const {
    std::vector<const Node*> out;
    for (const uint32_t node : r.nodes) out.push_back(&a_.inventory()->tailnet().nodes[TailnetNodeId(size_t{node})]);
    return out;
  }
  /// `*` is all devices and what they route; without a tailnet nobody knows better.
  bool is_in_tailnet() {
    if (!a_.inventory() || asked_.literals.empty()) return true;
    if (!in_tailnet_) {
      std::vector<const Node*> all;
      for (const Node& node : a_.inventory()->tailnet().nodes) all.push_back(&node);
      in_tailnet_ = std::all_of(asked_.literals.begin(), asked_.literals.end(), [&](const AddressRange& r) { return is_of(r, all, true); });
    }
    return *in_tailnet_;
  }
  bool covers(const Reached& r, SelectorKind kind) const {
    if (r.own) return false;
    // Addresses are taken in by addresses, or by the devices that have them; not by other addresses of the same device.
    if (is_addresses(asked_kind_) && !is_addresses(kind)) {
      const std::vector<const Node*> nodes = nodes_of(r);
      return std::all_of(asked_.literals.begin(), asked_.literals.end(), [&](const AddressRange& mine) { return is_of(mine, nodes, false); });
    }
    if (!is_addresses(asked_kind_) && !asked_.nodes.empty()) return std::includes(r.nodes.begin(), r.nodes.end(), asked_.nodes.begin(), asked_.nodes.end());
    return std::all_of(asked_.literals.begin(), asked_.literals.end(), [&](const AddressRange& mine) {
      return std::any_of(r.literals.begin(), r.literals.end(),
                         [&](const AddressRange& other) { return other.first <= mine.first && mine.last <= other.last; });
    });
  }

  const Analysis& a_;
  const SelectorKind asked_kind_;
  const Aliases aliases_;
  const Reached asked_;
  std::optional<bool> in_tailnet_;
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
  return std::find(names.begin(), names.end(), std::pair(kind, name)) != names.end();
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
