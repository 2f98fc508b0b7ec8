// SPDX-License-Identifier: Apache-2.0
#include "compiler/engine/engine.h"

#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>
#include <utility>

namespace aclc {

using identity::ClassId;
using identity::TermId;

Engine::Engine(EngineInput input)
    : tailnet_(std::make_unique<Tailnet>(std::move(input.tailnet))),
      written_(std::make_unique<Written>(Written{std::move(input.tree), std::move(input.policy), std::move(input.definitions)})),
      present_(tailnet_->nodes.size(), true) {
  compile_anew();
}

Engine::~Engine() = default;

Engine::Compiled Engine::compile() const {
  Compiled out;
  out.form = std::make_unique<lower::SharedForm>(reference::Meaning(written_->policy, written_->definitions, *tailnet_), written_->tree, present_);
  out.tables = std::make_unique<tables::Tables>(*out.form, written_->tree);
  return out;
}

Affected Engine::compile_anew() {
  now_ = {};
  now_ = compile();
  Affected out;
  out.anew = true;
  for (size_t i = 0; i < present_.size(); ++i) {
    if (present_[i]) out.nodes.emplace_back(i);
  }
  return out;
}

Affected Engine::finish(lower::Effects& effects) {
  tables::ClassSet classes = std::exchange(watchers_, {});
  if (effects.anew) return compile_anew();
  now_.tables->follow(effects, now_.form->take_retired(), classes);
  Affected out;
  list(classes, out);
  return out;
}

/// By bits and not by sorting: thousands of nodes may follow from one.
void Engine::list(const tables::ClassSet& classes, Affected& out) {
  marks_.resize((present_.size() + 63) / 64);
  classes.each([&](ClassId c) {
    for (const TailnetNodeId node : form().identity()[c].nodes) marks_[node.value / 64] |= uint64_t{1} << (node.value % 64);
  });
  for (size_t i = 0; i < marks_.size(); ++i) {
    for (uint64_t word = std::exchange(marks_[i], 0); word != 0; word &= word - 1) {
      out.nodes.emplace_back(i * 64 + static_cast<size_t>(std::countr_zero(word)));
    }
  }
}

/// Nodes that were of one class and are of one class have the same reason to differ: one of them stands for all.
Affected Engine::compare(Compiled& before) {
  const identity::Identity& then = before.form->identity();
  const identity::Identity& now = form().identity();
  Affected out;
  out.anew = true;
  std::unordered_map<uint64_t, bool> differs;
  std::string was, is;
  for (size_t i = 0; i < present_.size(); ++i) {
    if (!present_[i]) continue;
    const TailnetNodeId node(i);
    const auto [known, is_new] = differs.try_emplace(uint64_t{then.class_of(node).value} << 32 | now.class_of(node).value);
    if (is_new) {
      before.tables->append_json(was = "", node);
      tables().append_json(is = "", node);
      known->second = was != is;
    }
    // Of several routers of one class one is elected, perhaps another than before.
    if (known->second || before.tables->primary_routes(node) != tables().primary_routes(node)) out.nodes.push_back(node);
  }
  return out;
}

Affected Engine::add(Node node) {
  const TailnetNodeId id = tailnet_->nodes.add(std::move(node));
  present_.push_back(true);
  lower::Effects effects;
  now_.form->node_arrives(id, effects);
  return finish(effects);
}

Affected Engine::remove(TailnetNodeId node) {
  ACLC_CHECK(present(node));
  now_.tables->add_watchers(form().identity().class_of(node), watchers_);
  lower::Effects effects;
  now_.form->node_leaves(node, effects);
  present_[node.value] = false;
  return finish(effects);
}

Affected Engine::change(TailnetNodeId node, Node record) {
  ACLC_CHECK(present(node));
  now_.tables->add_watchers(form().identity().class_of(node), watchers_);
  lower::Effects effects;
  now_.form->node_leaves(node, effects);
  tailnet_->nodes[node] = std::move(record);
  now_.form->node_arrives(node, effects);
  return finish(effects);
}

Affected Engine::set_member(std::string_view name, std::string_view login, bool member) {
  Policy& policy = written_->policy;
  const uint32_t index = written_->definitions.group_of(policy.names.find(name));
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
  const TermId term = form().identity().term_of(selector);
  if (!term.valid()) return {};  // no rule speaks of the group
  const Tailnet& tailnet = *tailnet_;
  UserId user;
  const StringId known_login = tailnet.names.find(login);
  for (size_t i = 0; i < tailnet.users.size() && known_login.valid(); ++i) {
    if (tailnet.users[UserId(i)].login == known_login) user = UserId(i);
  }
  for (const ClassId c : form().identity().classes_of(user)) now_.tables->add_watchers(c, watchers_);
  lower::Effects effects;
  now_.form->member_changes(term, user_name, user, member, effects);
  // The group may be who approves routes: the user's routers are looked at again.
  std::vector<TailnetNodeId> routers;
  for (const ClassId c : form().identity().classes_of(user)) {
    for (const TailnetNodeId node : form().identity()[c].nodes) {
      if (!tailnet.nodes[node].routable_ips.empty()) routers.push_back(node);
    }
  }
  for (const TailnetNodeId node : routers) {
    if (effects.anew) break;
    now_.form->node_leaves(node, effects);
    now_.form->node_arrives(node, effects);
  }
  return finish(effects);
}

Affected Engine::replace_policy(SyntaxTree tree, Policy policy, Definitions definitions) {
  // What was compiled refers to what it was made from, which stays until both have been compared.
  const auto old = std::exchange(written_, std::make_unique<Written>(Written{std::move(tree), std::move(policy), std::move(definitions)}));
  Compiled before = std::exchange(now_, compile());
  return compare(before);
}

}  // namespace aclc
