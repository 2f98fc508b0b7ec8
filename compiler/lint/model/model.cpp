// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/model/model.h"

#include <algorithm>

#include "compiler/reference/world.h"

namespace aclc {
namespace {

constexpr uint32_t kMaxNesting = 64;  ///< of ipsets; the check refuses cycles

template <class T>
void sort_unique(std::vector<T>& v) {
  std::sort(v.begin(), v.end());
  v.erase(std::unique(v.begin(), v.end()), v.end());
}

bool is_literal(SelectorKind kind) {
  return kind == SelectorKind::kAddress || kind == SelectorKind::kPrefix || kind == SelectorKind::kRange ||
         kind == SelectorKind::kHost || kind == SelectorKind::kIpSet;
}

PortAccess access_of(uint8_t protocol, std::span<const PortItem> items) {
  PortAccess out;
  out.protocol = protocol;
  std::vector<PortRange> ranges;
  for (const PortItem& item : items) {
    ranges.push_back(item.range);
    out.whole = out.whole || item.range.is_all();
  }
  out.ports = PortSet::of(std::move(ranges));
  return out;
}

std::string_view domain_of(std::string_view login) {
  const size_t at = login.rfind('@');
  return at == std::string_view::npos ? std::string_view() : login.substr(at + 1);
}

}  // namespace

AccessModel::AccessModel(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet, std::span<const Selector> also)
    : policy_(policy), definitions_(definitions), tailnet_(tailnet), postures_(1) {
  any_ = atom(SelectorKind::kWildcard, Autogroup::kNone, {});
  danger_ = atom(SelectorKind::kAutogroup, Autogroup::kDangerAll, {});
  self_ = atom(SelectorKind::kAutogroup, Autogroup::kSelf, {});
  for (const Group& group : policy.groups) add_group(group);
  rules_.reserve(policy.grants.size() + policy.acls.size());
  for (uint32_t i = 0; i < policy.grants.size(); ++i) {
    const Grant& grant = policy.grants[i];
    AccessRule rule;
    rule.grant = true;
    rule.index = i;
    rule.span = grant.span;
    rule.via = !grant.via.empty();
    rule.app = !grant.app.empty();
    for (const NetCapability& item : policy.at(grant.ip)) {
      rule.access.push_back(access_of(item.proto.number, policy.at(item.ports)));
    }
    const auto all = static_cast<uint32_t>(rule.access.size());
    for (const Selector& dst : policy.at(grant.dst)) add_target(rule, dst, 0, all, dst.span);
    add_rule(std::move(rule), policy.at(grant.src), grant.src_posture);
  }
  for (uint32_t i = 0; i < policy.acls.size(); ++i) {
    const AclRule& acl = policy.acls[i];
    AccessRule rule;
    rule.index = i;
    rule.span = acl.span;
    for (const Destination& dst : policy.at(acl.dst)) {
      rule.access.push_back(access_of(acl.proto.number, policy.at(dst.ports)));
      const auto end = static_cast<uint32_t>(rule.access.size());
      add_target(rule, dst.selector, end - 1, end, dst.span);
    }
    add_rule(std::move(rule), policy.at(acl.src), acl.src_posture);
  }
  for (const Selector& s : also) {
    const bool named = s.name.valid() || s.kind == SelectorKind::kAutogroup;
    if (named && s.kind != SelectorKind::kInvalid && !is_literal(s.kind)) atom_of(s);
  }
  make_up();
  make_up_of_ranges();
}

AtomId AccessModel::atom(SelectorKind kind, Autogroup autogroup, StringId name) {
  const uint64_t key = (uint64_t{static_cast<uint8_t>(kind)} << 40) | (uint64_t{static_cast<uint8_t>(autogroup)} << 32) |
                       (kind == SelectorKind::kAutogroup || kind == SelectorKind::kWildcard ? 0 : name.value);
  const auto [known, is_new] = by_key_.try_emplace(key, static_cast<AtomId>(atoms_.size()));
  if (is_new) {
    Atom a;
    a.kind = kind;
    a.autogroup = autogroup;
    a.name = name;
    atoms_.push_back(std::move(a));
  }
  return known->second;
}

AtomId AccessModel::atom_of(const Selector& s) {
  return atom(s.kind, s.kind == SelectorKind::kAutogroup ? s.autogroup : Autogroup::kNone, s.name);
}

AtomId AccessModel::range_atom(const AddressRange& range) {
  const auto [known, is_new] = by_range_.try_emplace(range.to_text(), static_cast<AtomId>(atoms_.size()));
  if (is_new) {
    Atom a;
    a.is_range = true;
    a.range = range;
    atoms_.push_back(std::move(a));
  }
  return known->second;
}

void AccessModel::add_group(const Group& group) {
  const AtomId id = atom(SelectorKind::kGroup, Autogroup::kNone, group.name.value);
  if (atoms_[id].defined_group) return;  // the first of duplicates counts
  atoms_[id].defined_group = true;
  std::vector<AtomId> members;
  for (const Selector& member : policy_.at(group.members)) {
    if (member.kind == SelectorKind::kUser) members.push_back(atom_of(member));
  }
  sort_unique(members);
  atoms_[id].members = std::move(members);
}

AddressSet AccessModel::ipset(uint32_t index, uint32_t depth) const {
  AddressSet set;
  if (depth > kMaxNesting) return set;
  for (const IpSetElement& element : policy_.at(policy_.ipsets[index].elements)) {
    AddressSet part;
    const Selector& target = element.target;
    if (target.kind == SelectorKind::kIpSet) {
      const uint32_t other = definitions_.ipset_of(target.name);
      if (other != Definitions::kNone) part = ipset(other, depth + 1);
    } else if (target.kind == SelectorKind::kAutogroup && target.autogroup == Autogroup::kInternet) {
      part = reference::internet();
    } else {
      literal(target, part);
    }
    if (element.remove) {
      set.remove(part);
    } else {
      set.add(part);
    }
  }
  return set;
}

bool AccessModel::literal(const Selector& s, AddressSet& out) const {
  switch (s.kind) {
    case SelectorKind::kAddress:
    case SelectorKind::kPrefix:
    case SelectorKind::kRange:
      out.add(policy_.range(s));
      return true;
    case SelectorKind::kHost: {
      const uint32_t host = definitions_.host_of(s.name);
      if (host == Definitions::kNone) return true;
      const Selector& value = policy_.hosts[host].value;
      if (value.kind == SelectorKind::kAddress || value.kind == SelectorKind::kPrefix) out.add(policy_.range(value));
      return true;
    }
    case SelectorKind::kIpSet: {
      const uint32_t index = definitions_.ipset_of(s.name);
      if (index != Definitions::kNone) out.add(ipset(index, 0));
      return true;
    }
    default:
      return false;
  }
}

void AccessModel::add_target(AccessRule& rule, const Selector& s, uint32_t begin, uint32_t end, Span span) {
  if (s.kind == SelectorKind::kInvalid) return;
  AddressSet set;
  const bool internet = s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kInternet;
  if (internet) set = reference::internet();
  if (!internet && !literal(s, set)) {
    rule.targets.push_back({atom_of(s), begin, end, span});
    return;
  }
  for (const AddressRange& r : set.ranges()) rule.targets.push_back({range_atom(r), begin, end, span});
}

void AccessModel::add_source(AccessRule& rule, const Selector& s) {
  if (s.kind != SelectorKind::kInvalid && !literal(s, rule.addresses)) rule.sources.push_back(atom_of(s));
}

uint32_t AccessModel::posture_of(const PostureRefs& own) {
  const PostureRefs& refs = own.present ? own : policy_.default_src_posture;
  if (!refs.present || refs.names.empty()) return 0;
  std::vector<StringId> names;
  for (const Selector& s : policy_.at(refs.names)) names.push_back(s.name);
  sort_unique(names);
  const auto known = std::find(postures_.begin() + 1, postures_.end(), names);
  if (known != postures_.end()) return static_cast<uint32_t>(known - postures_.begin());
  postures_.push_back(std::move(names));
  return static_cast<uint32_t>(postures_.size() - 1);
}

void AccessModel::add_rule(AccessRule rule, std::span<const Selector> src, const PostureRefs& posture) {
  for (const Selector& s : src) add_source(rule, s);
  sort_unique(rule.sources);
  rule.posture = posture_of(posture);
  // The tailnet's addresses are `*` for every device, whatever conditions `*` itself is under.
  rules_.push_back(std::move(rule));
}

bool AccessModel::implies(uint32_t narrow, uint32_t wide) const {
  if (wide == 0 || narrow == wide) return true;
  if (narrow == 0) return false;
  // One of the listed postures has to hold.
  return std::includes(postures_[wide].begin(), postures_[wide].end(), postures_[narrow].begin(), postures_[narrow].end());
}

void AccessModel::make_up() {
  bool shared_in = true, outside = false;
  if (tailnet_ != nullptr) {
    shared_in = false;
    for (const Node& n : tailnet_->nodes) {
      shared_in = shared_in || n.shared_in;
      for (const auto& address : {n.ipv4, n.ipv6}) outside = outside || (address && !reference::tailnet_addresses().contains(*address));
    }
  }
  const auto group_atom = [&](Autogroup g) { return atom(SelectorKind::kAutogroup, g, {}); };
  const AtomId member = group_atom(Autogroup::kMember), tagged = group_atom(Autogroup::kTagged),
               owner = group_atom(Autogroup::kOwner), admin = group_atom(Autogroup::kAdmin);
  std::unordered_map<std::string_view, AtomId> domains;
  std::unordered_map<std::string_view, Role> roles;
  const size_t before = atoms_.size();
  for (AtomId id = 0; id < before; ++id) {
    if (atoms_[id].kind == SelectorKind::kUserDomain) domains[policy_.text(atoms_[id].name)] = id;
  }
  if (tailnet_ != nullptr) {
    for (const User& u : tailnet_->users) roles[tailnet_->text(u.login)] = u.role;
  }
  for (AtomId id = 0; id < before; ++id) {
    Atom& a = atoms_[id];
    if (a.is_range) continue;
    a.up.push_back(id);
    if (id != any_ && id != danger_) a.up.push_back(danger_);
    const bool devices = id != self_ && a.kind != SelectorKind::kService;
    // Every address of all is more than the devices and the approved routes.
    if (id != any_ && id != danger_ && (!outside || !devices)) a.up.push_back(any_);
    if (id == any_) a.up.push_back(danger_);
    switch (a.kind) {
      case SelectorKind::kUser: {
        if (shared_in) break;
        a.up.push_back(member);
        const std::string_view login = policy_.text(a.name);
        if (const auto d = domains.find(domain_of(login)); d != domains.end()) a.up.push_back(d->second);
        if (const auto r = roles.find(login); r != roles.end()) {
          if (r->second == Role::kOwner) a.up.push_back(owner);
          if (r->second == Role::kOwner || r->second == Role::kAdmin) a.up.push_back(admin);
        }
        break;
      }
      case SelectorKind::kUserDomain:
        a.up.push_back(member);
        break;
      case SelectorKind::kTag:
        if (!shared_in) a.up.push_back(tagged);
        break;
      case SelectorKind::kAutogroup:
        if (is_role(a.autogroup)) a.up.push_back(member);
        if (a.autogroup == Autogroup::kOwner) a.up.push_back(admin);
        break;
      default:
        break;
    }
  }
  for (AtomId id = 0; id < atoms_.size(); ++id) {
    for (const AtomId m : atoms_[id].members) atoms_[m].up.push_back(id);
  }
  // A group inside another is below it, too; that the users are says the same, so it needs no entry.
  for (Atom& a : atoms_) sort_unique(a.up);
}

/// For each range those that hold it, as far as one applies wherever the other does. Sorted by beginning, the ranges that may
/// hold one are open when it begins.
void AccessModel::make_up_of_ranges() {
  std::vector<AtomId> order;
  for (AtomId id = 0; id < atoms_.size(); ++id) {
    if (atoms_[id].is_range) order.push_back(id);
  }
  std::sort(order.begin(), order.end(), [&](AtomId a, AtomId b) {
    const AddressRange &x = atoms_[a].range, &y = atoms_[b].range;
    return x.first != y.first ? x.first < y.first : y.last < x.last;
  });
  // With very many ranges inside one another only the nearest are kept: what is left out is not called covered.
  constexpr size_t kOpen = 256;
  std::vector<AtomId> open;
  for (const AtomId id : order) {
    const AddressRange range = atoms_[id].range;
    std::erase_if(open, [&](AtomId o) { return atoms_[o].range.last < range.first; });
    const bool is_public = reference::internet().contains(range);
    for (const AtomId o : open) {
      if (atoms_[o].range.last < range.last) continue;
      if (!is_public || reference::internet().contains(atoms_[o].range)) atoms_[id].up.push_back(o);
    }
    atoms_[id].up.push_back(id);
    atoms_[id].up.push_back(any_);
    sort_unique(atoms_[id].up);
    if (open.size() >= kOpen) open.erase(open.begin());
    open.push_back(id);
  }
}

bool AccessModel::may_meet(AtomId a, AtomId b) const {
  if (a == b) return true;
  const auto above = [&](AtomId x, AtomId y) {
    const std::vector<AtomId>& up = atoms_[x].up;
    return std::binary_search(up.begin(), up.end(), y);
  };
  if (above(a, b) || above(b, a)) return true;
  // Groups of users meet in a user of both; with anything else a group's users have no more to do than the group.
  const auto users = [&](const AtomId& x) {
    return atoms_[x].kind == SelectorKind::kUser ? std::span<const AtomId>(&x, 1) : std::span<const AtomId>(atoms_[x].members);
  };
  const auto ours = users(a), theirs = users(b);
  for (auto i = ours.begin(), j = theirs.begin(); i != ours.end() && j != theirs.end();) {
    if (*i == *j) return true;
    *i < *j ? ++i : ++j;
  }
  if (atoms_[a].is_range || atoms_[b].is_range) {
    // A device may have any address of the tailnet.
    const auto in_tailnet = [&](AtomId x) { return !atoms_[x].is_range || reference::tailnet_addresses().overlaps(atoms_[x].range); };
    if (atoms_[a].is_range && atoms_[b].is_range) return atoms_[a].range.overlaps(atoms_[b].range);
    return in_tailnet(a) && in_tailnet(b);
  }
  const auto single = [&](AtomId x) {
    return atoms_[x].kind == SelectorKind::kUser || atoms_[x].kind == SelectorKind::kTag || atoms_[x].defined_group;
  };
  return is_tagged(a) == is_tagged(b) && !(single(a) && single(b));
}

AtomId AccessModel::find(const Selector& s) const {
  if (is_literal(s.kind)) return kNone;
  const uint64_t group = s.kind == SelectorKind::kAutogroup ? uint64_t{static_cast<uint8_t>(s.autogroup)} : 0;
  const uint64_t name = s.kind == SelectorKind::kAutogroup || s.kind == SelectorKind::kWildcard ? 0 : s.name.value;
  const auto known = by_key_.find((uint64_t{static_cast<uint8_t>(s.kind)} << 40) | (group << 32) | name);
  return known == by_key_.end() ? kNone : known->second;
}

AtomId AccessModel::find_user(StringId login) const {
  const auto known = by_key_.find((uint64_t{static_cast<uint8_t>(SelectorKind::kUser)} << 40) | login.value);
  return known == by_key_.end() ? kNone : known->second;
}

std::vector<AtomId> AccessModel::units_of(const Selector& s) const {
  AddressSet set;
  const bool internet = s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kInternet;
  if (internet) set = reference::internet();
  if (!internet && !literal(s, set)) {
    const AtomId id = find(s);
    return id == kNone ? std::vector<AtomId>() : std::vector<AtomId>{id};
  }
  std::vector<AtomId> out;
  for (const AddressRange& r : set.ranges()) {
    const auto known = by_range_.find(r.to_text());
    if (known != by_range_.end()) out.push_back(known->second);
  }
  return out;
}

Selector AccessModel::selector(AtomId id) const {
  Selector out;
  out.kind = atoms_[id].kind;
  out.autogroup = atoms_[id].autogroup;
  out.name = atoms_[id].name;
  return out;
}

std::string AccessModel::name(AtomId id) const {
  const Atom& a = atoms_[id];
  if (a.is_range) return a.range.to_text();
  if (a.kind == SelectorKind::kWildcard) return "*";
  if (a.kind == SelectorKind::kAutogroup) return std::string(autogroup_name(a.autogroup));
  if (a.kind == SelectorKind::kUserDomain) return "user:*@" + std::string(policy_.text(a.name));
  return std::string(policy_.text(a.name));
}

}  // namespace aclc
