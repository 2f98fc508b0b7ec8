// SPDX-License-Identifier: Apache-2.0
// What differs at nodes beside packets: who may log in by SSH, who holds which capability, attributes, served routes.
// Internal to compiler/diff.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/diff/edges.h"

namespace aclc::diff {

class OtherDiff {
 public:
  /// Refers to all.
  OtherDiff(Side& before, Side& after, Atoms& atoms, const Tailnet& tailnet);

  /// Adds what differs at the nodes of a class; `what` of an edge is for label(). Call it in the order of nodes.
  /// `capabilities_only` where it is known that all else is the same.
  void compare(const JointClass& at, Edges& out, bool capabilities_only);
  struct Label {
    OtherKind kind = OtherKind::kSsh;
    std::string text;
    friend auto operator<=>(const Label&, const Label&) = default;
  };
  /// Whom and where an edge is about, for one, and the rules (of ssh, grants, nodeAttrs) that make it so. No rule: a setting of the
  /// whole tailnet, or a route that is the device's own.
  struct Cause {
    TailnetNodeId source;  ///< invalid for attributes and routes
    TailnetNodeId device;
    std::vector<Span> rules;
  };
  Cause cause(const Edge& edge);
  const Label& label(uint32_t what) const { return labels_[what]; }

 private:
  /// Who has what at one node under one policy.
  using Holders = std::map<uint32_t, AtomSet>;  ///< by label
  struct Login {
    uint32_t login, label;  ///< the login itself; what is said about it
  };
  /// A rule for SSH.
  struct SshEntry {
    AtomSet sources;
    std::vector<Login> logins;
    identity::ContentHash hash;
  };

  uint32_t intern(OtherKind kind, std::string text);
  std::vector<uint32_t> labels_of(OtherKind kind, const wire::CapMap& caps);
  AtomSet atoms_of(const std::vector<std::string>& principals) const;
  SshEntry entry_of(const wire::SshRule& rule);
  std::vector<SshEntry> entries_of(const std::vector<wire::SshRule>& rules);
  std::vector<const SshEntry*> ssh_entries(bool after, TailnetNodeId node);
  static Holders ssh_holders(const std::vector<const SshEntry*>& entries);
  void compare_ssh(const JointClass& at, Edges& out);
  void compare_capabilities(const JointClass& at, Edges& out);
  void compare_attributes(const JointClass& at, Edges& out);
  std::vector<Span> ssh_rules(const Edge& edge, uint32_t source);
  std::vector<Span> grants_of(const Edge& edge, uint32_t source);
  std::vector<Span> node_attrs(const Edge& edge) const;
  static void report(const Holders& before, const Holders& after, const JointClass& at, Edges& out);

  Side* sides_[2];
  Atoms& atoms_;
  const Tailnet& tailnet_;
  std::vector<Label> labels_;
  std::map<Label, uint32_t> known_;
  std::unordered_map<const void*, std::vector<SshEntry>> shared_ssh_;  // by the list of rules, which stays where it is
  std::deque<std::vector<SshEntry>> own_ssh_;                          // of the node at hand
  std::map<std::pair<const lower::Rule*, tables::Companion>, std::vector<uint32_t>> labels_of_grant_;
  bool any_ssh_ = false, any_app_ = false;
};

}  // namespace aclc::diff
