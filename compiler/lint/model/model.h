// SPDX-License-Identifier: Apache-2.0
// What acls and grants allow, symbolically: over every tailnet that the policy may be applied to.
//
// The model. A selector that means devices (a user, a tag, a group, an autogroup) is an *atom*; a defined group is its users.
// A destination that means addresses (an address, a CIDR, a host, an ipset, autogroup:internet) is a *range* for each of its
// runs of addresses. `up(a)` are the atoms that hold every device of atom `a` in every tailnet: a user is in the groups that
// list it and in `*`, an owner is an admin and a member. What is not certain is left out: without a tailnet nobody knows that a
// user is a member and no guest, nor that a tagged device is not shared in, so neither is in `up`. A range is in another if
// every node to which the one applies gets the other too (reference: FilterCompiler::applies), so a public range is only in one
// that is public as a whole, and two halves do not make a whole: a router of the one need not serve the other.
// Sources that mean addresses are compared as sets of addresses. `*` as a source means the tailnet's addresses.
//
// With a tailnet `up` knows more: users' roles, and that nothing is shared in.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/net/address_set.h"
#include "base/net/ports.h"
#include "compiler/check/check.h"
#include "compiler/tailnet/tailnet.h"
#include "parser/policy/policy.h"

namespace aclc {

using AtomId = uint32_t;

/// Ports of one protocol; protocol 0 stands for the default ones.
struct PortAccess {
  uint8_t protocol = 0;
  PortSet ports;
  bool whole = false;  ///< one item of the policy gives all ports: only then do protocols without ports pass
};

/// A destination of a rule. `access` is into AccessRule::access.
struct AccessTarget {
  AtomId unit;
  uint32_t access_begin, access_end;
  Span span;  ///< the selector, with its ports in an acl
};

/// An acl or a grant. Rules stand in the order in which they count: grants, then acls.
struct AccessRule {
  bool grant = false;
  uint32_t index = 0;  ///< into policy.grants or policy.acls
  Span span;
  std::vector<AtomId> sources;  ///< sorted, once each; a defined group by its own atom
  AddressSet addresses;         ///< of sources that mean addresses
  uint32_t posture = 0;         ///< 0: none; else a list of AccessModel::postures
  std::vector<AccessTarget> targets;  ///< in the order of the policy; a literal has one for each of its ranges
  std::vector<PortAccess> access;
  bool via = false, app = false;

  /// It opens ports to all routers alike and does nothing else, so that rules like it can take its place.
  bool plain() const { return !via && !app && !access.empty(); }
};

class AccessModel {
 public:
  /// The tailnet may be null. Atoms are made for what acls and grants name, and for `also`.
  AccessModel(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet, std::span<const Selector> also = {});

  static constexpr AtomId kNone = UINT32_MAX;

  const std::vector<AccessRule>& rules() const { return rules_; }
  /// Atoms that hold all of this one, itself included.
  std::span<const AtomId> up(AtomId atom) const { return atoms_[atom].up; }
  /// Of a group that the policy defines: its users. Empty for every other atom.
  std::span<const AtomId> members(AtomId atom) const { return atoms_[atom].members; }
  bool is_defined_group(AtomId atom) const { return atoms_[atom].defined_group; }
  size_t atom_count() const { return atoms_.size(); }
  /// `*`, or `autogroup:danger-all`: as a source it holds every device.
  bool is_everything(AtomId atom) const { return atom == any_ || atom == danger_; }
  AtomId any() const { return any_; }
  AtomId self() const { return self_; }
  bool is_range(AtomId atom) const { return atoms_[atom].is_range; }
  const AddressRange& range(AtomId atom) const { return atoms_[atom].range; }
  /// The atom as the policy would write it.
  std::string name(AtomId atom) const;
  /// Of one that is no range: a selector that means it, which stands nowhere.
  Selector selector(AtomId atom) const;

  /// The atom of a selector that means devices, if the rules know it; kNone for literals and unknown names.
  AtomId find(const Selector& selector) const;
  /// The atom of a user, if some rule or group names it.
  AtomId find_user(StringId login) const;
  /// The units that a destination means: an atom, or a range for each run of addresses. Only those that rules know.
  std::vector<AtomId> units_of(const Selector& selector) const;
  /// Addresses of a selector that means addresses.
  bool literal(const Selector& selector, AddressSet& out) const;

  /// A tag, or `autogroup:tagged`: its devices are nobody's own.
  bool is_tagged(AtomId atom) const {
    return atoms_[atom].kind == SelectorKind::kTag || (atoms_[atom].kind == SelectorKind::kAutogroup && atoms_[atom].autogroup == Autogroup::kTagged);
  }
  bool is_user(AtomId atom) const { return atoms_[atom].kind == SelectorKind::kUser; }
  /// Whether some device may be in both, as far as names can tell: a device may have any tags, so two tags may meet, but then
  /// by chance only and that is not counted.
  bool may_meet(AtomId a, AtomId b) const;

  /// Whether a device that satisfies posture list `narrow` satisfies `wide` too; 0 is no condition.
  bool implies(uint32_t narrow, uint32_t wide) const;

 private:
  struct Atom {
    SelectorKind kind = SelectorKind::kInvalid;
    Autogroup autogroup = Autogroup::kNone;
    StringId name;
    bool is_range = false, defined_group = false;
    AddressRange range;
    std::vector<AtomId> up, members;
  };

  AtomId atom(SelectorKind kind, Autogroup autogroup, StringId name);
  AtomId atom_of(const Selector& selector);
  AtomId range_atom(const AddressRange& range);
  void add_group(const Group& group);
  void add_rule(AccessRule rule, std::span<const Selector> src, const PostureRefs& posture);
  void add_target(AccessRule& rule, const Selector& selector, uint32_t begin, uint32_t end, Span span);
  void add_source(AccessRule& rule, const Selector& selector);
  uint32_t posture_of(const PostureRefs& refs);
  AddressSet ipset(uint32_t index, uint32_t depth) const;
  void make_up();
  void make_up_of_ranges();

  const Policy& policy_;
  const Definitions& definitions_;
  const Tailnet* tailnet_;
  std::vector<Atom> atoms_;
  std::unordered_map<uint64_t, AtomId> by_key_;
  std::unordered_map<std::string, AtomId> by_range_;
  std::vector<AccessRule> rules_;
  std::vector<std::vector<StringId>> postures_;  ///< sorted names
  AtomId any_, danger_, self_;
};

}  // namespace aclc
