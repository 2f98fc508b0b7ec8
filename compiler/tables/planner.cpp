// SPDX-License-Identifier: Apache-2.0
// Hits -> rules in the order of the wire (reference::FilterCompiler, `network_rules`, `app_rules` and `compile`).
#include "compiler/tables/planner.h"

#include <algorithm>

namespace aclc::tables {

using Kind = Destination::Kind;

void Plan::clear() {
  rules.clear();
  drafts.clear();
  grants.clear();
  hits.clear();
  destinations.clear();
  locals.clear();
  local_hashes.clear();
  visible.clear();
}

wire::CapMap cap_map(const Grant& grant) {
  switch (grant.companion) {
    case Companion::kDrive: return {{"tailscale.com/cap/drive-sharer", "null"}};
    case Companion::kRelay: return {{"tailscale.com/cap/relay-target", "null"}};
    case Companion::kNone: break;
  }
  return grant.rule->app;
}

Planner::Planner(const SharedForm& form) : form_(form), identity_(form.identity()) {}

void Planner::plan(ClassId class_id, Plan& out) {
  const auto& nodes = identity_[class_id].nodes;
  plan(nodes.empty() ? TailnetNodeId() : nodes.front(), class_id, out);
}

void Planner::plan(TailnetNodeId node, ClassId class_id, Plan& out) {
  out.clear();
  const IdentityClass& c = identity_[class_id];
  const Receiver at{node, class_id, &c, &identity_[c.routes], c.routes.value != 0};
  node_hits(at, out);
  literal_hits(at, out);
  self_hits(at, out);
  via_hits(at, out);
  std::sort(out.hits.begin(), out.hits.end(), [](const Hit& a, const Hit& b) {
    return a.part != b.part ? a.part < b.part : a.target < b.target;
  });
  draft(at, out);
  companions(at, out);
  order(out);
}

SourceRef Planner::local_source(std::vector<ClassId> classes, Plan& out) const {
  identity::ContentHash hash;
  for (const ClassId c : classes) hash += identity_[c].hash;
  if (hash == identity::ContentHash()) return {};
  if (const ContentId known = form_.sources().find(hash); known.valid()) return {known, UINT32_MAX};
  for (uint32_t i = 0; i < out.locals.size(); ++i) {
    if (out.local_hashes[i] == hash) return {{}, i};
  }
  out.locals.push_back(std::move(classes));
  out.local_hashes.push_back(hash);
  return {{}, static_cast<uint32_t>(out.locals.size() - 1)};
}

/// Those of the user's devices that are among the sources of the rule.
SourceRef Planner::self_source(const Receiver& at, const Rule& rule, Plan& out) const {
  std::vector<ClassId> from;
  for (const ClassId c : identity_.classes_of(at.of_class->user)) {
    const bool named = std::any_of(rule.src.begin(), rule.src.end(), [&](TermId t) { return t.valid() && identity_.has(t, c); });
    if (named && identity_.passes(c, rule.posture)) from.push_back(c);
  }
  return local_source(std::move(from), out);
}

void Planner::draft(const Receiver& at, Plan& out) {
  groups_.clear();
  pending_.clear();
  const auto all = static_cast<uint32_t>(out.hits.size());
  for (uint32_t begin = 0, end = 0; begin < all; begin = end) {
    const PartId id = out.hits[begin].part;
    bool any = false;
    for (end = begin; end < all && out.hits[end].part == id; ++end) any = any || out.hits[end].count > 0;
    const Part& part = form_[id];
    const Rule& rule = form_.rule_of(id);
    SourceRef source;
    if (part.self) {
      source = self_source(at, rule, out);
    } else {
      source.content = form_.sources()[part.source].content;
    }
    const bool no_source = source.empty() || (source.content.valid() && form_.sources()[source.content].empty);
    if (!no_source) network_drafts(id, begin, end - begin, source, out);
    if (rule.grants_app()) {
      app_rules(at, id, begin, end - begin, source, out);
    } else if (any && !rule.app.empty() && !rule.src.empty()) {
      out.visible.push_back(source);
    }
  }
}

uint32_t Planner::group_of(SourceRef source, uint8_t protocol) {
  std::vector<uint32_t>& heads = source.content.valid() ? head_of_content_ : head_of_local_;
  const size_t index = source.content.valid() ? source.content.value : source.local;
  if (heads.size() <= index) heads.resize(index + 1, UINT32_MAX);
  for (uint32_t g = heads[index]; g != UINT32_MAX; g = groups_[g].next) {
    if (groups_[g].protocol == protocol) return g;
  }
  const auto id = static_cast<uint32_t>(groups_.size());
  groups_.push_back({source, protocol, form_.first(source.content, protocol), heads[index], false});
  heads[index] = id;
  return id;
}

void Planner::network_drafts(PartId id, uint32_t first_hit, uint32_t hits, SourceRef source, const Plan& out) {
  const Part& part = form_[id];
  const Rule& rule = form_.rule_of(id);
  for (uint32_t i = 0; i < rule.ip.size(); ++i) {
    bool filled = false;
    for (uint32_t h = first_hit; h < first_hit + hits; ++h) {
      const Hit& hit = out.hits[h];
      filled = filled || (hit.count > 0 && !(part.targets[hit.target].ports.empty() && rule.ip[i].ports.empty()));
    }
    if (!filled && rule.has_via()) continue;
    const uint32_t group = group_of(source, rule.ip[i].protocol);
    groups_[group].place = std::min(groups_[group].place, part.position + i);
    if (!filled) continue;
    groups_[group].filled = true;
    pending_.push_back({group, part.position + i, {id, i, first_hit, hits}});
  }
}

void Planner::app_rules(const Receiver& at, PartId id, uint32_t first_hit, uint32_t hits, SourceRef source, Plan& out) {
  const Part& part = form_[id];
  const Rule& rule = form_.rule_of(id);
  const auto first = static_cast<uint32_t>(out.grants.size());
  const auto holds_own = [&](const AddressRange& range) {
    const IdentityClass& c = *at.of_class;
    return (c.has_v4 && c.v4.value != 0 && range.contains(identity_[c.v4].sample)) ||
           (c.has_v6 && c.v6.value != 0 && range.contains(identity_[c.v6].sample));
  };
  for (uint32_t h = first_hit; h < first_hit + hits; ++h) {
    const Hit& hit = out.hits[h];
    bool own = false;
    std::vector<RangeId> behind;
    for (uint32_t d = hit.first; d < hit.first + hit.count; ++d) {
      const Destination& dst = out.destinations[d];
      switch (dst.kind) {
        case Kind::kEverything: own = true; break;
        case Kind::kOwn: own = own || at.of_class->has_address(); break;
        case Kind::kOther: break;
        case Kind::kRange:
        case Kind::kPublicRange: {
          const RangeId range(size_t{dst.id});
          const std::vector<RangeId>& overlapping = at.routes->overlapping;
          if (holds_own(identity_.ranges()[range])) {
            own = true;
          } else if (dst.kind == Kind::kRange && std::binary_search(overlapping.begin(), overlapping.end(), range)) {
            behind.push_back(range);
          }
          break;
        }
      }
    }
    if (own) out.grants.push_back({&rule, Companion::kNone, {}});
    if (!behind.empty()) out.grants.push_back({&rule, Companion::kNone, std::move(behind)});
  }
  const auto count = static_cast<uint32_t>(out.grants.size()) - first;
  if (count > 0) out.rules.push_back({part.position + lower::kAppDraft, source, 0, first, count, true});
}

/// What tells the sources of two capabilities who may use them.
void Planner::companions(const Receiver& at, Plan& out) {
  for (const PartId id : form_.companion_parts()) {
    const Part& part = form_[id];
    const Rule& rule = form_.rule_of(id);
    SourceRef from;
    if (part.self) {
      if (!at.of_class->user.valid() || self_source(at, rule, out).empty()) continue;
      const bool named = std::any_of(rule.src.begin(), rule.src.end(),
                                     [&](TermId t) { return t.valid() && identity_.has(t, at.class_id); });
      if (!named || !identity_.passes(at.class_id, rule.posture) || !at.of_class->has_address()) continue;
      const std::span<const ClassId> devices = identity_.classes_of(at.of_class->user);
      from = local_source({devices.begin(), devices.end()}, out);
    } else {
      if (form_.sources().covered(part.source, at.class_id) == 0) continue;
      from.content = form_.sources()[part.companion].content;
      if (form_.sources()[from.content].empty) continue;
    }
    for (const Companion companion : {Companion::kDrive, Companion::kRelay}) {
      if (!(companion == Companion::kDrive ? rule.drive : rule.relay)) continue;
      const Position draft = companion == Companion::kDrive ? lower::kDriveDraft : lower::kRelayDraft;
      out.rules.push_back({part.position + draft, from, 0, static_cast<uint32_t>(out.grants.size()), 1, true});
      out.grants.push_back({&rule, companion, {}});
    }
  }
}

void Planner::order(Plan& out) {
  std::sort(pending_.begin(), pending_.end(), [&](const PendingDraft& a, const PendingDraft& b) {
    return a.group != b.group ? groups_[a.group].place < groups_[b.group].place : a.position < b.position;
  });
  for (size_t begin = 0, end = 0; begin < pending_.size(); begin = end) {
    const Group& group = groups_[pending_[begin].group];
    const auto first = static_cast<uint32_t>(out.drafts.size());
    for (end = begin; end < pending_.size() && pending_[end].group == pending_[begin].group; ++end) {
      out.drafts.push_back(pending_[end].draft);
    }
    out.rules.push_back({group.place, group.source, group.protocol, first, static_cast<uint32_t>(end - begin), false});
  }
  std::sort(out.rules.begin(), out.rules.end(), [](const PlannedRule& a, const PlannedRule& b) { return a.place < b.place; });
  for (const Group& g : groups_) {
    if (g.source.content.valid()) {
      head_of_content_[g.source.content.value] = UINT32_MAX;
    } else {
      head_of_local_[g.source.local] = UINT32_MAX;
    }
  }
}

}  // namespace aclc::tables
