// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/net/protocol.h"
#include "compiler/diff/classes.h"
#include "compiler/diff/describe.h"
#include "compiler/reach/reach.h"
#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"
#include "evaluator/wire/resolve.h"

namespace aclc {
namespace {

using reference::World;

/// A destination of a wire rule of one of the two policies.
struct Opening {
  bool after;
  uint32_t rule;
  PortRange ports;
};

void add(AccessSet& to, const wire::RuleMatch& rule, const PortRange& ports) {
  if (rule.protocols[kTcp]) to.tcp.add(ports);
  if (rule.protocols[kUdp]) to.udp.add(ports);
  if (rule.protocols[kSctp]) to.sctp.add(ports);
  if (ports.is_all()) to.others |= rule.protocols;
  for (const uint8_t p : {kTcp, kUdp, kSctp, kIcmp, kIpv6Icmp}) to.others.reset(p);
  to.ping = true;
}

/// A change at one device.
struct Piece {
  bool gained;
  AddressSet src, dst;
  AccessSet access;
};

std::string key_of(const AddressSet& s) {
  std::string out;
  for (const AddressRange& r : s.ranges()) out += r.to_text() + " ";
  return out;
}
std::string key_of(const AccessSet& a) { return a.to_text() + a.others.to_string() + (a.ping ? "p" : ""); }

/// Pieces that differ in one side only become one.
void join(std::vector<Piece>& pieces) {
  for (const bool by_source : {true, false}) {
    std::map<std::string, Piece> joined;
    for (Piece& p : pieces) {
      std::string key = fmt::format("{}|{}|{}", p.gained, key_of(p.access), key_of(by_source ? p.dst : p.src));
      const auto [known, is_new] = joined.try_emplace(std::move(key), p);
      if (!is_new) (by_source ? known->second.src : known->second.dst).add(by_source ? p.src : p.dst);
    }
    pieces.clear();
    for (auto& [key, p] : joined) pieces.push_back(std::move(p));
  }
}

class Differ {
 public:
  Differ(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet)
      : tailnet_(tailnet),
        world_before_(before.policy, before.definitions, tailnet),
        world_after_(after.policy, after.definitions, tailnet),
        tables_before_(reference::compile(before.policy, before.tree, before.definitions, tailnet)),
        tables_after_(reference::compile(after.policy, after.tree, after.definitions, tailnet)),
        reach_before_(world_before_),
        reach_after_(world_after_) {}

  AccessDiff run() {
    std::vector<Piece> all;
    std::map<std::string, std::pair<Piece, AddressSet>> own;  // between the devices of one user
    for (const TailnetNodeId id : world_before_.all_nodes()) {
      std::vector<Piece> here = at_node(id);
      join(here);
      std::erase_if(here, [](Piece& p) { return !trim(p); });
      AddressSet siblings, mine;
      for (const TailnetNodeId s : world_before_.siblings(world_before_.node(id))) {
        for (const Address& a : World::addresses(world_before_.node(s))) siblings.add(a);
      }
      for (const Address& a : World::addresses(world_before_.node(id))) mine.add(a);
      for (Piece& p : here) {
        if (!siblings.empty() && mine.contains(p.dst) && siblings.contains(p.src)) {
          const auto [known, is_new] = own.try_emplace(fmt::format("{}|{}", p.gained, key_of(p.access)), p, AddressSet());
          if (!is_new) {
            known->second.first.src.add(p.src);
            known->second.first.dst.add(p.dst);
          }
          continue;
        }
        all.push_back(std::move(p));
      }
      others(id);
    }
    join(all);
    AccessDiff out;
    out.devices = tailnet_.nodes.size();
    for (const Piece& p : all) out.changes.push_back(change(p, false));
    for (const auto& [key, p] : own) out.changes.push_back(change(p.first, true));
    std::stable_sort(out.changes.begin(), out.changes.end(), [](const AccessChange& a, const AccessChange& b) {
      return std::tuple(a.gained, -static_cast<int64_t>(a.source_devices * a.destination_devices), a.sources, a.destinations) <
             std::tuple(b.gained, -static_cast<int64_t>(b.source_devices * b.destination_devices), b.sources, b.destinations);
    });
    for (auto& [what, devices] : others_) out.others.push_back({what, std::move(devices)});
    return out;
  }

 private:
  /// What a device stands for under either policy: itself, and the networks that it serves.
  AddressSet receives(TailnetNodeId id) const {
    AddressSet out;
    for (const Address& a : World::addresses(world_before_.node(id))) out.add(a);
    for (const World* w : {&world_before_, &world_after_}) {
      for (const Prefix& p : w->served(id).subnets) out.add(p);
      if (w->served(id).exit_node) out.add(reference::internet());
    }
    return out;
  }

  std::vector<Piece> at_node(TailnetNodeId id) const {
    const wire::Resolved sides[2] = {wire::resolve(tables_before_[id.value].filter_rules), wire::resolve(tables_after_[id.value].filter_rules)};
    const AddressSet local = receives(id);
    std::vector<AddressSet> sources, destinations;
    std::vector<Opening> rules, openings;
    for (const bool after : {false, true}) {
      for (uint32_t i = 0; i < sides[after].rules.size(); ++i) {
        const wire::RuleMatch& rule = sides[after].rules[i];
        if (rule.destinations.empty()) continue;
        sources.push_back(rule.sources);
        rules.push_back({after, i, {}});
        for (const wire::Destination& d : rule.destinations) {
          destinations.push_back(d.addresses.intersect(local));
          openings.push_back({after, i, d.ports});
        }
      }
    }
    // What the device itself is, and what lies behind it, are told apart.
    AddressSet mine;
    for (const Address& a : World::addresses(world_before_.node(id))) mine.add(a);
    destinations.push_back(mine);

    std::vector<Piece> out;
    const std::vector<AddressClass> from = address_classes(sources), to = address_classes(destinations);
    for (const AddressClass& src : from) {
      std::vector<bool> matches[2] = {std::vector<bool>(sides[0].rules.size()), std::vector<bool>(sides[1].rules.size())};
      for (const uint32_t s : src.in) matches[rules[s].after][rules[s].rule] = true;
      for (const AddressClass& dst : to) {
        AccessSet access[2];
        for (const uint32_t d : dst.in) {
          if (d >= openings.size()) continue;
          const Opening& o = openings[d];
          if (matches[o.after][o.rule]) add(access[o.after], sides[o.after].rules[o.rule], o.ports);
        }
        if (access[0] == access[1]) continue;
        piece(src.addresses, dst.addresses, access[0], access[1], out);
      }
    }
    return out;
  }

  static AddressSet of_family(const AddressSet& set, Family family) {
    std::vector<AddressRange> ranges;
    for (const AddressRange& r : set.ranges()) {
      if (r.first.family == family) ranges.push_back(r);
    }
    return AddressSet::of(std::move(ranges));
  }

  static void piece(const AddressSet& src, const AddressSet& dst, const AccessSet& before, const AccessSet& after, std::vector<Piece>& out) {
    const AccessSet lost = before.minus(after), gained = after.minus(before);
    if (!lost.empty()) out.push_back({false, src, dst, lost});
    if (!gained.empty()) out.push_back({true, src, dst, gained});
  }

  /// No packet goes from one family to the other: what has nothing on the other side is left out. False for nothing at all.
  static bool trim(Piece& p) {
    AddressSet from, to;
    for (const Family family : {Family::kV4, Family::kV6}) {
      const AddressSet s = of_family(p.src, family), d = of_family(p.dst, family);
      if (s.empty() || d.empty()) continue;
      from.add(s);
      to.add(d);
    }
    p.src = std::move(from);
    p.dst = std::move(to);
    return !p.src.empty();
  }

  void others(TailnetNodeId id) {
    const reference::NodeTable &a = tables_before_[id.value], &b = tables_after_[id.value];
    const std::string name(tailnet_.text(tailnet_.nodes[id].name));
    if (!(a.ssh_rules == b.ssh_rules)) others_["ssh rules"].push_back(name);
    if (!(a.whois_caps == b.whois_caps)) others_["app capabilities"].push_back(name);
    if (!(a.caps == b.caps)) others_["node attributes"].push_back(name);
    if (!(a.allowed_ips == b.allowed_ips)) others_["approved routes"].push_back(name);
  }

  /// The rules behind some packets of the change; with the first of them as the witness.
  void explain(const Piece& p, AccessChange& out) const {
    const Reach& reach = p.gained ? reach_after_ : reach_before_;
    const auto node_of = [&](const Address& a) {
      for (size_t i = 0; i < tailnet_.nodes.size(); ++i) {
        const Node& n = tailnet_.nodes[TailnetNodeId(i)];
        if ((n.ipv4 && *n.ipv4 == a) || (n.ipv6 && *n.ipv6 == a)) return TailnetNodeId(i);
      }
      return TailnetNodeId();
    };
    // A device's address rather than the first of a range that nobody has; one family for both.
    const auto pick = [&](const AddressSet& set, std::optional<Family> family) {
      for (const Node& n : tailnet_.nodes) {
        for (const auto& a : {n.ipv4, n.ipv6}) {
          if (a && (!family || a->family == *family) && set.contains(*a)) return *a;
        }
      }
      for (const AddressRange& r : set.ranges()) {
        if (!family || r.first.family == *family) return r.first;
      }
      return set.ranges().front().first;
    };
    Address src = pick(p.src, std::nullopt);
    if (of_family(p.dst, src.family).empty()) src = pick(p.src, p.dst.ranges().front().first.family);
    Address dst = pick(p.dst, src.family);
    if (out.own_devices) {
      // Two devices of the same user, or one to itself.
      for (const TailnetNodeId s : world_after_.siblings(tailnet_.nodes[node_of(src)])) {
        for (const Address& a : World::addresses(tailnet_.nodes[s])) {
          if (a.family == src.family && a != src && p.dst.contains(a)) dst = a;
        }
      }
      if (tailnet_.nodes[node_of(src)].user != tailnet_.nodes[node_of(dst)].user) dst = src;
    }
    std::vector<AccessWitness> packets;
    const auto with_ports = [&](const PortSet& ports, uint8_t protocol) {
      for (const PortRange& r : ports.ranges()) packets.push_back({src, dst, protocol, r.first == 0 && r.last > 0 ? uint16_t{1} : r.first});
    };
    with_ports(p.access.tcp, kTcp);
    with_ports(p.access.udp, kUdp);
    with_ports(p.access.sctp, kSctp);
    for (unsigned i = 1; i < 256; ++i) {
      if (p.access.others[i]) packets.push_back({src, dst, static_cast<uint8_t>(i), 0});
    }
    if (packets.empty()) packets.push_back({src, dst, src.is_v4() ? kIcmp : kIpv6Icmp, 0});
    out.witness = packets.front();
    constexpr size_t kAsked = 32;
    for (size_t i = 0; i < std::min(packets.size(), kAsked); ++i) {
      const AccessWitness& w = packets[i];
      const Connection flow{w.src, w.dst, node_of(w.src), node_of(w.dst), w.protocol, w.port};
      for (const uint32_t r : reach.rules_for(flow)) out.rules.push_back(reach.rule_span(r));
    }
    std::sort(out.rules.begin(), out.rules.end(), [](Span a, Span b) { return a.begin < b.begin; });
    out.rules.erase(std::unique(out.rules.begin(), out.rules.end()), out.rules.end());
    std::erase_if(out.rules, [](Span s) { return s.empty(); });
  }

  AccessChange change(const Piece& p, bool own) const {
    AccessChange out;
    out.gained = p.gained;
    out.own_devices = own;
    out.access = p.access;
    out.source_addresses = p.src;
    out.destination_addresses = p.dst;
    Described from = describe(tailnet_, p.src), to = describe(tailnet_, p.dst);
    out.sources = std::move(from.names);
    out.source_devices = from.devices;
    out.destinations = std::move(to.names);
    out.destination_devices = to.devices;
    explain(p, out);
    return out;
  }

  const Tailnet& tailnet_;
  World world_before_, world_after_;
  std::vector<reference::NodeTable> tables_before_, tables_after_;
  Reach reach_before_, reach_after_;
  std::map<std::string, std::vector<std::string>> others_;
};

}  // namespace

AccessSet AccessSet::minus(const AccessSet& o) const {
  AccessSet out;
  out.tcp = tcp.subtract(o.tcp);
  out.udp = udp.subtract(o.udp);
  out.sctp = sctp.subtract(o.sctp);
  out.others = others & ~o.others;
  out.ping = ping && !o.ping;
  return out;
}

std::string AccessSet::to_text() const {
  std::string out;
  const auto add_part = [&](std::string_view name, const std::string& ports) {
    if (!out.empty()) out += " · ";
    out += name;
    if (!ports.empty()) out.append(" ").append(ports);
  };
  // What TCP and UDP share is said once.
  const PortSet both = tcp.intersect(udp), only_tcp = tcp.subtract(udp), only_udp = udp.subtract(tcp);
  if (!both.empty()) add_part("tcp,udp", both.to_text());
  if (!only_tcp.empty()) add_part("tcp", only_tcp.to_text());
  if (!only_udp.empty()) add_part("udp", only_udp.to_text());
  if (!sctp.empty()) add_part("sctp", sctp.to_text());
  for (unsigned i = 0; i < 256; ++i) {
    if (others[i]) add_part(protocol_name(static_cast<uint8_t>(i)), "");
  }
  if (out.empty() && ping) out = "ping";
  return out;
}

AccessDiff diff_access(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet) {
  return Differ(before, after, tailnet).run();
}

}  // namespace aclc
