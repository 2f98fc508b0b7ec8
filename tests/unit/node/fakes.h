// SPDX-License-Identifier: Apache-2.0
// A host that remembers, in the order in which things were asked of it, and that can be told to refuse.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/node/node.h"

namespace aclc::testing {

struct FakeHost {
  std::vector<std::string> steps;
  std::string refuse;  // steps that start like this fail

  Result<Done> step(const std::string& what) {
    steps.push_back(what);
    if (!refuse.empty() && what.rfind(refuse, 0) == 0) return Failure{"the host refused " + what};
    return Done{};
  }
  /// Where a step that starts like this stands; -1: it was not done.
  int at(const std::string& start) const {
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].rfind(start, 0) == 0) return static_cast<int>(i);
    }
    return -1;
  }
};

class FakeRunner : public nft::Runner {
 public:
  explicit FakeRunner(FakeHost& host) : host_(host) {}
  Result<Done> run(const std::string& script) override {
    const bool removes = script.find("delete table") != std::string::npos;
    const bool denies = script.find("no_policy drop") != std::string::npos || script.find("\"no_policy\" drop") != std::string::npos;
    const bool flips = script.find("flush chain inet aclcd filter") != std::string::npos;
    const bool nat = script.find("masquerade") != std::string::npos;
    if (removes || script.find("hook input") != std::string::npos) there = !removes;
    return host_.step(removes ? "nft remove" : nat ? "nft nat" : denies ? "nft deny-all" : flips ? "nft policy" : "nft sets");
  }
  Result<Done> change_elements(const std::string&, std::span<const nft::ElementChange>) override { return host_.step("nft sets"); }
  Result<std::vector<std::string>> chains(const std::string&) override {
    return there ? std::vector<std::string>{"input", "forward", "filter"} : std::vector<std::string>{};
  }
  Result<std::vector<std::string>> sets(const std::string&) override { return std::vector<std::string>{}; }
  Result<std::string> rules(const std::string&, const std::string&) override { return std::string(); }
  Result<std::map<std::string, nft::Count>> counters(const std::string&) override { return std::map<std::string, nft::Count>{}; }
  Result<std::vector<nft::CountedBox>> elements(const std::string&, const std::string&, nft::Key, Family) override {
    return std::vector<nft::CountedBox>{};
  }
  uint32_t ruleset_id() override { return 0; }

  bool there = false;  ///< the table

 private:
  FakeHost& host_;
};

class FakeTunnel : public wireguard::TunnelHost, public wireguard::Tunnel {
 public:
  explicit FakeTunnel(FakeHost& host) : host_(host) {}
  Result<Done> open() override {
    if (const auto done = host_.step("tunnel open"); !done) return done;
    open_ = true;
    return Done{};
  }
  void close() override {
    open_ = false;
    peers.clear();
  }
  bool is_open() override { return open_; }
  wireguard::Tunnel& tunnel() override { return *this; }
  Result<wireguard::DeviceState> state() override {
    wireguard::DeviceState out;
    for (const auto& [key, peer] : peers) out.peers.push_back(peer);
    out.traffic.resize(out.peers.size());
    return out;
  }
  Result<Done> change(const wireguard::DeviceChange& change) override {
    for (const PeerChange& peer : change.peers) {
      if (const auto done = host_.step((peer.remove ? "peer remove " : peers.count(peer.key) != 0 ? "peer change " : "peer add ") + peer.key); !done) return done;
      if (peer.remove) {
        peers.erase(peer.key);
        continue;
      }
      TunnelPeer& there = peers[peer.key];
      there.key = peer.key;
      if (!peer.endpoint.empty()) there.endpoint = peer.endpoint;
      if (peer.set_allowed_ips) there.allowed_ips = peer.allowed_ips;
    }
    return Done{};
  }
  std::map<WireGuardKey, TunnelPeer> peers;

 private:
  FakeHost& host_;
  bool open_ = false;
};

class FakeNetwork : public HostNetwork {
 public:
  explicit FakeNetwork(FakeHost& host) : host_(host) {}
  Result<Done> set_link(const std::string&, uint32_t, bool) override { return host_.step("link up"); }
  bool has_ipv6(const std::string&) override { return ipv6; }
  bool ipv6 = true;
  Result<std::vector<Prefix>> addresses(const std::string&) override { return std::vector<Prefix>(addresses_.begin(), addresses_.end()); }
  Result<std::vector<Prefix>> addresses_beside(const std::string&) override { return beside; }
  std::vector<Prefix> beside;
  Result<Done> add_address(const std::string&, const Prefix& p) override { return addresses_.insert(p), host_.step("address add " + p.to_text()); }
  Result<Done> remove_address(const std::string&, const Prefix& p) override { return addresses_.erase(p), host_.step("address remove " + p.to_text()); }
  Result<std::vector<Prefix>> routes(const std::string&, uint32_t table) override { return std::vector<Prefix>(routes_[table].begin(), routes_[table].end()); }
  Result<Done> add_route(const std::string&, const Prefix& p, uint32_t table) override { return routes_[table].insert(p), host_.step("route add " + p.to_text()); }
  Result<Done> remove_route(const std::string&, const Prefix& p, uint32_t table) override {
    return routes_[table].erase(p), host_.step("route remove " + p.to_text());
  }
  Result<std::vector<RoutingRule>> rules() override { return rules_; }
  Result<Done> add_rule(const RoutingRule& rule) override { return rules_.push_back(rule), host_.step("rule add"); }
  Result<Done> remove_rule(const RoutingRule& rule) override { return std::erase(rules_, rule), host_.step("rule remove"); }
  Result<Done> refuse_rest(Family family, uint32_t) override { return refused.insert(family), host_.step("refuse rest"); }
  Result<Done> accept_rest(Family family, uint32_t) override { return refused.erase(family) == 0 ? Result<Done>(Done{}) : host_.step("accept rest"); }
  std::set<Family> refused;
  const std::vector<RoutingRule>& rules_now() const { return rules_; }

 private:
  FakeHost& host_;
  std::set<Prefix> addresses_;
  std::map<uint32_t, std::set<Prefix>> routes_;
  std::vector<RoutingRule> rules_;
};

}  // namespace aclc::testing
