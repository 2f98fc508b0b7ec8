// SPDX-License-Identifier: Apache-2.0
// Nodes -> classes.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/sorted.h"
#include "compiler/identity/identity.h"

namespace aclc::identity {

size_t Identity::TagListHash::operator()(const std::vector<StringId>& tags) const noexcept {
  uint64_t sum = tags.size();
  for (const StringId t : tags) sum = scramble(sum + t.value + 0x9e3779b97f4a7c15u);
  return sum;
}

Identity::Identity(const reference::Meaning& meaning, const std::vector<bool>& present) : meaning_(meaning) {
  declare_terms();
  const Tailnet& tailnet = meaning_.tailnet();
  routes_.add({});
  known_routes_[{}] = RouteSetId(size_t{0});
  servers_.emplace_back();
  of_user_.resize(tailnet.users.size());
  const auto takes_part = [&](size_t i) { return present.empty() || present[i]; };
  routes_of_.resize(tailnet.nodes.size(), RouteSetId(size_t{0}));
  for (size_t i = 0; i < tailnet.nodes.size(); ++i) {
    if (takes_part(i)) routes_of_[i] = routes_of(tailnet.nodes[TailnetNodeId(i)]);
  }
  index_ranges();
  enter_all(present);
}

void Identity::index_ranges() {
  // What `*` means as a source, and what an exit node leads to, are conditions on addresses like any other.
  for (const AddressRange& r : reference::tailnet_addresses().ranges()) ranges_.add(r);
  for (const AddressRange& r : reference::internet().ranges()) ranges_.add(r);
  ranges_.index();
  terms_with_.resize(ranges_.size());
  regions_in_.resize(ranges_.size());
  public_.clear();
  is_public_.assign(ranges_.size(), false);
  for (size_t i = 0; i < ranges_.size(); ++i) {
    const RangeId id(i);
    if (!reference::internet().contains(ranges_[id])) continue;
    is_public_[i] = true;
    public_.push_back(id);
  }
  for (RouteSet& set : routes_) index_overlaps(set);
  occupied_.resize(ranges_.region_count());
}

void Identity::index_overlaps(RouteSet& set) const {
  set.overlapping.clear();
  for (const Prefix& p : set.served.subnets) {
    ranges_.overlapping(p.range(), [&](RangeId r) { set.overlapping.push_back(r); });
  }
  sort_unique(set.overlapping);
}

RegionId Identity::occupy(const Address& a, size_t& place) {
  const RegionId id = ranges_.region(a, place);
  Occupied& o = occupied_[id.value];
  if (id.value == 0) return id;
  o.sample = a;
  if (!o.ranges.empty()) return id;
  ranges_.containing(a, [&](RangeId r) { o.ranges.push_back(r); });
  sort_unique(o.ranges);
  for (const RangeId r : o.ranges) {
    regions_in_[r.value].push_back(id);
    for (const TermId t : terms_with_[r.value]) {
      if (terms_[t].literal) o.literals.push_back(t);
    }
  }
  sort_unique(o.literals);
  return id;
}

uint32_t Identity::tag_list(const std::vector<StringId>& tags) {
  uint32_t* one = nullptr;
  if (tags.size() == 1) {
    if (list_of_one_tag_.size() <= tags.front().value) list_of_one_tag_.resize(tags.front().value + 1);
    one = &list_of_one_tag_[tags.front().value];
    if (*one != 0) return *one - 1;
  }
  const uint32_t list = tag_lists_.try_emplace(tags, static_cast<uint32_t>(tag_lists_.size())).first->second;
  if (one != nullptr) *one = list + 1;
  return list;
}

bool Identity::is_asked(StringId attribute) {
  if (asked_.size() <= attribute.value) asked_.resize(attribute.value + 1);
  Asked& known = asked_[attribute.value];
  if (known == Asked::kUnknown) {
    const Policy& policy = meaning_.policy();
    const StringId name = policy.names.find(meaning_.tailnet().text(attribute));
    const bool asked = name.valid() && std::any_of(policy.postures.begin(), policy.postures.end(), [&](const Posture& p) {
      const auto assertions = policy.at(p.assertions);
      return std::any_of(assertions.begin(), assertions.end(), [&](const PostureAssertion& a) { return policy.text(a.attribute) == policy.text(name); });
    });
    known = asked ? Asked::kYes : Asked::kNo;
  }
  return known == Asked::kYes;
}

uint32_t Identity::passed_postures(const Node& node) {
  if (postures_.size() == 1) return 0;
  ContentHash attributes = hash_of(node.shared_in ? 1 : 0, node.posture.empty() ? 1 : 0);
  for (const PostureValueOf& v : node.posture) {
    if (!is_asked(v.attribute)) continue;
    const ContentHash value = hash_of(std::bit_cast<uint64_t>(v.number), static_cast<uint64_t>(v.type) << 33 | static_cast<uint64_t>(v.boolean) << 32 | v.text.value);
    attributes = hash_of(attributes.a + value.a + v.attribute.value, attributes.b ^ value.b);
  }
  const auto [same, unseen] = passed_with_.try_emplace(attributes);
  if (!unseen) return same->second;
  std::vector<bool> answers(postures_.size());
  for (size_t i = 0; i < postures_.size(); ++i) answers[i] = meaning_.passes(node, postures_[i]);
  const auto [known, is_new] = passed_.try_emplace(answers, static_cast<uint32_t>(answers_.size()));
  if (is_new) answers_.push_back(std::move(answers));
  return same->second = known->second;
}

ClassKey Identity::key_of(TailnetNodeId id) {
  const Node& node = meaning_.node(id);
  ClassKey key;
  if (node.tagged()) {
    key.owner = tag_list(node.tags);
    key.tagged = true;
  } else {
    key.owner = node.user.value;
  }
  key.shared_in = node.shared_in;
  key.postures = passed_postures(node);
  key.routes = routes_of_[id.value].value;
  key.has_v4 = node.ipv4.has_value();
  key.has_v6 = node.ipv6.has_value();
  if (node.ipv4) key.v4 = occupy(*node.ipv4, last_v4_).value;
  if (node.ipv6) key.v6 = occupy(*node.ipv6, last_v6_).value;
  return key;
}

/// What enter() does for each, with room made once.
void Identity::enter_all(const std::vector<bool>& present) {
  const size_t nodes = meaning_.tailnet().nodes.size();
  class_of_.resize(nodes);
  // Beside classes_, so that a node touches little memory besides its own record.
  std::vector<uint32_t> ends;
  std::vector<ContentHash> hashes;
  // In bursts, since most of the time goes into waiting for memory: of several nodes at once it is one wait.
  constexpr size_t kBurst = 32;
  std::array<TailnetNodeId, kBurst> burst;
  std::array<ClassKey, kBurst> keys;
  for (size_t next = 0; next < nodes;) {
    size_t count = 0;
    for (; count < kBurst && next < nodes; ++next) {
      if (present.empty() || present[next]) burst[count++] = TailnetNodeId(next);
    }
    for (size_t k = 0; k < count; ++k) {
      const Node& node = meaning_.node(burst[k]);
      __builtin_prefetch(node.posture.data());
      __builtin_prefetch(node.tags.data());
    }
    for (size_t k = 0; k < count; ++k) known_classes_.prefetch(keys[k] = key_of(burst[k]));
    for (size_t k = 0; k < count; ++k) {
      const Node& node = meaning_.node(burst[k]);
      const ClassId class_id = class_with(keys[k], node);
      class_of_[burst[k].value] = class_id;
      if (ends.size() < classes_.size()) {
        ends.resize(classes_.size());
        hashes.resize(classes_.size());
      }
      ++ends[class_id.value];
      if (node.ipv4) hashes[class_id.value] += hash_of(*node.ipv4);
      if (node.ipv6) hashes[class_id.value] += hash_of(*node.ipv6);
    }
  }
  classes_.shrink_to_fit();
  known_classes_.shrink_to_fit();
  // Grouped by counting: each class has a stretch of one list.
  uint32_t end = 0;
  for (uint32_t& e : ends) e = std::exchange(end, end + e);
  std::vector<TailnetNodeId> grouped(end);
  for (size_t i = 0; i < nodes; ++i) {
    if (class_of_[i].valid()) grouped[ends[class_of_[i].value]++] = TailnetNodeId(i);
  }
  auto from = grouped.begin();
  for (size_t c = 0; c < classes_.size(); ++c) {
    const auto to = grouped.begin() + ends[c];
    classes_[c].nodes.assign(from, to);
    classes_[c].hash = hashes[c];
    from = to;
  }
}

void Identity::enter(TailnetNodeId id) {
  const Node& node = meaning_.node(id);
  const ClassId class_id = class_with(key_of(id), node);
  IdentityClass& c = classes_[class_id.value];
  insert_sorted(c.nodes, id);
  if (node.ipv4) c.hash += hash_of(*node.ipv4);
  if (node.ipv6) c.hash += hash_of(*node.ipv6);
  class_of_[id.value] = class_id;
}

ClassId Identity::class_with(const ClassKey& key, const Node& node) {
  const ClassId known = known_classes_.find(key);
  return known.valid() ? known : add_class(key, node);
}

ClassId Identity::add_class(const ClassKey& key, const Node& node) {
  const ClassId id = known_classes_.add(key);
  IdentityClass c;
  c.user = node.tagged() ? UserId() : node.user;
  c.routes = RouteSetId(size_t{key.routes});
  c.postures = key.postures;
  c.has_v4 = key.has_v4;
  c.has_v6 = key.has_v6;
  c.v4 = RegionId(size_t{key.v4});
  c.v6 = RegionId(size_t{key.v6});
  c.terms = terms_of(node, key);
  for (const TermId t : c.terms) terms_[t].classes.push_back(id);
  if (key.v4 != 0) occupied_[key.v4].classes.push_back(id);
  if (key.v6 != 0) occupied_[key.v6].classes.push_back(id);
  if (key.routes != 0) servers_[key.routes].push_back(id);
  if (c.user.valid()) of_user_[c.user.value].push_back(id);
  if (key.tagged && first_of_tags_.size() <= key.owner) {
    first_of_tags_.resize(key.owner + 1);
    first_of_tags_[key.owner] = id;
  }
  classes_.push_back(std::move(c));
  return id;
}

/// Two classes of one owner have the same terms, but for literals.
Few<TermId, 4> Identity::terms_of(const Node& node, const ClassKey& key) const {
  ClassId sibling;
  if (key.tagged) {
    if (key.owner < first_of_tags_.size()) sibling = first_of_tags_[key.owner];
  } else if (const std::span<const ClassId> siblings = classes_of(node.user); !siblings.empty()) {
    sibling = siblings.front();
  }
  std::vector<TermId> out;
  if (sibling.valid() && known_classes_[sibling].shared_in == key.shared_in) {
    for (const TermId t : classes_[sibling.value].terms) {
      if (!terms_[t].literal) out.push_back(t);
    }
  } else {
    out = terms_of_owner(node);
  }
  for (const uint32_t region : {key.v4, key.v6}) {
    if (region != 0) out.insert(out.end(), occupied_[region].literals.begin(), occupied_[region].literals.end());
  }
  sort_unique(out);
  return Few<TermId, 4>(out);
}

std::vector<TermId> Identity::terms_of_owner(const Node& node) const {
  const Policy& policy = meaning_.policy();
  const Tailnet& tailnet = meaning_.tailnet();
  std::vector<TermId> out;
  const auto named = [&](std::string_view text, SelectorKind kind) {
    const StringId name = policy.names.find(text);
    if (!name.valid() || name.value >= by_name_.size()) return name;
    const TermId term = by_name_[name.value];
    if (term.valid() && terms_[term].selector.kind == kind) out.push_back(term);
    return name;
  };
  for (const StringId tag : node.tags) named(tailnet.text(tag), SelectorKind::kTag);
  if (!node.tagged() && node.user.valid()) {
    const StringId login = named(tailnet.text(tailnet.users[node.user].login), SelectorKind::kUser);
    if (login.valid() && login.value < groups_with_.size()) {
      out.insert(out.end(), groups_with_[login.value].begin(), groups_with_[login.value].end());
    }
  }
  for (const std::vector<TermId>* list : {&domain_terms_, &autogroup_terms_}) {
    for (const TermId t : *list) {
      if (means(terms_[t], node)) out.push_back(t);
    }
  }
  return out;
}

std::span<const ClassId> Identity::classes_of(UserId user) const {
  if (!user.valid()) return {};
  return of_user_[user.value];
}

bool Identity::has(TermId term, ClassId id) const {
  if (terms_[term].all_nodes) return true;
  return contains_sorted(classes_[id.value].terms, term);
}

bool Identity::passes(ClassId id, PostureId posture) const {
  return posture.value == 0 || answers_[classes_[id.value].postures][posture.value];
}

std::vector<RangeId> Identity::subnet_routes() const {
  std::vector<RangeId> out;
  for (size_t i = 0; i < routes_.size(); ++i) {
    const bool served = std::any_of(servers_[i].begin(), servers_[i].end(), [&](ClassId c) { return !classes_[c.value].nodes.empty(); });
    if (!served) continue;
    for (const Prefix& p : routes_[RouteSetId(i)].served.subnets) out.push_back(ranges_.find(p.range()));
  }
  sort_unique(out);
  return out;
}

}  // namespace aclc::identity
