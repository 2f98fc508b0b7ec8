// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/service.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/net/protocol.h"
#include "daemon/node/explain.h"
#include "daemon/node/metrics.h"
#include "daemon/planner/changes.h"
#include "daemon/planner/exit_node.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;

local_http::Answer json_answer(const Json& json, int status = 200) {
  return {status, "application/json", json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}
local_http::Answer fault(int status, const std::string& message) { return json_answer({{"error", message}}, status); }

template <class Items>
Json texts(const Items& items) {
  Json out = Json::array();
  for (const auto& item : items) out.push_back(item.to_text());
  return out;
}

Json time_json(uint64_t seconds) { return seconds == 0 ? Json() : Json(time_text(seconds * 1000)); }

std::string query(const local_http::Request& request, const char* name) {
  const auto it = request.query.find(name);
  return it == request.query.end() ? std::string() : it->second;
}

// Who carries a route; empty for the mesh's own ranges.
std::string peer_of_prefix(const Snapshot& snapshot, const Prefix& prefix) {
  for (const SnapshotPeer& peer : snapshot.peers) {
    if (std::find(peer.allowed_ips.begin(), peer.allowed_ips.end(), prefix) != peer.allowed_ips.end()) return peer.name;
  }
  return {};
}

template <class T>
bool number(const std::string& text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

local_http::Answer NodeService::answer(const local_http::Request& request, const Caller& caller, uint64_t now) {
  const std::string& path = request.path;
  if (request.method == "GET") {
    if (path == "/v1/status") return status();
    if (path == "/v1/peers") return peers();
    if (path == "/v1/routes") return routes();
    if (path == "/v1/why") return why(request);
    if (path == "/v1/metrics") return metrics();
    if (path == "/v1/flows") return caller.may_change ? flows(request) : fault(403, "only root and the operators' group may read flows");
    return fault(404, "there is no " + path);
  }
  if (request.method != "POST" || (path != "/v1/up" && path != "/v1/down")) return fault(404, "there is no " + request.method + " " + path);
  if (!caller.may_change) return fault(403, "only root and the operators' group may do that");
  const auto done = path == "/v1/up" ? node_.up(now) : node_.down();
  return done ? status() : fault(500, done.error().message);
}

local_http::Answer NodeService::status() const {
  Json out;
  const auto policy = node_.policy();
  out["state"] = !node_.is_up() ? "down" : !policy ? "waiting for a snapshot" : node_.closed_by_expiry() || !node_.is_enforced() ? "closed" : "up";
  out["interface"] = node_.config().interface;
  if (policy) {
    const Snapshot& s = policy->snapshot;
    out["tailnet"] = s.tailnet;
    out["node"] = s.node;
    out["addresses"] = texts(s.addresses);
    out["generation"] = s.generation;
    out["applied"] = time_json(node_.applied_at());
    out["expires"] = time_json(s.expires);
    out["apply_ms"] = static_cast<double>(node_.counts().last_apply_us) / 1000;
    out["rules"] = s.filter_rules.size();
    out["elements"] = policy->boxes.v4.size() + policy->boxes.v6.size();
    out["peers"] = s.peers.size();
  }
  out["snapshots_applied"] = node_.counts().applied;
  out["snapshots_refused"] = node_.counts().refused;
  out["healthy"] = node_.health().ok();
  Json& degraded = out["degraded"] = Json::array();
  for (const auto& [topic, trouble] : node_.health().troubles()) {
    degraded.push_back({{"topic", topic}, {"since", time_json(trouble.since)}, {"message", trouble.message}});
  }
  return json_answer(out);
}

local_http::Answer NodeService::peers() {
  Json out = Json::array();
  const auto policy = node_.policy();
  if (policy && node_.is_up()) {
    const auto& state = tunnel_state();
    if (!state) return fault(500, state.error().message);
    std::map<WireGuardKey, const SnapshotPeer*> names;
    for (const SnapshotPeer& peer : policy->snapshot.peers) names[peer.key] = &peer;
    for (size_t i = 0; i < state->peers.size(); ++i) {
      const auto it = names.find(state->peers[i].key);
      out.push_back({{"name", it == names.end() ? "" : it->second->name},
                     {"key", state->peers[i].key},
                     {"endpoint", state->peers[i].endpoint},
                     {"allowed_ips", texts(state->peers[i].allowed_ips)},
                     {"last_handshake", time_json(state->traffic[i].last_handshake)},
                     {"received", state->traffic[i].received},
                     {"sent", state->traffic[i].sent}});
    }
  }
  return json_answer({{"peers", std::move(out)}});
}

local_http::Answer NodeService::routes() const {
  Json out{{"into_tunnel", Json::array()}, {"served", Json::array()}, {"exit_node", node_.config().exit_node}};
  const auto policy = node_.policy();
  if (policy) {
    const Snapshot& s = policy->snapshot;
    out["served"] = texts(s.routes);
    for (const Prefix& prefix : tunnel_routes(s)) {
      const std::string by = peer_of_prefix(s, prefix);
      out["into_tunnel"].push_back({{"prefix", prefix.to_text()}, {"by", by}});
    }
    const auto carried = exit_routes(s, node_.config().exit_node);
    for (const Prefix& prefix : captured_routes(node_.config().exit_node)) {
      const bool by_exit = std::find(carried.begin(), carried.end(), prefix) != carried.end();
      out["into_tunnel"].push_back({{"prefix", prefix.to_text()}, {"by", by_exit ? node_.config().exit_node : "nobody: blocked, " + node_.config().exit_node + " does not carry it"}});
    }
  }
  return json_answer(out);
}

local_http::Answer NodeService::why(const local_http::Request& request) const {
  const auto policy = node_.policy();
  if (!policy) return fault(409, "there is no policy yet: everything is denied");
  const std::string protocol_text = query(request, "protocol"), port_text = query(request, "port");
  const auto protocol = parse_protocol(protocol_text.empty() ? "tcp" : protocol_text);
  if (!protocol) return fault(400, "`" + protocol_text + "` is no protocol");
  uint16_t port = 0;
  if (!port_text.empty() && !number(port_text, port)) return fault(400, "`" + port_text + "` is no port");
  if (port_text.empty() && protocol_has_ports(*protocol)) return fault(400, protocol_name(*protocol) + " needs a port");
  using State = Enforcement::State;
  const State state = !node_.is_up() ? State::kDown : node_.closed_by_expiry() ? State::kExpired : node_.is_enforced() ? State::kInForce : State::kNotYet;
  const Enforcement how{state, node_.config().shields_up};
  const auto e = explain(*policy, query(request, "src"), query(request, "dst"), *protocol, port, how);
  if (!e) return fault(400, e.error().message);
  Json out{{"allowed", e->allowed}, {"src", e->src.to_text()}, {"dst", e->dst.to_text()}, {"protocol", protocol_name(e->protocol)}};
  if (protocol_has_ports(e->protocol)) out["port"] = e->port;
  out["reason"] = e->reason;
  if (!e->place.empty()) out["rule"] = {{"place", e->place}, {"text", e->text}};
  if (!e->nearest.empty()) {
    Json& near = out["nearest"] = Json::array();
    for (const NearRule& rule : e->nearest) near.push_back({{"place", rule.place}, {"text", rule.text}, {"lacks", rule.lacks}});
  }
  return json_answer(out);
}

local_http::Answer NodeService::flows(const local_http::Request& request) const {
  size_t last = 100;
  const std::string text = query(request, "last");
  if (!text.empty() && !number(text, last)) return fault(400, "`" + text + "` is no number");
  return {200, "application/x-ndjson", flows_.recent(last)};
}

const Result<std::map<uint32_t, nft::Count>>& NodeService::rule_counts() {
  return counted_.get(changes(), [this] { return hands_.filter.rule_counts(); });
}

const Result<wireguard::DeviceState>& NodeService::tunnel_state() {
  return tunnel_state_.get(changes(), [this] { return hands_.tunnel.tunnel().state(); });
}

local_http::Answer NodeService::metrics() {
  using Type = Metrics::Type;
  Metrics m;
  const NodeCounts& counts = node_.counts();
  m.family("aclcd_up", Type::kGauge, "1 where the node is up");
  m.sample(node_.is_up());
  m.family("aclcd_snapshots_applied_total", Type::kCounter, "Snapshots that came into force");
  m.sample(static_cast<double>(counts.applied));
  m.family("aclcd_snapshots_refused_total", Type::kCounter, "Snapshots that were refused");
  m.sample(static_cast<double>(counts.refused));
  m.family("aclcd_last_apply_seconds", Type::kGauge, "From a snapshot's bytes to its table in force");
  m.sample(static_cast<double>(counts.last_apply_us) / 1e6);
  m.family("aclcd_table_restored_total", Type::kCounter, "Times that somebody else had changed the table");
  m.sample(static_cast<double>(counts.restored));
  m.family("aclcd_tunnel_starts_total", Type::kCounter, "Times that the tunnel was started");
  m.sample(static_cast<double>(counts.tunnel_starts));
  m.family("aclcd_degraded", Type::kGauge, "1 for each topic that is degraded");
  for (const auto& [topic, trouble] : node_.health().troubles()) m.sample(1, {{"topic", topic}});
  m.family("aclcd_flow_records_total", Type::kCounter, "Flow records, by event");
  for (const auto& [event, name] : {std::pair{FlowEvent::kAccept, "accept"}, {FlowEvent::kDeny, "deny"}, {FlowEvent::kCut, "cut"}, {FlowEvent::kEnd, "end"}}) {
    m.sample(static_cast<double>(flows_.written(event)), {{"event", name}});
  }
  m.family("aclcd_flow_records_lost_total", Type::kCounter, "Records that the kernel threw away or the file did not take");
  m.sample(static_cast<double>(lost_records_ + flows_.failed()));
  const auto policy = node_.policy();
  if (!policy || !node_.is_up()) return {200, "text/plain; version=0.0.4", m.take()};
  m.family("aclcd_generation", Type::kGauge, "Generation of the snapshot in force");
  m.sample(static_cast<double>(policy->snapshot.generation));
  m.family("aclcd_elements", Type::kGauge, "Elements of the table in the kernel");
  m.sample(static_cast<double>(policy->boxes.v4.size()), {{"family", "ipv4"}});
  m.sample(static_cast<double>(policy->boxes.v6.size()), {{"family", "ipv6"}});
  if (const auto packets = hands_.filter.counters()) {
    m.family("aclcd_packets_total", Type::kCounter, "Packets from the mesh that the table decided, by reason");
    for (const auto& [reason, count] : *packets) m.sample(static_cast<double>(count.packets), {{"reason", reason}});
    m.family("aclcd_bytes_total", Type::kCounter, "Bytes of those packets");
    for (const auto& [reason, count] : *packets) m.sample(static_cast<double>(count.bytes), {{"reason", reason}});
  }
  if (const auto& rules = rule_counts()) {
    // Several wire rules may come from one line.
    std::map<std::string, double> by_place;
    for (const auto& [rule, count] : *rules) by_place[place_of_rule(*policy, rule)] += static_cast<double>(count.packets);
    m.family("aclcd_rule_packets", Type::kGauge, "Packets let in since the rule's elements came into the kernel, by policy line");
    for (const auto& [place, packets] : by_place) m.sample(packets, {{"rule", place}});
  }
  if (const auto& state = tunnel_state()) {
    std::map<WireGuardKey, std::string> names;
    for (const SnapshotPeer& peer : policy->snapshot.peers) names[peer.key] = peer.name;
    m.family("aclcd_peer_received_bytes_total", Type::kCounter, "Bytes received from a peer");
    for (const auto& peer : state->traffic) m.sample(static_cast<double>(peer.received), {{"peer", names[peer.key]}});
    m.family("aclcd_peer_sent_bytes_total", Type::kCounter, "Bytes sent to a peer");
    for (const auto& peer : state->traffic) m.sample(static_cast<double>(peer.sent), {{"peer", names[peer.key]}});
    m.family("aclcd_peer_last_handshake_seconds", Type::kGauge, "When the last handshake was, since 1970");
    for (const auto& peer : state->traffic) m.sample(static_cast<double>(peer.last_handshake), {{"peer", names[peer.key]}});
  }
  return {200, "text/plain; version=0.0.4", m.take()};
}

}  // namespace aclc
