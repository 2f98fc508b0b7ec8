// SPDX-License-Identifier: Apache-2.0
// Who may give tags to devices, and what he gains by it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/net/protocol.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// Admins may change the policy itself: a tag gives them nothing that they could not have.
bool is_admin(const Selector& s) {
  return s.kind == SelectorKind::kAutogroup &&
         (s.autogroup == Autogroup::kOwner || s.autogroup == Autogroup::kAdmin || s.autogroup == Autogroup::kNetworkAdmin);
}

}  // namespace

void broad_tag_owner(LintContext& c) {
  for (const TagOwner& t : c.policy.tag_owners) {
    for (const Selector& s : c.policy.at(t.owners)) {
      if (is_broad(s)) c.report(diag::BroadTagOwner(s.span, c.written(s.span), c.policy.text(t.name)));
    }
  }
}

/// For each tag and each owner that is a person: what a device with the tag may reach and the person's own devices may not.
void tag_escalation(LintContext& c) {
  const AccessModel& model = c.model();
  std::vector<std::vector<uint32_t>> rules_from(model.atom_count());
  for (uint32_t i = 0; i < model.rules().size(); ++i) {
    const AccessRule& rule = model.rules()[i];
    if (rule.via || rule.access.empty()) continue;
    for (const AtomId s : rule.sources) rules_from[s].push_back(i);
  }
  for (const TagOwner& t : c.policy.tag_owners) {
    Selector tag;
    tag.kind = SelectorKind::kTag;
    tag.name = t.name.value;
    const AtomId tagged = model.find(tag);
    if (tagged == AccessModel::kNone) continue;
    for (const Selector& owner : c.policy.at(t.owners)) {
      const AtomId person = model.find(owner);
      if (owner.kind == SelectorKind::kTag || is_admin(owner) || person == AccessModel::kNone) continue;
      const auto gain = [&]() -> bool {
        for (const AtomId s : model.up(tagged)) {
          if (model.is_everything(s)) continue;  // theirs without the tag
          for (const uint32_t i : rules_from[s]) {
            const AccessRule& rule = model.rules()[i];
            for (const AccessTarget& target : rule.targets) {
              if (target.unit == model.self() || target.unit == tagged) continue;
              for (uint32_t a = target.access_begin; a < target.access_end; ++a) {
                const PortAccess& access = rule.access[a];
                const uint8_t protocol = access.protocol == 0 ? kTcp : access.protocol;
                if (!protocol_has_ports(protocol)) continue;
                const PortSet more = c.coverage().missing({person, rule.posture, target.unit, protocol, access.ports, false});
                if (more.empty()) continue;
                const std::string packet = fmt::format("{} {}:{}", protocol_name(protocol), model.name(target.unit), more.ranges().front().last == 65535 && more.ranges().front().first == 0 ? "*" : std::to_string(more.ranges().front().first));
                c.report(diag::TagEscalation(owner.span, c.written(owner.span), c.policy.text(t.name), packet)
                             .label(opening(rule.span), "this lets devices with the tag through")
                             .help("whoever owns a tag can make a device that has it: let fewer own it, or give the owners that access themselves"));
                return true;
              }
            }
          }
        }
        return false;
      };
      gain();
    }
  }
}

}  // namespace aclc::lints
