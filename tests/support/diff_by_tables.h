// SPDX-License-Identifier: Apache-2.0
// Who gains and loses access, from the tables of compiler/reference, device by device and address class by address class: the slow
// side of the property of compiler/diff. Witnesses and rules are left out.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/net/protocol.h"
#include "compiler/diff/classes.h"
#include "compiler/diff/diff.h"
#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"
#include "evaluator/wire/resolve.h"

namespace aclc::testing {

/// One change as a text that equal changes share.
inline std::string change_text(bool gained, bool own_devices, const AddressSet& src, const AddressSet& dst, const AccessSet& access) {
  std::string out = fmt::format("{}{} ", gained ? "gained" : "lost", own_devices ? " own" : "");
  for (const AddressRange& r : src.ranges()) out += r.to_text() + " ";
  out += "-> ";
  for (const AddressRange& r : dst.ranges()) out += r.to_text() + " ";
  return out + access.to_text() + (access.ping ? " ping" : "");
}

class DiffByTables {
 public:
  DiffByTables(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet)
      : tailnet_(tailnet),
        worlds_{reference::World(before.policy, before.definitions, tailnet), reference::World(after.policy, after.definitions, tailnet)},
        tables_{reference::compile(before.policy, before.tree, before.definitions, tailnet), reference::compile(after.policy, after.tree, after.definitions, tailnet)} {}

  const std::vector<reference::NodeTable>& tables(bool after) const { return tables_[after]; }

  std::set<std::string> changes() const {
    std::vector<Piece> all;
    std::map<std::string, Piece> own;
    for (const TailnetNodeId id : worlds_[0].all_nodes()) {
      const AddressSet mine = addresses({id}), siblings = addresses(worlds_[0].siblings(tailnet_.nodes[id]));
      for (Piece& p : at_node(id)) {
        if (siblings.empty() || !mine.contains(p.dst) || !siblings.contains(p.src)) {
          all.push_back(std::move(p));
          continue;
        }
        const auto [known, is_new] = own.try_emplace(fmt::format("{}{}", p.gained, key_of(p.access)), p);
        if (is_new) continue;
        known->second.src.add(p.src);
        known->second.dst.add(p.dst);
      }
    }
    join(all);
    std::set<std::string> out;
    for (const Piece& p : all) out.insert(change_text(p.gained, false, p.src, p.dst, p.access));
    for (const auto& [key, p] : own) out.insert(change_text(p.gained, true, p.src, p.dst, p.access));
    return out;
  }

 private:
  struct Piece {
    bool gained;
    AddressSet src, dst;
    AccessSet access;
  };

  static std::string key_of(const AddressSet& s) {
    std::string out;
    for (const AddressRange& r : s.ranges()) out += r.to_text() + " ";
    return out;
  }
  static std::string key_of(const AccessSet& a) { return a.to_text() + a.others.to_string() + (a.ping ? "p" : ""); }

  static void join(std::vector<Piece>& pieces) {
    for (const bool by_source : {true, false}) {
      std::map<std::string, Piece> joined;
      for (Piece& p : pieces) {
        const auto [known, is_new] = joined.try_emplace(fmt::format("{}|{}|{}", p.gained, key_of(p.access), key_of(by_source ? p.dst : p.src)), p);
        if (!is_new) (by_source ? known->second.src : known->second.dst).add(by_source ? p.src : p.dst);
      }
      pieces.clear();
      for (auto& [key, p] : joined) pieces.push_back(std::move(p));
    }
  }

  AddressSet addresses(const std::vector<TailnetNodeId>& nodes) const {
    AddressSet out;
    for (const TailnetNodeId id : nodes) {
      for (const Address& a : reference::World::addresses(tailnet_.nodes[id])) out.add(a);
    }
    return out;
  }

  static AddressSet of_family(const AddressSet& set, Family family) {
    AddressSet out;
    for (const AddressRange& r : set.ranges()) {
      if (r.first.family == family) out.add(r);
    }
    return out;
  }

  /// No packet goes from one family to the other. False where nothing is left.
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

  static void open(AccessSet& to, const wire::RuleMatch& rule, const PortRange& ports) {
    if (rule.protocols[kTcp]) to.tcp.add(ports);
    if (rule.protocols[kUdp]) to.udp.add(ports);
    if (rule.protocols[kSctp]) to.sctp.add(ports);
    if (ports.is_all()) to.others |= rule.protocols;
    for (const uint8_t p : {kTcp, kUdp, kSctp, kIcmp, kIpv6Icmp}) to.others.reset(p);
    to.ping = true;
  }

  std::vector<Piece> at_node(TailnetNodeId id) const {
    const wire::Resolved sides[2] = {wire::resolve(tables_[0][id.value].filter_rules), wire::resolve(tables_[1][id.value].filter_rules)};
    AddressSet local = addresses({id});
    for (const reference::World& w : worlds_) {
      for (const Prefix& p : w.served(id).subnets) local.add(p);
      if (w.served(id).exit_node) local.add(reference::internet());
    }
    struct From {
      bool after;
      const wire::RuleMatch* rule;
    };
    struct Opening {
      bool after;
      const wire::RuleMatch* rule;
      PortRange ports;
    };
    std::vector<AddressSet> sources, destinations;
    std::vector<From> rules;
    std::vector<Opening> openings;
    for (const bool after : {false, true}) {
      for (const wire::RuleMatch& rule : sides[after].rules) {
        sources.push_back(rule.sources);
        rules.push_back({after, &rule});
        for (const wire::Destination& d : rule.destinations) {
          destinations.push_back(d.addresses.intersect(local));
          openings.push_back({after, &rule, d.ports});
        }
      }
    }
    destinations.push_back(addresses({id}));
    std::vector<Piece> out;
    const std::vector<AddressClass> to = address_classes(destinations);
    for (const AddressClass& src : address_classes(sources)) {
      std::set<const wire::RuleMatch*> matches;
      for (const uint32_t s : src.in) matches.insert(rules[s].rule);
      for (const AddressClass& dst : to) {
        AccessSet access[2];
        for (const uint32_t d : dst.in) {
          if (d < openings.size() && matches.count(openings[d].rule) != 0) open(access[openings[d].after], *openings[d].rule, openings[d].ports);
        }
        for (const bool gained : {false, true}) {
          AccessSet changed = access[gained].minus(access[!gained]);
          if (!changed.empty()) out.push_back({gained, src.addresses, dst.addresses, std::move(changed)});
        }
      }
    }
    join(out);
    std::erase_if(out, [](Piece& p) { return !trim(p); });
    return out;
  }

  const Tailnet& tailnet_;
  reference::World worlds_[2];
  std::vector<reference::NodeTable> tables_[2];
};

}  // namespace aclc::testing
