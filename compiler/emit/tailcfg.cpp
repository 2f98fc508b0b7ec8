// SPDX-License-Identifier: Apache-2.0
#include "compiler/emit/tailcfg.h"

#include "base/text/json_quote.h"
#include "compiler/emit/wire_json.h"

namespace aclc {

namespace {

template <class List, class F>
void append_members(std::string& out, const List& list, F&& member) {
  out += '{';
  bool first = true;
  for (const auto& element : list) {
    if (!first) out += ',';
    first = false;
    member(element);
  }
  out += '}';
}

template <class Rules>
void append_rules(std::string& out, std::string_view name, const Rules& rules) {
  append_json_string(out, name);
  out += ":[";
  for (size_t i = 0; i < rules.size(); ++i) {
    if (i > 0) out += ',';
    append_json(out, rules[i]);
  }
  out += "],";
}

}  // namespace

void append_node_json(std::string& out, const Tailnet& tailnet, const reference::NodeTable& table) {
  out += '{';
  append_rules(out, "filter_rules", table.filter_rules);
  append_rules(out, "ssh_rules", table.ssh_rules);
  out += "\"caps\":";
  append_json(out, table.caps);
  out += ",\"allowed_ips\":";
  append_json(out, table.allowed_ips);
  out += ",\"primary_routes\":";
  append_json(out, table.primary_routes);
  out += ",\"peers\":";
  append_members(out, table.peers, [&](TailnetNodeId peer) {
    append_json_string(out, tailnet.text(tailnet.nodes[peer].name));
    out += ":{}";
  });
  out += ",\"whois_caps\":";
  append_members(out, table.whois_caps, [&](const auto& entry) {
    append_json_string(out, entry.first);
    out += ':';
    append_json(out, entry.second);
  });
  out += '}';
}

}  // namespace aclc
