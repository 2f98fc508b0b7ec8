// SPDX-License-Identifier: Apache-2.0
// A policy applied to a tailnet that changes: takes edits, says whose tables are others now, and makes any table on demand.
//
//   Engine engine(std::move(input));
//   const Affected a = engine.change(node, record);       // retagged, re-addressed, a route approved
//   for (const TailnetNodeId id : a.nodes) send(id, engine.delta(id, sent[id]));
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "compiler/tables/tables.h"
#include "evaluator/wire/delta.h"

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
  bool anew = false;  ///< everything was compiled again
};

/// After every edit the tables are those of a compile from scratch. Not for several threads at once.
class Engine {
 public:
  explicit Engine(EngineInput input);
  ~Engine();

  /// Nodes keep their ids; one that was removed leaves its place, which is not used again.
  const Tailnet& tailnet() const { return *tailnet_; }
  const Policy& policy() const { return written_->policy; }
  bool present(TailnetNodeId node) const { return node.value < present_.size() && present_[node.value]; }
  const lower::SharedForm& form() const { return *now_.form; }
  /// What a node that has these rules is to be told, so that it has those of now.
  wire::FilterDelta delta(TailnetNodeId node, const std::vector<wire::FilterRule>& had) { return wire::delta(had, tables().filter_rules(node)); }
  tables::Tables& tables() { return *now_.tables; }

  /// For records that name tags, users or attributes that are new.
  StringId intern(std::string_view text) { return tailnet_->names.intern(text); }

  /// Its name and addresses must be those of no other node.
  Affected add(Node node);
  Affected remove(TailnetNodeId node);
  /// Another owner, other tags, addresses, routes, approvals or attributes: the record as it is from now on.
  Affected change(TailnetNodeId node, Node record);
  /// A user joins a group of the policy or leaves it. Nothing happens where it has no such group.
  Affected set_member(std::string_view group, std::string_view login, bool member);
  /// Another policy: a rule, a host or anything else edited. Everything is compiled again, and the tables of both are compared.
  Affected replace_policy(SyntaxTree tree, Policy policy, Definitions definitions);

 private:
  struct Written {
    SyntaxTree tree;
    Policy policy;
    Definitions definitions;
  };
  struct Compiled {
    std::unique_ptr<lower::SharedForm> form;
    std::unique_ptr<tables::Tables> tables;
  };

  Affected finish(lower::Effects& effects);
  Compiled compile() const;
  Affected compile_anew();
  Affected compare(Compiled& before);
  void list(const tables::ClassSet& classes, Affected& out);

  std::unique_ptr<Tailnet> tailnet_;
  std::unique_ptr<Written> written_;
  std::vector<bool> present_;
  Compiled now_;
  tables::ClassSet watchers_;                // who saw the nodes of an edit before it
  std::vector<uint64_t> marks_;              // a bit for each node; clear between edits
};

}  // namespace aclc
