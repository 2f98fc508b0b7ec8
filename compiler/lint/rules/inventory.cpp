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
