// SPDX-License-Identifier: Apache-2.0
// Which nodes see each other, by reverse indexes over classes (reference::fill_peers).
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "compiler/tables/class_set.h"
#include "compiler/tables/planner.h"

namespace aclc::tables {

class Visibility {
 public:
  Visibility(const SharedForm& form, Planner& planner) : form_(form), identity_(form.identity()), planner_(planner) {}

  /// The classes whose nodes see the nodes of a class and are seen by them, ascending. A class of several nodes may be among
  /// its own.
  std::vector<ClassId> peers(ClassId id);
  /// The same added to a set, perhaps with some that have no nodes.
  void add_peers(ClassId id, ClassSet& out) { out.add(peer_set(id)); }
  /// Whether nodes of the class have addresses behind these routes.
  bool is_behind(RouteSetId routes, ClassId id) const;
  /// After an edit: what has been kept and may not hold any more. A new class may be covered by any source.
  void forget(const lower::Effects& effects);
  /// How many nodes see a node of the class.
  size_t peer_count(ClassId id);

  /// A class and which addresses of its nodes a source covers: bit 0 IPv4, bit 1 IPv6; 0: only what is behind its routes.
  struct Covered {
    ClassId class_id;
    uint8_t families = 0;
  };
  /// The classes that a source covers, ascending; those that serve routes also where it covers something behind them.
  std::vector<Covered> covered(const Plan& plan, SourceRef source) const;
  std::vector<Covered> covered(const lower::Source& source) const { return covered(source.classes, source.ranges, source.everyone); }
  /// Classes at whose nodes a part that is not `self` puts rules.
  void receivers(PartId part, ClassSet& out) const;
  /// The sources that cover the class, as covered() has it.
  std::vector<SourceId> sources_covering(ClassId id) const;

 private:
  std::vector<Covered> covered(const std::vector<ClassId>& classes, const std::vector<RangeId>& ranges, bool everyone) const;
  void add_servers(RouteSetId routes, ClassSet& out) const;
  void receivers_of_target(const Rule& rule, const lower::Target& target, ClassSet& out) const;
  void add_all(ClassSet& out) const;
  const ClassSet& peer_set(ClassId id);
  const ClassSet& covered_set(ContentId id);
  const ClassSet& receiver_set(SourceId id);
  void accepted_from(ClassId id, ClassSet& out);
  void accepting(ClassId id, ClassSet& out);
  void self_accepting(ClassId id, ClassSet& out) const;

  const SharedForm& form_;
  const Identity& identity_;
  Planner& planner_;
  Plan plan_;
  size_t classes_ = 0;  // that there were when the sets below were made
  // Kept once asked for: many classes have rules of the same sources, and sources can have most classes.
  std::unordered_map<uint32_t, ClassSet> peers_;      // by ClassId
  std::unordered_map<uint32_t, size_t> counts_;       // by ClassId
  std::unordered_map<uint32_t, ClassSet> covered_;    // by ContentId
  std::unordered_map<uint32_t, ClassSet> receivers_;  // by SourceId
};

}  // namespace aclc::tables
