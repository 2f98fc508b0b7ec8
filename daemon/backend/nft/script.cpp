// SPDX-License-Identifier: Apache-2.0
#include "daemon/backend/nft/script.h"

#include <charconv>

#include "daemon/backend/nft/elements.h"

namespace aclc::nft {
namespace {

std::string in_table(const Table& table) { return "inet " + table.name; }
std::string set_name(const SetPlan& set, uint64_t generation) { return set.name + "_g" + std::to_string(generation); }

class Rules {
 public:
  explicit Rules(const Table& table, std::string chain = "filter") : table_(table), chain_(std::move(chain)) {}

  void add(const std::string& text) { out_ += "add rule " + in_table(table_) + " " + chain_ + " " + text + "\n"; }
  void drop(const std::string& match, const std::string& counter) {
    add(match + " counter name \"" + counter + "\" drop");
  }
  // Records are limited, since whoever sends the packets decides how many there are.
  void log(const std::string& match, const std::string& what, const std::string& state = "new") {
    if (table_.log_group == 0) return;
    add(match + " ct state " + state + " limit rate 20/second burst 40 packets log prefix \"aclcd " + what + "\" group " + std::to_string(table_.log_group));
  }
  // What no rule allows. The kernel limits how many of the answers it sends.
  void deny(const std::string& reason) {
    const std::string any = "meta nfproto { ipv4, ipv6 }";
    if (!table_.reject) return logged_drop(any, "no_rule", reason);
    log(any, reason);
    add("meta l4proto tcp counter name \"no_rule\" reject with tcp reset");
    add(any + " counter name \"no_rule\" reject with icmpx type admin-prohibited");
  }
  void logged_drop(const std::string& match, const std::string& counter, const std::string& reason) {
    log(match, reason);
    drop(match, counter);
  }
  std::string& text() { return out_; }

 private:
  const Table& table_;
  std::string chain_;
  std::string out_;
};

// What goes nowhere in a mesh, in either direction.
void add_unroutable(Rules& rules) {
  rules.drop("ip daddr 224.0.0.0/4", "multicast");
  rules.drop("ip6 daddr ff00::/8", "multicast");
  rules.drop("ip daddr 169.254.0.0/16 ip daddr != 169.254.169.254", "link_local");
  rules.drop("ip6 daddr fe80::/10", "link_local");
}

// What precedes every look at the policy, in the order of the filter library.
void add_prelude(Rules& rules) {
  add_unroutable(rules);
  rules.drop("ct state invalid", "invalid");
  rules.add("ct state related meta l4proto { icmp, ipv6-icmp } counter name \"related\" accept");
  // Only the side that was asked is taken on trust; the asking side's packets are all looked up, so that a withdrawn rule cuts its flows.
  rules.add("ct direction reply counter name \"reply\" accept");
}

void add_self_check(Rules& rules, const FilterBoxes& boxes, uint64_t generation) {
  const auto family = [&](const FamilyBoxes& of, const char* ip, const char* name, const char* protocol) {
    const std::string match = of.self.empty() ? std::string("meta nfproto ") + protocol
                                              : std::string(ip) + " daddr != @" + name + "_g" + std::to_string(generation);
    rules.logged_drop(match, "not_self", "not-self");
  };
  family(boxes.v4, "ip", "self4", "ipv4");
  family(boxes.v6, "ip6", "self6", "ipv6");
}

std::string match_of(const SetPlan& set, uint64_t generation) {
  const std::string ip = set.family == Family::kV4 ? "ip" : "ip6";
  const std::string at = " @" + set_name(set, generation);
  const std::string pair = ip + " saddr . " + ip + " daddr";
  switch (set.key) {
    case Key::kPorts: return pair + " . meta l4proto . th dport" + at;
    case Key::kProtocols: return pair + " . meta l4proto" + at;
    case Key::kIcmp: return (set.family == Family::kV4 ? "meta l4proto icmp " : "meta l4proto ipv6-icmp ") + pair + at;
    case Key::kSelf: break;
  }
  return {};
}

void append_filling(std::string& out, const Table& table, const SetPlan& set, uint64_t generation) {
  out += "add element " + in_table(table) + " " + set_name(set, generation) + " ";
  append_elements(out, set);
  out += "\n";
}

}  // namespace

std::string base_script(const Table& table) {
  const std::string in = in_table(table);
  std::string out = "add table " + in + "\n";
  for (const std::string_view counter : kCounters) out += "add counter " + in + " " + std::string(counter) + "\n";
  for (const std::string chain : {"filter", "outgoing"}) out += "add chain " + in + " " + chain + "\n";
  // An answer of ours opens nothing: of a flow that the kernel does not know, any more or yet, it must not become the asking side, or
  // what the other end sends would pass as a reply without a look at the policy.
  Rules outgoing(table, "outgoing");
  add_unroutable(outgoing);
  outgoing.drop("ct state new tcp flags & (fin | syn | rst | ack) != syn", "midstream");
  out += "flush chain " + in + " outgoing\n" + outgoing.text();
  for (const std::string hook : {"input", "forward", "output"}) {
    out += "add chain " + in + " " + hook + " { type filter hook " + hook + " priority filter - 10; policy accept; }\n";
    out += "flush chain " + in + " " + hook + "\n";
    if (hook != "output") out += "add rule " + in + " " + hook + " iifname \"" + table.interface + "\" jump filter\n";
    if (hook != "input") out += "add rule " + in + " " + hook + " oifname \"" + table.interface + "\" jump outgoing\n";
  }
  return out;
}

std::string deny_all_script(const Table& table) {
  Rules rules(table);
  add_prelude(rules);
  rules.logged_drop("meta nfproto { ipv4, ipv6 }", "no_policy", "no-policy");
  return "flush chain " + in_table(table) + " filter\n" + rules.text();
}

std::string declare_script(const Table& table, const FilterBoxes& boxes, uint64_t generation) {
  std::string out;
  for (const SetPlan& set : sets_of(boxes)) {
    const std::string name = in_table(table) + " " + set_name(set, generation);
    out += "add set " + name + " { type " + set_type(set) + "; ";
    if (set.has_ranges()) out += "flags interval; ";
    if (set.key != Key::kSelf) out += "counter; ";
    out += "}\n";
    if (set.key == Key::kSelf) append_filling(out, table, set, generation);
  }
  return out;
}

std::string stage_script(const Table& table, const FilterBoxes& boxes, uint64_t generation) {
  std::string out = declare_script(table, boxes, generation);
  for (const SetPlan& set : sets_of(boxes)) {
    if (set.key != Key::kSelf) append_filling(out, table, set, generation);
  }
  return out;
}

std::string flip_script(const Table& table, const FilterBoxes& boxes, uint64_t generation, bool shields_up,
                        const std::vector<std::string>& obsolete) {
  Rules rules(table);
  add_prelude(rules);
  add_self_check(rules, boxes, generation);
  if (!shields_up) {
    rules.add("meta l4proto 99 accept");
    for (const SetPlan& set : sets_of(boxes)) {
      if (set.key == Key::kSelf) continue;
      rules.log(match_of(set, generation), "accept");
      rules.add(match_of(set, generation) + " accept");
    }
  }
  // A flow that was under way has lost its rule.
  rules.log("meta nfproto { ipv4, ipv6 }", "cut", "!= new");
  rules.deny(shields_up ? "shields-up" : "no-rule");
  return "flush chain " + in_table(table) + " filter\n" + rules.text() + delete_sets_script(table, obsolete);
}

std::string delete_sets_script(const Table& table, const std::vector<std::string>& sets) {
  std::string out;
  for (const std::string& set : sets) out += "delete set " + in_table(table) + " " + set + "\n";
  return out;
}

std::string remove_script(const Table& table) { return "add table " + in_table(table) + "\ndelete table " + in_table(table) + "\n"; }

std::string masquerade_script(const Table& table, bool wanted) {
  const std::string chain = in_table(table) + " source_nat";  // `masquerade` is a word of nft's own
  std::string out = "add chain " + chain + " { type nat hook postrouting priority srcnat; policy accept; }\nflush chain " + chain + "\n";
  if (wanted) out += "add rule " + chain + " iifname \"" + table.interface + "\" oifname != \"" + table.interface + "\" masquerade\n";
  return out;
}

std::optional<uint64_t> generation_of(std::string_view set) {
  const size_t at = set.rfind("_g");
  if (at == std::string_view::npos || at + 2 == set.size()) return std::nullopt;
  uint64_t n = 0;
  const auto [end, error] = std::from_chars(set.data() + at + 2, set.data() + set.size(), n);
  if (error != std::errc() || end != set.data() + set.size()) return std::nullopt;
  return n;
}

}  // namespace aclc::nft
