// SPDX-License-Identifier: Apache-2.0
#include "compiler/reach/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "compiler/reference/sources.h"

namespace aclc {
namespace {

using reference::World;

void add_node(const World& world, TailnetNodeId id, Endpoint& out) {
  for (const Address& a : World::addresses(world.node(id))) out.at.push_back({a, id});
}

/// The policy's selector for a word, if the policy knows the name.
std::optional<Selector> selector_of(const Policy& policy, std::string_view word) {
  Selector s;
  s.name = policy.names.find(word);
  if (word == "*") {
    s.kind = SelectorKind::kWildcard;
    return s;
  }
  if (word.starts_with("autogroup:")) {
    const auto group = parse_autogroup(word.substr(10));
    if (!group) return std::nullopt;
    s.kind = SelectorKind::kAutogroup;
    s.autogroup = *group;
    return s;
  }
  if (!s.name.valid()) return std::nullopt;
  s.kind = word.starts_with("group:")   ? SelectorKind::kGroup
           : word.starts_with("tag:")   ? SelectorKind::kTag
           : word.starts_with("ipset:") ? SelectorKind::kIpSet
           : word.find('@') != std::string_view::npos ? SelectorKind::kUser
                                                      : SelectorKind::kHost;
  return s;
}

Failure unknown(const World& world, std::string_view word) {
  std::vector<std::string_view> names;
  for (const Node& node : world.tailnet().nodes) names.push_back(world.tailnet().text(node.name));
  for (const User& user : world.tailnet().users) names.push_back(world.tailnet().text(user.login));
  for (const TagOwner& tag : world.policy().tag_owners) names.push_back(world.policy().text(tag.name));
  for (const Group& group : world.policy().groups) names.push_back(world.policy().text(group.name));
  for (const Host& host : world.policy().hosts) names.push_back(world.policy().text(host.name));
  const std::string_view near = nearest(word, names);
  return {fmt::format("`{}` is no node, user, tag, group, host, address or CIDR{}", word,
                      near.empty() ? "" : fmt::format("; did you mean `{}`?", near))};
}

}  // namespace

size_t Endpoint::node_count() const {
  std::vector<TailnetNodeId> nodes;
  for (const At& end : at) {
    if (end.node.valid()) nodes.push_back(end.node);
  }
  std::sort(nodes.begin(), nodes.end());
  return static_cast<size_t>(std::unique(nodes.begin(), nodes.end()) - nodes.begin());
}

Result<Endpoint> find_endpoint(const World& world, const Definitions& definitions, std::string_view word) {
  Endpoint out;
  out.name = word;
  const Tailnet& tailnet = world.tailnet();
  const auto address = Address::parse(word);
  const StringId name = tailnet.names.find(word);
  for (const TailnetNodeId id : world.all_nodes()) {
    const Node& node = world.node(id);
    const bool named = name.valid() && node.name == name;
    if (named) add_node(world, id, out);
    for (const Address& a : World::addresses(node)) {
      if (address && a == *address) out.at.push_back({a, id});
    }
  }
  if (!out.at.empty()) return out;
  if (address) {
    out.at.push_back({*address, {}});
    return out;
  }
  // Users and tags that only the tailnet knows.
  for (const TailnetNodeId id : world.all_nodes()) {
    const Node& node = world.node(id);
    const bool owned = !node.tagged() && node.user.valid() && tailnet.users[node.user].login == name;
    const bool tagged = std::find(node.tags.begin(), node.tags.end(), name) != node.tags.end();
    if (name.valid() && (owned || tagged)) add_node(world, id, out);
  }
  if (!out.at.empty()) return out;

  if (const auto prefix = Prefix::parse(word)) {
    for (const TailnetNodeId id : world.all_nodes()) add_node(world, id, out);
    std::erase_if(out.at, [&](const Endpoint::At& end) { return !prefix->contains(end.address); });
    out.range.add(*prefix);
    for (const Endpoint::At& end : out.at) out.range.remove({end.address, end.address});
    return out;
  }
  for (const User& user : tailnet.users) {
    if (name.valid() && user.login == name) return Failure{fmt::format("`{}` has no device in this tailnet", word)};
  }
  const auto selector = selector_of(world.policy(), word);
  if (selector && selector->kind == SelectorKind::kAutogroup) {
    if (selector->autogroup == Autogroup::kSelf) return Failure{"`autogroup:self` is the devices of whoever asks: name one of them"};
    if (selector->autogroup == Autogroup::kInternet) {
      out.range = reference::internet();
      return out;
    }
  }
  if (!selector) return unknown(world, word);
  if (selector->kind == SelectorKind::kHost && definitions.host_of(selector->name) == Definitions::kNone) return unknown(world, word);
  for (const TailnetNodeId id : world.nodes_of(*selector)) add_node(world, id, out);
  if (const auto literal = world.literal(*selector)) {
    std::erase_if(out.at, [&](const Endpoint::At& end) { return !literal->contains(end.address); });
    const auto ranges = literal->ranges();
    const bool one = ranges.size() == 1 && ranges.front().first == ranges.front().last;
    if (out.at.empty() && one) out.at.push_back({ranges.front().first, {}});
    if (!one) out.range = *literal;
    for (const Endpoint::At& end : out.at) out.range.remove({end.address, end.address});
  }
  if (out.at.empty() && out.range.empty()) return Failure{fmt::format("`{}` has no node and no address now", word)};
  return out;
}

uint8_t named_protocol(Reach& reach, const Answer& a) {
  constexpr size_t kMostPairs = 10'000;
  if (a.protocol != 0 || !a.all() || a.pairs > kMostPairs) return a.protocol;
  constexpr uint8_t kTcp = 6, kUdp = 17;
  const bool tcp = ask(reach, a.src, a.dst, a.port, kTcp).all(), udp = ask(reach, a.src, a.dst, a.port, kUdp).all();
  return tcp == udp ? 0 : tcp ? kTcp : kUdp;
}

Result<DestinationWord> split_destination(std::string_view word) {
  DestinationWord out;
  std::string_view port;
  if (word.starts_with('[')) {
    const size_t close = word.find(']');
    if (close == std::string_view::npos) return Failure{fmt::format("`{}` has no closing `]`", word)};
    out.name = word.substr(1, close - 1);
    port = word.substr(close + 1);
  } else if (Address::parse(word)) {
    out.name = word;
  } else {
    const size_t colon = word.rfind(':');
    const bool prefix_only = colon != std::string_view::npos && word.find(':') == colon &&
                             (word.starts_with("tag:") || word.starts_with("group:") || word.starts_with("autogroup:") ||
                              word.starts_with("ipset:"));
    if (colon == std::string_view::npos || prefix_only) {
      out.name = word;
    } else {
      out.name = word.substr(0, colon);
      port = word.substr(colon);
    }
  }
  if (port.empty()) return out;
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
  if (port.front() != ':' || error != std::errc() || end != port.data() + port.size()) {
    return Failure{fmt::format("`{}` does not end in a port from 0 to 65535", word)};
  }
  out.port = number;
  return out;
}

Answer ask(Reach& reach, Endpoint src, Endpoint dst, std::optional<uint16_t> port, uint8_t protocol) {
  constexpr size_t kMostPairs = 1'000;  // whose ports are worth the time
  Answer out;
  for (const Address& a : reach.sources_within(src.range)) src.at.push_back({a, {}});
  for (const Address& a : reach.destinations_within(dst.range)) dst.at.push_back({a, {}});
  for (const bool same_family : {true, false}) {
    for (const Endpoint::At& a : src.at) {
      for (const Endpoint::At& b : dst.at) {
        if (same_family && a.address.family != b.address.family) continue;
        const Connection flow{a.address, b.address, a.node, b.node, protocol, port.value_or(0), !port};
        const ReachVerdict decision = reach.decide(flow);
        const bool first_denied = !decision.allowed && out.allowed == out.pairs;
        if (out.pairs == 0 || first_denied) {
          out.decision = decision;
          out.from = a.address;
          out.to = b.address;
          out.src_node = a.node;
          out.dst_node = b.node;
        }
        if (!port && out.pairs < kMostPairs) out.ports = out.pairs == 0 ? reach.ports_for(flow) : out.ports->intersect(reach.ports_for(flow));
        if (out.pairs == kMostPairs) out.ports.reset();
        ++out.pairs;
        out.allowed += decision.allowed;
      }
    }
    if (out.pairs > 0) break;
  }
  out.src = std::move(src);
  out.dst = std::move(dst);
  out.port = port;
  out.protocol = protocol;
  return out;
}

}  // namespace aclc
