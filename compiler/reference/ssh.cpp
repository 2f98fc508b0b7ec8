// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/ssh.h"

#include <algorithm>

namespace aclc::reference {

namespace {

using Users = std::map<std::string, std::string>;

constexpr std::string_view kLocalpart = "localpart:*@";

/// `localpart:*@domain`; anything else that begins with `localpart:` is a login like any other (recorded answers).
bool is_localpart(std::string_view user) { return user.starts_with(kLocalpart) && user.size() > kLocalpart.size(); }

bool is_self(const Selector& s) {
  return s.kind == SelectorKind::kAutogroup && s.autogroup == Autogroup::kSelf;
}

bool among(const NodeList& nodes, TailnetNodeId id) { return std::find(nodes.begin(), nodes.end(), id) != nodes.end(); }

/// One rule of the policy, at one node.
class SshRuleCompiler {
 public:
  SshRuleCompiler(const World& world, const SshRule& rule, TailnetNodeId id) : world_(world), rule_(rule), id_(id) {}

  std::vector<wire::SshRule> compile() {
    const NodeList sources = sources_of_rule();
    const Node& node = world_.node(id_);
    bool is_destination = false, self = false, others = false;
    for (const Selector& dst : world_.policy().at(rule_.dst)) {
      (is_self(dst) ? self : others) = true;
      is_destination = is_destination || (!is_self(dst) && among(world_.nodes_of(dst), id_));
    }
    // To one's own devices: from those of the sources that have the same user.
    if (self) add_for(like(sources, node, !node.tagged()));
    if (is_destination) {
      add_for(sources);
    } else if (others && has_localpart() && among(sources, id_)) {
      // A source of a localpart rule that is no destination has the rules of its own identity too (recorded answers).
      add_for(like(sources, node, true));
    }
    return std::move(out_);
  }

 private:
  /// The nodes of the sources, in the order of the policy. A node with k tags comes k times by way of `autogroup:tagged`
  /// (recorded answers), otherwise a node comes once.
  NodeList sources_of_rule() const {
    NodeList out;
    for (const Selector& src : world_.policy().at(rule_.src)) {
      const bool by_tag = src.kind == SelectorKind::kAutogroup && src.autogroup == Autogroup::kTagged;
      for (const TailnetNodeId id : world_.nodes_of(src)) {
        const Node& node = world_.node(id);
        if (among(out, id) || !world_.passes(node, rule_.src_posture)) continue;
        out.insert(out.end(), by_tag ? node.tags.size() : 1, id);
      }
    }
    return out;
  }

  /// Those with the identity of the node: the same user, or tagged as it is.
  NodeList like(const NodeList& nodes, const Node& node, bool wanted) const {
    NodeList out;
    for (const TailnetNodeId id : nodes) {
      if (wanted && identity(world_.node(id)) == identity(node)) out.push_back(id);
    }
    return out;
  }

  /// Tagged nodes come after all users.
  static UserId identity(const Node& node) { return node.tagged() ? UserId() : node.user; }

  bool has_localpart() const {
    const auto users = world_.policy().at(rule_.users);
    return std::any_of(users.begin(), users.end(), [&](const Text& u) { return is_localpart(world_.policy().text(u)); });
  }

  /// `root` always has an entry: an empty one forbids it (recorded answers).
  Users common_users() const {
    Users users = {{"root", ""}};
    for (const Text& text : world_.policy().at(rule_.users)) {
      const std::string user(world_.policy().text(text));
      if (is_localpart(user)) continue;
      if (user == "autogroup:nonroot") {
        users["*"] = "=";
      } else {
        users[user] = user;
      }
    }
    return users;
  }

  /// One rule for all sources; with a localpart, one for each user among them, in the order of users, each followed by the rule
  /// for the user's own name; tagged sources share one (recorded answers).
  void add_for(const NodeList& sources) {
    if (!has_localpart()) return add(sources, common_users());
    std::map<UserId, NodeList> by_identity;
    for (const TailnetNodeId id : sources) by_identity[identity(world_.node(id))].push_back(id);
    for (const auto& [user, nodes] : by_identity) {
      add(nodes, common_users());
      if (!user.valid()) continue;
      const std::string_view login = world_.tailnet().text(world_.tailnet().users[user].login);
      const size_t at = login.rfind('@');
      if (at == std::string_view::npos) continue;
      const std::string name(login.substr(0, at));
      for (const Text& text : world_.policy().at(rule_.users)) {
        const std::string_view pattern = world_.policy().text(text);
        if (is_localpart(pattern) && pattern.substr(kLocalpart.size()) == login.substr(at + 1)) add(nodes, {{name, name}});
      }
    }
  }

  void add(const NodeList& sources, const Users& users) {
    wire::SshRule rule;
    for (const TailnetNodeId id : sources) {
      for (const Address& a : World::addresses(world_.node(id))) rule.principals.push_back(a.to_text());
    }
    if (rule.principals.empty()) return;
    std::sort(rule.principals.begin(), rule.principals.end());
    rule.ssh_users.assign(users.begin(), users.end());
    rule.check = world_.policy().text(rule_.action) == "check";
    for (const Text& name : world_.policy().at(rule_.accept_env)) rule.accept_env.emplace_back(world_.policy().text(name));
    // Recorders listen on port 80 (Tailscale docs, "Tailscale SSH session recording").
    for (const Selector& recorder : world_.policy().at(rule_.recorder)) {
      for (const TailnetNodeId id : world_.nodes_of(recorder)) {
        for (const Address& a : World::addresses(world_.node(id))) {
          rule.recorders.push_back(a.is_v4() ? a.to_text() + ":80" : "[" + a.to_text() + "]:80");
        }
      }
    }
    rule.enforce_recorder = rule_.enforce_recorder;
    out_.push_back(std::move(rule));
  }

  const World& world_;
  const SshRule& rule_;
  const TailnetNodeId id_;
  std::vector<wire::SshRule> out_;
};

}  // namespace

void compile_ssh(const World& world, TailnetNodeId id, NodeTable& table) {
  for (const bool check : {true, false}) {
    for (const SshRule& rule : world.policy().ssh) {
      if ((world.policy().text(rule.action) == "check") != check) continue;
      for (wire::SshRule& made : SshRuleCompiler(world, rule, id).compile()) {
        table.ssh_rules.push_back(std::move(made));
        table.ssh_origins.push_back({{rule.span}});
      }
    }
  }
}

}  // namespace aclc::reference
