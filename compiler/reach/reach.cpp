// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/reach.h"

#include <algorithm>

#include "base/net/protocol.h"
#include "compiler/reference/sources.h"

namespace aclc {
namespace {

bool is_autogroup(const Selector& s, Autogroup which) {
  return s.kind == SelectorKind::kAutogroup && s.autogroup == which;
}

/// A rule without a protocol lets TCP, UDP and ICMP pass (Tailscale client, default protocols). A test without one asks for
/// TCP or UDP (Tailscale docs, "Tailnet policy file syntax", tests).
bool protocols_meet(uint8_t rule, uint8_t flow) {
  if (flow == 0) return rule == 0 || rule == kTcp || rule == kUdp;
  if (rule == 0) return flow == kTcp || flow == kUdp || flow == kIcmp || flow == kIpv6Icmp;
  return rule == flow;
}

bool ports_meet(const std::vector<PortRange>& ports, const Connection& flow) {
  if (flow.any_port || (flow.protocol != 0 && !protocol_has_ports(flow.protocol))) return !ports.empty();
  return std::any_of(ports.begin(), ports.end(), [&](const PortRange& r) { return r.contains(flow.port); });
}

}  // namespace

std::string_view missed_words(Miss missed) {
  switch (missed) {
    case Miss::kSource:
      return "destination and port match, the source does not";
    case Miss::kDestination:
      return "the source matches, the destination does not";
    case Miss::kProtocol:
      return "source and destination match, the protocol does not";
    case Miss::kPort:
      return "source and destination match, the port does not";
    case Miss::kNone:
      break;
  }
  return "";
}

Reach::Reach(const reference::World& world) : world_(world) {
  for (reference::Statement& statement : reference::statements(world.policy())) {
    Rule rule;
    rule.span = statement.span;
    rule.sources = reference::resolve_sources(world, statement.src, world.effective(statement.src_posture)).covered;
    for (reference::Part& part : statement.parts) {
      for (reference::Target& written : part.targets) {
        Target target;
        target.self = part.self;
        target.ports = std::move(written.ports);
        const Selector& selector = written.selector;
        if (selector.kind == SelectorKind::kWildcard) {
          target.everything = true;
        } else if (is_autogroup(selector, Autogroup::kInternet)) {
          target.addresses = reference::internet();
        } else if (auto literal = world.literal(selector)) {
          target.addresses = std::move(*literal);
        } else {
          for (const TailnetNodeId id : world.nodes_of(selector)) {
            for (const Address& a : reference::World::addresses(world.node(id))) target.addresses.add(a);
          }
        }
        rule.targets.push_back(std::move(target));
      }
    }
    rule.ip = std::move(statement.ip);
    rules_.push_back(std::move(rule));
  }
}

bool Reach::hits(const Target& target, const Connection& flow) const {
  if (!target.self) return target.everything || target.addresses.contains(flow.dst);
  if (!flow.src_node.valid() || !flow.dst_node.valid()) return false;
  const Node& src = world_.node(flow.src_node);
  const Node& dst = world_.node(flow.dst_node);
  return !src.tagged() && !dst.tagged() && src.user.valid() && src.user == dst.user;
}

// What a rule lacks, nearest field last: a rule that fails only in its port is nearer than one with another source.
Miss Reach::judge(const Rule& rule, const Connection& flow) const {
  if (rule.ip.empty()) return Miss::kDestination;  // app capabilities alone open no port
  const bool source = rule.sources.contains(flow.src);
  bool destination = false, protocol = false, port = false;
  for (const Target& target : rule.targets) {
    if (!hits(target, flow)) continue;
    destination = true;
    for (const reference::ProtocolPorts& ip : rule.ip) {
      if (!protocols_meet(ip.protocol, flow.protocol)) continue;
      protocol = true;
      port = port || ports_meet(ip.ports.empty() ? target.ports : ip.ports, flow);
    }
  }
  if (source && port) return Miss::kNone;
  if (!source) return port ? Miss::kSource : Miss::kDestination;
  if (!destination) return Miss::kDestination;
  return protocol ? Miss::kPort : Miss::kProtocol;
}

ReachVerdict Reach::decide(const Connection& flow) const {
  // Of the rules that miss, one with the right source and destination is nearest, then one where only the source is wrong,
  // then one with the right source.
  const auto nearness = [](Miss miss) {
    switch (miss) {
      case Miss::kPort:
        return 4;
      case Miss::kProtocol:
        return 3;
      case Miss::kSource:
        return 2;
      default:
        return 0;
    }
  };
  ReachVerdict nearest;
  for (uint32_t i = 0; i < rules_.size(); ++i) {
    const Miss miss = judge(rules_[i], flow);
    if (miss == Miss::kNone) return {true, i, Miss::kNone};
    int score = nearness(miss);
    if (miss == Miss::kDestination && rules_[i].sources.contains(flow.src) && !rules_[i].ip.empty()) score = 1;
    if (score > 0 && (!nearest.has_rule() || score > std::max(nearness(nearest.missed), 1))) nearest = {false, i, miss};
  }
  return nearest;
}

std::vector<uint32_t> Reach::rules_for(const Connection& flow) const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < rules_.size(); ++i) {
    if (judge(rules_[i], flow) == Miss::kNone) out.push_back(i);
  }
  return out;
}

}  // namespace aclc
