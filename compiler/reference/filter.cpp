// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/filter.h"

#include <algorithm>

#include "parser/syntax/json_text.h"

namespace aclc::reference {

namespace {

bool is_internet(const Selector& s) {
  return s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kInternet;
}

/// Always `first-last`, also where the range is a prefix (recorded answers).
std::string internet_text(const AddressRange& r) { return r.first.to_text() + "-" + r.last.to_text(); }

bool overlaps_any(const AddressRange& range, const std::vector<Prefix>& routes) {
  return std::any_of(routes.begin(), routes.end(), [&](const Prefix& p) { return p.range().overlaps(range); });
}

}  // namespace

FilterCompiler::FilterCompiler(const World& world, const SyntaxTree& tree)
    : world_(world), statements_(statements(world.policy())) {
  for (const Statement& s : statements_) {
    ResolvedStatement r;
    r.statement = &s;
    r.sources = sources_.add(resolve_sources(world, s.src, world.effective(s.src_posture)));
    for (const Part& part : s.parts) {
      std::vector<ResolvedTarget> targets;
      for (const Target& t : part.targets) targets.push_back(resolve(t));
      r.parts.push_back(std::move(targets));
    }
    for (const AppCapability& app : s.app) {
      r.app.emplace_back(world.policy().text(app.name), json_text(tree, app.value));
    }
    resolved_.push_back(std::move(r));
  }
}

std::vector<DstAddress> FilterCompiler::node_addresses(const NodeList& nodes) const {
  std::vector<DstAddress> out;
  for (const TailnetNodeId id : nodes) {
    for (const Address& a : World::addresses(world_.node(id))) out.push_back({a.to_text(), {a, a}});
  }
  return out;
}

/// `*` stays `*`, literals stay as they are written, other selectors are the addresses of their nodes (recorded answers).
ResolvedTarget FilterCompiler::resolve(const Target& target) const {
  ResolvedTarget out{&target, {}};
  const Selector& s = target.selector;
  if (s.kind == SelectorKind::kWildcard) {
    out.addresses.push_back({"*", {}, true});
  } else if (is_internet(s)) {
    for (const AddressRange& r : internet().ranges()) out.addresses.push_back({internet_text(r), r});
  } else if (const std::optional<AddressSet> literal = world_.literal(s)) {
    for (const AddressRange& r : literal->ranges()) out.addresses.push_back({r.to_text(), r});
    out.literal = true;
  } else {
    out.addresses = node_addresses(world_.nodes_of(s));
  }
  return out;
}

/// Which destinations concern a node (recorded answers): `*`; its own addresses; what overlaps a subnet route that it serves,
/// wider or narrower; and public addresses if it is an approved exit node.
bool FilterCompiler::applies(const DstAddress& dst, const Receiver& at) const {
  return dst.everything || at.has(dst.range) || overlaps_any(dst.range, at.served->subnets) ||
         (at.served->exit_node && internet().contains(dst.range));
}

/// A grant with `via` goes to the nodes that carry one of its tags and serve a route to the destination, and to no others; the
/// destination stays as written (recorded answers). The way to the internet is an exit route.
bool FilterCompiler::applies_via(const ResolvedTarget& target, const DstAddress& dst, const Statement& s,
                                 const Receiver& at) const {
  const bool tagged = std::any_of(s.via.begin(), s.via.end(), [&](const Selector& via) {
    return std::any_of(at.node->tags.begin(), at.node->tags.end(), [&](StringId tag) {
      return world_.tailnet().text(tag) == world_.policy().text(via);
    });
  });
  if (!tagged) return false;
  if (is_internet(target.target->selector)) return at.served->exit_node;
  return dst.everything ? !at.served->subnets.empty() : overlaps_any(dst.range, at.served->subnets);
}

/// One rule for each protocol; for each address all of its ports, in the order of the policy (recorded answers).
void FilterCompiler::network_rules(const ResolvedStatement& s, const std::vector<ResolvedTarget>& targets,
                                   SourceListId sources, const Receiver& at, std::vector<Draft>& drafts) const {
  const bool via = !s.statement->via.empty();
  for (const ProtocolPorts& ip : s.statement->ip) {
    Draft draft{sources, ip.protocol, {}, {}, {}};
    for (const ResolvedTarget& t : targets) {
      const std::vector<PortRange>& ports = t.target->ports.empty() ? ip.ports : t.target->ports;
      for (const DstAddress& dst : t.addresses) {
        if (!(via ? applies_via(t, dst, *s.statement, at) : applies(dst, at))) continue;
        for (const PortRange& p : ports) draft.dst_ports.push_back({dst.text, p});
      }
    }
    if (!draft.dst_ports.empty()) draft.origins.push_back(s.statement->span);
    // A grant with `via` exists only where it applies; any other rule exists everywhere and may be empty here.
    if (!via || !draft.dst_ports.empty()) drafts.push_back(std::move(draft));
  }
}

/// App capabilities (recorded answers): the receiving node's own addresses are the Dsts, whatever the selector; a router of a
/// literal destination has that literal instead (Headscale). Two capabilities have a companion in the other direction, which
/// tells the sources who may use them.
void FilterCompiler::app_rules(const ResolvedStatement& s, size_t index, const std::vector<ResolvedTarget>& targets,
                               SourceListId sources, const Receiver& at, std::vector<Draft>& drafts) {
  const std::vector<Span> origin = {s.statement->span};
  Draft grant{sources, 0, {}, {}, origin};
  for (const ResolvedTarget& t : targets) {
    bool own = false;
    std::vector<std::string> behind;
    for (const DstAddress& dst : t.addresses) {
      const bool mine = dst.everything || at.has(dst.range);
      own = own || mine;
      if (mine || !t.literal || !overlaps_any(dst.range, at.served->subnets)) continue;
      const std::vector<Prefix> prefixes = AddressSet::of({dst.range}).prefixes();
      for (const Prefix& p : prefixes) behind.push_back(p.to_text());
    }
    if (own) grant.cap_grants.push_back({at.own_prefixes, s.app});
    if (!behind.empty()) grant.cap_grants.push_back({std::move(behind), s.app});
  }
  if (!grant.cap_grants.empty()) drafts.push_back(std::move(grant));

  const bool is_source = std::any_of(at.addresses.begin(), at.addresses.end(), [&](const Address& a) {
    return sources_[sources].covered.contains(a);
  });
  if (!is_source) return;
  for (const auto& [capability, companion] : {std::pair{"tailscale.com/cap/drive", "tailscale.com/cap/drive-sharer"},
                                              std::pair{"tailscale.com/cap/relay", "tailscale.com/cap/relay-target"}}) {
    const std::string_view name = capability;
    if (std::none_of(s.app.begin(), s.app.end(), [&](const auto& c) { return c.first == name; })) continue;
    const Part& part = s.statement->parts[index];
    SourceList from;
    if (part.self) {
      from = sources_of(world_, world_.siblings(*at.node));
    } else {
      std::vector<Selector> selectors;
      for (const Target& t : part.targets) selectors.push_back(t.selector);
      from = resolve_sources(world_, selectors, {});
    }
    if (from.empty()) continue;
    drafts.push_back({sources_.add(std::move(from)), 0, {}, {{at.own_prefixes, {{companion, "null"}}}}, origin});
  }
}

void FilterCompiler::part(const ResolvedStatement& s, size_t index, const Receiver& at, std::vector<Draft>& drafts,
                          AddressSet& visible) {
  const Statement& statement = *s.statement;
  const Part& part = statement.parts[index];
  SourceListId sources = s.sources;
  std::vector<ResolvedTarget> self;
  if (part.self) {
    // Only between the devices of one user: its own rule at each of them (recorded answers).
    const NodeList siblings = world_.siblings(*at.node);
    NodeList from;
    for (const Selector& src : statement.src) {
      const NodeList nodes = world_.nodes_of(src);
      for (const TailnetNodeId other : siblings) {
        if (std::find(nodes.begin(), nodes.end(), other) != nodes.end() &&
            world_.passes(world_.node(other), world_.effective(statement.src_posture))) {
          from.push_back(other);
        }
      }
    }
    if (from.empty()) return;
    sources = sources_.add(sources_of(world_, from));
    for (const Target& t : part.targets) self.push_back({&t, node_addresses(siblings)});
  }
  const std::vector<ResolvedTarget>& targets = part.self ? self : s.parts[index];

  if (!sources_[sources].empty()) network_rules(s, targets, sources, at, drafts);
  if (s.app.empty() || statement.src.empty()) return;
  if (statement.via.empty()) {
    app_rules(s, index, targets, sources, at, drafts);
    return;
  }
  // `via` with `app` alone puts nothing on the wire, yet sources and routers see each other (recorded answers).
  for (const ResolvedTarget& t : targets) {
    for (const DstAddress& dst : t.addresses) {
      if (!applies_via(t, dst, statement, at)) continue;
      visible.add(sources_[sources].covered);
      return;
    }
  }
}

AddressSet FilterCompiler::compile(TailnetNodeId id, NodeTable& table) {
  Receiver at{&world_.node(id), &world_.served(id), World::addresses(world_.node(id)), {}};
  for (const Address& a : at.addresses) at.own_prefixes.push_back(Prefix::host(a).to_text());
  AddressSet visible;
  std::vector<Draft> drafts;
  for (const ResolvedStatement& s : resolved_) {
    for (size_t i = 0; i < s.parts.size(); ++i) part(s, i, at, drafts, visible);
  }

  // Rules with the same sources and protocol become one, at the place of the first and without removing doubles; that first one
  // may be empty at this node. Capability rules stay apart (recorded answers).
  std::vector<Draft> merged;
  std::map<std::pair<SourceListId, uint8_t>, size_t> place;
  for (Draft& d : drafts) {
    const bool app = !d.cap_grants.empty();
    const auto known = app ? place.end() : place.find({d.sources, d.protocol});
    if (known == place.end()) {
      if (!app) place[{d.sources, d.protocol}] = merged.size();
      merged.push_back(std::move(d));
      continue;
    }
    Draft& into = merged[known->second];
    into.dst_ports.insert(into.dst_ports.end(), d.dst_ports.begin(), d.dst_ports.end());
    for (const Span& origin : d.origins) {
      if (into.origins.empty() || into.origins.back() != origin) into.origins.push_back(origin);
    }
  }

  for (Draft& d : merged) {
    if (d.dst_ports.empty() && d.cap_grants.empty()) continue;
    visible.add(sources_[d.sources].covered);
    wire::FilterRule rule;
    rule.src_ips = sources_[d.sources].texts;
    rule.dst_ports = std::move(d.dst_ports);
    if (d.protocol != 0) rule.ip_proto.push_back(d.protocol);
    rule.cap_grants = std::move(d.cap_grants);
    table.filter_rules.push_back(std::move(rule));
    table.filter_origins.push_back({std::move(d.origins)});
  }
  return visible;
}

}  // namespace aclc::reference
