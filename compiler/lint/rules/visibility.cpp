// SPDX-License-Identifier: Apache-2.0
// A rule shows the devices of its sources to those of its destinations, whether or not these may reach them in turn.
#include <set>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {

void one_way_visibility(LintContext& c) {
  if (c.policy.allows_all()) return;
  const AccessModel& model = c.model();
  std::set<std::pair<AtomId, AtomId>> opened;  // from, to
  for (const AccessRule& r : model.rules()) {
    for (const AtomId from : r.sources) {
      for (const AccessTarget& t : r.targets) opened.emplace(from, t.unit);
    }
  }
  const auto reaches = [&](AtomId from, AtomId to) {
    for (const AtomId f : model.up(from)) {
      for (const AtomId t : model.up(to)) {
        if (opened.count({f, t}) != 0) return true;
      }
    }
    return false;
  };
  for (const AccessRule& r : model.rules()) {
    for (const AccessTarget& t : r.targets) {
      if (model.is_range(t.unit) || t.unit == model.self() || model.is_everything(t.unit)) continue;
      for (const AtomId from : r.sources) {
        if (from == t.unit || model.is_everything(from) || reaches(t.unit, from)) continue;
        c.report(diag::OneWayVisibility(t.span, model.name(t.unit), model.name(from)).help("names, addresses and whether they are online: of every device that may reach them"));
        break;  // one witness for a destination
      }
    }
  }
}

}  // namespace aclc::lints
