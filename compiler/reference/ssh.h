// SPDX-License-Identifier: Apache-2.0
// The SSH rules of each node.
#pragma once

#include "compiler/reference/compile.h"
#include "compiler/reference/world.h"

namespace aclc::reference {

/// One rule of the policy as wire rules, once it is known whose connections it is about.
class SshRuleMaker {
 public:
  /// `recorders`: the nodes that the rule's recorders mean.
  SshRuleMaker(const Meaning& meaning, const SshRule& rule, const NodeList& recorders);

  bool check() const { return check_; }
  bool has_localpart() const;
  /// The user of an untagged node; invalid for a tagged one.
  static UserId identity(const Node& node) { return node.tagged() ? UserId() : node.user; }
  /// Appends the rules for these sources. One that is in the list twice becomes two principals.
  void add_for(const NodeList& sources, std::vector<wire::SshRule>& out) const;

 private:
  using Users = std::map<std::string, std::string>;
  Users common_users() const;
  void add(const NodeList& sources, const Users& users, std::vector<wire::SshRule>& out) const;

  const Meaning& meaning_;
  const SshRule& rule_;
  const bool check_;
  std::vector<std::string> recorders_;
};

/// Fills ssh_rules and ssh_origins: all check rules before all accept rules, otherwise in file order, nothing merged
/// (recorded answers).
void compile_ssh(const World& world, TailnetNodeId id, NodeTable& table);

}  // namespace aclc::reference
