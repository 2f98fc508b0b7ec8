// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "daemon/snapshot/snapshot.h"

namespace aclc {
namespace {

using Json = nlohmann::json;  // objects are sorted by key

template <class Items>
Json texts(const Items& items) {
  Json out = Json::array();
  for (const auto& item : items) out.push_back(item.to_text());
  return out;
}

Json rule_json(const wire::FilterRule& rule) {
  Json dst = Json::array();
  for (const wire::DstPort& to : rule.dst_ports) {
    dst.push_back({{"IP", to.ip}, {"Ports", {{"First", to.ports.first}, {"Last", to.ports.last}}}});
  }
  Json out{{"SrcIPs", rule.src_ips}, {"DstPorts", std::move(dst)}};
  if (!rule.ip_proto.empty()) {
    Json& protocols = out["IPProto"] = Json::array();
    for (const uint8_t p : rule.ip_proto) protocols.push_back(static_cast<unsigned>(p));
  }
  return out;
}

Json peer_json(const SnapshotPeer& peer) {
  return {{"name", peer.name},
          {"key", peer.key},
          {"endpoints", peer.endpoints},
          {"allowed_ips", texts(peer.allowed_ips)},
          {"keepalive", peer.keepalive}};
}

Json dns_json(const SnapshotDns& dns) {
  Json names = Json::object(), routes = Json::object();
  for (const auto& name : dns.names) names[name.name] = texts(name.addresses);
  for (const auto& route : dns.routes) routes[route.suffix] = route.nameservers;
  return {{"magic", dns.magic},
          {"names", std::move(names)},
          {"nameservers", dns.nameservers},
          {"routes", std::move(routes)},
          {"domains", dns.domains}};
}

Json origins_json(const std::vector<std::vector<OriginText>>& origins) {
  Json out = Json::array();
  for (const auto& of_rule : origins) {
    Json& list = out.emplace_back(Json::array());
    for (const OriginText& origin : of_rule) list.push_back({{"line", origin.line}, {"text", origin.text}});
  }
  return out;
}

}  // namespace

std::string write_snapshot(const Snapshot& s) {
  Json out{{"version", 1},
           {"tailnet", s.tailnet},
           {"node", s.node},
           {"policy", s.policy},
           {"node_key", s.node_key},
           {"generation", s.generation},
           {"issued", s.issued},
           {"expires", s.expires},
           {"addresses", texts(s.addresses)},
           {"routes", texts(s.routes)},
           {"mtu", s.mtu},
           {"filter_rules", Json::array()},
           {"origins", origins_json(s.origins)},
           {"peers", Json::array()},
           {"dns", dns_json(s.dns)}};
  for (const wire::FilterRule& rule : s.filter_rules) {
    out["filter_rules"].push_back(rule_json(rule));
  }
  for (const SnapshotPeer& peer : s.peers) out["peers"].push_back(peer_json(peer));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aclc
