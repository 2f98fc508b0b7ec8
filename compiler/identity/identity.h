// SPDX-License-Identifier: Apache-2.0
// Nodes -> identity classes; selectors of the policy -> sets of classes.
//
// Nodes that nothing in the policy can tell apart form one class: the same user, or the same tags; in the same ranges of
// addresses that the policy speaks of; with the same answers to the postures that it asks for; serving the same routes. What is
// decided about a class holds for each of its nodes, but for their own addresses.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/few.h"
#include "compiler/identity/class_table.h"
#include "compiler/identity/ranges.h"
#include "compiler/reference/meaning.h"

namespace aclc::identity {

struct Term;
using TermId = Id<Term>;
/// A srcPosture list that a rule asks for; 0 asks for nothing.
using PostureId = Id<PostureRefs>;
/// What a node serves; 0 is nothing.
struct RouteSet;
using RouteSetId = Id<RouteSet>;

/// A selector of the policy, kept once however often it is written.
struct Term {
  Selector selector;
  /// `*` and `autogroup:danger-all` as names of nodes: every class, and `classes` stays empty.
  bool all_nodes = false;
  /// Address, CIDR, host or ipset: what it means is addresses, `ranges`, in their order. As a name of nodes it means those
  /// that have an address in one of them.
  bool literal = false;
  /// `autogroup:internet`: `ranges`, but no literal and no nodes.
  bool internet = false;
  std::vector<RangeId> ranges;
  std::vector<ClassId> classes;  ///< ascending
};

struct IdentityClass {
  UserId user;  ///< of its untagged nodes, where they have one
  RouteSetId routes;
  uint32_t postures = 0;  ///< number of the set of postures that it passes
  bool has_v4 = false, has_v6 = false;
  RegionId v4, v6;                    ///< of its addresses; region 0 where it has none
  Few<TermId, 4> terms;               ///< that have the class among their classes, ascending
  Few<TailnetNodeId, 4> nodes;        ///< ascending; empty once the last one left
  ContentHash hash;                   ///< of its nodes' addresses

  bool has_address() const { return has_v4 || has_v6; }
};

struct RouteSet {
  reference::ServedRoutes served;
  std::vector<RangeId> overlapping;  ///< ranges of the table that overlap one of its subnets
};

/// Nodes that have an address in a region.
struct Occupied {
  Address sample;
  std::vector<RangeId> ranges;   ///< that hold the region
  std::vector<TermId> literals;  ///< that name the region
  std::vector<ClassId> classes;
};

/// Refers to policy and tailnet of the meaning. A tailnet that changes has to be told: see enter() and leave().
class Identity {
 public:
  /// Every selector and posture of the policy's rules becomes a term, every node gets its class. O(nodes + selectors).
  /// Nodes that are not `present` take no part; an empty list has all of them.
  explicit Identity(const reference::Meaning& meaning, const std::vector<bool>& present = {});

  const reference::Meaning& meaning() const { return meaning_; }
  const RangeTable& ranges() const { return ranges_; }

  /// The term of a selector of the policy; invalid for one that stands in none of the rules.
  TermId term_of(const Selector& selector) const;
  const Term& operator[](TermId id) const { return terms_[id]; }
  size_t term_count() const { return terms_.size(); }
  PostureId posture_of(const PostureRefs& effective) const;

  const IdentityClass& operator[](ClassId id) const { return classes_[id.value]; }
  size_t class_count() const { return classes_.size(); }
  ClassId class_of(TailnetNodeId node) const { return class_of_[node.value]; }
  /// Any node of the class, which has one.
  const Node& sample(ClassId id) const { return meaning_.node(classes_[id.value].nodes.front()); }
  /// The classes of a user's untagged nodes.
  std::span<const ClassId> classes_of(UserId user) const;

  bool has(TermId term, ClassId id) const;
  bool passes(ClassId id, PostureId posture) const;

  const RouteSet& operator[](RouteSetId id) const { return routes_[id]; }
  size_t route_set_count() const { return routes_.size(); }
  /// The classes that serve these routes.
  const std::vector<ClassId>& servers(RouteSetId id) const { return servers_[id.value]; }
  /// The ranges of all subnet routes of the tailnet, each once.
  std::vector<RangeId> subnet_routes() const;

  const Occupied& operator[](RegionId id) const { return occupied_[id.value]; }
  /// The regions with nodes that lie in the range.
  const std::vector<RegionId>& regions_in(RangeId range) const { return regions_in_[range.value]; }
  const std::vector<TermId>& terms_with(RangeId range) const { return terms_with_[range.value]; }
  /// The ranges that lie in the public addresses: what an exit node is a way to.
  const std::vector<RangeId>& public_ranges() const { return public_; }
  bool is_public(RangeId range) const { return is_public_[range.value]; }

  // Edits. The tailnet's record of a node changes between leave() and arrive().

  /// Takes the node out of its class, which stays even where it was the last one. Returns the class.
  ClassId leave(TailnetNodeId node);
  /// Puts a node into its class, as the tailnet has it now. Nothing where it serves a route that has addresses of nodes
  /// inside and was unknown so far: then classes have to be made anew, and this Identity is of no use any more.
  std::optional<ClassId> arrive(TailnetNodeId node);
  /// The policy's list of a group's members has changed by one user: his classes have the term from now on, or have it no more.
  void set_member(TermId group, StringId login, UserId user, bool member);

 private:
  void declare_terms();
  void declare(Selectors selectors);
  TermId declare(const Selector& selector);
  void declare_posture(const PostureRefs& refs);
  void index_members();
  bool means(const Term& term, const Node& node) const;
  RouteSetId routes_of(const Node& node);
  void index_ranges();
  void index_overlaps(RouteSet& set) const;
  ClassKey key_of(TailnetNodeId id);
  RegionId occupy(const Address& a, size_t& place);
  void enter_all(const std::vector<bool>& present);
  void enter(TailnetNodeId id);
  ClassId class_with(const ClassKey& key, const Node& node);
  ClassId add_class(const ClassKey& key, const Node& node);
  Few<TermId, 4> terms_of(const Node& node, const ClassKey& key) const;
  std::vector<TermId> terms_of_owner(const Node& node) const;
  uint32_t tag_list(const std::vector<StringId>& tags);
  uint32_t passed_postures(const Node& node);
  bool is_asked(StringId attribute);

  reference::Meaning meaning_;
  RangeTable ranges_;
  std::vector<std::vector<TermId>> terms_with_;
  std::vector<RangeId> public_;
  std::vector<bool> is_public_;

  Store<Term, TermId> terms_;
  // Terms by what they are made of, by ids of the policy's names.
  std::vector<TermId> by_name_, by_domain_;
  std::map<Autogroup, TermId> by_autogroup_;
  TermId wildcard_;
  std::vector<std::vector<TermId>> groups_with_;  // by a member's login
  std::vector<TermId> domain_terms_, autogroup_terms_;

  std::vector<PostureRefs> postures_;             // beside PostureId
  std::map<std::vector<bool>, uint32_t> passed_;  // answers to all postures -> number
  std::vector<std::vector<bool>> answers_;
  std::unordered_map<ContentHash, uint32_t> passed_with_;  // by the attributes of a node that the postures speak of
  enum class Asked : uint8_t { kUnknown, kNo, kYes };
  std::vector<Asked> asked_;  // by attribute

  Store<RouteSet, RouteSetId> routes_;
  std::map<std::vector<Prefix>, RouteSetId> known_routes_;
  std::vector<std::vector<ClassId>> servers_;
  struct Approvers {
    Prefix key;
    std::vector<TermId> who;
  };
  std::vector<Approvers> approvers_;
  std::vector<TermId> exit_approvers_;

  std::vector<IdentityClass> classes_;  // by ClassId
  ClassTable known_classes_;
  struct TagListHash {
    size_t operator()(const std::vector<StringId>& tags) const noexcept;
  };
  std::unordered_map<std::vector<StringId>, uint32_t, TagListHash> tag_lists_;
  std::vector<uint32_t> list_of_one_tag_;  // by tag, its number as a list of its own and 1; 0: not known yet
  size_t last_v4_ = 0, last_v6_ = 0;       // where the last addresses were among the regions
  std::vector<ClassId> first_of_tags_;  // by tag list, the class that came first
  std::vector<ClassId> class_of_;
  std::vector<RouteSetId> routes_of_;
  std::vector<Few<ClassId, 2>> of_user_;
  std::vector<Occupied> occupied_;                 // by RegionId
  std::vector<std::vector<RegionId>> regions_in_;  // by RangeId
};

}  // namespace aclc::identity
