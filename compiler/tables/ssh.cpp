// SPDX-License-Identifier: Apache-2.0
#include "compiler/tables/ssh.h"

#include <algorithm>

namespace aclc::tables {

using identity::ClassId;
using identity::Identity;
using identity::TermId;

SshTables::~SshTables() = default;

void SshTables::prepare_all() {
  const Policy& policy = form_.meaning().policy();
  for (const bool check : {true, false}) {
    for (uint32_t i = 0; i < policy.ssh.size(); ++i) {
      if ((policy.text(policy.ssh[i].action) == "check") == check) rules_.push_back(prepare(i));
    }
  }
}

std::unique_ptr<SshTables::Prepared> SshTables::prepare(uint32_t index) const {
  const Identity& identity = form_.identity();
  const Policy& policy = form_.meaning().policy();
  const SshRule& rule = policy.ssh[index];
  auto out = std::make_unique<Prepared>();
  out->index = index;
  const auto classes = [&](TermId term) {
    if (!identity[term].all_nodes) return identity[term].classes;
    std::vector<ClassId> all;
    for (size_t c = 0; c < identity.class_count(); ++c) all.emplace_back(c);
    return all;
  };
  // A node with k tags comes k times where `autogroup:tagged` is what names it first.
  std::vector<bool> seen(identity.class_count());
  const identity::PostureId posture = identity.posture_of(rule.src_posture);
  for (const Selector& src : policy.at(rule.src)) {
    const TermId term = identity.term_of(src);
    if (!term.valid()) continue;
    const bool by_tag = src.kind == SelectorKind::kAutogroup && src.autogroup == Autogroup::kTagged;
    for (const ClassId c : classes(term)) {
      if (seen[c.value] || identity[c].nodes.empty() || !identity.passes(c, posture)) continue;
      seen[c.value] = true;
      out->sources.push_back({c, by_tag ? static_cast<uint32_t>(identity.sample(c).tags.size()) : 1});
    }
  }
  std::sort(out->sources.begin(), out->sources.end(), [](const Source& a, const Source& b) { return a.class_id < b.class_id; });
  for (const Selector& dst : policy.at(rule.dst)) {
    const bool self = dst.kind == SelectorKind::kAutogroup && dst.autogroup == Autogroup::kSelf;
    (self ? out->self : out->others) = true;
    if (const TermId term = identity.term_of(dst); !self && term.valid()) out->destinations.push_back(term);
  }
  reference::NodeList recorders;
  for (const Selector& recorder : policy.at(rule.recorder)) {
    const TermId term = identity.term_of(recorder);
    if (!term.valid()) continue;
    reference::NodeList nodes;
    for (const ClassId c : classes(term)) nodes.insert(nodes.end(), identity[c].nodes.begin(), identity[c].nodes.end());
    std::sort(nodes.begin(), nodes.end());
    recorders.insert(recorders.end(), nodes.begin(), nodes.end());
  }
  out->maker = std::make_unique<reference::SshRuleMaker>(form_.meaning(), rule, recorders);
  out->localpart = out->maker->has_localpart();
  return out;
}

void SshTables::concerned(const std::vector<ClassId>& classes, const std::vector<TermId>& terms, ClassSet& out) const {
  const Identity& identity = form_.identity();
  const Policy& policy = form_.meaning().policy();
  const auto concerns = [&](Selectors selectors) {
    for (const Selector& s : policy.at(selectors)) {
      const TermId t = identity.term_of(s);
      if (!t.valid()) continue;
      if (std::find(terms.begin(), terms.end(), t) != terms.end()) return true;
      if (std::any_of(classes.begin(), classes.end(), [&](ClassId c) { return identity.has(t, c); })) return true;
    }
    return false;
  };
  const auto add = [&](const Selector& s) {
    const TermId t = identity.term_of(s);
    if (t.valid()) out.insert(identity[t].classes);
  };
  for (const SshRule& rule : policy.ssh) {
    if (!concerns(rule.src) && !concerns(rule.recorder)) continue;
    for (const Selector& dst : policy.at(rule.dst)) {
      add(dst);
      // A rule for one's own devices is at every device of those who are among the sources, also at one that is none itself.
      if (dst.kind != SelectorKind::kAutogroup || dst.autogroup != Autogroup::kSelf || !concerns(rule.recorder)) continue;
      for (const Selector& src : policy.at(rule.src)) {
        const TermId t = identity.term_of(src);
        if (!t.valid()) continue;
        for (const ClassId c : identity[t].classes) {
          out.insert(identity.classes_of(identity[c].user));
        }
      }
    }
    if (reference::SshRuleMaker(form_.meaning(), rule, {}).has_localpart()) {
      for (const Selector& src : policy.at(rule.src)) add(src);
    }
  }
}

/// For the sources with the same user, or for those that are tagged.
void SshTables::like(const Prepared& rule, UserId user, std::vector<wire::SshRule>& out) const {
  const Identity& identity = form_.identity();
  reference::NodeList nodes;
  for (const Source& s : rule.sources) {
    if (identity[s.class_id].user != user) continue;
    for (const TailnetNodeId id : identity[s.class_id].nodes) nodes.insert(nodes.end(), s.times, id);
  }
  rule.maker->add_for(nodes, out);
}

void SshTables::self_rules(const Prepared& rule, TailnetNodeId node, std::vector<wire::SshRule>& out) const {
  const Node& n = form_.meaning().node(node);
  if (rule.self && !n.tagged()) like(rule, reference::SshRuleMaker::identity(n), out);
}

const std::vector<wire::SshRule>& SshTables::shared_rules(Prepared& rule, TailnetNodeId node) {
  static const std::vector<wire::SshRule> none;
  const Identity& identity = form_.identity();
  const ClassId c = identity.class_of(node);
  const bool destination =
      std::any_of(rule.destinations.begin(), rule.destinations.end(), [&](TermId t) { return identity.has(t, c); });
  if (destination) {
    if (!rule.for_all) {
      reference::NodeList nodes;
      for (const Source& s : rule.sources) {
        for (const TailnetNodeId id : identity[s.class_id].nodes) nodes.insert(nodes.end(), s.times, id);
      }
      rule.for_all.emplace();
      rule.maker->add_for(nodes, *rule.for_all);
    }
    return *rule.for_all;
  }
  const bool source = std::binary_search(rule.sources.begin(), rule.sources.end(), Source{c, 1},
                                         [](const Source& a, const Source& b) { return a.class_id < b.class_id; });
  if (!rule.others || !rule.localpart || !source) return none;
  own_.clear();
  like(rule, reference::SshRuleMaker::identity(form_.meaning().node(node)), own_);
  return own_;
}

}  // namespace aclc::tables
