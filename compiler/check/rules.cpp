// SPDX-License-Identifier: Apache-2.0
// acls and grants.
#include <fmt/format.h>

#include "compiler/check/capabilities.h"
#include "compiler/check/context.h"
#include "compiler/check/insertion.h"
#include "compiler/check/names.h"
#include "parser/syntax/removal.h"

namespace aclc::checks {
namespace {

using K = SelectorKind;
using P = Position;

constexpr size_t kMostLabels = 16;

// Whose own devices autogroup:self can mean: sources that are people. An acl may also say `*`, a grant may not
// (recorded answers).
bool may_be_self(const Selector& s, bool wildcard) {
  switch (s.kind) {
    case K::kUser:
    case K::kUserDomain:
    case K::kGroup:
      return true;
    case K::kWildcard:
      return wildcard;
    case K::kAutogroup:
      return s.autogroup == Autogroup::kMember || is_role(s.autogroup);
    default:
      return false;
  }
}

// One finding a rule, at the first source that poisons it. Sources that were refused already are passed over.
void check_self(const Context& context, Span self, Selectors sources, Position position) {
  const bool wildcard = position == P::kAclSrc;
  std::optional<Diagnostic> found;
  for (const Selector& s : context.policy.at(sources)) {
    if (may_be_self(s, wildcard) || s.kind == K::kInvalid || standing(s, position) == Standing::kNo) continue;
    if (found) {
      if (found->labels.size() < kMostLabels) found->labels.push_back({s.span, "this one too"});
      continue;
    }
    found = diag::SelfSource(s.span, context.written(s))
                .upstream("autogroup:self can only be used with users, groups, or supported autogroups")
                .label(self, "`autogroup:self` is each source user's own devices")
                .help(s.kind == K::kWildcard ? "write `autogroup:member` for everybody's own devices"
                                             : "give this source a rule of its own, without `autogroup:self`");
    if (s.kind == K::kWildcard) {
      *found = std::move(*found).fix("replace with `autogroup:member`", {{s.span, "autogroup:member"}});
    }
  }
  if (found) context.sink.report(std::move(*found));
}

void check_action(const Context& context, const AclRule& rule) {
  const std::string_view action = context.policy.text(rule.action);
  if (rule.action.present() && action == "accept") return;
  std::string upstream = fmt::format("action={} is not supported", quote_go(action));
  if (!rule.action.present()) {
    if (gives(context.tree, rule.span, "action")) return;  // of a wrong type, and so reported
    Diagnostic found = diag::MissingMember(opening(rule.span), "an acl", "action").upstream(std::move(upstream));
    if (std::vector<Edit> edits = set_field(context.tree, rule.span, "action", "\"accept\""); !edits.empty()) {
      found = std::move(found).fix("add `\"action\": \"accept\"`", std::move(edits));
    }
    context.sink.report(std::move(found));
    return;
  }
  Diagnostic found = diag::AclAction(rule.action.span, action)
                         .upstream(std::move(upstream))
                         .help("acls only accept; what no rule accepts is denied");
  std::string lower(action);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  // `deny` turned into `accept` would be the opposite of what was meant.
  if (lower == "accept") {
    found = std::move(found).fix("replace with `accept`", {{rule.action.span, "accept"}});
  } else if (lower == "deny" || lower == "drop" || lower == "reject" || lower == "block") {
    if (auto edits = removal(context.tree, rule.span); !edits.empty()) found = std::move(found).fix("remove the rule", std::move(edits), FixSafety::kUnsafe);
  }
  context.sink.report(std::move(found));
}

void check_internet_with_app(const Context& context, const Grant& grant, const Selector& dst) {
  context.sink.report(
      diag::InternetWithApp(dst.span)
          .upstream("cannot use app grants with autogroup:internet")
          .label(grant.app_span, "the app capabilities")
          .help("beyond an exit node nobody reads them; give `autogroup:internet` a grant of its own with `ip` only"));
}

void check_all_addresses(const Context& context, const Selector& dst) {
  const std::string_view written = context.written(dst);
  context.sink.report(
      diag::AllAddresses(dst.span, written)
          .upstream(
              fmt::format("dst {}: to allow all IP addresses, use \"*\" or \"autogroup:internet\"", quote_go(written)))
          .help("say which addresses: `autogroup:internet` is what exit nodes reach, `*` is everything")
          .fix("replace with `autogroup:internet`", {{dst.span, "autogroup:internet"}}, FixSafety::kUnsafe)
          .fix("replace with `*`", {{dst.span, "*"}}, FixSafety::kUnsafe));
}

void check_grant_contents(const Context& context, const Grant& grant) {
  if (!grant.ip.empty() || !grant.app.empty() || grant.broken) return;
  Span at = opening(grant.span);
  if (!grant.app_span.empty()) at = grant.app_span;
  if (!grant.ip_span.empty()) at = grant.ip_span;
  Diagnostic found = diag::EmptyGrant(at)
                         .upstream("ip and app can not both be empty")
                         .help("`ip` lists protocols and ports (`\"ip\": [\"tcp:443\"]`), `app` application capabilities");
  if (auto edits = set_field(context.tree, grant.span, "ip", "[\"*\"]"); !edits.empty()) found = std::move(found).fix("grant all ports", std::move(edits), FixSafety::kUnsafe);
  context.sink.report(std::move(found));
}

}  // namespace

void check_acls(const Context& context) {
  const Policy& policy = context.policy;
  const StringId accept = policy.names.find("accept");
  for (const AclRule& rule : policy.acls) {
    if (!rule.action.present() || rule.action.value != accept) check_action(context, rule);
    for (const Selector& s : policy.at(rule.src)) use(context, s, P::kAclSrc);
    const Selector* self = nullptr;
    for (const Destination& d : policy.at(rule.dst)) {
      use(context, d.selector, P::kAclDst);
      if (d.selector.autogroup == Autogroup::kSelf && self == nullptr) self = &d.selector;
    }
    if (self != nullptr) check_self(context, self->span, rule.src, P::kAclSrc);
    check_postures_of(context, rule.src_posture);
  }
}

void check_grants(const Context& context) {
  const Policy& policy = context.policy;
  for (const Grant& grant : policy.grants) {
    for (const Selector& s : policy.at(grant.src)) use(context, s, P::kGrantSrc);
    const Selector* self = nullptr;
    for (const Selector& d : policy.at(grant.dst)) {
      if (!use(context, d, P::kGrantDst)) continue;
      if (d.kind == K::kPrefix && policy.prefix(d).length == 0) check_all_addresses(context, d);
      if (d.autogroup == Autogroup::kSelf && self == nullptr) self = &d;
      if (d.autogroup == Autogroup::kInternet && !grant.app.empty()) check_internet_with_app(context, grant, d);
    }
    if (self != nullptr) check_self(context, self->span, grant.src, P::kGrantSrc);
    check_grant_contents(context, grant);
    for (const AppCapability& capability : policy.at(grant.app)) check_capability_name(context, capability.name);
    for (const Selector& v : policy.at(grant.via)) use(context, v, P::kVia);
    check_postures_of(context, grant.src_posture);
  }
}

}  // namespace aclc::checks
