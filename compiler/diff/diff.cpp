// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/diff.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/net/protocol.h"
#include "compiler/diff/atoms.h"
#include "compiler/diff/describe.h"
#include "compiler/diff/edges.h"
#include "compiler/diff/others.h"
#include "compiler/diff/packets.h"
#include "compiler/diff/touched.h"

namespace aclc {
namespace {

using diff::AtomSet;
using diff::Edge;
using diff::EdgeGroup;

bool has_family(const AddressSet& set, Family family) {
  return std::any_of(set.ranges().begin(), set.ranges().end(), [&](const AddressRange& r) { return r.first.family == family; });
}

class Differ {
 public:
  Differ(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet, const diff::Touched* touched)
      : tailnet_(tailnet),
        touched_(touched),
        before_(before, tailnet),
        after_(after, tailnet),
        atoms_(before_, after_, tailnet),
        packets_(before_, after_, atoms_, tailnet),
        others_(before_, after_, atoms_, tailnet),
        describer_(tailnet) {}

  AccessDiff run() {
    diff::Edges access(atoms_, tailnet_), others(atoms_, tailnet_);
    for (const diff::JointClass& at : atoms_.classes()) {
      // Nodes of a class are alike under both policies, and so to the rules that one of them alone has; but for routers.
      const bool touched = touched_ == nullptr || std::any_of(at.nodes.begin(), at.nodes.end(), [&](TailnetNodeId id) { return touched_->is(id); });
      if (touched) packets_.compare(at, access);
      if (touched || !touched_->rules_only()) others_.compare(at, others, touched_ != nullptr && touched_->rules_only());
    }
    AccessDiff out;
    out.devices = tailnet_.nodes.size();
    for (const EdgeGroup& g : access.take()) out.changes.push_back(change(g));
    std::stable_sort(out.changes.begin(), out.changes.end(), [](const AccessChange& a, const AccessChange& b) {
      const size_t pairs_a = a.source_devices * a.destination_devices, pairs_b = b.source_devices * b.destination_devices;
      return std::tie(a.gained, pairs_b, a.sources, a.destinations) < std::tie(b.gained, pairs_a, b.sources, b.destinations);
    });
    for (const EdgeGroup& g : others.take()) out.others.push_back(other(g));
    std::stable_sort(out.others.begin(), out.others.end(), [](const OtherChange& a, const OtherChange& b) {
      return std::tie(a.kind, a.gained, a.what, a.sources, a.devices) < std::tie(b.kind, b.gained, b.what, b.sources, b.devices);
    });
    return out;
  }

 private:
  struct Source {
    Address address;
    uint32_t atom;
  };

  /// A device's address rather than the first of a range that nobody has; of a family that the destinations have. Not that of
  /// `but` where there is another one.
  Source pick_source(const AtomSet& src, const AddressSet& dst, TailnetNodeId but) const {
    std::optional<Source> found, any;
    TailnetNodeId first;
    for (const uint32_t a : src) {
      const Family family = atoms_.family(a);
      if (!has_family(dst, family)) continue;
      const TailnetNodeId node = atoms_.first_node(a);
      if (!node.valid()) {
        const Address address = atoms_.addresses({a}).ranges().front().first;
        if (!any || address < any->address) any = Source{address, a};
        continue;
      }
      const Node& n = tailnet_.nodes[node];
      const Address address = family == Family::kV4 ? *n.ipv4 : *n.ipv6;
      const bool better = !found || (node == but ? false : first == but || node < first || (node == first && address < found->address));
      if (better) {
        found = Source{address, a};
        first = node;
      }
    }
    return found ? *found : *any;
  }

  /// The packet that shows a change, and the rules by which it, or any other packet between the two addresses, passes.
  void explain(const EdgeGroup& g, AccessChange& out) {
    const Edge& edge = g.sample;
    const Node& node = tailnet_.nodes[edge.node];
    AddressSet dst = edge.behind;
    if (edge.own[0] && node.ipv4) dst.add(*node.ipv4);
    if (edge.own[1] && node.ipv6) dst.add(*node.ipv6);
    const Source src = pick_source(edge.src, dst, g.own_devices ? edge.node : TailnetNodeId());
    const Family family = src.address.family;
    Address to;
    if (edge.own[family == Family::kV4 ? 0 : 1]) {
      to = family == Family::kV4 ? *node.ipv4 : *node.ipv6;
    } else {
      for (const AddressRange& r : edge.behind.ranges()) {
        if (r.first.family != family) continue;
        to = r.first;
        break;
      }
    }
    std::vector<AccessWitness> packets;
    const AccessSet& access = out.access;
    const auto with_ports = [&](const PortSet& ports, uint8_t protocol) {
      for (const PortRange& r : ports.ranges()) packets.push_back({src.address, to, protocol, r.first == 0 && r.last > 0 ? uint16_t{1} : r.first});
    };
    with_ports(access.tcp, kTcp);
    with_ports(access.udp, kUdp);
    with_ports(access.sctp, kSctp);
    for (unsigned i = 1; i < 256; ++i) {
      if (access.others[i]) packets.push_back({src.address, to, static_cast<uint8_t>(i), 0});
    }
    if (packets.empty()) packets.push_back({src.address, to, family == Family::kV4 ? kIcmp : kIpv6Icmp, 0});
    out.witness = packets.front();
    out.rules = packets_.rules_for(g.gained, edge.node, src.atom, packets);
  }

  AccessChange change(const EdgeGroup& g) {
    AccessChange out;
    out.gained = g.gained;
    out.own_devices = g.own_devices;
    out.access = packets_.access(g.what);
    out.source_addresses = atoms_.addresses(g.src);
    out.destination_addresses = g.dst;
    Described from = describer_.describe(out.source_addresses), to = describer_.describe(g.dst);
    out.sources = std::move(from.names);
    out.source_devices = from.devices;
    out.destinations = std::move(to.names);
    out.destination_devices = to.devices;
    explain(g, out);
    return out;
  }

  OtherChange other(const EdgeGroup& g) {
    const diff::OtherDiff::Label& label = others_.label(g.what);
    OtherChange out;
    out.kind = label.kind;
    out.gained = g.gained;
    out.own_devices = g.own_devices;
    out.what = label.text;
    out.source_addresses = atoms_.addresses(g.src);
    out.device_addresses = g.dst;
    if (!g.src.empty()) out.sources = describer_.describe(out.source_addresses).names;
    Described where = describer_.describe(g.dst);
    out.devices = std::move(where.names);
    out.device_count = where.devices;
    diff::OtherDiff::Cause cause = others_.cause(g.sample);
    if (cause.source.valid()) out.source_device = tailnet_.text(tailnet_.nodes[cause.source].name);
    out.device = tailnet_.text(tailnet_.nodes[cause.device].name);
    out.rules = std::move(cause.rules);
    return out;
  }

  const Tailnet& tailnet_;
  const diff::Touched* touched_;  ///< null: all
  diff::Side before_, after_;
  diff::Atoms atoms_;
  diff::PacketDiff packets_;
  diff::OtherDiff others_;
  Describer describer_;
};

}  // namespace

std::string_view other_kind_name(OtherKind kind) {
  switch (kind) {
    case OtherKind::kSsh: return "ssh";
    case OtherKind::kCapability: return "capability";
    case OtherKind::kAttribute: return "attribute";
    case OtherKind::kRoute: return "route";
  }
  return "";
}

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

AccessDiff diff_access(const PolicyView& before, const PolicyView& after, const Tailnet& tailnet, DiffWork work) {
  if (work == DiffWork::kEverywhere) return Differ(before, after, tailnet, nullptr).run();
  const diff::Touched touched(before, after, tailnet);
  return Differ(before, after, tailnet, &touched).run();
}

}  // namespace aclc
