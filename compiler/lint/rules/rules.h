// SPDX-License-Identifier: Apache-2.0
// The functions behind the table of rules.cpp, by the file that they stand in. Internal to lint.
#pragma once

#include <optional>

#include "compiler/lint/context.h"

namespace aclc::lints {

// style.cpp
void not_canonical(LintContext&);
void todo_comment(LintContext&);
void long_line(LintContext&);
void uncommented_rule(LintContext&);
void legacy_field_name(LintContext&);
void bidi_character(LintContext&);
void expired_rule(LintContext&);
// unused.cpp
void unused_names(LintContext&);
// names.cpp
void similar_names(LintContext&);
void reserved_host_name(LintContext&);
void mixed_script_name(LintContext&);
void twin_groups(LintContext&);
void overlapping_hosts(LintContext&);
// lists.cpp
void duplicate_entries(LintContext&);
void redundant_entry(LintContext&);
void empty_group(LintContext&);
void legacy_members(LintContext&);
// inventory.cpp
void unknown_user(LintContext&);
void external_member(LintContext&);
void lost_to_tag(LintContext&);
void without_device(LintContext&);
void host_named_like_node(LintContext&);
// ports.cpp
void ports(LintContext&);
void protocol_number(LintContext&);
// addresses.cpp
void tailnet_address(LintContext&);
void one_family_host(LintContext&);
void mixed_families(LintContext&);
void wide_prefix(LintContext&);
void straddles_tailnet(LintContext&);
// coverage.cpp
void covered(LintContext&);
void partly_covered(LintContext&);
void dead_rule(LintContext&);
// incomplete.cpp
void incomplete_rule(LintContext&);
// effect.cpp
void no_effect_here(LintContext&);
void unrouted_destination(LintContext&);
void return_path(LintContext&);
// visibility.cpp
void one_way_visibility(LintContext&);
// compatibility.cpp
void headscale_lacks(LintContext&);
// merge.cpp
void mergeable_rules(LintContext&);
// breadth.cpp
void no_rules(LintContext&);
void wildcards(LintContext&);
void danger_all(LintContext&);
void management_port(LintContext&);
void exit_for_everyone(LintContext&);
void cross_environment(LintContext&);
// tags.cpp
void broad_tag_owner(LintContext&);
void tag_escalation(LintContext&);
// approvers.cpp
void broad_approver(LintContext&);
void overlapping_approvers(LintContext&);
void route_hijack(LintContext&);
void unused_route(LintContext&);
// ssh.cpp
void ssh_without_network(LintContext&);
void ssh_shadowed(LintContext&);
void ssh_users(LintContext&);
void soft_recorder(LintContext&);
// grants.cpp
void via_without_router(LintContext&);
void app_without_network(LintContext&);
void acl_instead_of_grant(LintContext&);
void shared_to_tag(LintContext&);
// attributes.cpp
void node_attributes(LintContext&);
void broad_funnel(LintContext&);
// postures.cpp
void impossible_posture(LintContext&);
void version_as_number(LintContext&);
// protected.cpp
void protected_destination(LintContext&);
// tests.cpp
void missing_tests(LintContext&);
void contradictory_tests(LintContext&);
void duplicate_tests(LintContext&);
void vacuous_test(LintContext&);
void default_deny_only(LintContext&);
void untested_rule(LintContext&);
void untested_protected(LintContext&);
// cost.cpp
void broad_rule(LintContext&);
void many_entries(LintContext&);
void self_cost(LintContext&);

/// Selectors that mean everybody, or everybody of a tailnet: `*`, `autogroup:member`, `autogroup:danger-all`.
bool is_broad(const Selector& s);
/// What a diagnostic shows of a rule: its bracket and what follows on the line.
inline Span opening(Span rule) { return {rule.begin, rule.begin + 1}; }

}  // namespace aclc::lints
