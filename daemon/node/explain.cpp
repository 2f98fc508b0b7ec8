// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/explain.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/net/protocol.h"
#include "evaluator/packet/packet_filter.h"
#include "evaluator/wire/semantics.h"

namespace aclc {
namespace {

constexpr size_t kMostNear = 3;

Result<std::vector<Address>> addresses_of(const Snapshot& snapshot, std::string_view text) {
  if (text.empty() || text == snapshot.node) return snapshot.addresses;
  if (const auto address = Address::parse(text)) return std::vector<Address>{*address};
  std::vector<std::string_view> names{snapshot.node};
  for (const SnapshotPeer& peer : snapshot.peers) {
    names.push_back(peer.name);
    if (peer.name != text) continue;
    std::vector<Address> out;
    for (const Prefix& prefix : peer.allowed_ips) {
      if (prefix.is_host()) out.push_back(prefix.address);
    }
    return out;
  }
  const std::string_view near = nearest(text, names);
  return Failure{"`" + std::string(text) + "` is neither an address nor a node that this one sees" +
                 (near.empty() ? "" : "; did you mean `" + std::string(near) + "`?")};
}

struct Pair {
  Address src, dst;
};
// Of the same family, IPv4 first.
Result<Pair> pair_of(const Snapshot& snapshot, std::string_view src, std::string_view dst) {
  const auto from = addresses_of(snapshot, src), to = addresses_of(snapshot, dst);
  if (!from) return from.error();
  if (!to) return to.error();
  for (const Address& a : *from) {
    for (const Address& b : *to) {
      if (a.family == b.family) return Pair{a, b};
    }
  }
  return Failure{"source and destination have no addresses of one family"};
}

// What one rule lacks to allow the packet; empty `lacks`: more than one thing, or nothing.
struct Miss {
  int order = 0;  // nearer ones are smaller
  std::string lacks;
};
Miss miss_of(const wire::RuleMatch& rule, const Explanation& e) {
  const bool icmp = e.protocol == wire::icmp_of(e.src.family);
  const bool source = rule.sources.contains(e.src), protocol = icmp || rule.protocols[e.protocol];
  bool destination = false, port = false;
  PortSet ports;
  for (const wire::Destination& to : rule.destinations) {
    if (!to.addresses.contains(e.dst)) continue;
    destination = true;
    if (to.ports.first <= to.ports.last) ports.add(to.ports);
    port = port || icmp || (protocol_has_ports(e.protocol) ? to.ports.contains(e.port) : to.ports.is_all());
  }
  const int missing = !source + !destination + !protocol + (destination && !port);
  if (missing != 1) return {};
  if (!protocol) return {1, "source, destination and port match, the protocol " + protocol_name(e.protocol) + " does not"};
  if (!source) return {2, "destination and port match, the source does not"};
  if (!destination) return {3, "the source matches, the destination does not"};
  return {0, "source and destination match, the port does not: it allows " + ports.to_text()};
}

void find_nearest(const NodePolicy& policy, Explanation& e) {
  std::vector<std::pair<int, uint32_t>> found;
  for (uint32_t i = 0; i < policy.rules.rules.size(); ++i) {
    const Miss miss = miss_of(policy.rules.rules[i], e);
    if (!miss.lacks.empty()) found.push_back({miss.order, i});
  }
  std::stable_sort(found.begin(), found.end());
  for (const auto& [order, rule] : found) {
    const std::string place = place_of_rule(policy, rule);
    const auto same = [&](const NearRule& near) { return near.place == place; };
    if (std::any_of(e.nearest.begin(), e.nearest.end(), same)) continue;
    e.nearest.push_back({place, text_of_rule(policy, rule), miss_of(policy.rules.rules[rule], e).lacks});
    if (e.nearest.size() == kMostNear) return;
  }
}

// Says, too, which rule would allow it otherwise.
void deny_where_all_is(Enforcement::State state, Explanation& e) {
  using State = Enforcement::State;
  if (state == State::kInForce) return;
  const auto [reason, words] = state == State::kExpired ? std::pair{"expired", "the snapshot has expired, and on_expiry is fail-closed"}
                               : state == State::kDown  ? std::pair{"down", "the node is down (`aclcd up`)"}
                                                        : std::pair{"not-in-force", "the policy could not be put in force yet (`aclcd status`)"};
  if (e.allowed) e.nearest = {{e.place, e.text, std::string("it allows this, but ") + words}};
  e.allowed = false;
  e.reason = reason;
  e.place.clear();
  e.text.clear();
}

}  // namespace

Result<Explanation> explain(const NodePolicy& policy, std::string_view src, std::string_view dst, uint8_t protocol, uint16_t port, const Enforcement& how) {
  const auto pair = pair_of(policy.snapshot, src, dst);
  if (!pair) return pair.error();
  Explanation out;
  out.src = pair->src;
  out.dst = pair->dst;
  out.protocol = protocol == kIcmp ? wire::icmp_of(out.src.family) : protocol;
  out.port = port;
  PolicySlot slot;
  slot.publish({policy.program, 0, how.shields_up});
  FilterOptions options;
  options.flows = 16;
  options.fragments = 16;
  PacketFilter filter(slot, options);
  const Decision decision = filter.check_new(Packet{out.src, out.dst, out.protocol, port});
  out.allowed = decision.accept;
  out.reason = std::string(reason_name(decision.reason));
  if (decision.reason == Reason::kRule) {
    out.place = place_of_rule(policy, decision.rule);
    out.text = text_of_rule(policy, decision.rule);
  }
  if (decision.reason == Reason::kNoRule) find_nearest(policy, out);
  deny_where_all_is(how.state, out);
  return out;
}

}  // namespace aclc
