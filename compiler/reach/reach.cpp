// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/reach.h"

#include <algorithm>
#include <optional>

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

bool ports_meet(std::span<const PortRange> ports, uint8_t protocol, uint16_t port, bool any_port) {
  if (any_port || (protocol != 0 && !protocol_has_ports(protocol))) return !ports.empty();
  return std::any_of(ports.begin(), ports.end(), [&](const PortRange& r) { return r.contains(port); });
}

AddressSet everything() {
  return AddressSet::of({Prefix{Address::v4(0), 0}.range(), Prefix{Address::v6(0), 0}.range()});
}

}  // namespace

std::string_view missed_words(Miss missed) {
  switch (missed) {
    case Miss::kSource:
      return "all matches but the source";
    case Miss::kPosture:
      return "all matches but the posture of the source";
    case Miss::kDestination:
      return "the source matches, the destination does not";
    case Miss::kProtocol:
      return "source and destination match, the protocol does not";
    case Miss::kPort:
      return "source and destination match, the port does not";
    case Miss::kUser:
      return "source and destination match, the user does not";
    case Miss::kNone:
      break;
  }
  return "";
}

Reach::Reach(const reference::World& world) : world_(world) {
  reference::each_statement(world.policy(), [this](const reference::Statement& statement) { add(statement); });
}

void Reach::add(const reference::Statement& statement) {
  const auto end_of = [](const auto& list) { return static_cast<uint32_t>(list.size()); };
  const PostureRefs posture = world_.effective(statement.src_posture);
  uint32_t postures = 0;
  if (posture.present) {
    std::vector<uint32_t> names;
    for (const Selector& name : world_.policy().at(posture.names)) names.push_back(name.name.value);
    postures = posture_lists_.try_emplace(std::move(names), end_of(posture_lists_) + 1).first->second;
  }
  Rule rule;
  rule.span = statement.span;
  rule.sources.first = end_of(source_list_);
  for (const Selector& s : statement.src) source_list_.push_back(source_set(s, posture, postures));
  rule.sources.end = end_of(source_list_);
  if (posture.present) {
    rule.unchecked.first = end_of(source_list_);
    for (const Selector& s : statement.src) source_list_.push_back(source_set(s, PostureRefs{}, 0));
    rule.unchecked.end = end_of(source_list_);
  }
  rule.targets.first = end_of(target_list_);
  for (const reference::Part& part : statement.parts) {
    for (const reference::Target& written : part.targets) {
      const AddressSetId addresses = part.self ? AddressSetId() : destination_set(written.selector);
      target_list_.push_back({part.self, addresses, add(written.ports)});
    }
  }
  rule.targets.end = end_of(target_list_);
  rule.ip.first = end_of(protocol_list_);
  for (const reference::ProtocolPorts& ip : statement.ip) protocol_list_.push_back({ip.protocol, add(ip.ports)});
  rule.ip.end = end_of(protocol_list_);
  rules_.push_back(rule);
}

Reach::Run Reach::add(const std::vector<PortRange>& ports) {
  const auto first = static_cast<uint32_t>(port_list_.size());
  port_list_.insert(port_list_.end(), ports.begin(), ports.end());
  return {first, static_cast<uint32_t>(port_list_.size())};
}

size_t Reach::KnownHash::operator()(const Known& k) const noexcept {
  const uint64_t kind = static_cast<uint64_t>(k.kind) << 8 | static_cast<uint64_t>(k.autogroup);
  return ((static_cast<uint64_t>(k.name) << 32 | k.postures) ^ kind << 20) * 0x9e3779b97f4a7c15u >> 7;
}

/// A list of sources covers what each of its selectors does.
AddressSetId Reach::source_set(const Selector& selector, const PostureRefs& posture, uint32_t postures) {
  const auto [known, is_new] = known_sources_.try_emplace({selector.kind, selector.autogroup, selector.name.value, postures});
  if (is_new) known->second = sources_.add(reference::resolve_sources(world_, {selector}, posture).covered);
  return known->second;
}

AddressSetId Reach::destination_set(const Selector& selector) {
  const auto [known, is_new] = known_destinations_.try_emplace({selector.kind, selector.autogroup, selector.name.value, 0});
  if (!is_new) return known->second;
  AddressSet meant;
  if (selector.kind == SelectorKind::kWildcard) {
    meant = everything();
  } else if (is_autogroup(selector, Autogroup::kInternet)) {
    meant = reference::internet();
  } else if (std::optional<AddressSet> literal = world_.literal(selector)) {
    meant = std::move(*literal);
  } else {
    std::vector<AddressRange> own;
    for (const TailnetNodeId id : world_.nodes_of(selector)) {
      for (const Address& a : reference::World::addresses(world_.node(id))) own.push_back({a, a});
    }
    meant = AddressSet::of(std::move(own));
  }
  return known->second = destinations_.add(std::move(meant));
}

size_t Reach::QuestionHash::operator()(const Question& q) const noexcept {
  const uint64_t ends = static_cast<uint64_t>(q.src.value) << 32 | q.dst.value;
  const uint64_t rest = static_cast<uint64_t>(q.port) << 16 | static_cast<uint64_t>(q.protocol) << 8 | (q.same_user ? 2u : 0u) | (q.any_port ? 1u : 0u);
  return (ends * 0x9e3779b97f4a7c15u) ^ (rest * 0xd1b54a32d192ed03u);
}

Reach::Question Reach::question(const Connection& flow) {
  Question q;
  q.src = sources_.row(flow.src);
  q.dst = destinations_.row(flow.dst);
  q.protocol = flow.protocol;
  q.port = flow.port;
  q.any_port = flow.any_port;
  if (flow.src_node.valid() && flow.dst_node.valid()) {
    const Node& src = world_.node(flow.src_node);
    const Node& dst = world_.node(flow.dst_node);
    q.same_user = !src.tagged() && !dst.tagged() && src.user.valid() && src.user == dst.user;
  }
  return q;
}

bool Reach::from(Run sources, const Question& q) const {
  const auto list = of(source_list_, sources);
  return std::any_of(list.begin(), list.end(), [&](AddressSetId s) { return sources_.has(q.src, s); });
}

template <class Visit>
bool Reach::each_opening(const Rule& rule, const Question& q, Visit&& visit) const {
  bool destination = false;
  for (const Target& target : of(target_list_, rule.targets)) {
    if (target.self ? !q.same_user : !destinations_.has(q.dst, target.addresses)) continue;
    destination = true;
    for (const Protocol& ip : of(protocol_list_, rule.ip)) {
      if (protocols_meet(ip.number, q.protocol)) visit(of(port_list_, ip.ports.empty() ? target.ports : ip.ports));
    }
  }
  return destination;
}

// What a rule lacks, nearest field last: a rule that fails only in its port is nearer than one with another source.
Miss Reach::judge(const Rule& rule, const Question& q) const {
  if (rule.ip.empty()) return Miss::kDestination;  // app capabilities alone open no port
  const bool source = from(rule.sources, q);
  bool protocol = false, port = false;
  const bool destination = each_opening(rule, q, [&](std::span<const PortRange> ports) {
    protocol = true;
    port = port || ports_meet(ports, q.protocol, q.port, q.any_port);
  });
  if (source && port) return Miss::kNone;
  if (!source) return !port ? Miss::kDestination : from(rule.unchecked, q) ? Miss::kPosture : Miss::kSource;
  if (!destination) return Miss::kDestination;
  return protocol ? Miss::kPort : Miss::kProtocol;
}

ReachVerdict Reach::decide(const Connection& flow) {
  const Question q = question(flow);
  const auto [known, is_new] = decided_.try_emplace(q);
  if (is_new) known->second = decide(q);
  return known->second;
}

ReachVerdict Reach::decide(const Question& q) const {
  // Of the rules that miss, one where only the posture fails is nearest, then one with the right source and destination, then one
  // where only the source is wrong, then one with the right source.
  const auto nearness = [](Miss miss) {
    switch (miss) {
      case Miss::kPosture:
        return 5;
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
    const Miss miss = judge(rules_[i], q);
    if (miss == Miss::kNone) return {true, i, Miss::kNone};
    int score = nearness(miss);
    if (miss == Miss::kDestination && from(rules_[i].sources, q) && !rules_[i].ip.empty()) score = 1;
    if (score > 0 && (!nearest.has_rule() || score > std::max(nearness(nearest.missed), 1))) nearest = {false, i, miss};
  }
  return nearest;
}

PortSet Reach::ports_for(const Connection& flow) {
  const Question q = question(flow);
  std::vector<PortRange> open;
  for (const Rule& rule : rules_) {
    if (rule.ip.empty() || !from(rule.sources, q)) continue;
    each_opening(rule, q, [&](std::span<const PortRange> ports) { open.insert(open.end(), ports.begin(), ports.end()); });
  }
  return PortSet::of(std::move(open));
}

std::vector<uint32_t> Reach::rules_for(const Connection& flow) {
  const Question q = question(flow);
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < rules_.size(); ++i) {
    if (judge(rules_[i], q) == Miss::kNone) out.push_back(i);
  }
  return out;
}

}  // namespace aclc
