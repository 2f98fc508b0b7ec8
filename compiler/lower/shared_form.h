// SPDX-License-Identifier: Apache-2.0
// Policy and tailnet -> rules over classes: one form shared by all nodes, from which each node's table is made on demand.
#pragma once

#include <vector>

#include "compiler/lower/sources.h"
#include "compiler/reference/statements.h"
#include "evaluator/wire/filter_rule.h"
#include "parser/syntax/tree.h"

namespace aclc::lower {

struct Rule;
using RuleId = Id<Rule>;

struct Target {
  TermId term;                   ///< invalid for `svc:`, which means nothing here
  std::vector<PortRange> ports;  ///< of an acl; empty in a grant, whose protocols have them
};

/// Destinations of a rule that are compiled together (reference::Part).
struct Part {
  RuleId rule;
  bool self = false;
  SourceId source;
  SourceId companion;  ///< the destinations as sources, where the rule has a companion; invalid for `self`
  std::vector<Target> targets;
  Position position = 0;  ///< of its first draft; the others follow by 1
};

struct Rule {
  Span span;
  std::vector<TermId> src;  ///< as written; invalid ids mean nothing
  PostureId posture;
  std::vector<reference::ProtocolPorts> ip;
  wire::CapMap app;
  std::vector<TermId> via;
  std::vector<PartId> parts;
  bool drive = false, relay = false;  ///< has a capability with a companion

  bool has_via() const { return !via.empty(); }
  /// Whether it puts anything about `app` on the wire.
  bool grants_app() const { return !app.empty() && !src.empty() && via.empty(); }
  bool has_companion() const { return grants_app() && (drive || relay); }
};

/// One mention of a selector as a destination.
struct Use {
  PartId part;
  uint32_t target = 0;
};

/// Drafts of a part: one for each protocol, then the app capabilities, then their companions.
constexpr Position kAppDraft = 1 << 10;
constexpr Position kDriveDraft = kAppDraft + 1;
constexpr Position kRelayDraft = kAppDraft + 2;

/// What an edit did, to be followed further: to the nodes whose tables are others now.
struct Effects {
  std::vector<ClassId> classes;        ///< that lost or won nodes or terms
  std::vector<TermId> terms;           ///< groups with other members
  std::vector<ChangedSource> sources;  ///< one may come twice
  std::vector<RangeId> subnets;        ///< that came into or went out of what `*` means as a source; one may come twice
  bool routes = false;                 ///< a router came, went or changed
  bool anew = false;                   ///< the form is of no use any more and has to be made again
};

class SharedForm {
 public:
  /// Refers to the meaning's policy and tailnet and to nothing of the tree. The policy must have passed the check.
  /// Nodes that are not `present` take no part; an empty list has all of them.
  SharedForm(const reference::Meaning& meaning, const SyntaxTree& tree, const std::vector<bool>& present = {});
  SharedForm(const SharedForm&) = delete;

  const Identity& identity() const { return identity_; }
  const Sources& sources() const { return sources_; }
  const reference::Meaning& meaning() const { return identity_.meaning(); }

  size_t rule_count() const { return rules_.size(); }
  const Rule& operator[](RuleId id) const { return rules_[id]; }
  size_t part_count() const { return parts_.size(); }
  const Part& operator[](PartId id) const { return parts_[id]; }
  const Rule& rule_of(PartId id) const { return rules_[parts_[id].rule]; }

  /// Where a term is the destination of a part that is neither `self` nor bound to `via`.
  const std::vector<Use>& uses(TermId term) const { return uses_[term.value]; }
  /// Terms among those that name every node, where they are a destination.
  const std::vector<TermId>& all_node_terms() const { return all_node_terms_; }
  const std::vector<PartId>& self_parts() const { return self_parts_; }
  const std::vector<PartId>& via_parts() const { return via_parts_; }
  const std::vector<PartId>& companion_parts() const { return companion_parts_; }

  /// Where the rule stands into which those with this source and protocol merge, over drafts that exist at every node.
  /// Merging knows no nodes: the place counts even where that first draft has no destination (recorded answers).
  Position first(ContentId content, uint8_t protocol) const;

  // Edits. Each adds to what `out` has.

  /// Before the tailnet's record of the node changes.
  void node_leaves(TailnetNodeId node, Effects& out);
  /// After it has changed.
  void node_arrives(TailnetNodeId node, Effects& out);
  /// After the policy's list of members has changed.
  void member_changes(TermId group, StringId login, UserId user, bool member, Effects& out);
  std::vector<ContentId> take_retired() { return sources_.take_retired(); }

 private:
  void add(const reference::Statement& statement, const SyntaxTree& tree);
  void add_part(RuleId rule, const reference::Part& part);

  Identity identity_;
  Sources sources_;
  Store<Rule, RuleId> rules_;
  Store<Part, PartId> parts_;
  std::vector<std::vector<Use>> uses_;
  std::vector<TermId> all_node_terms_;
  std::vector<PartId> self_parts_, via_parts_, companion_parts_;
};

}  // namespace aclc::lower
