// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/snapshot/sealed.h"

namespace aclc::testing {

inline Snapshot example_snapshot(const WireGuardKey& own_key) {
  Snapshot s;
  s.tailnet = "example.com";
  s.node = "web1";
  s.node_key = own_key;
  s.generation = 7;
  s.issued = 1'000;
  s.expires = 2'000;
  s.addresses = {*Address::parse("100.64.0.10"), *Address::parse("fd7a:115c:a1e0::a")};
  s.routes = {*Prefix::parse("10.33.0.0/16")};
  s.filter_rules = {{{"100.64.0.1"}, {{"100.64.0.10", PortRange::single(80)}}, {6}, {}}, {{"*"}, {{"*", PortRange::all()}}, {}, {}}};
  s.origins = {{{12, {}, "{\"action\": \"accept\"}"}}, {}};
  s.peers = {{"laptop", generate_wireguard_keys().public_key, {"192.0.2.7:41641"}, {*Prefix::parse("100.64.0.1/32")}, 25}};
  s.dns.magic = true;
  s.dns.names = {{"laptop.example.com", {*Address::parse("100.64.0.1")}}};
  s.dns.routes = {{"corp.example", {"10.33.0.53"}}};
  s.dns.domains = {"example.com"};
  return s;
}

}  // namespace aclc::testing
