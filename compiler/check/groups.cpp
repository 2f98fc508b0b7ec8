// SPDX-License-Identifier: Apache-2.0
// groups and hosts: names and members.
#include <fmt/format.h>

#include "base/text/json_quote.h"
#include "compiler/check/context.h"
#include "compiler/check/insertion.h"
#include "compiler/check/names.h"

namespace aclc::checks {
namespace {

constexpr size_t kMostListed = 100;

// The members of the nested group in its place mean what was meant, if they are all people.
std::vector<Edit> flatten(const Context& context, const Selector& nested) {
  const uint32_t at = context.definitions.group_of(nested.name);
  if (at == Definitions::kNone) return {};
  const auto members = context.policy.at(context.policy.groups[at].members);
  if (members.empty() || members.size() > kMostListed) return {};
  std::string list;
  for (const Selector& m : members) {
    if (m.kind != SelectorKind::kUser) return {};
    if (!list.empty()) list += ", ";
    list += json_string(context.policy.text(m));
  }
  const NodeId string = node_begun(context.tree, nested.span.begin);
  if (!context.tree.is(string, NodeKind::kString)) return {};
  return {{context.tree[string].span, std::move(list)}};
}

void report_nested(const Context& context, const Group& group, const Selector& member) {
  const std::string_view outer = context.policy.text(group.name);
  const std::string_view inner = context.policy.text(member);
  Diagnostic found =
      diag::NestedGroup(member.span, inner, outer)
          .upstream(fmt::format("groups[{}]: {}: group members cannot be recursive", quote_go(outer), quote_go(inner)))
          .help(inner == outer ? "groups hold users only; take it out"
                               : "groups hold users only; list its members, or name both groups where this one is used");
  if (const uint32_t at = context.definitions.group_of(member.name); at != Definitions::kNone && inner != outer) {
    found = std::move(found).label(context.policy.groups[at].name.span, fmt::format("`{}` is defined here", inner));
  }
  if (std::vector<Edit> edits = flatten(context, member); !edits.empty()) {
    found = std::move(found).fix(fmt::format("list the members of `{}`", inner), std::move(edits));
  }
  context.sink.report(std::move(found));
}

}  // namespace

void check_groups(const Context& context) {
  for (const Group& group : context.policy.groups) {
    check_name_form(context, group.name, "a group", "group:", context.definitions.group);
    for (const Selector& member : context.policy.at(group.members)) {
      if (member.kind == SelectorKind::kGroup) {
        report_nested(context, group, member);
      } else {
        may_stand(context, member, Position::kGroupMember);
      }
    }
  }
}

void check_hosts(const Context& context) {
  for (const Host& host : context.policy.hosts) {
    if (!host.name.present()) continue;
    const std::string_view name = context.policy.text(host.name);
    if (name.empty()) {
      context.sink.report(diag::NameForm(host.name.span, name, "a host", "it is empty"));
    } else if (name.find('@') != std::string_view::npos) {
      context.sink.report(
          diag::NameForm(host.name.span, name, "a host", "`@` is for users")
              .upstream(fmt::format("host names cannot include an @, please change the name for {}", quote_go(name))));
    } else if (name.find(':') != std::string_view::npos) {
      context.sink.report(diag::NameForm(host.name.span, name, "a host", "`:` parts names from ports"));
    } else if (name == "*" || Address::parse(name) || Prefix::parse(name)) {
      context.sink.report(
          diag::NameForm(host.name.span, name, "a host", "where it is used it means itself, never this entry"));
    }
  }
}

}  // namespace aclc::checks
