// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/net/socket_address.h"
#include "daemon/snapshot/signature.h"
#include "daemon/snapshot/snapshot.h"

namespace aclc {
namespace {

using Json = nlohmann::json;

// Carries a fault out of the reader; never leaves this file.
struct Fault {
  std::string message;
};
[[noreturn]] void refuse(std::string message) { throw Fault{std::move(message)}; }

uint64_t number(const Json& json, const char* key, uint64_t most) {
  const Json& value = json.at(key);
  if (!value.is_number_unsigned()) refuse(std::string("`") + key + "` is no number");
  const auto n = value.get<uint64_t>();
  if (n > most) refuse(std::string("`") + key + "` is out of range");
  return n;
}

std::string text(const Json& json, const char* key) { return json.at(key).get<std::string>(); }
std::vector<std::string> text_list(const Json& json, const char* key) { return json.at(key).get<std::vector<std::string>>(); }

Address address(const std::string& value) {
  const auto parsed = Address::parse(value);
  if (!parsed) refuse("`" + value + "` is no address");
  return *parsed;
}
Prefix prefix(const std::string& value) {
  const auto parsed = Prefix::parse(value);
  if (!parsed || parsed->has_host_bits()) refuse("`" + value + "` is no prefix");
  return *parsed;
}

WireGuardKey key(const Json& json, const char* name) {
  std::string value = text(json, name);
  if (!is_wireguard_key(value)) refuse(std::string("`") + name + "` is no WireGuard key");
  return value;
}

wire::FilterRule read_rule(const Json& json) {
  wire::FilterRule rule;
  rule.src_ips = text_list(json, "SrcIPs");
  for (const Json& to : json.at("DstPorts")) {
    const Json& ports = to.at("Ports");
    const auto first = static_cast<uint16_t>(number(ports, "First", 65535));
    rule.dst_ports.push_back({text(to, "IP"), {first, static_cast<uint16_t>(number(ports, "Last", 65535))}});
  }
  if (const auto it = json.find("IPProto"); it != json.end()) {
    for (const Json& p : *it) {
      if (!p.is_number_unsigned() || p.get<uint64_t>() > 255) refuse("a protocol is out of range");
      rule.ip_proto.push_back(p.get<uint8_t>());
    }
    if (rule.ip_proto.empty()) refuse("a rule's protocols are empty");
  }
  return rule;
}

SnapshotPeer read_peer(const Json& json) {
  SnapshotPeer peer;
  peer.name = text(json, "name");
  peer.key = key(json, "key");
  peer.endpoints = text_list(json, "endpoints");
  for (const std::string& endpoint : peer.endpoints) {
    if (!SocketAddress::parse(endpoint)) refuse("`" + endpoint + "` is no endpoint");
  }
  for (const std::string& value : text_list(json, "allowed_ips")) peer.allowed_ips.push_back(prefix(value));
  peer.keepalive = static_cast<uint16_t>(number(json, "keepalive", 65535));
  return peer;
}

SnapshotDns read_dns(const Json& json) {
  SnapshotDns dns;
  dns.magic = json.at("magic").get<bool>();
  dns.nameservers = text_list(json, "nameservers");
  dns.domains = text_list(json, "domains");
  for (const auto& [name, addresses] : json.at("names").items()) {
    auto& entry = dns.names.emplace_back();
    entry.name = name;
    for (const std::string& value : addresses.get<std::vector<std::string>>()) entry.addresses.push_back(address(value));
  }
  for (const auto& [suffix, servers] : json.at("routes").items()) {
    dns.routes.push_back({suffix, servers.get<std::vector<std::string>>()});
  }
  return dns;
}

Snapshot read(const Json& json) {
  if (number(json, "version", UINT64_MAX) != 1) refuse("its version is not 1");
  Snapshot s;
  s.tailnet = text(json, "tailnet");
  s.node = text(json, "node");
  if (json.contains("policy")) s.policy = text(json, "policy");
  s.node_key = key(json, "node_key");
  s.generation = number(json, "generation", UINT64_MAX);
  s.issued = number(json, "issued", UINT64_MAX);
  s.expires = number(json, "expires", UINT64_MAX);
  s.mtu = static_cast<uint16_t>(number(json, "mtu", 65535));
  if (s.mtu < 1280) refuse("`mtu` is below 1280, which IPv6 needs");
  for (const std::string& value : text_list(json, "addresses")) s.addresses.push_back(address(value));
  for (const std::string& value : text_list(json, "routes")) s.routes.push_back(prefix(value));
  for (const Json& rule : json.at("filter_rules")) s.filter_rules.push_back(read_rule(rule));
  for (const Json& of_rule : json.at("origins")) {
    auto& list = s.origins.emplace_back();
    for (const Json& origin : of_rule) {
      list.push_back({static_cast<uint32_t>(number(origin, "line", UINT32_MAX)), {}, text(origin, "text")});
    }
  }
  if (!s.origins.empty() && s.origins.size() != s.filter_rules.size()) refuse("there are not as many origins as rules");
  for (const Json& peer : json.at("peers")) s.peers.push_back(read_peer(peer));
  s.dns = read_dns(json.at("dns"));
  return s;
}

}  // namespace

Result<Snapshot> read_snapshot(std::string_view bytes) {
  try {
    const Json json = Json::parse(bytes, nullptr, false);
    if (!json.is_object()) return Failure{"the snapshot is no JSON object"};
    return read(json);
  } catch (const Fault& fault) {
    return Failure{"the snapshot cannot be used: " + fault.message};
  } catch (const Json::exception& e) {
    return Failure{std::string("the snapshot cannot be used: ") + e.what()};
  }
}

}  // namespace aclc
