// SPDX-License-Identifier: Apache-2.0
// From what an edit did to the nodes whose tables may be others: along the reverse indexes, and no further than contents change.
#include <algorithm>

#include "compiler/tables/tables.h"

namespace aclc::tables {

void Tables::follow(const lower::Effects& effects, const std::vector<ContentId>& retired, std::vector<ClassId>& out) {
  for (const ContentId c : retired) texts_.forget(c);
  visibility_.forget();
  planner_.forget_routes();
  ssh_.forget();
  elected_.clear();
  peer_names_.clear();
  peer_name_ends_.clear();

  for (const ClassId c : effects.classes) {
    out.push_back(c);
    const std::vector<ClassId>& siblings = identity_.classes_of(identity_[c].user);
    out.insert(out.end(), siblings.begin(), siblings.end());
    // Who sees the node, or saw it: its class is the same to all rules without it.
    const std::vector<ClassId> watchers = visibility_.peers(c);
    out.insert(out.end(), watchers.begin(), watchers.end());
  }
  for (const lower::ChangedSource& s : effects.sources) follow_source(s, effects.classes, out);
  // Members of a group are also where rules lead to: who may use those rules sees them, or no more.
  for (const TermId t : effects.terms) {
    for (const lower::Use& use : form_.uses(t)) {
      const lower::Source& s = form_.sources()[form_[use.part].source];
      for (const Visibility::Covered& c : visibility_.covered(s)) out.push_back(c.class_id);
    }
  }
  ssh_.concerned(effects.classes, effects.terms, out);
  follow_routers(effects, out);
}

void Tables::follow_source(const lower::ChangedSource& changed, const std::vector<ClassId>& moved, std::vector<ClassId>& out) {
  const lower::Source& source = form_.sources()[changed.source];
  for (const PartId p : source.parts) {
    if (!form_[p].self) visibility_.receivers(p, out);
  }
  for (const PartId p : form_.companion_parts()) {
    const Part& part = form_[p];
    if (part.companion != changed.source && part.source != changed.source) continue;
    for (const Visibility::Covered& c : visibility_.covered(form_.sources()[part.source])) out.push_back(c.class_id);
  }
  // Rules of other sources with the content of before or of now: what they merge into may stand elsewhere.
  for (const ContentId content : {changed.before, source.content}) {
    for (const SourceId other : form_.sources()[content].sources) {
      if (other == changed.source) continue;
      for (const PartId p : form_.sources()[other].parts) {
        if (!form_[p].self) visibility_.receivers(p, out);
      }
    }
  }
  // So may a user's rule between his own devices, where they are all that the content has.
  UserId user;
  bool one = true;
  for (const ClassId c : source.classes) {
    if (std::find(moved.begin(), moved.end(), c) != moved.end() || identity_[c].nodes.empty()) continue;
    one = one && (!user.valid() || user == identity_[c].user) && identity_[c].user.valid();
    user = identity_[c].user;
  }
  if (one && user.valid()) {
    const std::vector<ClassId>& theirs = identity_.classes_of(user);
    out.insert(out.end(), theirs.begin(), theirs.end());
  }
}

void Tables::follow_routers(const lower::Effects& effects, std::vector<ClassId>& out) {
  for (size_t i = 1; i < identity_.route_set_count(); ++i) {
    const RouteSetId id(i);
    const identity::RouteSet& routes = identity_[id];
    // Another router of the same network may be elected now, and routers see what is behind them.
    bool concerned = effects.routes;
    for (const ClassId c : effects.classes) {
      for (const identity::RegionId region : {identity_[c].v4, identity_[c].v6}) {
        if (region.value == 0) continue;
        for (const RangeId r : identity_[region].ranges) {
          concerned = concerned || (routes.served.exit_node && identity_.is_public(r)) ||
                      std::binary_search(routes.overlapping.begin(), routes.overlapping.end(), r);
        }
      }
    }
    if (concerned) out.insert(out.end(), identity_.servers(id).begin(), identity_.servers(id).end());
  }
}

}  // namespace aclc::tables
