// SPDX-License-Identifier: Apache-2.0
// The one table of lint's rules. To add one: a row here, its kind in parser/diagnostics/kinds_lint_rules.def, its function in rules/, and
// testdata/cases/lint/<slug>.case with a policy that it is about and a near miss that it is not.
#include "compiler/lint/rules/rules.h"

namespace aclc {
namespace {

using C = LintCategory;
using namespace lints;
constexpr bool kOn = true, kAsked = false;             // by default, or only where the configuration names it
constexpr bool kAlways = false, kWithTailnet = true;   // whether a tailnet is needed

constexpr LintRule kRules[] = {
    {lint_kind::kNotCanonical, C::kStyle, kAsked, kAlways, not_canonical, "the file is laid out as `aclc fmt` does"},
    {lint_kind::kTodoComment, C::kStyle, kAsked, kAlways, todo_comment, "no TODO, FIXME or XXX is left"},
    {lint_kind::kLongLine, C::kStyle, kAsked, kAlways, long_line, "lines keep to budgets.line-columns"},
    {lint_kind::kUncommentedRule, C::kStyle, kAsked, kAlways, uncommented_rule, "every rule says why it is there"},
    {lint_kind::kLegacyFieldName, C::kStyle, kOn, kAlways, legacy_field_name, "fields have their present names"},
    {lint_kind::kBidiCharacter, C::kStyle, kOn, kAlways, bidi_character, "no character changes the order of what is shown"},
    {lint_kind::kExpiredRule, C::kStyle, kOn, kAlways, expired_rule, "dates after `@expires` have not passed"},

    {lint_kind::kUnusedGroup, C::kNames, kOn, kAlways, unused_names, "groups are used"},
    {lint_kind::kUnusedHost, C::kNames, kOn, kAlways, unused_names, "hosts are used"},
    {lint_kind::kUnusedIpSet, C::kNames, kOn, kAlways, unused_names, "ipsets are used"},
    {lint_kind::kUnusedPosture, C::kNames, kOn, kAlways, unused_names, "postures are used"},
    {lint_kind::kUnusedTag, C::kNames, kOn, kAlways, unused_names, "tags are used"},
    {lint_kind::kSimilarNames, C::kNames, kOn, kAlways, similar_names, "names are more than a slip apart"},
    {lint_kind::kNamesDifferByCase, C::kNames, kOn, kAlways, similar_names, "names differ in more than case"},
    {lint_kind::kReservedHostName, C::kNames, kOn, kAlways, reserved_host_name, "hosts are not called like words of the language"},
    {lint_kind::kMixedScriptName, C::kNames, kOn, kAlways, mixed_script_name, "names keep to one script"},
    {lint_kind::kTwinGroups, C::kNames, kOn, kAlways, twin_groups, "groups differ in their members"},
    {lint_kind::kSameHostTwice, C::kNames, kOn, kAlways, overlapping_hosts, "an address has one name"},
    {lint_kind::kOverlappingHosts, C::kNames, kAsked, kAlways, overlapping_hosts, "hosts do not lie in one another"},
    {lint_kind::kUnknownUser, C::kNames, kOn, kWithTailnet, unknown_user, "users are in the tailnet"},
    {lint_kind::kTagWithoutDevice, C::kNames, kOn, kWithTailnet, without_device, "tags are on some device"},
    {lint_kind::kGroupWithoutDevice, C::kNames, kOn, kWithTailnet, without_device, "groups have devices"},
    {lint_kind::kHostNamedLikeNode, C::kNames, kOn, kWithTailnet, host_named_like_node, "a host with a device's name is that device"},
    {lint_kind::kEmptyGroup, C::kNames, kOn, kAlways, empty_group, "groups have members"},

    {lint_kind::kDuplicateMember, C::kForm, kOn, kAlways, duplicate_entries, "a user is in a group once"},
    {lint_kind::kDuplicateEntry, C::kForm, kOn, kAlways, duplicate_entries, "lists say nothing twice"},
    {lint_kind::kRedundantEntry, C::kForm, kOn, kAlways, redundant_entry, "no source is part of another beside it"},
    {lint_kind::kLegacyMembers, C::kForm, kOn, kAlways, legacy_members, "`autogroup:member` in its present spelling"},
    {lint_kind::kDuplicatePort, C::kForm, kOn, kAlways, ports, "no port is part of a range beside it"},
    {lint_kind::kNearlyAllPorts, C::kForm, kOn, kAlways, ports, "all ports are `*`"},
    {lint_kind::kProtocolNumber, C::kForm, kOn, kAlways, protocol_number, "protocols go by their names"},
    {lint_kind::kTailnetAddress, C::kForm, kOn, kAlways, tailnet_address, "rules name devices, not their addresses"},
    {lint_kind::kOneFamilyHost, C::kForm, kOn, kWithTailnet, one_family_host, "an address is not taken for a device that has two"},
    {lint_kind::kMixedFamilies, C::kForm, kOn, kAlways, mixed_families, "sources and destinations share a family"},
    {lint_kind::kStraddlesTailnet, C::kForm, kOn, kAlways, straddles_tailnet, "ranges lie inside the tailnet or outside"},

    {lint_kind::kDuplicateRule, C::kMeaning, kOn, kAlways, covered, "no two rules allow the same"},
    {lint_kind::kCoveredRule, C::kMeaning, kOn, kAlways, covered, "no rule allows only what another does"},
    {lint_kind::kCoveredTogether, C::kMeaning, kOn, kAlways, covered, "no rule allows only what others together do"},
    {lint_kind::kPartlyCovered, C::kMeaning, kAsked, kAlways, partly_covered, "most of what a rule allows is allowed by it alone"},
    {lint_kind::kDeadRule, C::kMeaning, kOn, kAlways, dead_rule, "rules can match something in some tailnet"},
    {lint_kind::kIncompleteRule, C::kMeaning, kOn, kAlways, incomplete_rule, "rules say who, and what for"},
    {lint_kind::kNoEffectHere, C::kMeaning, kOn, kWithTailnet, no_effect_here, "rules do something in this tailnet"},
    {lint_kind::kLostToTag, C::kMeaning, kOn, kWithTailnet, lost_to_tag, "users whom rules name have devices without tags"},
    {lint_kind::kSelfOnly, C::kMeaning, kOn, kWithTailnet, no_effect_here, "rules join more than a device with itself"},
    {lint_kind::kUnroutedDestination, C::kMeaning, kOn, kWithTailnet, unrouted_destination, "destinations behind routers are routed"},
    {lint_kind::kReturnPath, C::kMeaning, kOn, kWithTailnet, return_path, "networks that are sources have a router"},
    {lint_kind::kOneWayVisibility, C::kMeaning, kAsked, kAlways, one_way_visibility, "who is seen may be reached"},
    {lint_kind::kMergeableRules, C::kMeaning, kAsked, kAlways, mergeable_rules, "rules with the same sources are one"},
    {lint_kind::kNoRulesAllowAll, C::kMeaning, kOn, kAlways, no_rules, "a policy has rules"},
    {lint_kind::kNoRulesDenyAll, C::kMeaning, kOn, kAlways, no_rules, "a policy allows something"},

    {lint_kind::kAllowAll, C::kRisk, kOn, kAlways, wildcards, "no rule allows everything"},
    {lint_kind::kAnySource, C::kRisk, kOn, kAlways, wildcards, "sources are named"},
    {lint_kind::kAnyDestination, C::kRisk, kOn, kAlways, wildcards, "destinations are named"},
    {lint_kind::kAllPorts, C::kRisk, kAsked, kAlways, wildcards, "ports are named"},
    {lint_kind::kDangerAll, C::kRisk, kOn, kAlways, danger_all, "nothing from outside the tailnet gets in"},
    {lint_kind::kExternalMember, C::kRisk, kOn, kWithTailnet, external_member, "`autogroup:member` is of the tailnet's own domain"},
    {lint_kind::kManagementPort, C::kRisk, kOn, kAlways, management_port, "management-ports are open to few"},
    {lint_kind::kExitForEveryone, C::kRisk, kAsked, kAlways, exit_for_everyone, "exit nodes are for some"},
    {lint_kind::kCrossEnvironment, C::kRisk, kOn, kAlways, cross_environment, "development does not reach production"},
    {lint_kind::kProtectedReached, C::kRisk, kOn, kAlways, protected_destination, "protected destinations are reached by those alone that the configuration names"},
    {lint_kind::kWidePrefix, C::kRisk, kOn, kAlways, wide_prefix, "CIDRs keep to budgets.prefix-v4 and prefix-v6"},
    {lint_kind::kBroadTagOwner, C::kRisk, kOn, kAlways, broad_tag_owner, "tags are owned by few"},
    {lint_kind::kTagEscalation, C::kRisk, kOn, kAlways, tag_escalation, "a tag gives its owners no access that they lack"},
    {lint_kind::kBroadApprover, C::kRisk, kOn, kAlways, broad_approver, "routes are approved for few"},
    {lint_kind::kOverlappingApprovers, C::kRisk, kOn, kAlways, overlapping_approvers, "approved routes do not lie in others'"},
    {lint_kind::kRouteHijack, C::kRisk, kOn, kAlways, route_hijack, "nobody may take over routes that others serve"},
    {lint_kind::kUnusedRoute, C::kRisk, kOn, kAlways, unused_route, "approved routes are used by a rule"},
    {lint_kind::kBroadFunnel, C::kRisk, kOn, kAlways, broad_funnel, "funnel is for some"},

    {lint_kind::kSshWithoutNetwork, C::kSsh, kOn, kAlways, ssh_without_network, "ssh rules have a path to port 22"},
    {lint_kind::kSshShadowed, C::kSsh, kOn, kAlways, ssh_shadowed, "ssh rules get to decide"},
    {lint_kind::kSshRootAccept, C::kSsh, kOn, kAlways, ssh_users, "root needs a check"},
    {lint_kind::kSshNonrootOnTag, C::kSsh, kAsked, kAlways, ssh_users, "accounts of tagged devices are named"},
    {lint_kind::kSoftRecorder, C::kSsh, kOn, kAlways, soft_recorder, "recording is enforced"},

    {lint_kind::kViaWithoutRouter, C::kGrants, kOn, kWithTailnet, via_without_router, "`via` names routers"},
    {lint_kind::kAppWithoutNetwork, C::kGrants, kOn, kAlways, app_without_network, "app capabilities have a path"},
    {lint_kind::kAclInsteadOfGrant, C::kGrants, kAsked, kAlways, acl_instead_of_grant, "grants instead of acls"},
    {lint_kind::kSharedToTag, C::kGrants, kOn, kAlways, shared_to_tag, "guests are not let in by tag"},
    {lint_kind::kUnknownAttribute, C::kGrants, kOn, kAlways, node_attributes, "node attributes are known"},
    {lint_kind::kDuplicateAttribute, C::kGrants, kOn, kAlways, node_attributes, "node attributes are given once"},
    {lint_kind::kConflictingAttributes, C::kGrants, kOn, kAlways, node_attributes, "node attributes agree"},
    {lint_kind::kIdleNodeAttr, C::kGrants, kOn, kAlways, node_attributes, "nodeAttrs entries set something"},
    {lint_kind::kImpossiblePosture, C::kGrants, kOn, kAlways, impossible_posture, "postures can hold"},
    {lint_kind::kVersionAsNumber, C::kGrants, kOn, kAlways, version_as_number, "versions are texts"},

    {lint_kind::kNoTests, C::kTests, kOn, kAlways, missing_tests, "a policy has tests"},
    {lint_kind::kNoDenyTests, C::kTests, kOn, kAlways, missing_tests, "tests accept and deny"},
    {lint_kind::kContradictoryTests, C::kTests, kOn, kAlways, contradictory_tests, "tests can all hold"},
    {lint_kind::kDuplicateTest, C::kTests, kOn, kAlways, duplicate_tests, "tests assert nothing twice"},
    {lint_kind::kVacuousTest, C::kTests, kOn, kAlways, vacuous_test, "denials are about somebody"},
    {lint_kind::kDefaultDenyOnly, C::kTests, kAsked, kAlways, default_deny_only, "denials are near some rule"},
    {lint_kind::kUntestedRule, C::kTests, kAsked, kAlways, untested_rule, "every rule is exercised by a test"},
    {lint_kind::kUntestedProtected, C::kTests, kOn, kAlways, untested_protected, "protected destinations have a test that denies"},
    {lint_kind::kStaleTestName, C::kTests, kOn, kWithTailnet, unknown_user, "tests name users that there are"},

    {lint_kind::kBroadRule, C::kCost, kOn, kWithTailnet, broad_rule, "rules keep to budgets.reach"},
    {lint_kind::kManyEntries, C::kCost, kOn, kAlways, many_entries, "rules keep to budgets.entries"},
    {lint_kind::kSelfCost, C::kCost, kAsked, kAlways, self_cost, "filters are shared between devices"},

    {lint_kind::kHeadscaleLacks, C::kCompatibility, kAsked, kAlways, headscale_lacks, "nothing that Headscale lacks"},

    {lint_kind::kUnusedIgnore, C::kLint, kOn, kAlways, nullptr, "ignoring comments ignore something"},
    {lint_kind::kIgnoreForm, C::kLint, kOn, kAlways, nullptr, "ignoring comments name rules and a reason"},
    {lint_kind::kLintUndecided, C::kLint, kOn, kAlways, nullptr, "lint looked at all there is, to the end"},
};

}  // namespace

std::span<const LintRule> lint_rules() { return kRules; }

std::string_view category_name(LintCategory category) {
  static constexpr std::string_view kNames[] = {"style", "names", "form", "meaning", "risk", "ssh", "grants", "tests", "cost", "compatibility", "lint"};
  return kNames[static_cast<size_t>(category)];
}

}  // namespace aclc
