// SPDX-License-Identifier: Apache-2.0
// ssh rules.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "compiler/check/context.h"
#include "compiler/check/domains.h"
#include "compiler/check/durations.h"
#include "compiler/check/insertion.h"
#include "compiler/check/names.h"
#include "parser/syntax/removal.h"

namespace aclc::checks {
namespace {

using K = SelectorKind;

constexpr int64_t kMinute = 60000000000;
constexpr int64_t kLongestCheck = 168 * 60 * kMinute;
constexpr std::string_view kLocalpart = "localpart:*@";
constexpr std::string_view kNonroot = "autogroup:nonroot";

/// A string with its quotes.
Span around(Span inside) { return {inside.begin - 1, inside.end + 1}; }

void check_action(const Context& context, const SshRule& rule) {
  const std::string_view action = context.policy.text(rule.action);
  if (action == "accept" || action == "check") return;
  if (action.empty()) {
    if (!rule.action.present() && gives(context.tree, rule.span, "action")) return;
    context.sink.report(
        diag::MissingMember(rule.action.present() ? rule.action.span : opening(rule.span), "an ssh rule", "action")
            .upstream("action must be specified")
            .help("`accept` lets in, `check` asks for a fresh login first"));
    return;
  }
  Diagnostic found = diag::SshAction(rule.action.span, action)
                         .upstream(quote_go(action) + " is not a valid action")
                         .help("`accept` lets in, `check` asks for a fresh login first");
  if (const std::string_view near = nearest(action, std::array<std::string_view, 2>{"accept", "check"});
      !near.empty()) {
    found = std::move(found).fix(fmt::format("replace with `{}`", near), {{rule.action.span, std::string(near)}},
                                 is_slip_in_list(action, near) ? FixSafety::kSafe : FixSafety::kUnsafe);
  }
  context.sink.report(std::move(found));
}

void check_users(const Context& context, const SshRule& rule) {
  if (rule.users.empty()) {
    if ((rule.broken || rule.users_span.empty()) && gives(context.tree, rule.span, "users")) return;
    context.sink.report(
        diag::MissingMember(rule.users_span.empty() ? opening(rule.span) : rule.users_span, "an ssh rule", "users")
            .upstream("users must be specified")
            .help("name the accounts to log in to, or `autogroup:nonroot`"));
    return;
  }
  for (const Text& user : context.policy.at(rule.users)) {
    const std::string_view name = context.policy.text(user);
    if (name.empty() || name == "*") {
      Diagnostic found = diag::SshUser(user.span, name).upstream(fmt::format("user {} is not valid", quote_go(name)));
      if (name == "*") {
        found = std::move(found)
                    .help("`autogroup:nonroot` is every account but root; name root beside it if it is meant")
                    .fix("replace with `autogroup:nonroot`", {{user.span, std::string(kNonroot)}}, FixSafety::kUnsafe);
      } else if (rule.users.count > 1) {
        if (auto edits = removal(context.tree, around(user.span)); !edits.empty()) found = std::move(found).fix("remove it", std::move(edits));
      }
      context.sink.report(std::move(found));
    } else if (name.starts_with(kLocalpart) && name.size() > kLocalpart.size()) {
      check_domain(context, name.substr(kLocalpart.size()), user.span, "", DomainUse::kLocalpart);
    } else if (name.starts_with("autogroup:") && name != kNonroot) {
      Diagnostic found = diag::OddSshUser(user.span, name).help("`autogroup:nonroot` is the one autogroup that stands for accounts");
      if (!nearest(name, std::array{kNonroot}).empty()) {
        found = std::move(found).fix("replace with `autogroup:nonroot`", {{user.span, std::string(kNonroot)}}, FixSafety::kUnsafe);
      }
      context.sink.report(std::move(found));
    }
  }
}

void check_period(const Context& context, const SshRule& rule) {
  const std::string_view text = context.policy.text(rule.check_period);
  if (text.empty()) return;
  const Span span = rule.check_period.span;
  if (context.policy.text(rule.action) == "accept") {
    Diagnostic found = diag::CheckPeriodUnused(span, "accept").help("only `check` asks again after a while");
    const NodeId member = find_field(context.tree, node_begun(context.tree, rule.span.begin), "checkPeriod");
    if (member.valid()) found = std::move(found).fix("remove `checkPeriod`", removal(context.tree, context.tree[member].span));
    context.sink.report(std::move(found));
  }
  if (text == "always") return;
  const Result<int64_t> period = parse_duration(text);
  if (!period) {
    Diagnostic found = diag::CheckPeriod(span, text, "no duration")
                           .upstream(period.error().message)
                           .help("write hours, minutes and seconds (`12h`, `1h30m`), or `always`");
    if (text.find_first_not_of("0123456789") == std::string_view::npos) {
      found.help_text = "the unit is missing: `12h` is hours, `30m` minutes";
      const std::string hours = fmt::format("{}h", text);
      if (const auto p = parse_duration(hours); p && *p <= kLongestCheck) found = std::move(found).fix(fmt::format("replace with `{}`", hours), {{span, hours}}, FixSafety::kUnsafe);
    } else if (const std::optional<int64_t> spoken = read_spoken_duration(text); spoken && *spoken >= kMinute) {
      const std::string meant = short_duration(std::min(*spoken, kLongestCheck));
      if (*spoken > kLongestCheck) found.help_text = "write hours, minutes and seconds (`12h`, `1h30m`); the longest is a week, `168h`";
      found = std::move(found).fix(fmt::format("replace with `{}`", meant), {{span, meant}}, *spoken > kLongestCheck ? FixSafety::kUnsafe : FixSafety::kSafe);
    }
    context.sink.report(std::move(found));
  } else if (*period < 0) {
    context.sink.report(
        diag::CheckPeriod(span, text, "negative")
            .upstream(fmt::format("checkPeriod {} must be a positive duration", duration_text(*period))));
  } else if (*period > kLongestCheck) {
    context.sink.report(diag::CheckPeriod(span, text, "longer than a week")
                            .upstream(fmt::format("checkPeriod {} is above the max (168h)", duration_text(*period)))
                            .fix("replace with `168h`", {{span, "168h"}}));
  } else if (*period < kMinute) {
    context.sink.report(
        diag::CheckPeriodShort(span, text)
            .help("the documentation's minimum is one minute; `always` asks every time")
            .fix("replace with `1m`", {{span, "1m"}}, FixSafety::kUnsafe)
            .fix("replace with `always`", {{span, "always"}}, FixSafety::kUnsafe));
  }
}

bool tagged(const Selector& s) {
  return s.kind == K::kTag || s.autogroup == Autogroup::kTagged;
}

// A user's devices take ssh from that user only, whatever else the rule says.
bool only_source(const Policy& policy, const SshRule& rule, const Selector& user) {
  for (const Selector& s : policy.at(rule.src)) {
    if (s.kind != K::kInvalid && (s.kind != K::kUser || s.name != user.name)) return false;
  }
  return true;
}

void check_pairs(const Context& context, const SshRule& rule) {
  const Policy& policy = context.policy;
  const Selector* tag = nullptr;
  for (const Selector& s : policy.at(rule.src)) {
    if (tagged(s) && tag == nullptr) tag = &s;
  }
  for (const Selector& d : policy.at(rule.dst)) {
    if (d.kind == K::kUser && !only_source(policy, rule, d)) {
      context.sink.report(diag::SshUserDst(d.span, context.written(d))
                              .upstream("users in dst are only allowed from the same user")
                              .label(rule.src_span, "these sources")
                              .help("for everybody's own devices write `autogroup:member` to `autogroup:self`"));
    } else if (d.autogroup == Autogroup::kSelf && tag != nullptr) {
      context.sink.report(diag::SshTaggedSrc(tag->span, context.written(*tag), context.written(d))
                              .label(d.span, "devices of people")
                              .help("tagged nodes belong to nobody; they may log in to tagged nodes only"));
    }
  }
  if (tag != nullptr && policy.text(rule.action) == "check") {
    Diagnostic found = diag::SshTaggedCheck(tag->span, context.written(*tag))
                           .label(rule.action.span, "the action")
                           .help("let tagged sources in with `accept`, in a rule of their own");
    const auto sources = policy.at(rule.src);
    if (std::all_of(sources.begin(), sources.end(), tagged)) found = std::move(found).fix("let them in without a check", {{rule.action.span, "accept"}}, FixSafety::kUnsafe);
    context.sink.report(std::move(found));
  }
}

}  // namespace

void check_ssh(const Context& context) {
  const Policy& policy = context.policy;
  for (const SshRule& rule : policy.ssh) {
    check_action(context, rule);
    for (const Selector& s : policy.at(rule.src)) use(context, s, Position::kSshSrc);
    for (const Selector& s : policy.at(rule.dst)) use(context, s, Position::kSshDst);
    check_users(context, rule);
    check_pairs(context, rule);
    check_period(context, rule);
    for (const Text& name : policy.at(rule.accept_env)) {
      if (policy.text(name).empty()) {
        Diagnostic found = diag::AcceptEnvEmpty(name.span).upstream("acceptEnv values cannot be empty");
        if (auto edits = removal(context.tree, around(name.span)); !edits.empty()) found = std::move(found).fix("remove it", std::move(edits));
        context.sink.report(std::move(found));
      }
    }
    for (const Selector& s : policy.at(rule.recorder)) use(context, s, Position::kRecorder);
    check_postures_of(context, rule.src_posture);
  }
}

}  // namespace aclc::checks
