// SPDX-License-Identifier: Apache-2.0
// A model of the algorithm of Headscale's policy engine (policy/v2 of July 2026), step by step as its code has it: no cache of
// aliases, string keys to merge, texts parsed again for each node, every pair of nodes against every rule. It is no Headscale:
// the language and the library for address sets are others. Sets are sorted arrays of ranges with binary search.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"

namespace aclc::bench {

struct ModelNode {
  std::string name, user;
  std::vector<std::string> tags;
  std::vector<Address> addresses;
};

struct ModelRule {
  std::vector<std::string> src, dst;  ///< groups and tags
  std::vector<PortRange> ports;
};

struct ModelPolicy {
  std::vector<std::string> users;
  std::map<std::string, std::vector<std::string>> groups;
  std::vector<ModelRule> rules;
};

struct ModelDst {
  std::string ip;
  PortRange ports;
};

struct ModelFilterRule {
  std::vector<std::string> src_ips;
  std::vector<ModelDst> dst_ports;
};

class HeadscaleModel {
 public:
  HeadscaleModel(const ModelPolicy& policy, const std::vector<ModelNode>& nodes) : policy_(policy), nodes_(nodes) {}

  /// updateLocked: every alias of every rule is resolved again by scanning users and nodes; the sources once for each
  /// destination, since an ACL becomes several grants.
  void update() {
    rules_.clear();
    std::map<std::string, size_t> known;
    for (const ModelRule& rule : policy_.rules) {
      for (const std::string& dst : rule.dst) {
        ModelFilterRule made;
        AddressSet sources;
        for (const std::string& src : rule.src) resolve(src, sources);
        made.src_ips = sources.texts();
        AddressSet to;
        resolve(dst, to);
        for (const AddressRange& r : to.ranges()) {
          for (const PortRange& p : rule.ports) made.dst_ports.push_back({r.to_text(), p});
        }
        if (made.src_ips.empty() || made.dst_ports.empty()) continue;
        // mergeFilterRules: a key of all source texts.
        std::string key;
        for (const std::string& s : made.src_ips) key += s + ",";
        const auto [place, is_new] = known.try_emplace(std::move(key), rules_.size());
        if (is_new) {
          rules_.push_back(std::move(made));
        } else {
          std::vector<ModelDst>& into = rules_[place->second].dst_ports;
          into.insert(into.end(), made.dst_ports.begin(), made.dst_ports.end());
        }
      }
    }
    // deephash walks all texts; the matchers are made by parsing them again.
    hash_ = 1469598103934665603u;
    matchers_.clear();
    for (const ModelFilterRule& rule : rules_) {
      for (const std::string& s : rule.src_ips) hash(s);
      for (const ModelDst& d : rule.dst_ports) hash(d.ip);
      matchers_.push_back(matcher(rule));
    }
  }

  /// ReduceFilterRules: every entry of every rule is parsed into a set and compared with the node.
  std::vector<ModelFilterRule> filter_of(size_t node) const {
    std::vector<ModelFilterRule> out;
    for (const ModelFilterRule& rule : rules_) {
      std::vector<ModelDst> kept;
      for (const ModelDst& dst : rule.dst_ports) {
        const AddressSet set = parsed(dst.ip);
        const std::vector<Address>& own = nodes_[node].addresses;
        if (std::any_of(own.begin(), own.end(), [&](const Address& a) { return set.contains(a); })) kept.push_back(dst);
      }
      if (!kept.empty()) out.push_back({rule.src_ips, std::move(kept)});
    }
    return out;
  }

  /// One pair of BuildPeerMap, both directions.
  bool see_each_other(size_t a, size_t b) const { return may_reach(a, b) || may_reach(b, a); }

  uint64_t digest() const { return hash_; }
  size_t rule_count() const { return rules_.size(); }

 private:
  struct Matcher {
    AddressSet src, dst;
  };

  void resolve(const std::string& alias, AddressSet& out) const {
    if (alias.starts_with("group:")) {
      const auto group = policy_.groups.find(alias);
      if (group == policy_.groups.end()) return;
      for (const std::string& member : group->second) {
        const auto user = std::find(policy_.users.begin(), policy_.users.end(), member);
        if (user == policy_.users.end()) continue;
        for (const ModelNode& n : nodes_) {
          if (n.tags.empty() && n.user == *user) add(n, out);
        }
      }
    } else {
      for (const ModelNode& n : nodes_) {
        if (std::find(n.tags.begin(), n.tags.end(), alias) != n.tags.end()) add(n, out);
      }
    }
  }
  static void add(const ModelNode& node, AddressSet& out) {
    for (const Address& a : node.addresses) out.add(a);
  }
  void hash(const std::string& text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  static AddressSet parsed(const std::string& text) {
    AddressSet out;
    if (const auto a = Address::parse(text)) {
      out.add(*a);
    } else if (const auto p = Prefix::parse(text)) {
      out.add(*p);
    } else if (const auto r = AddressRange::parse(text)) {
      out.add(*r);
    }
    return out;
  }
  static Matcher matcher(const ModelFilterRule& rule) {
    std::vector<AddressRange> src, dst;
    const auto collect = [](const std::string& text, std::vector<AddressRange>& to) {
      const AddressSet set = parsed(text);
      to.insert(to.end(), set.ranges().begin(), set.ranges().end());
    };
    for (const std::string& s : rule.src_ips) collect(s, src);
    for (const ModelDst& d : rule.dst_ports) collect(d.ip, dst);
    return {AddressSet::of(std::move(src)), AddressSet::of(std::move(dst))};
  }
  bool may_reach(size_t from, size_t to) const {
    const auto in = [](const AddressSet& set, const std::vector<Address>& addresses) {
      return std::any_of(addresses.begin(), addresses.end(), [&](const Address& a) { return set.contains(a); });
    };
    return std::any_of(matchers_.begin(), matchers_.end(), [&](const Matcher& m) {
      return in(m.src, nodes_[from].addresses) && in(m.dst, nodes_[to].addresses);
    });
  }

  const ModelPolicy& policy_;
  const std::vector<ModelNode>& nodes_;
  std::vector<ModelFilterRule> rules_;
  std::vector<Matcher> matchers_;
  uint64_t hash_ = 0;
};

}  // namespace aclc::bench
