// SPDX-License-Identifier: Apache-2.0
#include "compiler/engine/engine.h"

#include <algorithm>

#include "base/sorted.h"

namespace aclc {

using identity::ClassId;
using identity::TermId;

Engine::Engine(EngineInput input)
    : input_(std::make_unique<EngineInput>(std::move(input))), present_(input_->tailnet.nodes.size(), true) {
  compile_anew();
}

Engine::~Engine() = default;

Affected Engine::compile_anew() {
  tables_.reset();
  form_ = std::make_unique<lower::SharedForm>(reference::Meaning(input_->policy, input_->definitions, input_->tailnet), input_->tree, present_);
  tables_ = std::make_unique<tables::Tables>(*form_, input_->tree);
  Affected out;
  out.anew = true;
  for (size_t i = 0; i < present_.size(); ++i) {
    if (present_[i]) out.nodes.emplace_back(i);
  }
  return out;
}

void Engine::note_watchers(ClassId id) {
  const std::vector<ClassId> seen_by = tables_->visibility().peers(id);
  watchers_.insert(watchers_.end(), seen_by.begin(), seen_by.end());
}

Affected Engine::finish(lower::Effects& effects) {
  std::vector<ClassId> classes = std::move(watchers_);
  watchers_.clear();
  if (effects.anew) return compile_anew();
  tables_->follow(effects, form_->take_retired(), classes);
  Affected out;
  sort_unique(classes);
  list(classes, out);
  return out;
}

void Engine::list(const std::vector<ClassId>& classes, Affected& out) const {
  for (const ClassId c : classes) {
    const std::vector<TailnetNodeId>& nodes = form_->identity()[c].nodes;
    out.nodes.insert(out.nodes.end(), nodes.begin(), nodes.end());
  }
  std::sort(out.nodes.begin(), out.nodes.end());
}

Affected Engine::add(Node node) {
  const TailnetNodeId id = input_->tailnet.nodes.add(std::move(node));
  present_.push_back(true);
  lower::Effects effects;
  form_->node_arrives(id, effects);
  return finish(effects);
}

Affected Engine::remove(TailnetNodeId node) {
  ACLC_CHECK(present(node));
  note_watchers(form_->identity().class_of(node));
  lower::Effects effects;
  form_->node_leaves(node, effects);
  present_[node.value] = false;
  return finish(effects);
}

Affected Engine::change(TailnetNodeId node, Node record) {
  ACLC_CHECK(present(node));
  note_watchers(form_->identity().class_of(node));
  lower::Effects effects;
  form_->node_leaves(node, effects);
  input_->tailnet.nodes[node] = std::move(record);
  form_->node_arrives(node, effects);
  return finish(effects);
}

Affected Engine::set_member(std::string_view name, std::string_view login, bool member) {
  Policy& policy = input_->policy;
  const uint32_t index = input_->definitions.group_of(policy.names.find(name));
  if (index == Definitions::kNone) return {};
  Group& group = policy.groups[index];
  std::vector<Selector> members(policy.at(group.members).begin(), policy.at(group.members).end());
  const StringId user_name = policy.names.intern(login);
  const auto known = std::find_if(members.begin(), members.end(), [&](const Selector& m) { return m.name == user_name; });
  if ((known != members.end()) == member) return {};
  if (member) {
    Selector joined;
    joined.kind = SelectorKind::kUser;
    joined.name = user_name;
    members.push_back(joined);
  } else {
    std::erase_if(members, [&](const Selector& m) { return m.name == user_name; });
  }
  group.members = {static_cast<uint32_t>(policy.selectors.size()), static_cast<uint32_t>(members.size())};
  policy.selectors.insert(policy.selectors.end(), members.begin(), members.end());

  Selector selector;
  selector.kind = SelectorKind::kGroup;
  selector.name = group.name.value;
  const TermId term = form_->identity().term_of(selector);
  if (!term.valid()) return {};  // no rule speaks of the group
  const Tailnet& tailnet = input_->tailnet;
  UserId user;
  const StringId known_login = tailnet.names.find(login);
  for (size_t i = 0; i < tailnet.users.size() && known_login.valid(); ++i) {
    if (tailnet.users[UserId(i)].login == known_login) user = UserId(i);
  }
  for (const ClassId c : form_->identity().classes_of(user)) note_watchers(c);
  lower::Effects effects;
  form_->member_changes(term, user_name, user, member, effects);
  // The group may be who approves routes: the user's routers are looked at again.
  std::vector<TailnetNodeId> routers;
  for (const ClassId c : form_->identity().classes_of(user)) {
    for (const TailnetNodeId node : form_->identity()[c].nodes) {
      if (!tailnet.nodes[node].routable_ips.empty()) routers.push_back(node);
    }
  }
  for (const TailnetNodeId node : routers) {
    if (effects.anew) break;
    form_->node_leaves(node, effects);
    form_->node_arrives(node, effects);
  }
  return finish(effects);
}

Affected Engine::replace_policy(SyntaxTree tree, Policy policy, Definitions definitions) {
  input_->tree = std::move(tree);
  input_->policy = std::move(policy);
  input_->definitions = std::move(definitions);
  return compile_anew();
}

}  // namespace aclc
