// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/nearest.h"
#include "base/text/json_quote.h"
#include "compiler/check/domains.h"
#include "compiler/check/insertion.h"

namespace aclc::checks {
namespace {

using K = SelectorKind;
using P = Position;

constexpr std::string_view kTestsFailed = "test(s) failed";

bool in_tests(P p) {
  return p == P::kTestSrc || p == P::kTestDst || p == P::kSshTestSrc || p == P::kSshTestDst;
}

// The hosted service's words for a selector that may not stand there (recorded answers, and messages quoted in public
// threads).
std::string refusal(const Context& context, const Selector& s, P position) {
  const std::string quoted = quote_go(context.written(s));
  switch (position) {
    case P::kAclSrc:
    case P::kGrantSrc:
      return s.kind == K::kAutogroup ? quoted + " not valid on the src side of a rule" : "";
    case P::kAclDst:
    case P::kGrantDst:
      return s.autogroup == Autogroup::kDangerAll ? "cannot use autogroup:danger-all as a dst" : "";
    case P::kVia:
      return "via can only be a tag";
    case P::kSshSrc:
      return s.kind == K::kAutogroup ? quoted + " is not allowed in src" : "";
    case P::kSshDst:
      return "invalid dst " + quoted;
    case P::kNodeAttrTarget:
      return s.autogroup == Autogroup::kSelf ? "internal server error" : "";
    case P::kTestSrc:
    case P::kTestDst:
      return std::string(kTestsFailed);
    case P::kSshTestSrc:
      return "SSH tests src contains disallowed element " + quoted;
    case P::kSshTestDst:
      return "SSH tests dst contains disallowed element " + quoted;
    default:
      return "";
  }
}

std::string unknown_tag_text(std::string_view name, P position) {
  const std::string quoted = quote_go(name);
  switch (position) {
    case P::kAclSrc:
    case P::kGrantSrc:
      return "src=tag not found: " + quoted;
    case P::kAclDst:
    case P::kGrantDst:
      return "dst=" + quoted + ": tag not found: " + quoted;
    case P::kVia:
      return "tag " + quoted + " not found";
    case P::kNodeAttrTarget:
      return "tag not found: " + quoted;
    case P::kTestSrc:
    case P::kTestDst:
    case P::kSshTestSrc:
      return std::string(kTestsFailed);
    case P::kSshTestDst:
      return "SSH tests dst contains unknown tag " + quoted;
    default:
      return "";
  }
}

std::string_view bare(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// An entry that lacks the prefix of its kind is at fault itself, and no name to go by.
std::string_view prefix_of(std::string_view name) { return name.substr(0, name.size() - bare(name).size()); }

struct Suggestion {
  std::string name;  ///< empty: nothing is near
  Span defined;
  bool sure = false;  ///< a slip of the keyboard, and of no other name
};

// The nearest by what follows the prefix: of short names a prefix in common would make everything near.
template <class Entry>
Suggestion nearest_entry(const Context& context, std::string_view name, const std::vector<Entry>& entries) {
  if (context.comparisons < entries.size()) return {};
  context.comparisons -= entries.size();
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const Entry& e : entries) {
    const std::string_view text = context.policy.text(e.name);
    if (!text.empty() && prefix_of(text) == prefix_of(name)) names.push_back(bare(text));
  }
  const std::string_view best = nearest(bare(name), names);
  // With more than half of its letters others it is another name, however short.
  const size_t edits = edit_distance(bare(name), best);
  if (best.empty() || edits * 2 > bare(name).size()) return {};
  const bool alone = std::none_of(names.begin(), names.end(), [&](std::string_view other) {
    return other != best && edit_distance(bare(name), other, edits) <= edits;
  });
  for (const Entry& e : entries) {
    const std::string_view text = context.policy.text(e.name);
    if (bare(text) == best && prefix_of(text) == prefix_of(name)) return {std::string(text), e.name.span, alone && is_slip(bare(name), best)};
  }
  return {};
}

// What follows the kind where its colon was forgotten: `db` of `tagdb`, `tag-db` or `tag/db`.
std::string_view without_kind(std::string_view name, std::string_view prefix) {
  const std::string_view kind = prefix.substr(0, prefix.find(':'));
  if (kind.empty() || !name.starts_with(kind)) return "";
  const size_t rest = name.find_first_not_of("-_/.", kind.size());
  return rest == std::string_view::npos ? "" : name.substr(rest);
}

// The same word as another kind of name that may stand there: `eng` where `group:eng` is meant.
Suggestion same_word(const Context& context, std::string_view name, P position) {
  const std::string_view word = bare(name);
  const auto find = [&](K kind, std::string_view prefix, const std::vector<uint32_t>& index,
                        const auto& entries) -> Suggestion {
    Selector s;
    s.kind = kind;
    if (standing(s, position) != Standing::kYes) return {};
    std::string full = std::string(prefix).append(word);
    StringId id = context.policy.names.find(full);
    if (!id.valid()) {
      full = std::string(prefix).append(without_kind(name, prefix));
      id = context.policy.names.find(full);
    }
    if (full == name || !id.valid() || id.value >= index.size() || index[id.value] == Definitions::kNone) return {};
    return {full, entries[index[id.value]].name.span};
  };
  const Definitions& d = context.definitions;
  const Policy& p = context.policy;
  if (Suggestion s = find(K::kTag, "tag:", d.tag, p.tag_owners); !s.name.empty()) return s;
  if (Suggestion s = find(K::kGroup, "group:", d.group, p.groups); !s.name.empty()) return s;
  if (Suggestion s = find(K::kIpSet, "ipset:", d.ipset, p.ipsets); !s.name.empty()) return s;
  if (Suggestion s = find(K::kPosture, "posture:", d.posture, p.postures); !s.name.empty()) return s;
  if (position == P::kIpSetElement) return {};
  return find(K::kHost, "", d.host, p.hosts);
}

// Adds the "did you mean": a sure slip within the same section is replaced without asking, another kind of selector is not.
Diagnostic advise(const Context& context, Diagnostic found, std::string_view name, Suggestion near,
                  std::string_view replacement_prefix, P position) {
  FixSafety safety = near.sure ? FixSafety::kSafe : FixSafety::kUnsafe;
  if (Suggestion same = same_word(context, name, position); !same.name.empty()) {
    near = std::move(same);
    safety = FixSafety::kUnsafe;
    replacement_prefix = "";
  }
  if (near.name.empty()) return found;
  std::string escaped = json_string(near.name);
  escaped = escaped.substr(1, escaped.size() - 2);
  const Span span = found.span;
  return std::move(found)
      .help(fmt::format("did you mean `{}`?", near.name))
      .label(near.defined, fmt::format("`{}` is defined here", near.name))
      .fix(fmt::format("replace with `{}`", near.name), {{span, std::string(replacement_prefix) + escaped}}, safety);
}

Diagnostic offer_definition(const Context& context, Diagnostic found, std::string_view section, std::string_view name,
                            std::string_view value) {
  std::vector<Edit> edits = add_definition(context.tree, section, name, value);
  if (edits.empty()) return found;
  return std::move(found).fix(fmt::format("add `{}` to {}", name, section), std::move(edits), FixSafety::kUnsafe);
}

// `tag:web:443` where no ports stand: the name of a tag has no colon.
std::optional<Diagnostic> tag_with_ports(std::string_view name, Span span, const std::string& upstream) {
  const size_t colon = name.find(':', std::string_view("tag:").size());
  if (colon == std::string_view::npos || name.find_first_not_of("0123456789,-*", colon + 1) != std::string_view::npos) return std::nullopt;
  Diagnostic found = diag::UnknownTag(span, name).upstream(upstream).help(
      "no ports stand here; they are in `ip` of a grant, and after the colon in `dst` of an acl");
  if (span.length() != name.size()) return found;
  return std::move(found).fix("remove the ports", {{{span.begin + static_cast<uint32_t>(colon), span.end}, ""}}, FixSafety::kUnsafe);
}

Diagnostic unknown_tag(const Context& context, std::string_view name, Span span, std::string upstream, P position) {
  if (auto found = tag_with_ports(name, span, upstream)) return std::move(*found);
  Diagnostic found = advise(context, diag::UnknownTag(span, name).upstream(std::move(upstream)), name,
                            nearest_entry(context, name, context.policy.tag_owners), "", position);
  if (found.help_text.empty())
    found.help_text = "whoever may use a tag is listed in tagOwners; an empty list means admins only";
  return offer_definition(context, std::move(found), "tagOwners", name, "[]");
}

void report_unknown_group(const Context& context, const Selector& s, std::string_view name, P position) {
  // A tailnet file leaves no group unseen, and the hosted service fails a test that it cannot resolve (recorded
  // answers).
  const bool fails = in_tests(position) && context.options.tailnet != nullptr;
  const Severity severity = fails ? Severity::kError : context.unknown_group();
  Diagnostic found = advise(context, diag::UnknownGroup(s.span, name).as(severity), name,
                            nearest_entry(context, name, context.policy.groups), "", position);
  if (fails) found.upstream_text = kTestsFailed;
  // A group that is synced must not become another one unasked.
  if (severity == Severity::kWarning) {
    for (Fix& fix : found.fixes) fix.safety = FixSafety::kUnsafe;
  }
  if (found.help_text.empty()) {
    found.help_text = severity == Severity::kWarning
                          ? "fine if it is synced from the identity provider; otherwise nobody is in it"
                          : "add it to groups";
  }
  context.sink.report(offer_definition(context, std::move(found), "groups", name, "[]"));
}

void report_unknown_host(const Context& context, const Selector& s, std::string_view name, P position) {
  std::string upstream;
  if (position == P::kNodeAttrTarget) upstream = quote_go(name) + ": invalid address";
  if (in_tests(position)) upstream = kTestsFailed;
  const std::string_view prefix = position == P::kIpSetElement ? "host:" : "";
  Diagnostic found = advise(context, diag::UnknownHost(s.span, name).upstream(std::move(upstream)), name,
                            nearest_entry(context, name, context.policy.hosts), prefix, position);
  if (found.help_text.empty()) {
    found.help_text =
        name.find('.') != std::string_view::npos
            ? "DNS names mean nothing in a policy; give the address a name in hosts"
            : "a bare word is a name of hosts; people are written `name@domain`, tags `tag:name`, groups `group:name`";
  }
  context.sink.report(std::move(found));
}

void report_unknown_set(const Context& context, const Selector& s, std::string_view name, P position) {
  context.sink.report(advise(context, diag::UnknownIpSet(s.span, name), name,
                             nearest_entry(context, name, context.policy.ipsets), "", position));
}

}  // namespace

bool may_stand(const Context& context, const Selector& s, Position position) {
  if (s.kind == K::kInvalid) return false;
  const Standing standing_here = standing(s, position);
  if (standing_here == Standing::kYes) return true;
  const std::string_view written = context.written(s);
  if (standing_here == Standing::kDoubtful) {
    context.sink.report(diag::DoubtfulSelector(s.span, written, position_name(position))
                            .help("the documentation names it for `src` and `dst` only; list a group instead"));
    return true;
  }
  if (!context.sink.wanted(Kind::kMisplacedSelector)) return false;
  Diagnostic found = diag::MisplacedSelector(s.span, written, position_name(position));
  found.upstream_text = refusal(context, s, position);
  found.help_text = "taken there: " + allowed_forms(position);
  if (s.kind == K::kRange)
    found.help_text = "ranges stand in ipsets only; name the range there and write `ipset:NAME` here";
  if (s.autogroup == Autogroup::kDangerAll && (position == P::kAclDst || position == P::kGrantDst)) {
    found = std::move(found).fix("replace with `*`", {{s.span, "*"}}, FixSafety::kUnsafe);
  }
  if (s.kind == K::kHost) {
    // Where one kind of name alone may stand its prefix was forgotten.
    if (const Suggestion near = same_word(context, written, position); !near.name.empty()) {
      const bool sure = position == P::kVia || position == P::kSrcPosture;
      found = std::move(found)
                  .label(near.defined, fmt::format("`{}` is defined here", near.name))
                  .fix(fmt::format("replace with `{}`", near.name), {{s.span, near.name}}, sure ? FixSafety::kSafe : FixSafety::kUnsafe);
    }
  }
  context.sink.report(std::move(found));
  return false;
}

bool is_defined(const Context& context, const Selector& s, Position position) {
  const Definitions& d = context.definitions;
  switch (s.kind) {
    case K::kTag:
      if (d.tag_of(s.name) != Definitions::kNone) return true;
      if (!context.sink.wanted(Kind::kUnknownTag)) return false;
      context.sink.report(unknown_tag(context, context.policy.text(s), s.span,
                                      unknown_tag_text(context.policy.text(s), position), position));
      return false;
    case K::kGroup:
      if (d.group_of(s.name) == Definitions::kNone && context.sink.wanted(Kind::kUnknownGroup))
        report_unknown_group(context, s, context.policy.text(s), position);
      return true;
    case K::kHost:
      if (d.host_of(s.name) != Definitions::kNone) return true;
      if (context.sink.wanted(Kind::kUnknownHost)) report_unknown_host(context, s, context.policy.text(s), position);
      return false;
    case K::kIpSet:
      if (d.ipset_of(s.name) != Definitions::kNone) return true;
      if (context.sink.wanted(Kind::kUnknownIpSet)) report_unknown_set(context, s, context.policy.text(s), position);
      return false;
    default:
      return true;
  }
}

bool use_slowly(const Context& context, const Selector& s, Position position) {
  if (!may_stand(context, s, position) || !is_defined(context, s, position)) return false;
  if (s.kind == K::kUserDomain) {
    check_domain(context, context.policy.text(s), s.span, position == P::kSshSrc ? "[ssh] " : "", DomainUse::kUsers);
  }
  return true;
}

FixSafety renaming_to(const Context& context, std::string_view name, const std::vector<uint32_t>& index) {
  const StringId id = context.policy.names.find(name);
  const bool taken = id.valid() && id.value < index.size() && index[id.value] != Definitions::kNone;
  return taken ? FixSafety::kUnsafe : FixSafety::kSafe;
}

void check_name_form(const Context& context, const Text& name, std::string_view noun, std::string_view prefix,
                     const std::vector<uint32_t>& index) {
  const std::string_view written = context.policy.text(name);
  if (!name.present()) return;
  if (!written.starts_with(prefix)) {
    const std::string full = fmt::format("{}{}", prefix, written);
    context.sink.report(diag::NameForm(name.span, written, noun, fmt::format("it does not begin with `{}`", prefix))
                            .fix(fmt::format("rename to `{}`", full), {{{name.span.begin, name.span.begin}, std::string(prefix)}},
                                 renaming_to(context, full, index)));
  } else if (written.size() == prefix.size()) {
    context.sink.report(diag::NameForm(name.span, written, noun, fmt::format("nothing follows `{}`", prefix)));
  }
}

void report_unknown_tag(const Context& context, std::string_view name, Span span, std::string upstream) {
  context.sink.report(unknown_tag(context, name, span, std::move(upstream), P::kRecorder));
}

void check_postures_of(const Context& context, const PostureRefs& refs) {
  for (const Selector& s : context.policy.at(refs.names)) {
    if (!may_stand(context, s, P::kSrcPosture)) continue;
    if (s.kind != K::kPosture || context.definitions.posture_of(s.name) != Definitions::kNone) continue;
    const std::string_view name = context.policy.text(s);
    Diagnostic found = diag::UnknownPosture(s.span, name);
    const Suggestion near = nearest_entry(context, name, context.policy.postures);
    if (near.name.empty()) {
      found.help_text = "define it in postures";
    } else {
      found = advise(context, std::move(found), name, near, "", P::kSrcPosture);
    }
    context.sink.report(std::move(found));
  }
}

void check_member_spelling(const Context& context) {
  const StringId old = context.policy.names.find("autogroup:members");
  if (!old.valid()) return;
  std::vector<Span> legacy;
  std::optional<Span> current;
  const auto see = [&](const Selector& s) {
    if (s.kind != K::kAutogroup || s.autogroup != Autogroup::kMember) return;
    if (s.name == old) {
      legacy.push_back(s.span);
    } else if (!current) {
      current = s.span;
    }
  };
  for (const Selector& s : context.policy.selectors) see(s);
  for (const Destination& d : context.policy.destinations) see(d.selector);
  for (const AclTest& t : context.policy.tests) see(t.src);
  for (const SshTest& t : context.policy.ssh_tests) see(t.src);
  if (legacy.empty() || !current) return;
  std::vector<Edit> edits;
  Span first = legacy.front();
  for (const Span span : legacy) {
    edits.push_back({span, "autogroup:member"});
    if (span.begin < first.begin) first = span;
  }
  context.sink.report(diag::TwoMemberSpellings(first)
                          .label(*current, "`autogroup:member` stands here")
                          .help("`autogroup:members` is the old spelling; one policy may not use both")
                          .fix("write `autogroup:member` everywhere", std::move(edits)));
}

}  // namespace aclc::checks
