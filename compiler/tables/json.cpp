// SPDX-License-Identifier: Apache-2.0
// Tables as JSON (append_node_json of compiler/emit), the texts that tables share copied and not made again.
#include <charconv>

#include "base/text/json_quote.h"
#include "compiler/emit/wire_json.h"
#include "compiler/tables/tables.h"

namespace aclc::tables {

namespace {

void append_number(std::string& out, uint32_t n) {
  char digits[10];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out.append(digits, end);
}

}  // namespace

void Tables::append_dst_ports(std::string& out, const PlannedRule& rule, const Node& node) const {
  bool first = true;
  for (uint32_t d = rule.first; d < rule.first + rule.count; ++d) {
    const Draft& draft = plan_.drafts[d];
    for (uint32_t h = draft.first_hit; h < draft.first_hit + draft.hits; ++h) {
      const Hit& hit = plan_.hits[h];
      const std::vector<PortRange>& list = ports(draft, hit);
      each_destination(hit, node, [&](const std::string& text) {
        for (const PortRange& p : list) {
          out += first ? "{\"IP\":\"" : ",{\"IP\":\"";
          first = false;
          out += text;
          out += "\",\"Ports\":{\"First\":";
          append_number(out, p.first);
          out += ",\"Last\":";
          append_number(out, p.last);
          out += "}}";
        }
      });
    }
  }
}

void Tables::append_grants(std::string& out, const PlannedRule& rule, const Node& node) const {
  for (uint32_t g = rule.first; g < rule.first + rule.count; ++g) {
    out += g == rule.first ? "{\"Dsts\":" : ",{\"Dsts\":";
    aclc::append_json(out, dsts(plan_.grants[g], node));
    out += ",\"CapMap\":";
    aclc::append_json(out, cap_map(plan_.grants[g]));
    out += '}';
  }
}

void Tables::append_rule(std::string& out, const PlannedRule& rule, const Node& node) {
  out += "{\"SrcIPs\":";
  out += texts_.json(plan_, rule.source, local_);
  out += rule.app ? ",\"CapGrant\":[" : ",\"DstPorts\":[";
  if (rule.app) {
    append_grants(out, rule, node);
  } else {
    append_dst_ports(out, rule, node);
  }
  out += ']';
  if (rule.protocol != 0) {
    out += ",\"IPProto\":[";
    append_number(out, rule.protocol);
    out += ']';
  }
  out += '}';
}

void Tables::append_filter_json(std::string& out, TailnetNodeId id) {
  planner_.plan(id, plan_);
  const Node& node = form_.meaning().node(id);
  out += '[';
  for (size_t i = 0; i < plan_.rules.size(); ++i) {
    if (i > 0) out += ',';
    append_rule(out, plan_.rules[i], node);
  }
  out += ']';
}

void Tables::append_peers(std::string& out, TailnetNodeId id) {
  const Tailnet& tailnet = form_.meaning().tailnet();
  if (peer_name_ends_.size() < tailnet.nodes.size()) {
    peer_names_.clear();
    peer_name_ends_.clear();
    for (const Node& node : tailnet.nodes) {
      append_json_string(peer_names_, tailnet.text(node.name));
      peer_names_ += ":{}";
      peer_name_ends_.push_back(peer_names_.size());
    }
  }
  out += '{';
  bool first = true;
  for (const TailnetNodeId peer : peers(id)) {
    if (!first) out += ',';
    first = false;
    const size_t begin = peer.value == 0 ? 0 : peer_name_ends_[peer.value - 1];
    out.append(peer_names_, begin, peer_name_ends_[peer.value] - begin);
  }
  out += '}';
}

void Tables::append_json(std::string& out, TailnetNodeId id) {
  out += "{\"filter_rules\":";
  append_filter_json(out, id);
  out += ",\"ssh_rules\":[";
  bool first = true;
  ssh_.visit(id, [&](const std::vector<wire::SshRule>& rules, uint32_t) {
    for (const wire::SshRule& r : rules) {
      if (!first) out += ',';
      first = false;
      aclc::append_json(out, r);
    }
  });
  out += "],\"caps\":";
  const wire::CapMap own_caps = caps(id);
  aclc::append_json(out, own_caps);
  out += ",\"allowed_ips\":";
  aclc::append_json(out, allowed_ips(id, own_caps));
  out += ",\"primary_routes\":";
  aclc::append_json(out, primary_routes(id));
  // plan_ is still the node's: peers of classes have a plan of their own.
  const std::map<std::string, wire::CapMap> held = whois(id);
  out += ",\"peers\":";
  append_peers(out, id);
  out += ",\"whois_caps\":{";
  for (auto entry = held.begin(); entry != held.end(); ++entry) {
    if (entry != held.begin()) out += ',';
    append_json_string(out, entry->first);
    out += ':';
    aclc::append_json(out, entry->second);
  }
  out += "}}";
}

}  // namespace aclc::tables
