// SPDX-License-Identifier: Apache-2.0
// What the rest of a rule leaves open. Each line stands for a finding of compiler/check, which says where the rule comes from.
#include <algorithm>

#include "base/net/protocol.h"
#include "lsp/features/completion.h"

namespace aclc::lsp::completion {
namespace {

constexpr std::string_view kConnectors = "tailscale.com/app-connectors";

bool is_tagged(SelectorKind kind, Autogroup autogroup) { return kind == SelectorKind::kTag || autogroup == Autogroup::kTagged; }

bool is_people(SelectorKind kind, Autogroup autogroup) {
  return kind == SelectorKind::kUser || kind == SelectorKind::kUserDomain || kind == SelectorKind::kGroup ||
         autogroup == Autogroup::kMember || is_role(autogroup);
}

/// The rule that a place is in; null where it is in none. Rules stand in the order of the text.
template <class Rule>
const Rule* rule_at(const std::vector<Rule>& rules, const SyntaxTree& tree, const Place& place) {
  constexpr size_t kRule = 3;  // below the policy, the section's member and its list
  if (place.chain.size() <= kRule) return nullptr;
  const uint32_t begin = tree[place.chain[kRule]].span.begin;
  const auto found = std::lower_bound(rules.begin(), rules.end(), begin, [](const Rule& r, uint32_t at) { return r.span.begin < at; });
  return found != rules.end() && found->span.begin == begin ? &*found : nullptr;
}

bool holds(std::span<const Selector> selectors, Autogroup autogroup) {
  return std::any_of(selectors.begin(), selectors.end(), [&](const Selector& s) { return s.autogroup == autogroup; });
}

/// Whether `autogroup:self` may be the destination of these sources.
bool may_mean_self(std::span<const Selector> sources, bool wildcard) {
  return std::all_of(sources.begin(), sources.end(), [&](const Selector& s) {
    return s.kind == SelectorKind::kInvalid || is_people(s.kind, s.autogroup) || (wildcard && s.kind == SelectorKind::kWildcard);
  });
}

void of_protocol(RuleContext& out, const Protocol& proto) { out.ports = !proto.present() || protocol_has_ports(proto.number); }

RuleContext of_acl(const Policy& policy, const AclRule& rule) {
  RuleContext out;
  of_protocol(out, rule.proto);
  out.self = may_mean_self(policy.at(rule.src), true);
  for (const Destination& d : policy.at(rule.dst)) {
    out.only_people |= d.selector.autogroup == Autogroup::kSelf;
    for (const PortItem& item : policy.at(d.ports)) out.without_ports &= item.range.is_all();
  }
  return out;
}

RuleContext of_grant(const Policy& policy, const Grant& grant) {
  RuleContext out;
  out.self = may_mean_self(policy.at(grant.src), false);
  out.internet = grant.app.empty();
  out.app = !holds(policy.at(grant.dst), Autogroup::kInternet);
  out.only_people = holds(policy.at(grant.dst), Autogroup::kSelf);
  out.wildcard = !out.only_people;
  return out;
}

RuleContext of_ssh(const Policy& policy, const SshRule& rule) {
  RuleContext out;
  out.ssh = &rule;
  const std::string_view action = policy.text(rule.action);
  out.check_period = action != "accept";
  out.tagged = action != "check" && !holds(policy.at(rule.dst), Autogroup::kSelf);
  for (const Selector& d : policy.at(rule.dst)) {
    if (d.kind == SelectorKind::kUser) out.source = policy.text(d);
  }
  for (const Selector& s : policy.at(rule.src)) {
    if (s.kind == SelectorKind::kInvalid) continue;
    if (is_tagged(s.kind, s.autogroup)) out.self = out.check = false;
    // One's own devices are open to oneself alone.
    if (s.kind != SelectorKind::kUser || (!out.own.empty() && out.own != policy.text(s))) out.users = false;
    else out.own = policy.text(s);
  }
  return out;
}

RuleContext of_test(const Policy& policy, const AclTest& test) {
  RuleContext out;
  of_protocol(out, test.proto);
  for (const Slice<Destination> list : {test.accept, test.deny}) {
    for (const Destination& d : policy.at(list)) {
      for (const PortItem& item : policy.at(d.ports)) (item.range.first == 0 ? out.with_ports : out.without_ports) = false;
    }
  }
  return out;
}

RuleContext of_node_attr(const Policy& policy, const NodeAttr& entry) {
  RuleContext out;
  for (const AppCapability& app : policy.at(entry.app)) out.only_wildcard |= policy.text(app.name) == kConnectors;
  const auto targets = policy.at(entry.target);
  out.connectors = targets.size() == 1 && targets[0].kind == SelectorKind::kWildcard;
  return out;
}

}  // namespace

RuleContext rule_context(const Analysis& a, const Place& place) {
  // Of the names of members only a few depend on others; for the rest the policy need not be read.
  if (place.what == Place::What::kFieldName && place.shape != Shape::kGrant && place.shape != Shape::kSsh) return {};
  const Policy& policy = a.policy();
  // The object of a name is `shape`; of a value `shape` is the object that holds its field.
  switch (place.shape) {
    case Shape::kAcl:
      if (const AclRule* rule = rule_at(policy.acls, a.tree(), place)) return of_acl(policy, *rule);
      break;
    case Shape::kGrant:
      if (const Grant* rule = rule_at(policy.grants, a.tree(), place)) return of_grant(policy, *rule);
      break;
    case Shape::kSsh:
      if (const SshRule* rule = rule_at(policy.ssh, a.tree(), place)) return of_ssh(policy, *rule);
      break;
    case Shape::kTest:
      if (const AclTest* test = rule_at(policy.tests, a.tree(), place)) return of_test(policy, *test);
      break;
    case Shape::kNodeAttr:
      if (const NodeAttr* entry = rule_at(policy.node_attrs, a.tree(), place)) return of_node_attr(policy, *entry);
      break;
    case Shape::kSshTest: {
      RuleContext out;
      out.ssh_test = rule_at(policy.ssh_tests, a.tree(), place);
      return out;
    }
    default:
      break;
  }
  return {};
}

bool RuleContext::takes(Standpoint at, SelectorKind kind, Autogroup autogroup, std::string_view name) const {
  switch (at) {
    case Standpoint::kAclSrc:
    case Standpoint::kGrantSrc:
      return !only_people || is_people(kind, autogroup) || (wildcard && kind == SelectorKind::kWildcard);
    case Standpoint::kAclDst:
    case Standpoint::kGrantDst:
      return (self || autogroup != Autogroup::kSelf) && (internet || autogroup != Autogroup::kInternet);
    case Standpoint::kSshSrc:
      if (!source.empty() && (kind != SelectorKind::kUser || name != source)) return false;
      return tagged || !is_tagged(kind, autogroup);
    case Standpoint::kSshDst:
      if (kind == SelectorKind::kUser) return users && (own.empty() || name == own);
      return self || autogroup != Autogroup::kSelf;
    case Standpoint::kNodeAttrTarget:
      return !only_wildcard || kind == SelectorKind::kWildcard;
    default:
      return true;
  }
}

}  // namespace aclc::lsp::completion
