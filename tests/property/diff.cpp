// SPDX-License-Identifier: Apache-2.0
// The difference of two policies is exactly the packets that one of their tables lets pass and the other does not.
#include "compiler/diff/diff.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "base/net/protocol.h"
#include "tests/support/diff_by_tables.h"
#include "tests/support/packets_of_tables.h"
#include "tests/support/random_policy.h"

namespace aclc::testing {
namespace {

class Nowhere final : public DiagnosticSink {
 public:
  void report(Diagnostic) override {}
};

bool in(const AccessSet& a, const Packet& p) {
  switch (p.protocol) {
    case kTcp: return a.tcp.contains(p.port);
    case kUdp: return a.udp.contains(p.port);
    case kSctp: return a.sctp.contains(p.port);
    case kIcmp:
    case kIpv6Icmp: return a.ping;
    default: return a.others[p.protocol];
  }
}

bool icmp_of_other_family(const Packet& p) { return p.protocol == (p.dst.is_v4() ? kIpv6Icmp : kIcmp); }

/// The user of the device with the address.
UserId user_of(const Tailnet& t, const Address& a) {
  for (const Node& n : t.nodes) {
    if ((n.ipv4 && *n.ipv4 == a) || (n.ipv6 && *n.ipv6 == a)) return n.tagged() ? UserId() : n.user;
  }
  return {};
}

bool tells(const Tailnet& t, const AccessDiff& diff, bool gained, const Packet& p) {
  for (const AccessChange& c : diff.changes) {
    if (c.gained != gained || !in(c.access, p) || !c.source_addresses.contains(p.src) || !c.destination_addresses.contains(p.dst)) continue;
    if (!c.own_devices) return true;
    if (user_of(t, p.src).valid() && user_of(t, p.src) == user_of(t, p.dst)) return true;
  }
  return false;
}

void compare(const BuiltPolicy& a, const BuiltPolicy& b, const Tailnet& tailnet) {
  const AccessDiff diff = diff_access({a.policy, a.tree, a.definitions}, {b.policy, b.tree, b.definitions}, tailnet);
  const auto before = reference::compile(a.policy, a.tree, a.definitions, tailnet);
  const auto after = reference::compile(b.policy, b.tree, b.definitions, tailnet);
  const reference::World world(a.policy, a.definitions, tailnet), other(b.policy, b.definitions, tailnet);
  // Two routers of one network may take different packets: what is told is what some device of the class takes.
  for (size_t i = 0; i < before.size(); ++i) {
    AddressSet local = local_of(world, TailnetNodeId(i));
    local.add(local_of(other, TailnetNodeId(i)));
    each_packet(tailnet, wire::resolve(before[i].filter_rules), wire::resolve(after[i].filter_rules), local, [&](const Packet& p, bool x, bool y) {
      if (icmp_of_other_family(p) || x == y) return;
      if (tells(tailnet, diff, y, p)) return;
      RC_LOG() << a.text << "\n" << b.text << "\n";
      RC_FAIL("not told: " + p.src.to_text() + " -> " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port));
    });
  }
  // What is told is so at the device, or at one of the routers, that the packet goes to.
  for (const AccessChange& c : diff.changes) {
    Packet p;
    p.src = c.witness.src;
    p.dst = c.witness.dst;
    p.protocol = c.witness.protocol;
    p.port = c.witness.port;
    bool real = false;
    for (size_t i = 0; i < before.size() && !real; ++i) {
      AddressSet local = local_of(world, TailnetNodeId(i));
      local.add(local_of(other, TailnetNodeId(i)));
      const bool x = decide_linear(wire::resolve(before[i].filter_rules), local, p).allowed();
      const bool y = decide_linear(wire::resolve(after[i].filter_rules), local, p).allowed();
      real = x != y && y == c.gained;
    }
    if (real) continue;
    RC_LOG() << a.text << "\n" << b.text << "\n";
    RC_FAIL("no witness: " + p.src.to_text() + " -> " + p.dst.to_text() + " protocol " + std::to_string(p.protocol) + " port " + std::to_string(p.port));
  }
}

std::set<std::string> whole(const AccessDiff& diff) {
  std::set<std::string> out;
  for (const AccessChange& c : diff.changes) out.insert(change_text(c.gained, c.own_devices, c.source_addresses, c.destination_addresses, c.access));
  return out;
}

/// What one device's table says about one source, in a form that is equal where it means the same.
using Said = std::set<std::string>;

Said ssh_of(const reference::NodeTable& table, const std::string& source) {
  Said out, logins;
  for (const wire::SshRule& r : table.ssh_rules) {
    if (std::find(r.principals.begin(), r.principals.end(), source) == r.principals.end()) continue;
    for (const auto& [login, local] : r.ssh_users) {
      if (local.empty() || !logins.insert(login).second) continue;  // the first rule for a login counts
      std::string as = login + " " + local + (r.check ? " check" : "") + (r.enforce_recorder ? " enforced" : "") + (r.recorders.empty() ? "" : " recorded");
      for (const std::string& name : r.accept_env) as += " " + name;
      out.insert(as);
    }
  }
  return out;
}

Said values_of(const wire::CapMap& caps) {
  Said out;
  for (const auto& [name, values] : caps) {
    const nlohmann::json list = nlohmann::json::parse(values);
    if (!list.is_array() || list.empty()) out.insert(name);
    if (list.is_array()) {
      for (const auto& v : list) out.insert(name + " " + v.dump());
    }
  }
  return out;
}

Said held_by(const reference::NodeTable& table, const std::string& source) {
  const auto found = table.whois_caps.find(source);
  return found == table.whois_caps.end() ? Said() : values_of(found->second);
}

/// Of a source and a device: whether it is said that something is gained or lost.
bool tells(const Tailnet& t, const AccessDiff& diff, OtherKind kind, bool gained, const Address* src, const Address& dst, bool only_exactly = false) {
  return std::any_of(diff.others.begin(), diff.others.end(), [&](const OtherChange& o) {
    if (o.kind != kind || o.gained != gained || !o.device_addresses.contains(dst)) return false;
    if (src == nullptr) return true;
    if (!o.source_addresses.contains(*src)) return false;
    return o.own_devices ? !only_exactly && user_of(t, *src).valid() && user_of(t, *src) == user_of(t, dst) : true;
  });
}

bool less(const Said& a, const Said& b) { return !std::includes(b.begin(), b.end(), a.begin(), a.end()); }

/// Beside packets: it is said of exactly those pairs for which tables differ.
void beside_packets(const Tailnet& t, const AccessDiff& diff, const DiffByTables& slow) {
  for (size_t i = 0; i < t.nodes.size(); ++i) {
    const reference::NodeTable &x = slow.tables(false)[i], &y = slow.tables(true)[i];
    const std::vector<Address> at = reference::World::addresses(t.nodes[TailnetNodeId(i)]);
    if (at.empty()) continue;
    RC_ASSERT(tells(t, diff, OtherKind::kAttribute, true, nullptr, at.front()) == less(values_of(y.caps), values_of(x.caps)));
    RC_ASSERT(tells(t, diff, OtherKind::kAttribute, false, nullptr, at.front()) == less(values_of(x.caps), values_of(y.caps)));
    for (const Node& n : t.nodes) {
      for (const Address& src : reference::World::addresses(n)) {
        const auto same = std::find_if(at.begin(), at.end(), [&](const Address& a) { return a.family == src.family; });
        if (same == at.end() || &n == &t.nodes[TailnetNodeId(i)]) continue;
        for (const bool gained : {false, true}) {
          const reference::NodeTable &mine = gained ? y : x, &theirs = gained ? x : y;
          const bool ssh = less(ssh_of(mine, src.to_text()), ssh_of(theirs, src.to_text()));
          if (ssh) RC_ASSERT(tells(t, diff, OtherKind::kSsh, gained, &src, *same));
          if (!ssh) RC_ASSERT(!tells(t, diff, OtherKind::kSsh, gained, &src, *same, true));
          const bool capability = less(held_by(mine, src.to_text()), held_by(theirs, src.to_text()));
          if (capability) RC_ASSERT(tells(t, diff, OtherKind::kCapability, gained, &src, *same));
          if (!capability) RC_ASSERT(!tells(t, diff, OtherKind::kCapability, gained, &src, *same, true));
        }
      }
    }
  }
}

/// A policy that also speaks of SSH, capabilities, attributes and routes.
std::string with_others(PolicyDice& dice) {
  std::string out = dice.policy();
  out.pop_back();
  const auto person = [&] { return "\"" + dice.of({"ann@x.org", "group:a", "group:b", "autogroup:member", "tag:x", "autogroup:tagged"}) + "\""; };
  const auto user = [&] { return "\"" + dice.of({"ann@x.org", "group:a", "group:b", "autogroup:member"}) + "\""; };
  const auto tag = [&] { return "\"" + dice.of({"tag:x", "tag:y", "tag:r"}) + "\""; };
  const auto logins = [&] { return dice.of({"\"root\"", "\"autogroup:nonroot\"", "\"root\", \"ubuntu\"", "\"localpart:*@x.org\"", "\"localpart:*@x.org\", \"root\""}); };
  out += ", \"ssh\": [";
  for (uint32_t i = 0, n = dice.below(4); i < n; ++i) {
    const bool self = dice.one_in(3);
    out += std::string(i > 0 ? ", " : "") + "{\"action\": \"" + dice.of({"accept", "check"}) + "\", \"src\": [" + (self ? user() : person()) + "], \"dst\": [" +
           (self ? std::string("\"autogroup:self\"") : tag()) + "], \"users\": [" + logins() + "]" + (dice.one_in(4) ? ", \"acceptEnv\": [\"GIT_*\"]" : "") + "}";
  }
  out += "], \"nodeAttrs\": [";
  for (uint32_t i = 0, n = dice.below(3); i < n; ++i) {
    out += std::string(i > 0 ? ", " : "") + "{\"target\": [" + person() + "], \"attr\": [\"" + dice.of({"funnel", "x:y", "drive:share"}) + "\"]}";
  }
  out += "], \"autoApprovers\": {\"routes\": {\"10.0.0.0/16\": [" + (dice.one_in(2) ? tag() : std::string()) + "]}}";
  return out + "}";
}

/// What is said beside packets is shown with devices that it is about, and with rules of the section that it comes from.
void shown_with_rules(const AccessDiff& diff, const BuiltPolicy& before, const BuiltPolicy& after, const Tailnet& t) {
  const auto is_among = [&](const std::string& name, const AddressSet& set) {
    return std::any_of(t.nodes.begin(), t.nodes.end(), [&](const Node& n) {
      return t.text(n.name) == name && ((n.ipv4 && set.contains(*n.ipv4)) || (n.ipv6 && set.contains(*n.ipv6)));
    });
  };
  for (const OtherChange& o : diff.others) {
    const Policy& policy = (o.gained ? after : before).policy;
    const auto all_in = [&](const auto& section) {
      return std::all_of(o.rules.begin(), o.rules.end(), [&](Span s) { return std::any_of(section.begin(), section.end(), [&](const auto& rule) { return rule.span == s; }); });
    };
    RC_ASSERT(is_among(o.device, o.device_addresses));
    RC_ASSERT(o.source_device.empty() == o.source_addresses.empty());
    if (!o.source_device.empty()) RC_ASSERT(is_among(o.source_device, o.source_addresses));
    RC_ASSERT(o.rules.empty() == (o.kind == OtherKind::kRoute));
    if (o.kind == OtherKind::kSsh) RC_ASSERT(o.rules.size() == 1U && all_in(policy.ssh));
    if (o.kind == OtherKind::kCapability) RC_ASSERT(all_in(policy.grants));
    if (o.kind == OtherKind::kAttribute) RC_ASSERT(all_in(policy.node_attrs));
  }
}

/// Said neither more nor less, and in the same pieces.
void same_as_by_tables(const BuiltPolicy& a, const BuiltPolicy& b, const Tailnet& tailnet) {
  const PolicyView before{a.policy, a.tree, a.definitions}, after{b.policy, b.tree, b.definitions};
  const AccessDiff diff = diff_access(before, after, tailnet);
  const DiffByTables slow(before, after, tailnet);
  RC_LOG() << a.text << "\n" << b.text << "\n";
  RC_ASSERT(whole(diff) == slow.changes());
  for (const AccessChange& c : diff.changes) RC_ASSERT(!c.rules.empty() || (c.gained ? b : a).policy.allows_all());
  beside_packets(tailnet, diff, slow);
  shown_with_rules(diff, a, b, tailnet);
}

RC_GTEST_PROP(Diff, IsThatOfTables, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  Nowhere nowhere;
  const std::string text = dice.tailnet();
  same_as_by_tables(a, b, read_tailnet(text, SourceId(size_t{0}), nowhere));
}

RC_GTEST_PROP(Diff, IsThatOfTablesBesidePackets, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(with_others(dice)), b(with_others(dice));
  RC_PRE(a.valid() && b.valid());
  Nowhere nowhere;
  const std::string text = dice.tailnet();
  same_as_by_tables(a, b, read_tailnet(text, SourceId(size_t{0}), nowhere));
}

RC_GTEST_PROP(Diff, IsThatOfTablesWithoutTailnet, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  same_as_by_tables(a, b, universe_of(a.policy, b.policy));
}

/// All that is said of a difference.
std::set<std::string> all_of(const AccessDiff& diff) {
  std::set<std::string> out = whole(diff);
  for (const OtherChange& o : diff.others) {
    std::string text = std::string(other_kind_name(o.kind)) + (o.gained ? " gained " : " lost ") + o.what + " " + o.source_device + " -> " + o.device;
    for (const std::string& a : o.source_addresses.texts()) text += " " + a;
    text += " at";
    for (const std::string& a : o.device_addresses.texts()) text += " " + a;
    out.insert(text);
  }
  return out;
}

/// What rules of one side alone can concern is all that there is to look at: after small edits, as people make them.
RC_GTEST_PROP(Diff, IsTheSameWhereItMattersAsEverywhere, (uint32_t seed)) {
  PolicyDice dice(seed);
  const bool more = dice.one_in(2);
  const std::string text = more ? with_others(dice) : dice.policy();
  std::string edited = text;
  // Take out an acl, put in one of another policy, or both.
  const std::string list = "\"acls\": [";
  const size_t begin = edited.find(list) + list.size();
  const std::string other = dice.policy();
  const size_t from = other.find(list) + list.size();
  if (!dice.one_in(3)) edited.insert(begin, other.substr(from, other.find('}', from) + 1 - from) + ", ");
  if (dice.one_in(2)) {
    const size_t second = edited.find("}, {", begin), end = second == std::string::npos ? second : edited.find('}', second + 4);
    if (end != std::string::npos && edited.find(']', end) != std::string::npos) edited.erase(second + 1, end - second);
  }
  const BuiltPolicy a(text), b(edited);
  RC_PRE(a.valid() && b.valid());
  Nowhere nowhere;
  const std::string nodes = dice.tailnet();
  const Tailnet t = read_tailnet(nodes, SourceId(size_t{0}), nowhere);
  const PolicyView before{a.policy, a.tree, a.definitions}, after{b.policy, b.tree, b.definitions};
  RC_LOG() << text << "\n" << edited << "\n" << nodes << "\n";
  RC_ASSERT(all_of(diff_access(before, after, t)) == all_of(diff_access(before, after, t, DiffWork::kEverywhere)));
}

RC_GTEST_PROP(Diff, AgreesWithEveryPacket, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  Nowhere nowhere;
  const std::string text = dice.tailnet();
  compare(a, b, read_tailnet(text, SourceId(size_t{0}), nowhere));
}

RC_GTEST_PROP(Diff, AgreesWithEveryPacketWithoutTailnet, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy()), b(dice.policy());
  RC_PRE(a.valid() && b.valid());
  compare(a, b, universe_of(a.policy, b.policy));
}

RC_GTEST_PROP(Diff, OfAPolicyWithItselfIsEmpty, (uint32_t seed)) {
  PolicyDice dice(seed);
  const BuiltPolicy a(dice.policy());
  RC_PRE(a.valid());
  const Tailnet t = universe_of(a.policy, a.policy);
  RC_ASSERT(diff_access({a.policy, a.tree, a.definitions}, {a.policy, a.tree, a.definitions}, t).empty());
}

}  // namespace
}  // namespace aclc::testing
