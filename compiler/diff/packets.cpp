// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/packets.h"

#include <algorithm>

#include "base/net/protocol.h"
#include "base/sorted.h"
#include "compiler/diff/classes.h"

namespace aclc::diff {

using identity::ContentHash;
using identity::RangeId;
using tables::Destination;
using Kind = Destination::Kind;

namespace {

/// As evaluator/wire resolves a rule without protocols: TCP, UDP, ICMP and ICMPv6.
bool has(uint8_t of_rule, uint8_t protocol) {
  return of_rule == protocol || (of_rule == 0 && (protocol == kTcp || protocol == kUdp || protocol == kIcmp || protocol == kIpv6Icmp));
}

void add(AccessSet& to, uint8_t protocol, const PortRange& ports) {
  if (has(protocol, kTcp)) to.tcp.add(ports);
  if (has(protocol, kUdp)) to.udp.add(ports);
  if (has(protocol, kSctp)) to.sctp.add(ports);
  if (ports.is_all() && protocol != 0) to.others.set(protocol);
  for (const uint8_t p : {kTcp, kUdp, kSctp, kIcmp, kIpv6Icmp}) to.others.reset(p);
  to.ping = true;
}

ContentHash mixed(const ContentHash& h, uint64_t x, uint64_t y) { return identity::hash_of(h.a ^ identity::scramble(x), h.b + identity::scramble(y)); }

ContentHash opening_hash(bool after, uint8_t protocol, const PortRange& ports) {
  return identity::hash_of(uint64_t{after} << 40 | uint64_t{protocol} << 32 | uint64_t{ports.first} << 16 | ports.last, uint64_t{7});
}

std::string key_of(const AccessSet& a) {
  std::string out;
  for (const PortSet* set : {&a.tcp, &a.udp, &a.sctp}) {
    for (const PortRange& r : set->ranges()) out += std::to_string(r.first) + "-" + std::to_string(r.last) + ",";
    out += '|';
  }
  return out + a.others.to_string() + (a.ping ? "p" : "");
}

}  // namespace

uint32_t PacketDiff::intern(AccessSet access) {
  if (access.empty()) return 0;
  const auto [known, is_new] = known_access_.try_emplace(key_of(access), static_cast<uint32_t>(access_.size()));
  if (is_new) access_.push_back(std::move(access));
  return known->second;
}

ContentHash PacketDiff::source_hash(const Side& side, const tables::SourceRef& source) {
  return source.content.valid() ? side.form.sources()[source.content].hash : side.plan.local_hashes[source.local];
}

ContentHash PacketDiff::destination_hash(const Side& side, const Destination& d) {
  switch (d.kind) {
    case Kind::kEverything: return identity::hash_of(uint64_t{1}, uint64_t{0});
    case Kind::kOwn: return identity::hash_of(uint64_t{2}, uint64_t{d.families});
    case Kind::kOther: return identity::hash_of(uint64_t{3} << 8 | d.families, uint64_t{d.id});
    case Kind::kRange:
    case Kind::kPublicRange: break;
  }
  return identity::hash_of(side.identity().ranges()[RangeId(size_t{d.id})]);
}

/// f(rule, hit, destination, ports, span) for all that the filter of the node has, as the plan stands in the side.
template <class F>
void PacketDiff::each_item(const Side& side, F&& f) {
  const tables::Plan& plan = side.plan;
  for (const tables::PlannedRule& rule : plan.rules) {
    if (rule.app) continue;
    for (uint32_t d = rule.first; d < rule.first + rule.count; ++d) {
      const tables::Draft& draft = plan.drafts[d];
      const lower::Rule& of = side.form.rule_of(draft.part);
      for (uint32_t h = draft.first_hit; h < draft.first_hit + draft.hits; ++h) {
        const tables::Hit& hit = plan.hits[h];
        const std::vector<PortRange>& own = side.form[hit.part].targets[hit.target].ports;
        const std::vector<PortRange>& ports = own.empty() ? of.ip[draft.protocol].ports : own;
        for (uint32_t at = hit.first; at < hit.first + hit.count; ++at) {
          for (const PortRange& p : ports) f(rule, plan.destinations[at], p, of.span);
        }
      }
    }
  }
}

ContentHash PacketDiff::fingerprint(const Side& side) {
  ContentHash out;
  each_item(side, [&](const tables::PlannedRule& rule, const Destination& d, const PortRange& ports, Span) {
    const ContentHash source = source_hash(side, rule.source), dst = destination_hash(side, d);
    out += mixed(source, dst.a ^ (uint64_t{rule.protocol} << 32), dst.b ^ (uint64_t{ports.first} << 16 | ports.last));
  });
  return out;
}

std::vector<PacketDiff::Item> PacketDiff::items(bool after) {
  const Side& side = *sides_[after];
  std::vector<Item> out;
  each_item(side, [&](const tables::PlannedRule& rule, const Destination& d, const PortRange& ports, Span span) {
    const ContentHash source = source_hash(side, rule.source), dst = destination_hash(side, d);
    const ContentHash hash = mixed(source, dst.a ^ (uint64_t{rule.protocol} << 32), dst.b ^ (uint64_t{ports.first} << 16 | ports.last));
    out.push_back({hash, rule.source, d, rule.protocol, ports, span, false, nullptr});
  });
  std::vector<const AtomSet*> of_local(side.plan.locals.size(), nullptr);
  for (Item& item : out) {
    if (item.source.content.valid()) {
      item.atoms = &atoms_.of(after, item.source.content);
      continue;
    }
    const AtomSet*& known = of_local[item.source.local];
    if (known == nullptr) known = &locals_.emplace_back(atoms_.of(after, side.plan.locals[item.source.local]));
    item.atoms = known;
  }
  return out;
}

/// Marks the items that one plan alone has, and gives the sources of these: only they can win or lose anything.
AtomSet PacketDiff::concerned(std::vector<Item> (&both)[2]) {
  const auto by_hash = [](const Item& a, const Item& b) { return std::pair(a.hash.a, a.hash.b) < std::pair(b.hash.a, b.hash.b); };
  for (std::vector<Item>& items : both) std::sort(items.begin(), items.end(), by_hash);
  const auto mark = [&](std::vector<Item>& mine, const std::vector<Item>& theirs) {
    size_t at = 0;
    for (Item& item : mine) {
      while (at < theirs.size() && by_hash(theirs[at], item)) ++at;
      item.alone = at == theirs.size() || !(theirs[at].hash == item.hash);
    }
  };
  mark(both[0], both[1]);
  mark(both[1], both[0]);
  AtomSet out;
  std::vector<const AtomSet*> seen;
  for (const std::vector<Item>& items : both) {
    for (const Item& item : items) {
      if (item.alone) seen.push_back(item.atoms);
    }
  }
  sort_unique(seen);
  for (const AtomSet* atoms : seen) out.insert(out.end(), atoms->begin(), atoms->end());
  sort_unique(out);
  return out;
}

AddressSet PacketDiff::addresses(const Side& side, const Destination& d, const Node& own) const {
  AddressSet out;
  switch (d.kind) {
    case Kind::kEverything: return AddressSet::of({{Address::v4(0), Address::v4(UINT32_MAX)}, {Address::v6(0), Address::v6(~uint128{0})}});
    case Kind::kOwn:
    case Kind::kOther: {
      const Node& n = d.kind == Kind::kOwn ? own : tailnet_.nodes[TailnetNodeId(size_t{d.id})];
      if (n.ipv4 && (d.families & 1) != 0) out.add(*n.ipv4);
      if (n.ipv6 && (d.families & 2) != 0) out.add(*n.ipv6);
      break;
    }
    case Kind::kRange:
    case Kind::kPublicRange: out.add(side.identity().ranges()[RangeId(size_t{d.id})]); break;
  }
  return out;
}

/// The networks that the node serves under either policy.
AddressSet PacketDiff::behind(TailnetNodeId node) const {
  AddressSet out;
  for (const Side* side : sides_) {
    const identity::Identity& identity = side->identity();
    const reference::ServedRoutes& served = identity[identity[identity.class_of(node)].routes].served;
    for (const Prefix& p : served.subnets) out.add(p);
    if (served.exit_node) out.add(reference::internet());
  }
  for (const Address& a : reference::Meaning::addresses(tailnet_.nodes[node])) out.remove({a, a});
  return out;
}

std::vector<PacketDiff::Cell> PacketDiff::cells(std::vector<Item> (&both)[2], TailnetNodeId node) const {
  const Node& own = tailnet_.nodes[node];
  std::vector<Cell> out;
  for (const auto& a : {own.ipv4, own.ipv6}) {
    if (!a) continue;
    Cell& cell = out.emplace_back();
    cell.family = a->family;
    cell.own = true;
    for (const bool after : {false, true}) {
      for (const Item& item : both[after]) {
        const Destination& d = item.destination;
        const bool meant = d.kind == Kind::kEverything || (d.kind == Kind::kOwn && (d.families & (a->is_v4() ? 1 : 2)) != 0) ||
                           (d.kind != Kind::kOwn && addresses(*sides_[after], d, own).contains(*a));
        if (meant) cell.items.emplace_back(after, &item);
      }
    }
  }
  const AddressSet networks = behind(node);
  if (networks.empty()) return out;
  std::vector<AddressSet> sets;
  std::vector<std::pair<bool, const Item*>> items;
  for (const bool after : {false, true}) {
    for (const Item& item : both[after]) {
      AddressSet here = addresses(*sides_[after], item.destination, own).intersect(networks);
      if (here.empty()) continue;
      sets.push_back(std::move(here));
      items.emplace_back(after, &item);
    }
  }
  for (const AddressClass& c : address_classes(sets)) {
    for (const Family family : {Family::kV4, Family::kV6}) {
      Cell cell;
      cell.family = family;
      for (const AddressRange& r : c.addresses.ranges()) {
        if (r.first.family == family) cell.addresses.add(r);
      }
      if (cell.addresses.empty()) continue;
      for (const uint32_t i : c.in) cell.items.push_back(items[i]);
      out.push_back(std::move(cell));
    }
  }
  return out;
}

PacketDiff::Change PacketDiff::change_of(const Cell& cell, uint32_t atom) {
  AccessSet access[2];
  for (const auto& [after, item] : cell.items) {
    if (contains_sorted(*item->atoms, atom)) add(access[after], item->protocol, item->ports);
  }
  return {intern(access[0].minus(access[1])), intern(access[1].minus(access[0]))};
}

/// What sources win and lose at a cell. Sources with the same openings are found by the sum of their hashes.
PacketDiff::Found PacketDiff::changes(const Cell& cell, const AtomSet& sources) {
  Found out;
  const bool any = std::any_of(cell.items.begin(), cell.items.end(), [](const auto& i) { return i.second->alone; });
  if (!any) return out;
  ++stamp_;
  for (const uint32_t a : sources) {
    stamps_[a] = stamp_;
    sums_[0][a] = sums_[1][a] = {};
  }
  for (const auto& [after, item] : cell.items) {
    const ContentHash opening = opening_hash(after, item->protocol, item->ports);
    // The shorter of both lists is the one to walk.
    if (item->atoms->size() <= 8 * sources.size()) {
      for (const uint32_t a : *item->atoms) {
        if (stamps_[a] == stamp_) sums_[after][a] += opening;
      }
    } else {
      for (const uint32_t a : sources) {
        if (contains_sorted(*item->atoms, a)) sums_[after][a] += opening;
      }
    }
  }
  ContentHash last_key;
  Change last;
  for (const uint32_t a : sources) {
    const ContentHash key = mixed(sums_[0][a], sums_[1][a].a, sums_[1][a].b);
    if (!(key == last_key)) {
      const auto [known, is_new] = known_.try_emplace(key);
      if (is_new) known->second = change_of(cell, a);
      last_key = key;
      last = known->second;
    }
    if (last.lost != 0) out[{false, last.lost}].push_back(a);
    if (last.gained != 0) out[{true, last.gained}].push_back(a);
  }
  return out;
}

bool PacketDiff::concerns_other_nodes(TailnetNodeId node) {
  for (Side* side : sides_) {
    const identity::RouteSetId routes = side->identity()[side->identity().class_of(node)].routes;
    if (routes.value != 0 && !side->planner.hosts_behind(routes).empty()) return true;
  }
  return false;
}

void PacketDiff::compare(const JointClass& at, Edges& out) {
  if (!concerns_other_nodes(at.nodes.front())) return compare_at(at.nodes.front(), &at, at.user, out);
  for (const TailnetNodeId id : at.nodes) compare_at(id, nullptr, at.user, out);
}

/// At one node, which stands for all of its class where `all` is given.
void PacketDiff::compare_at(TailnetNodeId node, const JointClass* all, UserId user, Edges& out) {
  for (Side* side : sides_) side->planner.plan(node, side->plan);
  if (fingerprint(*sides_[0]) == fingerprint(*sides_[1])) return;
  locals_.clear();
  std::vector<Item> both[2] = {items(false), items(true)};
  const AtomSet sources = concerned(both);
  const std::vector<Cell> cells = this->cells(both, node);
  // Cells that win or lose the same from the same sources are one destination.
  std::map<std::tuple<bool, uint32_t, AtomSet>, std::vector<const Cell*>> joined;
  for (const Cell& cell : cells) {
    for (auto& [key, atoms] : changes(cell, sources)) joined[{key.first, key.second, std::move(atoms)}].push_back(&cell);
  }
  for (const auto& [key, where] : joined) {
    Edge edge;
    edge.gained = std::get<0>(key);
    edge.what = std::get<1>(key);
    // No packet goes from one family to the other: what has nothing on the other side is left out.
    bool families[2] = {false, false};
    for (const uint32_t a : std::get<2>(key)) families[atoms_.family(a) == Family::kV4 ? 0 : 1] = true;
    bool reached[2] = {false, false};
    for (const Cell* cell : where) {
      const size_t f = cell->family == Family::kV4 ? 0 : 1;
      if (!families[f]) continue;
      reached[f] = true;
      if (cell->own) {
        edge.own[f] = true;
      } else {
        edge.behind.add(cell->addresses);
      }
    }
    for (const uint32_t a : std::get<2>(key)) {
      if (reached[atoms_.family(a) == Family::kV4 ? 0 : 1]) edge.src.push_back(a);
    }
    if (edge.src.empty()) continue;
    if (all != nullptr) {
      out.add(*all, edge);
    } else {
      out.add_at(node, user, edge);
    }
  }
}

std::vector<Span> PacketDiff::rules_for(bool after, TailnetNodeId node, uint32_t src, const std::vector<AccessWitness>& packets) {
  Side& side = *sides_[after];
  side.planner.plan(node, side.plan);
  locals_.clear();
  std::vector<Span> out;
  for (const Item& item : items(after)) {
    if (item.rule.empty() || !contains_sorted(*item.atoms, src)) continue;
    const AddressSet dst = addresses(side, item.destination, tailnet_.nodes[node]);
    const bool lets_pass = std::any_of(packets.begin(), packets.end(), [&](const AccessWitness& w) {
      if (!dst.contains(w.dst)) return false;
      if (w.protocol == kIcmp || w.protocol == kIpv6Icmp) return true;
      return has(item.protocol, w.protocol) && (protocol_has_ports(w.protocol) ? item.ports.contains(w.port) : item.ports.is_all());
    });
    if (lets_pass) out.push_back(item.rule);
  }
  std::sort(out.begin(), out.end(), [](Span a, Span b) { return a.begin < b.begin; });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace aclc::diff
