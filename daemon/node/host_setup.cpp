// SPDX-License-Identifier: Apache-2.0
#include "daemon/node/host_setup.h"

#include <algorithm>

#include "daemon/planner/changes.h"
#include "daemon/planner/exit_node.h"

namespace aclc {

Result<Done> HostSetup::lend(const std::string& name, const std::string& value, bool wanted) {
  if (!wanted) {
    settings_.erase(name);
    return Done{};
  }
  if (settings_.count(name) != 0) return Done{};
  auto lent = hands_.borrow_setting(name, value);
  if (!lent) return lent.error();
  settings_[name] = std::move(lent).value();
  return Done{};
}

Result<Done> HostSetup::sync_addresses(const Snapshot& snapshot) {
  HostNetwork& network = hands_.network;
  const std::string& interface = config_.interface;
  const auto have = network.addresses(interface);
  if (!have) return have.error();
  std::vector<Prefix> want;
  for (const Address& address : snapshot.addresses) want.push_back(Prefix::host(address));
  if (config_.dns != DnsMode::kOff) want.push_back(Prefix::host(Address::v4(0x64646464)));  // 100.100.100.100, the stub resolver's
  const Changes<Prefix> addresses = changes(*have, want);
  for (const Prefix& prefix : addresses.remove) {
    if (const auto done = network.remove_address(interface, prefix); !done) return done;
  }
  for (const Prefix& prefix : addresses.add) {
    if (const auto done = network.add_address(interface, prefix); !done) return done;
  }
  return Done{};
}

Result<Done> HostSetup::sync_routes(const std::vector<Prefix>& want, uint32_t table) {
  HostNetwork& network = hands_.network;
  const auto have = network.routes(config_.interface, table);
  if (!have) return have.error();
  const Changes<Prefix> routes = changes(*have, want);
  for (const Prefix& prefix : routes.remove) {
    if (const auto done = network.remove_route(config_.interface, prefix, table); !done) return done;
  }
  for (const Prefix& prefix : routes.add) {
    if (const auto done = network.add_route(config_.interface, prefix, table); !done) return done;
  }
  return Done{};
}

Result<Done> HostSetup::sync(const Snapshot& snapshot) {
  if (const auto done = sync_addresses(snapshot); !done) return done;
  if (const auto done = sync_routes(tunnel_routes(snapshot), kMainTable); !done) return done;
  const auto serves = [&](Family family) {
    return std::any_of(snapshot.routes.begin(), snapshot.routes.end(), [&](const Prefix& p) { return p.address.family == family; });
  };
  if (const auto done = lend("net/ipv4/ip_forward", "1", serves(Family::kV4)); !done) return done;
  if (const auto done = lend("net/ipv6/conf/all/forwarding", "1", serves(Family::kV6)); !done) return done;
  const bool masquerade = config_.masquerade && !snapshot.routes.empty();
  if (masqueraded_ != masquerade) {
    if (const auto done = hands_.filter.set_masquerade(masquerade); !done) return done;
    masqueraded_ = masquerade;
  }
  if (const auto done = guard_exit(); !done) return done;
  std::vector<Prefix> by_tunnel = captured_routes(config_.exit_node);
  if (!hands_.network.has_ipv6(config_.interface)) std::erase_if(by_tunnel, [](const Prefix& p) { return p.address.family == Family::kV6; });
  return sync_routes(by_tunnel, kExitTable);
}

std::vector<Family> HostSetup::captured() const {
  if (config_.exit_node.empty()) return {};
  if (hands_.network.has_ipv6("all")) return {Family::kV4, Family::kV6};
  return {Family::kV4};
}

Result<Done> HostSetup::guard_exit() {
  HostNetwork& network = hands_.network;
  const std::vector<Family> families = captured();
  // Answers to the tunnel's own packets come from where its mark leads, not from where everything else goes now.
  if (const auto done = lend("net/ipv4/conf/all/rp_filter", "2", !families.empty()); !done) return done;
  // The refusal first: rules that lead to an empty table would lead on to the next one.
  for (const Family family : families) {
    if (const auto done = network.refuse_rest(family, kExitTable); !done) return done;
  }
  const auto have = network.rules();
  if (!have) return have.error();
  const auto want = exit_rules(families, config_.exit_node_allow_lan);
  for (const RoutingRule& rule : *have) {
    if (std::find(want.begin(), want.end(), rule) != want.end()) continue;
    if (const auto done = network.remove_rule(rule); !done) return done;
  }
  for (const RoutingRule& rule : want) {
    if (std::find(have->begin(), have->end(), rule) != have->end()) continue;
    if (const auto done = network.add_rule(rule); !done) return done;
  }
  for (const Family family : {Family::kV4, Family::kV6}) {
    if (std::find(families.begin(), families.end(), family) == families.end()) static_cast<void>(network.accept_rest(family, kExitTable));
  }
  return Done{};
}

std::optional<std::vector<Prefix>> HostSetup::neighbourhood(const Snapshot& snapshot) const {
  if (!snapshot.serves_internet()) return std::vector<Prefix>();
  auto found = hands_.network.addresses_beside(config_.interface);
  if (!found) return std::nullopt;
  std::sort(found->begin(), found->end());
  return std::move(found).value();
}

void HostSetup::count_flows() {
  for (const char* name : {"net/netfilter/nf_conntrack_acct", "net/netfilter/nf_conntrack_timestamp"}) static_cast<void>(lend(name, "1", true));
}

void HostSetup::forget() {
  // Addresses and routes go with the interface; rules, refusals and settings are the host's.
  if (const auto rules = hands_.network.rules()) {
    for (const RoutingRule& rule : *rules) static_cast<void>(hands_.network.remove_rule(rule));
  }
  for (const Family family : {Family::kV4, Family::kV6}) static_cast<void>(hands_.network.accept_rest(family, kExitTable));
  settings_.clear();
  masqueraded_.reset();
}

}  // namespace aclc
