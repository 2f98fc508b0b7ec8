// SPDX-License-Identifier: Apache-2.0
// Names that the language does not have: members and autogroups, and which of its own is meant.
#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/text/quote.h"
#include "parser/policy/builder.h"

namespace aclc {
namespace {

using sv = std::string_view;

constexpr sv kAutogroupNames[] = {
    "autogroup:member",        "autogroup:tagged",  "autogroup:self",   "autogroup:internet", "autogroup:danger-all",
    "autogroup:shared",        "autogroup:owner",   "autogroup:admin",  "autogroup:it-admin", "autogroup:network-admin",
    "autogroup:billing-admin", "autogroup:auditor", "autogroup:nonroot"};

/// What other tools call a member.
struct OtherName {
  Shape shape;
  sv name;
  sv field;  ///< that is meant; empty where the help alone says what to do
  sv help;   ///< empty: did you mean `field`?
};
constexpr OtherName kOtherNames[] = {
    {Shape::kAcl, "port", "", "ports stand in `dst`, after each destination's colon: `tag:web:80,443`"},
    {Shape::kAcl, "ip", "", "`ip` is for grants; the ports of an acl stand in `dst`, after each destination's colon: `tag:web:80,443`"},
    {Shape::kAcl, "protocol", "proto", ""},
    {Shape::kAcl, "source", "src", ""},
    {Shape::kAcl, "sources", "src", ""},
    {Shape::kAcl, "from", "src", ""},
    {Shape::kAcl, "destination", "dst", ""},
    {Shape::kAcl, "destinations", "dst", ""},
    {Shape::kAcl, "to", "dst", ""},
    {Shape::kGrant, "port", "ip", "ports stand in `ip`: `\"ip\": [\"tcp:443\"]`"},
    {Shape::kGrant, "ports", "ip", "ports stand in `ip`: `\"ip\": [\"tcp:443\"]`"},
    {Shape::kGrant, "proto", "", "the protocol stands in `ip`, before the ports: `\"ip\": [\"tcp:443\"]`"},
    {Shape::kGrant, "action", "", "a grant has no action, since all of them allow: leave it out"},
    {Shape::kGrant, "source", "src", ""},
    {Shape::kGrant, "sources", "src", ""},
    {Shape::kGrant, "from", "src", ""},
    {Shape::kGrant, "destination", "dst", ""},
    {Shape::kGrant, "destinations", "dst", ""},
    {Shape::kGrant, "to", "dst", ""},
};

const OtherName* other_name(Shape shape, sv name) {
  for (const OtherName& o : kOtherNames) {
    if (o.shape == shape && edit_distance(o.name, name, 0) == 0) return &o;
  }
  return nullptr;
}

}  // namespace

sv Builder::unknown_field(Shape shape, NodeId object, const Quoted& name) {
  if (!wanted(Kind::kUnknownField)) return "";
  std::vector<sv> known;
  for (const Field& f : shape_info(shape).fields) {
    if (target_ == Target::kHeadscale && f.known_by != KnownBy::kBoth) continue;
    known.push_back(f.name);
  }
  Diagnostic d = diag::UnknownField(span_of(name), name.text, shape_info(shape).title);
  if (target_ == Target::kTailscale)
    d = std::move(d).upstream(fmt::format("json: unknown field {}", quote_go(name.text)));
  const OtherName* const other = other_name(shape, name.text);
  if (other != nullptr && !other->help.empty()) d.help_text = other->help;
  if (other != nullptr && other->field.empty()) {
    report(std::move(d));
    return "";
  }
  sv sure;
  // Half a name is the beginning of one sooner than a slip of another.
  const auto begun = std::find_if(known.begin(), known.end(), [&](sv k) { return name.text.size() > 1 && k.starts_with(name.text); });
  const sv meant = other != nullptr ? other->field : begun != known.end() ? *begun : nearest(name.text, known);
  if (!meant.empty()) {
    bool there = false;
    std::string scratch;
    for (const NodeId member : tree_.children(object)) there = there || tree_.string_value(tree_.name_of(member), scratch) == meant;
    if (!there && (other != nullptr || begun != known.end() || is_slip_in_list(name.text, meant))) sure = meant;
    if (d.help_text.empty()) d.help_text = fmt::format("did you mean `{}`?{}", meant, there ? " one stands here already" : "");
    d = std::move(d).fix(fmt::format("replace with `{}`", meant), {{span_of(name), std::string(meant)}},
                         sure.empty() ? FixSafety::kUnsafe : FixSafety::kSafe);
  } else {
    d = std::move(d).help(fmt::format("known here: {}", fmt::join(known, ", ")));
  }
  report(std::move(d));
  return sure;
}

void Builder::unknown_autogroup(sv text, Span span) {
  if (!wanted(Kind::kUnknownAutogroup)) return;
  constexpr sv kEveryone[] = {"all", "any", "everyone", "everybody", "anyone", "everything"};
  constexpr sv kPeople[] = {"user", "users", "people", "employee", "employees"};
  const sv name = text.substr(sv("autogroup:").size());
  const auto is_one_of = [&](auto& words) { return std::any_of(std::begin(words), std::end(words), [&](sv w) { return edit_distance(w, name, 0) == 0; }); };
  const auto offer = [&](Diagnostic d, sv meant, FixSafety safety) {
    return std::move(d).fix(fmt::format("replace with `{}`", meant), {{span, std::string(meant)}}, safety);
  };
  Diagnostic d = diag::UnknownAutogroup(span, text);
  if (is_one_of(kEveryone)) {
    d = std::move(d).help("every user of the tailnet is `autogroup:member`, every tagged device `autogroup:tagged`, and everything `*`");
    d = offer(offer(std::move(d), "autogroup:member", FixSafety::kUnsafe), "*", FixSafety::kUnsafe);
  } else if (is_one_of(kPeople)) {
    d = offer(std::move(d).help("every user of the tailnet is `autogroup:member`"), "autogroup:member", FixSafety::kUnsafe);
  } else if (const sv meant = nearest(text, kAutogroupNames); !meant.empty()) {
    const bool slip = is_slip_in_list(name, meant.substr(sv("autogroup:").size()));
    d = offer(std::move(d).help(fmt::format("did you mean `{}`?", meant)), meant, slip ? FixSafety::kSafe : FixSafety::kUnsafe);
  } else {
    std::string all;
    for (const sv known : kAutogroupNames) all += fmt::format("{}{}", all.empty() ? "" : ", ", known.substr(sv("autogroup:").size()));
    d = std::move(d).help(fmt::format("there are: {}", all));
  }
  report(std::move(d));
}

}  // namespace aclc
