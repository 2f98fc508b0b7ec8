// SPDX-License-Identifier: Apache-2.0
// A policy applied to a tailnet that changes: takes edits, says whose tables are others now, and makes any table on demand.
//
//   Engine engine(std::move(input));
//   const Affected a = engine.change(node, record);       // retagged, re-addressed, a route approved
//   for (const TailnetNodeId id : a.nodes) engine.tables().append_json(text, id);
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "compiler/tables/tables.h"

namespace aclc {

/// What the engine works on, and owns from then on. The policy must have passed the check.
struct EngineInput {
  SyntaxTree tree;  ///< refers to the policy's text, which has to stay
  Policy policy;
  Definitions definitions;
  Tailnet tailnet;
};

/// The nodes whose tables may be others than before the edit, ascending: no other is, and few of them are the same.
struct Affected {
  std::vector<TailnetNodeId> nodes;
  bool anew = false;  ///< everything was compiled again, and every node is listed
};

/// After every edit the tables are those of a compile from scratch. Not for several threads at once.
class Engine {
 public:
  explicit Engine(EngineInput input);
  ~Engine();

  /// Nodes keep their ids; one that was removed leaves its place, which is not used again.
  const Tailnet& tailnet() const { return input_->tailnet; }
  const Policy& policy() const { return input_->policy; }
  bool present(TailnetNodeId node) const { return node.value < present_.size() && present_[node.value]; }
  const lower::SharedForm& form() const { return *form_; }
  tables::Tables& tables() { return *tables_; }

  /// For records that name tags, users or attributes that are new.
  StringId intern(std::string_view text) { return input_->tailnet.names.intern(text); }

  /// Its name and addresses must be those of no other node.
  Affected add(Node node);
  Affected remove(TailnetNodeId node);
  /// Another owner, other tags, addresses, routes, approvals or attributes: the record as it is from now on.
  Affected change(TailnetNodeId node, Node record);
  /// A user joins a group of the policy or leaves it. Nothing happens where it has no such group.
  Affected set_member(std::string_view group, std::string_view login, bool member);
  /// Another policy: a rule, a host or anything else edited. Everything is compiled again.
  Affected replace_policy(SyntaxTree tree, Policy policy, Definitions definitions);

 private:
  void note_watchers(identity::ClassId id);
  Affected finish(lower::Effects& effects);
  Affected compile_anew();
  void list(const std::vector<identity::ClassId>& classes, Affected& out) const;

  std::unique_ptr<EngineInput> input_;
  std::vector<bool> present_;
  std::unique_ptr<lower::SharedForm> form_;
  std::unique_ptr<tables::Tables> tables_;
  std::vector<identity::ClassId> watchers_;  // who saw the nodes of an edit before it
};

}  // namespace aclc
