// SPDX-License-Identifier: Apache-2.0
// Shared form -> the plan of one node, by reverse indexes: the cost follows the rules that concern the node.
#pragma once

#include <optional>
#include <vector>

#include "compiler/tables/plan.h"

namespace aclc::tables {

/// Not for several threads at once: it keeps memory from one plan to the next.
class Planner {
 public:
  explicit Planner(const SharedForm& form);

  void plan(TailnetNodeId node, Plan& out) { plan(node, identity_.class_of(node), out); }
  /// Of any node of the class, or of none where it has none: then what one would get.
  void plan(ClassId class_id, Plan& out);
  /// Routers or addresses of nodes have changed.
  void forget_routes() { behind_.clear(); }

  /// A node with addresses inside the subnets of a router, or behind its exit.
  struct Host {
    TailnetNodeId node;
    ClassId class_id;
    uint8_t applies = 0;     ///< families of its addresses that the router's table mentions
    uint8_t in_subnets = 0;  ///< those of them that lie in its subnets
  };
  /// By node. Empty but for routes to addresses that nodes have themselves.
  const std::vector<Host>& hosts_behind(RouteSetId routes);

 private:
  void plan(TailnetNodeId node, ClassId class_id, Plan& out);
  struct Receiver {
    TailnetNodeId node;
    ClassId class_id;
    const IdentityClass* of_class;
    const identity::RouteSet* routes;
    bool serves;
  };
  struct Group {
    SourceRef source;
    uint8_t protocol = 0;
    Position place = 0;
    uint32_t next = UINT32_MAX;  // of the same source
    bool filled = false;
  };
  struct PendingDraft {
    uint32_t group;
    Position position;
    Draft draft;
  };

  void node_hits(const Receiver& at, Plan& out);
  void hits_with_hosts(const Receiver& at, const std::vector<Host>& behind, Plan& out);
  void literal_hits(const Receiver& at, Plan& out);
  void self_hits(const Receiver& at, Plan& out);
  void self_targets(const Receiver& at, PartId part, Plan& out);
  void via_hits(const Receiver& at, Plan& out);
  bool via_target(const Receiver& at, const lower::Target& target, Plan& out);
  void use(TermId term, uint32_t first, uint32_t count, Plan& out);
  bool carries_via(const Receiver& at, const Rule& rule) const;
  std::vector<Host> merged_hosts(const Receiver& at, const std::vector<Host>& behind) const;

  void draft(const Receiver& at, Plan& out);
  void network_drafts(PartId id, uint32_t first_hit, uint32_t hits, SourceRef source, const Plan& out);
  uint32_t group_of(SourceRef source, uint8_t protocol);
  void app_rules(const Receiver& at, PartId id, uint32_t first_hit, uint32_t hits, SourceRef source, Plan& out);
  void companions(const Receiver& at, Plan& out);
  SourceRef self_source(const Receiver& at, const Rule& rule, Plan& out) const;
  SourceRef local_source(std::vector<ClassId> classes, Plan& out) const;
  void order(Plan& out);

  const SharedForm& form_;
  const Identity& identity_;
  std::vector<std::optional<std::vector<Host>>> behind_;  // by RouteSetId
  // Of the plan that is being made.
  std::vector<Group> groups_;
  std::vector<PendingDraft> pending_;
  std::vector<uint32_t> head_of_content_, head_of_local_;
};

}  // namespace aclc::tables
