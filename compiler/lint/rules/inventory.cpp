// SPDX-License-Identifier: Apache-2.0
// The policy against the users and devices that are there. All of it needs a tailnet.
#include <fmt/format.h>

#include <set>

#include "base/nearest.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// The console's own pseudo-user for private log streaming.
constexpr std::string_view kLogStream = "logstream@tailscale";
constexpr size_t kMaxCompared = 2000;  ///< logins that are looked through for "did you mean"

bool is_test(Position p) {
  return p == Position::kTestSrc || p == Position::kTestDst || p == Position::kSshTestSrc || p == Position::kSshTestDst;
}

}  // namespace

void unknown_user(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const Tailnet& tailnet = *c.options.tailnet;
  if (tailnet.users.empty()) return;  // a list of devices alone
  std::set<std::string_view> known;
  for (const User& u : tailnet.users) known.insert(tailnet.text(u.login));
  std::set<StringId> told;
  for (const Use& use : c.uses()) {
    const Selector& s = *use.selector;
    if (s.kind != SelectorKind::kUser || known.count(c.text(s)) != 0 || c.text(s) == kLogStream) continue;
    const bool test = is_test(use.position);
    if (!test && !told.insert(s.name).second) continue;
    const std::string_view near = known.size() > kMaxCompared ? std::string_view() : nearest(c.text(s), known);
    Diagnostic d = test ? diag::StaleTestName(s.span, c.text(s)) : diag::UnknownUser(s.span, c.text(s));
    if (!near.empty()) {
      d = std::move(d).help(fmt::format("did you mean `{}`?", near));
      d = std::move(d).fix(fmt::format("replace with `{}`", near), {{s.span, std::string(near)}}, FixSafety::kUnsafe);
    }
    c.report(std::move(d));
  }
}

void external_member(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const Tailnet& tailnet = *c.options.tailnet;
  // A personal tailnet is called by a login, and has no domain of its own.
  const std::string_view domain = tailnet.name.valid() ? tailnet.text(tailnet.name) : std::string_view();
  if (domain.find('.') == std::string_view::npos || domain.find('@') != std::string_view::npos) return;
  const User* external = nullptr;
  for (const User& u : tailnet.users) {
    const std::string_view login = tailnet.text(u.login);
    const size_t at = login.rfind('@');
    if (external == nullptr && at != std::string_view::npos && login.substr(at + 1) != domain && login != kLogStream) external = &u;
  }
  if (external == nullptr) return;
  const Use* first = nullptr;
  size_t others = 0;
  for (const Use& use : c.uses()) {
    const bool source = use.position == Position::kAclSrc || use.position == Position::kGrantSrc || use.position == Position::kSshSrc;
    if (!source || use.selector->kind != SelectorKind::kAutogroup || use.selector->autogroup != Autogroup::kMember) continue;
    others += first != nullptr;
    if (first == nullptr) first = &use;
  }
  if (first == nullptr) return;
  // Once: what is to be done about it is done by a group, or in the list of users.
  Diagnostic d = diag::ExternalMember(first->selector->span, tailnet.text(external->login), domain).label(external->span, "a user of the tailnet", tailnet.source);
  if (others > 0) d = std::move(d).help(fmt::format("{} more rule{} ha{} it as a source", others, others == 1 ? "" : "s", others == 1 ? "s" : "ve"));
  c.report(std::move(d));
}

void lost_to_tag(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const Tailnet& tailnet = *c.options.tailnet;
  std::set<std::string_view> known;
  for (const User& u : tailnet.users) known.insert(tailnet.text(u.login));
  /// A device with a tag that the user may give; null where there is none.
  const auto given = [&](const Selector& user) -> const Node* {
    for (const TagOwner& t : c.policy.tag_owners) {
      const auto owners = c.policy.at(t.owners);
      const bool owns = std::any_of(owners.begin(), owners.end(), [&](const Selector& o) {
        if (o.kind == SelectorKind::kUser) return o.name == user.name;
        const uint32_t group = o.kind == SelectorKind::kGroup ? c.definitions.group_of(o.name) : Definitions::kNone;
        if (group == Definitions::kNone) return false;
        const auto members = c.policy.at(c.policy.groups[group].members);
        return std::any_of(members.begin(), members.end(), [&](const Selector& m) { return m.name == user.name; });
      });
      if (!owns) continue;
      const reference::NodeList& nodes = c.devices().of(tag_called(t.name.value));
      if (!nodes.empty()) return &c.world().node(nodes.front());
    }
    return nullptr;
  };
  std::set<StringId> told;
  for (const Use& use : c.uses()) {
    const Position p = use.position;
    const bool of_rule = p == Position::kAclSrc || p == Position::kAclDst || p == Position::kGrantSrc || p == Position::kGrantDst || p == Position::kSshSrc || p == Position::kSshDst;
    const Selector& s = *use.selector;
    if (!of_rule || s.kind != SelectorKind::kUser || known.count(c.text(s)) == 0 || !c.devices().of(s).empty() || !told.insert(s.name).second) continue;
    const Node* node = given(s);
    if (node == nullptr) continue;
    const std::string_view tag = tailnet.text(node->tags.front());
    c.report(diag::LostToTag(s.span, c.written(s.span))
                 .label(node->span, fmt::format("has `{}`, which he may give", tag), tailnet.source)
                 .help(fmt::format("a rule about the device names its tag: `{}` is `{}`", tailnet.text(node->name), tag)));
  }
}

void without_device(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const auto empty = [&](SelectorKind kind, StringId name) {
    Selector s;
    s.kind = kind;
    s.name = name;
    return c.devices().of(s).empty();
  };
  for (const TagOwner& t : c.policy.tag_owners) {
    if (empty(SelectorKind::kTag, t.name.value)) c.report(diag::TagWithoutDevice(t.name.span, c.policy.text(t.name)));
  }
  for (const Group& g : c.policy.groups) {
    if (g.members.empty() || !empty(SelectorKind::kGroup, g.name.value)) continue;
    c.report(diag::GroupWithoutDevice(g.name.span, c.policy.text(g.name)));
  }
}

void host_named_like_node(LintContext& c) {
  if (c.options.tailnet == nullptr) return;
  const Tailnet& tailnet = *c.options.tailnet;
  for (const Host& h : c.policy.hosts) {
    const StringId name = tailnet.names.find(c.policy.text(h.name));
    if (!name.valid() || (h.value.kind != SelectorKind::kAddress && h.value.kind != SelectorKind::kPrefix)) continue;
    const AddressRange range = c.policy.range(h.value);
    for (const Node& n : tailnet.nodes) {
      if (n.name != name || (n.ipv4 && range.contains(*n.ipv4)) || (n.ipv6 && range.contains(*n.ipv6))) continue;
      c.report(diag::HostNamedLikeNode(h.name.span, c.policy.text(h.name)).label(n.span, "the device", tailnet.source));
    }
  }
}

}  // namespace aclc::lints
