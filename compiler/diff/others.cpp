// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/others.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/sorted.h"
#include "compiler/reference/attributes.h"

namespace aclc::diff {

using identity::ContentHash;
using tables::Companion;

namespace {

ContentHash hash_of_atoms(const AtomSet& atoms) {
  ContentHash out;
  for (const uint32_t a : atoms) out += identity::hash_of(a, uint64_t{3});
  return out;
}

ContentHash entry_hash(uint32_t label, const ContentHash& holders) { return identity::hash_of(holders.a ^ label, holders.b); }

void unite(AtomSet& to, const AtomSet& with) {
  AtomSet out;
  std::set_union(to.begin(), to.end(), with.begin(), with.end(), std::back_inserter(out));
  to = std::move(out);
}

AtomSet minus(const AtomSet& a, const AtomSet& b) {
  AtomSet out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

/// `root`, `any user but root`, `ubuntu by check, recorded`.
std::string login_text(const std::string& login, const std::string& local, const wire::SshRule& rule) {
  std::string out = login == "*" ? "any user but root" : local == login ? login : login + " (" + local + ")";
  if (rule.check) out += " by check";
  if (!rule.recorders.empty()) out += rule.enforce_recorder ? ", recorded or not at all" : ", recorded";
  if (!rule.accept_env.empty()) {
    out += ", with";
    for (const std::string& name : rule.accept_env) out += " " + name;
  }
  return out;
}

}  // namespace

OtherDiff::OtherDiff(Side& before, Side& after, Atoms& atoms, const Tailnet& tailnet) : sides_{&before, &after}, atoms_(atoms), tailnet_(tailnet) {
  for (const Side* side : sides_) {
    any_ssh_ = any_ssh_ || !side->policy().ssh.empty();
    for (size_t r = 0; r < side->form.rule_count(); ++r) any_app_ = any_app_ || side->form[lower::RuleId(r)].grants_app();
  }
}

uint32_t OtherDiff::intern(OtherKind kind, std::string text) {
  const auto [known, is_new] = known_.try_emplace({kind, std::move(text)}, static_cast<uint32_t>(labels_.size()));
  if (is_new) labels_.push_back(known->first);
  return known->second;
}

/// Each value of a list is a thing of its own, so that lists which rules bring together are compared by what is in them.
std::vector<uint32_t> OtherDiff::labels_of(OtherKind kind, const wire::CapMap& caps) {
  std::vector<uint32_t> out;
  for (const auto& [name, values] : caps) {
    const nlohmann::ordered_json list = nlohmann::ordered_json::parse(values, nullptr, false);
    if (!list.is_array() || list.empty()) {
      out.push_back(intern(kind, name));
      continue;
    }
    for (const auto& value : list) out.push_back(intern(kind, name + " " + value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
  }
  return out;
}

AtomSet OtherDiff::atoms_of(const std::vector<std::string>& principals) const {
  AtomSet out;
  for (const std::string& text : principals) {
    if (const auto address = Address::parse(text)) out.push_back(atoms_.of_node_address(*address));
  }
  sort_unique(out);
  return out;
}

OtherDiff::SshEntry OtherDiff::entry_of(const wire::SshRule& rule) {
  SshEntry out;
  out.sources = atoms_of(rule.principals);
  const ContentHash sources = hash_of_atoms(out.sources);
  for (const auto& [login, local] : rule.ssh_users) {
    if (local.empty()) continue;  // forbidden
    out.logins.push_back({intern(OtherKind::kSsh, login), intern(OtherKind::kSsh, login_text(login, local, rule))});
    out.hash += entry_hash(out.logins.back().label, sources);
  }
  return out;
}

std::vector<OtherDiff::SshEntry> OtherDiff::entries_of(const std::vector<wire::SshRule>& rules) {
  std::vector<SshEntry> out;
  for (const wire::SshRule& rule : rules) out.push_back(entry_of(rule));
  return out;
}

/// The rules of a node. Those that a policy rule has for all its destinations are looked at once.
std::vector<const OtherDiff::SshEntry*> OtherDiff::ssh_entries(bool after, TailnetNodeId node) {
  std::vector<const SshEntry*> out;
  sides_[after]->ssh.visit(node, [&](const std::vector<wire::SshRule>& rules, uint32_t) {
    const bool shared = sides_[after]->ssh.is_shared(rules);
    std::vector<SshEntry>& entries = shared ? shared_ssh_[&rules] : own_ssh_.emplace_back();
    if (entries.empty()) entries = entries_of(rules);
    for (const SshEntry& e : entries) out.push_back(&e);
  });
  return out;
}

/// Of several rules for one login the first one counts.
OtherDiff::Holders OtherDiff::ssh_holders(const std::vector<const SshEntry*>& entries) {
  Holders out;
  std::map<uint32_t, AtomSet> covered;
  for (const SshEntry* e : entries) {
    for (const Login& l : e->logins) {
      unite(out[l.label], minus(e->sources, covered[l.login]));
      unite(covered[l.login], e->sources);
    }
  }
  return out;
}

void OtherDiff::compare_ssh(const JointClass& at, Edges& out) {
  own_ssh_.clear();
  std::vector<const SshEntry*> entries[2];
  ContentHash hash[2];
  for (const bool after : {false, true}) {
    entries[after] = ssh_entries(after, at.nodes.front());
    for (const SshEntry* e : entries[after]) hash[after] += e->hash;
  }
  if (!(hash[0] == hash[1])) report(ssh_holders(entries[0]), ssh_holders(entries[1]), at, out);
}

void OtherDiff::compare_capabilities(const JointClass& at, Edges& out) {
  struct Entry {
    const std::vector<uint32_t>* labels;
    tables::SourceRef source;
    bool families[2];  ///< that the capability is about: only sources of these hold it
  };
  const Node& node = tailnet_.nodes[at.nodes.front()];
  std::vector<Entry> entries[2];
  ContentHash hash[2];
  for (const bool after : {false, true}) {
    Side& side = *sides_[after];
    side.planner.plan(at.nodes.front(), side.plan);
    for (const tables::PlannedRule& rule : side.plan.rules) {
      if (!rule.app) continue;
      const ContentHash source = rule.source.content.valid() ? side.form.sources()[rule.source.content].hash : side.plan.local_hashes[rule.source.local];
      for (uint32_t g = rule.first; g < rule.first + rule.count; ++g) {
        const tables::Grant& grant = side.plan.grants[g];
        const auto [known, is_new] = labels_of_grant_.try_emplace({grant.rule, grant.companion});
        if (is_new) known->second = labels_of(OtherKind::kCapability, tables::cap_map(grant));
        Entry entry{&known->second, rule.source, {grant.behind.empty() && node.ipv4, grant.behind.empty() && node.ipv6}};
        for (const identity::RangeId r : grant.behind) entry.families[side.identity().ranges()[r].first.is_v4() ? 0 : 1] = true;
        entries[after].push_back(entry);
        for (const uint32_t label : known->second) hash[after] += entry_hash(4 * label + 2 * entry.families[0] + entry.families[1], source);
      }
    }
  }
  if (hash[0] == hash[1]) return;
  Holders holders[2];
  for (const bool after : {false, true}) {
    for (const Entry& e : entries[after]) {
      AtomSet from = e.source.content.valid() ? atoms_.of(after, e.source.content) : atoms_.of(after, sides_[after]->plan.locals[e.source.local]);
      // Capabilities are held by devices: an address that none has holds nothing.
      std::erase_if(from, [&](uint32_t a) { return !atoms_.first_node(a).valid() || !e.families[atoms_.family(a) == Family::kV4 ? 0 : 1]; });
      for (const uint32_t label : *e.labels) unite(holders[after][label], from);
    }
  }
  report(holders[0], holders[1], at, out);
}

void OtherDiff::compare_attributes(const JointClass& at, Edges& out) {
  std::vector<uint32_t> labels[2];
  for (const bool after : {false, true}) {
    const Side& side = *sides_[after];
    const identity::Identity& identity = side.identity();
    const auto caps = reference::capabilities(side.policy(), side.tree, [&](const Selector& target) {
      const identity::TermId term = identity.term_of(target);
      return term.valid() && identity.has(term, at.in[after]);
    });
    labels[after] = labels_of(OtherKind::kAttribute, caps);
    for (const Prefix& p : identity[identity[at.in[after]].routes].served.all) labels[after].push_back(intern(OtherKind::kRoute, p.to_text()));
    sort_unique(labels[after]);
  }
  for (const bool gained : {false, true}) {
    for (const uint32_t label : labels[gained]) {
      if (contains_sorted(labels[!gained], label)) continue;
      Edge edge;
      edge.gained = gained;
      edge.what = label;
      edge.own[0] = edge.own[1] = true;
      out.add(at, edge);
    }
  }
}

void OtherDiff::report(const Holders& before, const Holders& after, const JointClass& at, Edges& out) {
  static const AtomSet none;
  for (const bool gained : {false, true}) {
    const Holders &mine = gained ? after : before, &theirs = gained ? before : after;
    for (const auto& [label, atoms] : mine) {
      const auto other = theirs.find(label);
      Edge edge;
      edge.gained = gained;
      edge.what = label;
      edge.src = minus(atoms, other == theirs.end() ? none : other->second);
      edge.own[0] = edge.own[1] = true;
      if (!edge.src.empty()) out.add(at, edge);
    }
  }
}

void OtherDiff::compare(const JointClass& at, Edges& out, bool capabilities_only) {
  if (any_app_) compare_capabilities(at, out);
  if (capabilities_only) return;
  if (any_ssh_) compare_ssh(at, out);
  compare_attributes(at, out);
}

}  // namespace aclc::diff
