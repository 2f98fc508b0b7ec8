// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/sources.h"

#include <algorithm>

#include "base/sorted.h"

namespace aclc::lower {

using identity::IdentityClass;
using identity::Term;

namespace {

/// Told apart from every sum of hashes of addresses, as far as 128 bits can.
constexpr ContentHash kEveryone = identity::hash_of(uint64_t{0x2a}, uint64_t{0x2a2a});

}  // namespace

Sources::Sources(const Identity& identity)
    : identity_(identity),
      subnets_(identity.subnet_routes()),
      with_term_(identity.term_count()),
      with_range_(identity.ranges().size()) {}

SourceId Sources::add(std::vector<TermId> terms, PostureId posture) {
  std::erase_if(terms, [](TermId t) { return !t.valid(); });
  sort_unique(terms);
  ContentHash key = identity::hash_of(posture.value, terms.size());
  for (const TermId t : terms) key = identity::hash_of(key.a ^ t.value, key.b);
  const auto [known, is_new] = known_.try_emplace(key, SourceId(sources_.size()));
  if (!is_new) return known->second;
  const SourceId id = sources_.add({});
  Source& source = sources_[id];
  source.terms = std::move(terms);
  source.posture = posture;
  resolve(source);
  bool all_nodes = false;
  for (const TermId t : source.terms) {
    with_term_[t.value].push_back(id);
    all_nodes = all_nodes || identity_[t].all_nodes;
  }
  index_ranges_of(id, true);
  if (source.everyone) {
    everyone_.push_back(id);
  } else if (all_nodes) {
    wildcard_.push_back(id);
    if (posture.value != 0) all_nodes_.push_back(id);
  }
  intern(id);
  return id;
}

/// As reference::resolve_sources has it.
void Sources::resolve(Source& source) const {
  source.classes.clear();
  source.ranges.clear();
  source.everyone = std::any_of(source.terms.begin(), source.terms.end(), [&](TermId t) {
    return identity_[t].selector.autogroup == Autogroup::kDangerAll;
  });
  source.has_hosts = false;
  source.hash = kEveryone;
  if (source.everyone) return;
  for (const TermId id : source.terms) {
    const Term& term = identity_[id];
    if (term.all_nodes) {
      source.ranges.insert(source.ranges.end(), subnets_.begin(), subnets_.end());
      if (source.posture.value == 0) {
        for (const AddressRange& r : reference::tailnet_addresses().ranges()) source.ranges.push_back(identity_.ranges().find(r));
      } else {
        for (size_t c = 0; c < identity_.class_count(); ++c) source.classes.emplace_back(c);
      }
    } else if (term.literal) {
      source.ranges.insert(source.ranges.end(), term.ranges.begin(), term.ranges.end());
    } else {
      source.classes.insert(source.classes.end(), term.classes.begin(), term.classes.end());
    }
  }
  if (source.terms.size() > 1) sort_unique(source.classes);
  sort_unique(source.ranges);
  if (source.posture.value != 0) {
    std::erase_if(source.classes, [&](ClassId c) { return !identity_.passes(c, source.posture); });
  }
  source.has_hosts = std::any_of(source.ranges.begin(), source.ranges.end(), [&](RangeId r) {
    return identity_.ranges()[r].first == identity_.ranges()[r].last;
  });
  hash(source);
}

void Sources::hash(Source& source) const {
  source.hash = {};
  for (const ClassId c : source.classes) source.hash += identity_[c].hash;
  for (const RangeId id : source.ranges) {
    const AddressRange& r = identity_.ranges()[id];
    // An address that a node of the classes has anyway stands in the list once.
    bool twice = false;
    if (r.first == r.last) {
      for (const identity::RegionId region : identity_.regions_in(id)) {
        for (const ClassId c : identity_[region].classes) {
          twice = twice || (!identity_[c].nodes.empty() && contains_sorted(source.classes, c));
        }
      }
    }
    if (!twice) source.hash += identity::hash_of(r);
  }
}

void Sources::intern(SourceId id) {
  Source& source = sources_[id];
  const auto [known, is_new] = by_hash_.try_emplace(source.hash);
  if (is_new) {
    const Content made{source.hash, source.everyone, source.hash == ContentHash(), {}};
    if (free_.empty()) {
      known->second = contents_.add(made);
    } else {
      known->second = free_.back();
      free_.pop_back();
      contents_[known->second] = made;
    }
  }
  source.content = known->second;
  contents_[source.content].sources.push_back(id);
}

ContentId Sources::find(const ContentHash& hash) const {
  const auto known = by_hash_.find(hash);
  return known == by_hash_.end() ? ContentId() : known->second;
}

uint8_t Sources::covered(SourceId id, ClassId class_id) const {
  const Source& source = sources_[id];
  const IdentityClass& c = identity_[class_id];
  const auto own = static_cast<uint8_t>((c.has_v4 ? 1 : 0) | (c.has_v6 ? 2 : 0));
  if (source.everyone || contains_sorted(source.classes, class_id)) return own;
  if (source.ranges.empty()) return 0;
  uint8_t out = 0;
  const auto inside = [&](identity::RegionId region) {
    const std::vector<RangeId>& ranges = identity_[region].ranges;
    return region.value != 0 &&
           std::any_of(ranges.begin(), ranges.end(), [&](RangeId r) { return contains_sorted(source.ranges, r); });
  };
  if (c.has_v4 && inside(c.v4)) out |= 1;
  if (c.has_v6 && inside(c.v6)) out |= 2;
  return out;
}

}  // namespace aclc::lower
