// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/named.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/testrun/people.h"

namespace aclc {

NamedSets::NamedSets(LintContext& c) : c_(c) {
  // A model of its own: what tests and attributes name makes no difference to rules.
  std::vector<Selector> also;
  for (const Use& use : c.uses()) {
    if (use.position == Position::kTestSrc || use.position == Position::kTestDst || use.position == Position::kSshTestSrc || use.position == Position::kSshTestDst || use.position == Position::kNodeAttrTarget) {
      also.push_back(*use.selector);
    }
  }
  model_ = std::make_unique<AccessModel>(c.policy, c.definitions, nullptr, also);
  if (c.options.tailnet == nullptr) return;
  tailnet_.emplace(with_stand_ins(c.policy, c.options.tailnet));
  world_ = std::make_unique<reference::World>(c.policy, c.definitions, *tailnet_);
}

NamedSets::Id NamedSets::of(const Selector& s) {
  const auto [known, is_new] = ids_.try_emplace(std::string(c_.text(s)), static_cast<Id>(sets_.size()));
  if (!is_new) return known->second;
  NamedSet set;
  if (!model_->literal(s, set.addresses)) {
    set.atom = model_->find(s);
    if (world_ && s.kind != SelectorKind::kService) {
      std::vector<AddressRange> ranges;
      for (const TailnetNodeId id : world_->nodes_of(s)) {
        for (const Address& a : reference::World::addresses(world_->node(id))) ranges.push_back({a, a});
      }
      set.addresses = AddressSet::of(std::move(ranges));
    } else if (set.atom != AccessModel::kNone && model_->is_defined_group(set.atom)) {
      const auto members = model_->members(set.atom);
      set.elements.assign(members.begin(), members.end());
    } else if (set.atom != AccessModel::kNone) {
      set.elements = {set.atom};
    }
  }
  sets_.push_back(std::move(set));
  return known->second;
}

bool NamedSets::holds(Id wide, AtomId element) const {
  const AtomId atom = sets_[wide].atom;
  return atom != AccessModel::kNone && std::binary_search(model_->up(element).begin(), model_->up(element).end(), atom);
}

bool NamedSets::within(Id narrow, std::span<const Id> wide) const {
  const NamedSet& set = sets_[narrow];
  if (set.nobody()) return false;
  const bool elements = std::all_of(set.elements.begin(), set.elements.end(), [&](AtomId e) {
    return std::any_of(wide.begin(), wide.end(), [&](Id w) { return holds(w, e); });
  });
  if (!elements) return false;
  AddressSet left = set.addresses;
  for (const Id w : wide) {
    if (left.empty()) break;
    left = left.subtract(sets_[w].addresses);
  }
  return left.empty();
}

bool NamedSets::within(Id narrow, Id wide) {
  const auto [known, is_new] = within_.try_emplace({narrow, wide});
  if (is_new) known->second = within(narrow, std::span<const Id>(&wide, 1));
  return known->second;
}

std::optional<std::string> NamedSets::common(Id a, Id b) const {
  for (const auto& [narrow, wide] : {std::pair{a, b}, std::pair{b, a}}) {
    for (const AtomId e : sets_[narrow].elements) {
      if (holds(wide, e)) return model_->name(e);
    }
  }
  const AddressSet both = sets_[a].addresses.intersect(sets_[b].addresses);
  if (both.empty()) return std::nullopt;
  return name(both.ranges().front().first);
}

std::string NamedSets::witness(Id id) const {
  const NamedSet& set = sets_[id];
  return set.elements.empty() ? name(set.addresses.ranges().front().first) : model_->name(set.elements.front());
}

std::string NamedSets::name(const Address& address) const {
  if (world_) {
    for (const TailnetNodeId id : world_->all_nodes()) {
      const std::vector<Address> own = reference::World::addresses(world_->node(id));
      if (std::find(own.begin(), own.end(), address) != own.end()) return fmt::format("{} ({})", tailnet_->text(world_->node(id).name), address.to_text());
    }
  }
  return address.to_text();
}

}  // namespace aclc
