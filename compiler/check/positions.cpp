// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/positions.h"

#include <array>

namespace aclc {
namespace {

// Sources: recorded answers; the documentation's pages on targets and selectors, grants, IP sets, services and
// Tailscale SSH. Y taken, n refused, w taken with a warning. Columns are those of Position:
//   acl s d, grant s d, via | ssh s d, recorder | attr, owner | routes, exit, service, key | group, ipset | test s d,
//   ssh s d | posture
// clang-format off
constexpr std::string_view kWildcard     = "YYYYn nnn Yn nnnn nn YnYn n";
constexpr std::string_view kUser         = "YYYYn YYn YY YYYn Yn YYYY n";
constexpr std::string_view kUserDomain   = "YYYYn Ynn Yw wwwn nn YYYY n";
constexpr std::string_view kGroup        = "YYYYn Ynn YY YYYn nn YYYY n";
constexpr std::string_view kTag          = "YYYYY YYY YY YYYY nn YYYY n";
constexpr std::string_view kMember       = "YYYYn Ynn YY YYYn nn nYnY n";
constexpr std::string_view kTagged       = "YYYYn YYn YY YYYn nn nYnY n";
constexpr std::string_view kRole         = "YYYYn Ynn YY YYYn nn nYnY n";
constexpr std::string_view kSelf         = "nYnYn nYn nn nnnn nn nnnn n";
constexpr std::string_view kInternet     = "nYnYn nnn nn nnnn nY nnnn n";
constexpr std::string_view kDangerAll    = "YnYnn nnn nn nnnn nn nnnn n";
constexpr std::string_view kShared       = "YnYnn nnn nn nnnn nn nnnn n";
constexpr std::string_view kAddress      = "YYYYn nnn Yn nnnn nY YYYY n";
constexpr std::string_view kPrefix       = "YYYYn nnn Yn nnnn nY YnYn n";
constexpr std::string_view kHost         = "YYYYn nnn Yn nnnn nY YYYY n";
constexpr std::string_view kIpSet        = "YYYYn nnn nn nnnn nY nnnn n";
constexpr std::string_view kService      = "nYnYn nnn nn nnnY nn nYnn n";
constexpr std::string_view kRange        = "nnnnn nnn nn nnnn nY nnnn n";
constexpr std::string_view kPosture      = "nnnnn nnn nn nnnn nn nnnn Y";
constexpr std::string_view kNowhere      = "nnnnn nnn nn nnnn nn nnnn n";
// clang-format on

using K = SelectorKind;
using A = Autogroup;
constexpr std::array kForms = {
    SelectorForm{K::kWildcard, A::kNone, "*", kWildcard},
    SelectorForm{K::kUser, A::kNone, "NAME@DOMAIN", kUser},
    SelectorForm{K::kGroup, A::kNone, "group:NAME", kGroup},
    SelectorForm{K::kTag, A::kNone, "tag:NAME", kTag},
    SelectorForm{K::kUserDomain, A::kNone, "user:*@DOMAIN", kUserDomain},
    SelectorForm{K::kAutogroup, A::kMember, "autogroup:member", kMember},
    SelectorForm{K::kAutogroup, A::kTagged, "autogroup:tagged", kTagged},
    SelectorForm{K::kAutogroup, A::kSelf, "autogroup:self", kSelf},
    SelectorForm{K::kAutogroup, A::kInternet, "autogroup:internet", kInternet},
    SelectorForm{K::kAutogroup, A::kDangerAll, "autogroup:danger-all", kDangerAll},
    SelectorForm{K::kAutogroup, A::kShared, "autogroup:shared", kShared},
    SelectorForm{K::kAutogroup, A::kOwner, "autogroup:owner", kRole},
    SelectorForm{K::kAutogroup, A::kAdmin, "autogroup:admin", kRole},
    SelectorForm{K::kAutogroup, A::kItAdmin, "autogroup:it-admin", kRole},
    SelectorForm{K::kAutogroup, A::kNetworkAdmin, "autogroup:network-admin", kRole},
    SelectorForm{K::kAutogroup, A::kBillingAdmin, "autogroup:billing-admin", kRole},
    SelectorForm{K::kAutogroup, A::kAuditor, "autogroup:auditor", kRole},
    SelectorForm{K::kAutogroup, A::kNonroot, "autogroup:nonroot", kNowhere},
    SelectorForm{K::kAddress, A::kNone, "ADDRESS", kAddress},
    SelectorForm{K::kPrefix, A::kNone, "CIDR", kPrefix},
    SelectorForm{K::kHost, A::kNone, "HOST", kHost},
    SelectorForm{K::kIpSet, A::kNone, "ipset:NAME", kIpSet},
    SelectorForm{K::kService, A::kNone, "svc:NAME", kService},
    SelectorForm{K::kRange, A::kNone, "FIRST-LAST", kRange},
    SelectorForm{K::kPosture, A::kNone, "posture:NAME", kPosture},
};

constexpr Standing read(std::string_view row, size_t column) {
  for (const char c : row) {
    if (c == ' ') continue;
    if (column-- == 0) return c == 'Y' ? Standing::kYes : c == 'w' ? Standing::kDoubtful : Standing::kNo;
  }
  return Standing::kNo;
}

constexpr bool is_role_form(const SelectorForm& form) {
  return form.autogroup >= A::kOwner && form.autogroup <= A::kAuditor;
}

constexpr bool well_formed() {
  for (const SelectorForm& form : kForms) {
    size_t columns = 0;
    for (const char c : form.standing) columns += c != ' ';
    if (columns != kPositions) return false;
  }
  return true;
}
static_assert(A::kOwner < A::kAdmin && A::kBillingAdmin < A::kAuditor, "the roles stand together");
static_assert(well_formed(), "a row has one letter for each position");

constexpr StandingTable densify() {
  StandingTable dense;
  for (const SelectorForm& form : kForms) {
    for (size_t p = 0; p < kPositions; ++p) {
      const Standing s = read(form.standing, p);
      if (form.autogroup == A::kNone) {
        dense.kind[static_cast<size_t>(form.kind)][p] = s;
      } else {
        dense.autogroup[static_cast<size_t>(form.autogroup)][p] = s;
      }
    }
  }
  for (size_t p = 0; p < kPositions; ++p) {
    dense.kind[static_cast<size_t>(K::kInvalid)][p] = Standing::kYes;
    dense.autogroup[static_cast<size_t>(A::kNone)][p] = Standing::kYes;
  }
  return dense;
}
constexpr std::array<std::string_view, kPositions> kNames = {
    "the `src` of an acl",
    "the `dst` of an acl",
    "the `src` of a grant",
    "the `dst` of a grant",
    "`via`",
    "the `src` of an ssh rule",
    "the `dst` of an ssh rule",
    "`recorder`",
    "the `target` of nodeAttrs",
    "tagOwners",
    "the approvers of routes",
    "the approvers of exit nodes",
    "the approvers of services",
    "the services of autoApprovers",
    "groups",
    "ipsets",
    "the `src` of a test",
    "the destinations of a test",
    "the `src` of an ssh test",
    "the `dst` of an ssh test",
    "a list of postures",
};

}  // namespace

constinit const StandingTable kStandings = densify();

std::string_view position_name(Position position) {
  return kNames[static_cast<size_t>(position)];
}

std::span<const SelectorForm> selector_forms() {
  return kForms;
}

Standing standing(const SelectorForm& form, Position position) {
  return read(form.standing, static_cast<size_t>(position));
}

std::string allowed_forms(Position position) {
  std::string out;
  std::string_view last;
  for (const SelectorForm& form : kForms) {
    // One stands for all the roles.
    if (standing(form, position) != Standing::kYes || (is_role_form(form) && form.autogroup != A::kAdmin)) continue;
    if (!last.empty()) {
      if (!out.empty()) out += ", ";
      out.append("`").append(last).append("`");
    }
    last = is_role_form(form) ? "autogroup:ROLE" : form.label;
  }
  if (last.empty()) return "nothing";
  if (!out.empty()) out += " or ";
  return out.append("`").append(last).append("`");
}

}  // namespace aclc
