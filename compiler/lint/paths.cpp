// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/paths.h"

#include <algorithm>
#include <unordered_set>

#include "base/net/protocol.h"

namespace aclc {
namespace {

bool opens(const AccessRule& rule, const AccessTarget& target, uint16_t port) {
  return std::any_of(rule.access.begin() + target.access_begin, rule.access.begin() + target.access_end, [&](const PortAccess& access) {
    return (access.protocol == 0 || access.protocol == kTcp) && access.ports.contains(port);
  });
}

}  // namespace

PortPaths::PortPaths(const AccessModel& model, const reference::World& world, Devices& devices, uint16_t port) : world_(world) {
  for (const AccessRule& rule : model.rules()) {
    Rule out;
    for (const AccessTarget& t : rule.targets) {
      if (!opens(rule, t, port)) continue;
      if (t.unit == model.self()) {
        out.self = true;
      } else if (model.is_range(t.unit)) {
        out.targets.push_back(&lists_.emplace_back(devices.with_address(AddressSet::of({model.range(t.unit)}))));
      } else {
        out.targets.push_back(&devices.of(model.selector(t.unit)));
      }
    }
    if (out.targets.empty() && !out.self) continue;
    for (const AtomId s : rule.sources) {
      out.sources.push_back(model.is_everything(s) ? &world.all_nodes() : &devices.of(model.selector(s)));
    }
    if (!rule.addresses.empty()) out.sources.push_back(&lists_.emplace_back(devices.with_address(rule.addresses)));
    rules_.push_back(std::move(out));
  }
}

void PortPaths::mark_users(const reference::NodeList& nodes, std::vector<bool>& users) const {
  for (const TailnetNodeId id : nodes) {
    const Node& node = world_.node(id);
    if (!node.tagged() && node.user.valid()) users[node.user.value] = true;
  }
}

bool PortPaths::of_users(TailnetNodeId id, const std::vector<bool>& users) const {
  const Node& node = world_.node(id);
  return !node.tagged() && node.user.valid() && users[node.user.value];
}

std::vector<bool> PortPaths::towards(const reference::NodeList& to) const {
  std::vector<bool> wanted = none(), out = none(), owners = users();
  for (const TailnetNodeId id : to) wanted[id.value] = true;
  mark_users(to, owners);
  std::unordered_set<const reference::NodeList*> taken;
  for (const Rule& rule : rules_) {
    const bool opened = std::any_of(rule.targets.begin(), rule.targets.end(), [&](const reference::NodeList* list) {
      return std::any_of(list->begin(), list->end(), [&](TailnetNodeId id) { return wanted[id.value]; });
    });
    for (const reference::NodeList* list : rule.sources) {
      if (opened && !taken.insert(list).second) continue;
      for (const TailnetNodeId id : *list) {
        if (opened || (rule.self && of_users(id, owners))) out[id.value] = true;
      }
    }
  }
  return out;
}

std::vector<bool> PortPaths::to_own() const {
  std::vector<bool> out = none();
  for (const Rule& rule : rules_) {
    std::vector<bool> owners(rule.self ? std::vector<bool>(world_.tailnet().users.size(), true) : users());
    if (!rule.self) {
      for (const reference::NodeList* list : rule.targets) mark_users(*list, owners);
    }
    for (const reference::NodeList* list : rule.sources) {
      for (const TailnetNodeId id : *list) {
        if (of_users(id, owners)) out[id.value] = true;
      }
    }
  }
  return out;
}

}  // namespace aclc
