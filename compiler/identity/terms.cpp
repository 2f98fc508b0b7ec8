// SPDX-License-Identifier: Apache-2.0
// The selectors, postures and approvers of a policy, before any node is looked at.
#include <algorithm>

#include "compiler/identity/identity.h"

namespace aclc::identity {

namespace {

template <class T>
T& grown(std::vector<T>& v, size_t index) {
  if (v.size() <= index) v.resize(index + 1);
  return v[index];
}

template <class T>
T at_or(const std::vector<T>& v, size_t index) {
  return index < v.size() ? v[index] : T();
}

bool restricts(const PostureRefs& refs) { return refs.present && !refs.names.empty(); }

}  // namespace

void Identity::declare_terms() {
  const Policy& policy = meaning_.policy();
  postures_.emplace_back();  // asks for nothing
  for (const AclRule& acl : policy.acls) {
    declare(acl.src);
    for (const Destination& dst : policy.at(acl.dst)) declare(dst.selector);
    declare_posture(meaning_.effective(acl.src_posture));
  }
  for (const Grant& grant : policy.grants) {
    declare(grant.src);
    declare(grant.dst);
    declare(grant.via);
    declare_posture(meaning_.effective(grant.src_posture));
  }
  if (policy.allows_all()) {
    Selector any;
    any.kind = SelectorKind::kWildcard;
    declare(any);
    declare_posture(meaning_.effective({}));
  }
  for (const SshRule& rule : policy.ssh) {
    declare(rule.src);
    declare(rule.dst);
    declare(rule.recorder);
    declare_posture(rule.src_posture);
  }
  for (const NodeAttr& entry : policy.node_attrs) declare(entry.target);
  declare(policy.auto_approvers.exit_node);
  for (const Selector& s : policy.at(policy.auto_approvers.exit_node)) exit_approvers_.push_back(term_of(s));
  for (const RouteApprovers& r : policy.auto_approvers.routes) {
    declare(r.approvers);
    if (r.prefix.kind != SelectorKind::kPrefix && r.prefix.kind != SelectorKind::kAddress) continue;
    Approvers& key = approvers_.emplace_back();
    key.key = policy.prefix(r.prefix).masked();
    for (const Selector& s : policy.at(r.approvers)) key.who.push_back(term_of(s));
  }
  index_members();
}

void Identity::declare(Selectors selectors) {
  for (const Selector& s : meaning_.policy().at(selectors)) declare(s);
}

TermId Identity::declare(const Selector& s) {
  if (const TermId known = term_of(s); known.valid()) return known;
  Term term;
  term.selector = s;
  const TermId id(terms_.size());
  switch (s.kind) {
    case SelectorKind::kWildcard:
      term.all_nodes = true;
      wildcard_ = id;
      break;
    case SelectorKind::kAutogroup:
      term.all_nodes = s.autogroup == Autogroup::kDangerAll;
      term.internet = s.autogroup == Autogroup::kInternet;
      by_autogroup_[s.autogroup] = id;
      if (!term.all_nodes && !term.internet) autogroup_terms_.push_back(id);
      break;
    case SelectorKind::kUserDomain:
      grown(by_domain_, s.name.value) = id;
      domain_terms_.push_back(id);
      break;
    default:
      if (!s.name.valid()) return {};
      grown(by_name_, s.name.value) = id;
      break;
  }
  const std::optional<AddressSet> addresses = meaning_.literal(s);
  term.literal = addresses.has_value();
  const AddressSet& meant = term.internet ? reference::internet() : addresses ? *addresses : AddressSet();
  for (const AddressRange& r : meant.ranges()) {
    term.ranges.push_back(ranges_.add(r));
    grown(terms_with_, term.ranges.back().value).push_back(id);
  }
  terms_.add(std::move(term));
  return id;
}

TermId Identity::term_of(const Selector& s) const {
  switch (s.kind) {
    case SelectorKind::kWildcard: return wildcard_;
    case SelectorKind::kAutogroup: {
      const auto found = by_autogroup_.find(s.autogroup);
      return found == by_autogroup_.end() ? TermId() : found->second;
    }
    case SelectorKind::kUserDomain: return s.name.valid() ? at_or(by_domain_, s.name.value) : TermId();
    default: return s.name.valid() ? at_or(by_name_, s.name.value) : TermId();
  }
}

void Identity::declare_posture(const PostureRefs& refs) {
  if (restricts(refs) && posture_of(refs).value == 0) postures_.push_back(refs);
}

PostureId Identity::posture_of(const PostureRefs& refs) const {
  if (!restricts(refs)) return PostureId(size_t{0});
  const auto names = meaning_.policy().at(refs.names);
  for (size_t i = 1; i < postures_.size(); ++i) {
    const auto known = meaning_.policy().at(postures_[i].names);
    const bool same = std::equal(names.begin(), names.end(), known.begin(), known.end(),
                                 [](const Selector& a, const Selector& b) { return a.name == b.name; });
    if (same) return PostureId(i);
  }
  return PostureId(size_t{0});
}

void Identity::index_members() {
  const Policy& policy = meaning_.policy();
  for (size_t i = 0; i < terms_.size(); ++i) {
    const Selector& s = terms_[TermId(i)].selector;
    if (s.kind != SelectorKind::kGroup) continue;
    const uint32_t group = meaning_.definitions().group_of(s.name);
    if (group == Definitions::kNone) continue;  // synced from an identity provider: its members are not known here
    for (const Selector& member : policy.at(policy.groups[group].members)) {
      if (member.kind == SelectorKind::kUser) grown(groups_with_, member.name.value).emplace_back(i);
    }
  }
}

/// As World::nodes_of has it, for one node.
bool Identity::means(const Term& term, const Node& node) const {
  const Policy& policy = meaning_.policy();
  const Tailnet& tailnet = meaning_.tailnet();
  const Selector& s = term.selector;
  if (term.all_nodes) return true;
  const auto owned_by = [&](const Selector& user) {
    return !node.tagged() && node.user.valid() && tailnet.text(tailnet.users[node.user].login) == policy.text(user);
  };
  switch (s.kind) {
    case SelectorKind::kAutogroup: return meaning_.in_autogroup(node, s.autogroup);
    case SelectorKind::kUser: return owned_by(s);
    case SelectorKind::kTag:
      return std::any_of(node.tags.begin(), node.tags.end(), [&](StringId tag) { return tailnet.text(tag) == policy.text(s); });
    case SelectorKind::kUserDomain:
      return meaning_.in_autogroup(node, Autogroup::kMember) &&
             reference::domain_of(tailnet.text(tailnet.users[node.user].login)) == policy.text(s);
    case SelectorKind::kGroup: {
      const uint32_t group = meaning_.definitions().group_of(s.name);
      if (group == Definitions::kNone) return false;
      const auto members = policy.at(policy.groups[group].members);
      return std::any_of(members.begin(), members.end(),
                         [&](const Selector& m) { return m.kind == SelectorKind::kUser && owned_by(m); });
    }
    default: break;
  }
  if (!term.literal) return false;
  const auto inside = [&](const std::optional<Address>& a) {
    return a && std::any_of(term.ranges.begin(), term.ranges.end(), [&](RangeId r) { return ranges_[r].contains(*a); });
  };
  return inside(node.ipv4) || inside(node.ipv6);
}

RouteSetId Identity::routes_of(const Node& node) {
  if (node.routable_ips.empty()) return RouteSetId(size_t{0});
  const auto any = [&](const std::vector<TermId>& who) {
    return std::any_of(who.begin(), who.end(), [&](TermId t) { return t.valid() && means(terms_[t], node); });
  };
  reference::ServedRoutes served = reference::Meaning::served_routes(node, any(exit_approvers_), [&](const Prefix& route) {
    return std::any_of(approvers_.begin(), approvers_.end(),
                       [&](const Approvers& a) { return a.key.contains(route) && any(a.who); });
  });
  const auto [known, is_new] = known_routes_.try_emplace(served.all, RouteSetId(routes_.size()));
  if (is_new) {
    for (const Prefix& p : served.subnets) ranges_.add(p.range());
    routes_.add({std::move(served), {}});
    servers_.emplace_back();
  }
  return known->second;
}

}  // namespace aclc::identity
