// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/statements.h"

#include <algorithm>

namespace aclc::reference {

namespace {

bool is_self(const Target& t) {
  return t.selector.kind == SelectorKind::kAutogroup && t.selector.autogroup == Autogroup::kSelf;
}

/// Users, hosts, addresses and `*`, in contrast to `group:`, `tag:`, `autogroup:` ... names.
bool is_plain(const Target& t) {
  switch (t.selector.kind) {
    case SelectorKind::kWildcard:
    case SelectorKind::kAddress:
    case SelectorKind::kPrefix:
    case SelectorKind::kUser:
    case SelectorKind::kHost: return true;
    default: return false;
  }
}

/// The destinations without `autogroup:self` first, then `autogroup:self`.
std::vector<Part> self_last(std::vector<Target> targets) {
  Part others, self{true, {}};
  for (Target& t : targets) (is_self(t) ? self : others).targets.push_back(std::move(t));
  std::vector<Part> parts;
  if (!others.targets.empty()) parts.push_back(std::move(others));
  if (!self.targets.empty()) parts.push_back(std::move(self));
  return parts;
}

/// The order of an acl's destinations (recorded answers): an entry of nothing but autogroups keeps the file's order; in every
/// other, plain selectors come before `group:`, `tag:` and `autogroup:` names, and `autogroup:self` comes last.
std::vector<Part> acl_order(std::vector<Target> targets) {
  const bool only_autogroups = std::all_of(targets.begin(), targets.end(), [](const Target& t) {
    return t.selector.kind == SelectorKind::kAutogroup;
  });
  if (!only_autogroups) {
    std::stable_partition(targets.begin(), targets.end(), is_plain);
    return self_last(std::move(targets));
  }
  std::vector<Part> parts;
  for (Target& t : targets) {
    const bool self = is_self(t);
    if (parts.empty() || parts.back().self != self) parts.push_back({self, {}});
    parts.back().targets.push_back(std::move(t));
  }
  return parts;
}

Statement of_grant(const Policy& policy, const Grant& grant) {
  Statement s;
  s.span = grant.span;
  s.src_posture = grant.src_posture;
  for (const Selector& src : policy.at(grant.src)) s.src.push_back(src);
  std::vector<Target> targets;
  for (const Selector& dst : policy.at(grant.dst)) targets.push_back({dst, {}});
  s.parts = self_last(std::move(targets));
  // Grouped by protocol in the order of first appearance; ports keep their order (recorded answers).
  for (const NetCapability& item : policy.at(grant.ip)) {
    auto group = std::find_if(s.ip.begin(), s.ip.end(),
                              [&](const ProtocolPorts& p) { return p.protocol == item.proto.number; });
    if (group == s.ip.end()) group = s.ip.insert(s.ip.end(), {item.proto.number, {}});
    for (const PortItem& port : policy.at(item.ports)) group->ports.push_back(port.range);
  }
  for (const AppCapability& app : policy.at(grant.app)) s.app.push_back(app);
  for (const Selector& via : policy.at(grant.via)) s.via.push_back(via);
  return s;
}

Statement of_acl(const Policy& policy, const AclRule& acl) {
  Statement s;
  s.span = acl.span;
  s.src_posture = acl.src_posture;
  for (const Selector& src : policy.at(acl.src)) s.src.push_back(src);
  // One target for each distinct selector: the ports of a selector that is given twice are put together (recorded answers).
  std::vector<Target> targets;
  for (const Destination& dst : policy.at(acl.dst)) {
    auto known = std::find_if(targets.begin(), targets.end(), [&](const Target& t) {
      return t.selector.kind == dst.selector.kind && t.selector.name == dst.selector.name;
    });
    if (known == targets.end()) known = targets.insert(targets.end(), {dst.selector, {}});
    for (const PortItem& port : policy.at(dst.ports)) known->ports.push_back(port.range);
  }
  s.parts = acl_order(std::move(targets));
  s.ip.push_back({acl.proto.number, {}});
  return s;
}

Statement everything() {
  Selector any;
  any.kind = SelectorKind::kWildcard;
  Statement s;
  s.src.push_back(any);
  s.parts.push_back({false, {{any, {}}}});
  s.ip.push_back({0, {PortRange::all()}});
  return s;
}

}  // namespace

void each_statement(const Policy& policy, const std::function<void(Statement)>& visit) {
  if (policy.allows_all()) return visit(everything());
  for (const Grant& grant : policy.grants) visit(of_grant(policy, grant));
  for (const AclRule& acl : policy.acls) visit(of_acl(policy, acl));
}

std::vector<Statement> statements(const Policy& policy) {
  std::vector<Statement> out;
  each_statement(policy, [&](Statement s) { out.push_back(std::move(s)); });
  return out;
}

std::vector<Span> statement_spans(const Policy& policy) {
  if (policy.allows_all()) return {Span()};
  std::vector<Span> out;
  for (const Grant& grant : policy.grants) out.push_back(grant.span);
  for (const AclRule& acl : policy.acls) out.push_back(acl.span);
  return out;
}

}  // namespace aclc::reference
