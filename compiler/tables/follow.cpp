// SPDX-License-Identifier: Apache-2.0
// From what an edit did to the nodes whose tables may be others: along the reverse indexes, and no further than contents change.
#include <algorithm>

#include "compiler/tables/tables.h"

namespace aclc::tables {

void Tables::follow(const lower::Effects& effects, const std::vector<ContentId>& retired, ClassSet& out) {
  for (const ContentId c : retired) texts_.forget(c);
  visibility_.forget(effects);
  planner_.forget_routes();
  ssh_.forget();
  elected_.clear();
  peer_names_.clear();
  peer_name_ends_.clear();

  for (const ClassId c : effects.classes) {
    out.insert(identity_.classes_of(identity_[c].user));
    add_watchers(c, out);
  }
  for (const lower::ChangedSource& s : effects.sources) follow_source(s, effects.classes, out);
  // `*` covers the nodes in these subnets, or no more: they see those who accept from it.
  for (const RangeId r : effects.subnets) {
    for (const identity::RegionId region : identity_.regions_in(r)) out.insert(identity_[region].classes);
  }
  // Members of a group are also where rules lead to: who may use those rules sees them, or no more.
  for (const TermId t : effects.terms) {
    for (const lower::Use& use : form_.uses(t)) {
      const lower::Source& s = form_.sources()[form_[use.part].source];
      for (const Visibility::Covered& c : visibility_.covered(s)) out.insert(c.class_id);
    }
  }
  ssh_.concerned(effects.classes, effects.terms, out);
  // Another router of the same network may be elected now, and routers see what is behind them.
  for (size_t i = 1; effects.routes && i < identity_.route_set_count(); ++i) out.insert(identity_.servers(RouteSetId(i)));
}

void Tables::follow_source(const lower::ChangedSource& changed, const std::vector<ClassId>& moved, ClassSet& out) {
  const lower::Source& source = form_.sources()[changed.source];
  for (const PartId p : source.parts) {
    if (!form_[p].self) visibility_.receivers(p, out);
  }
  for (const PartId p : form_.companion_parts()) {
    const Part& part = form_[p];
    if (part.companion != changed.source && part.source != changed.source) continue;
    for (const Visibility::Covered& c : visibility_.covered(form_.sources()[part.source])) out.insert(c.class_id);
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
  if (one && user.valid()) out.insert(identity_.classes_of(user));
}

void Tables::add_watchers(ClassId id, ClassSet& out) {
  out.insert(id);
  visibility_.add_peers(id, out);
  // Who sees a node behind a router's routes sees the router.
  for (size_t i = 1; i < identity_.route_set_count(); ++i) {
    if (!visibility_.is_behind(RouteSetId(i), id)) continue;
    for (const ClassId server : identity_.servers(RouteSetId(i))) {
      out.insert(server);
      visibility_.add_peers(server, out);
    }
  }
}

}  // namespace aclc::tables
