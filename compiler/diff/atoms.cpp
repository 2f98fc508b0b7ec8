// SPDX-License-Identifier: Apache-2.0
#include "compiler/diff/atoms.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "base/sorted.h"
#include "compiler/diff/classes.h"

namespace aclc::diff {

using identity::ClassId;
using identity::Identity;
using identity::IdentityClass;
using identity::RangeId;

Atoms::Atoms(const Side& before, const Side& after, const Tailnet& tailnet) : sides_{&before, &after}, tailnet_(tailnet) {
  join_classes();
  add_node_atoms();
  add_range_atoms();
  for (const bool side : {false, true}) of_content_[side].resize(sides_[side]->form.sources().content_count());
}

void Atoms::join_classes() {
  std::unordered_map<uint64_t, uint32_t> known;
  for (const bool side : {false, true}) joint_of_[side].resize(sides_[side]->identity().class_count());
  of_user_.resize(tailnet_.users.size());
  for (size_t i = 0; i < tailnet_.nodes.size(); ++i) {
    const TailnetNodeId id(i);
    const ClassId a = sides_[0]->identity().class_of(id), b = sides_[1]->identity().class_of(id);
    const auto [entry, is_new] = known.try_emplace(uint64_t{a.value} << 32 | b.value, static_cast<uint32_t>(classes_.size()));
    if (is_new) {
      JointClass& made = classes_.emplace_back();
      made.in[0] = a;
      made.in[1] = b;
      const Node& node = tailnet_.nodes[id];
      if (!node.tagged()) made.user = node.user;
      if (made.user.valid()) of_user_[made.user.value].push_back(entry->second);
      joint_of_[0][a.value].push_back(entry->second);
      joint_of_[1][b.value].push_back(entry->second);
    }
    classes_[entry->second].nodes.push_back(id);
  }
}

void Atoms::add_node_atoms() {
  struct Use {
    Address address;
    uint32_t joint;
    TailnetNodeId node;
  };
  std::vector<Use> uses;
  for (uint32_t j = 0; j < classes_.size(); ++j) {
    for (const TailnetNodeId id : classes_[j].nodes) {
      for (const Address& a : reference::Meaning::addresses(tailnet_.nodes[id])) uses.push_back({a, j, id});
    }
  }
  std::sort(uses.begin(), uses.end(), [](const Use& a, const Use& b) { return a.address != b.address ? a.address < b.address : a.node < b.node; });
  std::vector<std::array<uint32_t, 2>> own(classes_.size(), {UINT32_MAX, UINT32_MAX});
  owned_.reserve(uses.size());
  for (size_t begin = 0, end = 0; begin < uses.size(); begin = end) {
    for (end = begin + 1; end < uses.size() && uses[end].address == uses[begin].address; ++end) {
    }
    const Use& first = uses[begin];
    const size_t family = first.address.is_v4() ? 0 : 1;
    // An address that several nodes have is an atom of its own, which the classes of all of them have.
    const bool shared = end - begin > 1;
    uint32_t atom = shared ? UINT32_MAX : own[first.joint][family];
    if (atom == UINT32_MAX) {
      atom = static_cast<uint32_t>(atoms_.size());
      atoms_.push_back({first.address.family, {}, first.node});
      for (size_t u = begin; u < end; ++u) insert_sorted(classes_[uses[u].joint].atoms[family], atom);
      if (!shared) own[first.joint][family] = atom;
    }
    shares_ = shares_ || shared;
    atoms_[atom].ranges.push_back({first.address, first.address});
    atoms_[atom].first_node = std::min(atoms_[atom].first_node, first.node);
    owned_.push_back({first.address, atom});
  }
}

void Atoms::add_split(const AddressSet& addresses, std::vector<uint32_t>& added) {
  for (const Family family : {Family::kV4, Family::kV6}) {
    Atom atom{family, {}, {}};
    for (const AddressRange& r : addresses.ranges()) {
      if (r.first.family == family) atom.ranges.push_back(r);
    }
    if (atom.ranges.empty()) continue;
    added.push_back(static_cast<uint32_t>(atoms_.size()));
    atoms_.push_back(std::move(atom));
  }
}

void Atoms::add_range_atoms() {
  std::vector<AddressRange> of_nodes;
  for (const Owned& o : owned_) of_nodes.push_back({o.address, o.address});
  std::vector<AddressSet> sets = {AddressSet::of(std::move(of_nodes))};
  std::vector<std::pair<bool, RangeId>> origins = {{}};
  std::vector<AddressRange> all(sets.front().ranges().begin(), sets.front().ranges().end());
  for (const bool side : {false, true}) {
    const identity::RangeTable& ranges = sides_[side]->identity().ranges();
    atoms_of_range_[side].resize(ranges.size());
    for (size_t i = 0; i < ranges.size(); ++i) {
      sets.push_back(AddressSet::of({ranges[RangeId(i)]}));
      origins.emplace_back(side, RangeId(i));
      all.push_back(ranges[RangeId(i)]);
    }
  }
  std::vector<uint32_t> added;
  for (const AddressClass& c : address_classes(sets)) {
    if (c.in.front() == 0) continue;  // nodes have them
    added.clear();
    add_split(c.addresses, added);
    for (const uint32_t set : c.in) {
      AtomSet& out = atoms_of_range_[origins[set].first][origins[set].second.value];
      out.insert(out.end(), added.begin(), added.end());
    }
  }
  const AddressSet everything = AddressSet::of({{Address::v4(0), Address::v4(UINT32_MAX)}, {Address::v6(0), Address::v6(~uint128{0})}});
  add_split(everything.subtract(AddressSet::of(std::move(all))), added);
}

void Atoms::add_classes(bool after, const std::vector<ClassId>& classes, AtomSet& out) const {
  for (const ClassId c : classes) {
    for (const uint32_t j : joint_of_[after][c.value]) {
      for (const AtomSet& own : classes_[j].atoms) out.insert(out.end(), own.begin(), own.end());
    }
  }
}

AtomSet Atoms::resolve(bool after, lower::ContentId content) const {
  const lower::Sources& sources = sides_[after]->form.sources();
  const Identity& identity = sides_[after]->identity();
  const lower::Source& source = sources[sources[content].sources.front()];
  AtomSet out;
  if (source.everyone) {
    out.resize(atoms_.size());
    std::iota(out.begin(), out.end(), 0U);
    return out;
  }
  add_classes(after, source.classes, out);
  for (const RangeId r : source.ranges) {
    const AtomSet& others = atoms_of_range_[after][r.value];
    out.insert(out.end(), others.begin(), others.end());
    for (const identity::RegionId region : identity.regions_in(r)) {
      for (const ClassId c : identity[region].classes) {
        const IdentityClass& of_class = identity[c];
        for (const uint32_t j : joint_of_[after][c.value]) {
          const AtomSet& v4 = classes_[j].atoms[0];
          const AtomSet& v6 = classes_[j].atoms[1];
          if (of_class.has_v4 && of_class.v4 == region) out.insert(out.end(), v4.begin(), v4.end());
          if (of_class.has_v6 && of_class.v6 == region) out.insert(out.end(), v6.begin(), v6.end());
        }
      }
    }
  }
  sort_unique(out);
  return out;
}

const AtomSet& Atoms::of(bool after, lower::ContentId content) {
  AtomSet& known = of_content_[after][content.value];
  if (known.empty()) known = resolve(after, content);
  return known;
}

AtomSet Atoms::of(bool after, const std::vector<ClassId>& classes) const {
  AtomSet out;
  add_classes(after, classes, out);
  sort_unique(out);
  return out;
}

AtomSet Atoms::of_user(UserId user) const {
  AtomSet out;
  for (const uint32_t j : of_user_[user.value]) {
    for (const AtomSet& own : classes_[j].atoms) out.insert(out.end(), own.begin(), own.end());
  }
  sort_unique(out);
  return out;
}

uint32_t Atoms::of_node_address(const Address& a) const {
  const auto found = std::lower_bound(owned_.begin(), owned_.end(), a, [](const Owned& o, const Address& b) { return o.address < b; });
  ACLC_CHECK(found != owned_.end() && found->address == a);
  return found->atom;
}

AddressSet Atoms::addresses(const AtomSet& atoms) const {
  std::vector<AddressRange> ranges;
  for (const uint32_t a : atoms) ranges.insert(ranges.end(), atoms_[a].ranges.begin(), atoms_[a].ranges.end());
  return AddressSet::of(std::move(ranges));
}

}  // namespace aclc::diff
