// SPDX-License-Identifier: Apache-2.0
// Edits of the shared form: from a class that changed to the sources that have it, and no further where a content stays.
#include <algorithm>
#include <iterator>

#include "base/sorted.h"
#include "compiler/lower/shared_form.h"

namespace aclc::lower {

/// As resolve() decides it, for one class.
bool Sources::member(const Source& source, ClassId id) const {
  return identity_.passes(id, source.posture) && std::any_of(source.terms.begin(), source.terms.end(), [&](TermId t) {
    const identity::Term& term = identity_[t];
    return term.all_nodes ? source.posture.value != 0 : !term.literal && identity_.has(t, id);
  });
}

void Sources::index_ranges_of(SourceId id, bool present) {
  with_range_.resize(identity_.ranges().size());
  for (const RangeId r : sources_[id].ranges) {
    std::vector<SourceId>& with = with_range_[r.value];
    if (present) {
      with.push_back(id);
    } else {
      with.erase(std::find(with.begin(), with.end(), id));
    }
  }
}

void Sources::recontent(SourceId id, const ContentHash& before, std::vector<ChangedSource>& out) {
  Source& source = sources_[id];
  if (source.hash == before) return;
  const ContentId old = source.content;
  std::vector<SourceId>& sharing = contents_[old].sources;
  sharing.erase(std::find(sharing.begin(), sharing.end(), id));
  if (sharing.empty()) {
    by_hash_.erase(before);
    retired_.push_back(old);
  }
  intern(id);
  if (contents_[old].sources.empty()) free_.push_back(old);
  out.push_back({id, old});
}

void Sources::class_changed(ClassId id, const ContentHash& hash_before, std::span<const TermId> terms_before,
                            std::vector<ChangedSource>& out) {
  const identity::IdentityClass& c = identity_[id];
  std::vector<SourceId> concerned = all_nodes_;
  for (const std::span<const TermId> terms : {terms_before, std::span<const TermId>(c.terms)}) {
    for (const TermId t : terms) concerned.insert(concerned.end(), with_term_[t.value].begin(), with_term_[t.value].end());
  }
  sort_unique(concerned);
  for (const SourceId s : concerned) {
    Source& source = sources_[s];
    if (source.everyone) continue;
    const auto place = std::lower_bound(source.classes.begin(), source.classes.end(), id);
    const bool was = place != source.classes.end() && *place == id, is = member(source, id);
    if (!was && !is) continue;
    const ContentHash before = source.hash;
    if (was && !is) source.classes.erase(place);
    if (!was && is) source.classes.insert(place, id);
    if (source.has_hosts) {
      hash(source);
    } else {
      if (was) source.hash -= hash_before;
      if (is) source.hash += c.hash;
    }
    recontent(s, before, out);
  }
}

void Sources::routes_changed(std::vector<ChangedSource>& out, std::vector<RangeId>& moved) {
  with_range_.resize(identity_.ranges().size());
  std::vector<RangeId> now = identity_.subnet_routes();
  if (now == subnets_) return;
  std::set_symmetric_difference(now.begin(), now.end(), subnets_.begin(), subnets_.end(), std::back_inserter(moved));
  subnets_ = std::move(now);
  for (const SourceId s : wildcard_) {
    const ContentHash before = sources_[s].hash;
    index_ranges_of(s, false);
    resolve(sources_[s]);
    index_ranges_of(s, true);
    recontent(s, before, out);
  }
}

void SharedForm::node_leaves(TailnetNodeId node, Effects& out) {
  const ClassId id = identity_.class_of(node);
  const ContentHash before = identity_[id].hash;
  identity_.leave(node);
  sources_.class_changed(id, before, identity_[id].terms, out.sources);
  out.classes.push_back(id);
  if (identity_[id].routes.value != 0) {
    out.routes = true;
    sources_.routes_changed(out.sources, out.subnets);
  }
}

void SharedForm::node_arrives(TailnetNodeId node, Effects& out) {
  const size_t ranges = identity_.ranges().size();
  const std::optional<ClassId> id = identity_.arrive(node);
  if (!id) {
    out.anew = true;
    return;
  }
  if (identity_.ranges().size() != ranges || identity_[*id].routes.value != 0) out.routes = true;
  ContentHash before = identity_[*id].hash;
  const Node& record = meaning().node(node);
  if (record.ipv4) before -= identity::hash_of(*record.ipv4);
  if (record.ipv6) before -= identity::hash_of(*record.ipv6);
  sources_.class_changed(*id, before, identity_[*id].terms, out.sources);
  if (out.routes) sources_.routes_changed(out.sources, out.subnets);
  out.classes.push_back(*id);
}

void SharedForm::member_changes(TermId group, StringId login, UserId user, bool member, Effects& out) {
  std::vector<Few<TermId, 4>> terms_before;
  for (const ClassId c : identity_.classes_of(user)) terms_before.push_back(identity_[c].terms);
  identity_.set_member(group, login, user, member);
  const std::span<const ClassId> classes = identity_.classes_of(user);
  for (size_t i = 0; i < classes.size(); ++i) {
    sources_.class_changed(classes[i], identity_[classes[i]].hash, terms_before[i], out.sources);
    out.classes.push_back(classes[i]);
  }
  out.terms.push_back(group);
}

}  // namespace aclc::lower
