// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference/ssh.h"

#include <algorithm>

namespace aclc::reference {

namespace {

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
  SshRuleCompiler(const World& world, const SshRule& rule, TailnetNodeId id)
      : world_(world), rule_(rule), id_(id), maker_(world, rule, recorders()) {}

  std::vector<wire::SshRule> compile() {
    std::vector<wire::SshRule> out;
    const NodeList sources = sources_of_rule();
    const Node& node = world_.node(id_);
    bool is_destination = false, self = false, others = false;
    for (const Selector& dst : world_.policy().at(rule_.dst)) {
      (is_self(dst) ? self : others) = true;
      is_destination = is_destination || (!is_self(dst) && among(world_.nodes_of(dst), id_));
    }
    // To one's own devices: from those of the sources that have the same user.
    if (self) maker_.add_for(like(sources, node, !node.tagged()), out);
    if (is_destination) {
      maker_.add_for(sources, out);
    } else if (others && maker_.has_localpart() && among(sources, id_)) {
      // A source of a localpart rule that is no destination has the rules of its own identity too (recorded answers).
      maker_.add_for(like(sources, node, true), out);
    }
    return out;
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
      if (wanted && SshRuleMaker::identity(world_.node(id)) == SshRuleMaker::identity(node)) out.push_back(id);
    }
    return out;
  }

  NodeList recorders() const {
    NodeList out;
    for (const Selector& recorder : world_.policy().at(rule_.recorder)) {
      const NodeList nodes = world_.nodes_of(recorder);
      out.insert(out.end(), nodes.begin(), nodes.end());
    }
    return out;
  }

  const World& world_;
  const SshRule& rule_;
  const TailnetNodeId id_;
  const SshRuleMaker maker_;
};

}  // namespace

SshRuleMaker::SshRuleMaker(const Meaning& meaning, const SshRule& rule, const NodeList& recorders)
    : meaning_(meaning), rule_(rule), check_(meaning.policy().text(rule.action) == "check") {
  // Recorders listen on port 80 (Tailscale docs, "Tailscale SSH session recording").
  for (const TailnetNodeId id : recorders) {
    for (const Address& a : Meaning::addresses(meaning.node(id))) {
      recorders_.push_back(a.is_v4() ? a.to_text() + ":80" : "[" + a.to_text() + "]:80");
    }
  }
}

bool SshRuleMaker::has_localpart() const {
  const auto users = meaning_.policy().at(rule_.users);
  return std::any_of(users.begin(), users.end(), [&](const Text& u) { return is_localpart(meaning_.policy().text(u)); });
}

/// `root` always has an entry: an empty one forbids it (recorded answers).
SshRuleMaker::Users SshRuleMaker::common_users() const {
  Users users = {{"root", ""}};
  for (const Text& text : meaning_.policy().at(rule_.users)) {
    const std::string user(meaning_.policy().text(text));
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
void SshRuleMaker::add_for(const NodeList& sources, std::vector<wire::SshRule>& out) const {
  if (!has_localpart()) return add(sources, common_users(), out);
  std::map<UserId, NodeList> by_identity;  // tagged nodes come after all users
  for (const TailnetNodeId id : sources) by_identity[identity(meaning_.node(id))].push_back(id);
  for (const auto& [user, nodes] : by_identity) {
    add(nodes, common_users(), out);
    if (!user.valid()) continue;
    const std::string_view login = meaning_.tailnet().text(meaning_.tailnet().users[user].login);
    const size_t at = login.rfind('@');
    if (at == std::string_view::npos) continue;
    const std::string name(login.substr(0, at));
    for (const Text& text : meaning_.policy().at(rule_.users)) {
      const std::string_view pattern = meaning_.policy().text(text);
      if (is_localpart(pattern) && pattern.substr(kLocalpart.size()) == login.substr(at + 1)) add(nodes, {{name, name}}, out);
    }
  }
}

void SshRuleMaker::add(const NodeList& sources, const Users& users, std::vector<wire::SshRule>& out) const {
  wire::SshRule rule;
  for (const TailnetNodeId id : sources) {
    for (const Address& a : Meaning::addresses(meaning_.node(id))) rule.principals.push_back(a.to_text());
  }
  if (rule.principals.empty()) return;
  std::sort(rule.principals.begin(), rule.principals.end());
  rule.ssh_users.assign(users.begin(), users.end());
  rule.check = check_;
  for (const Text& name : meaning_.policy().at(rule_.accept_env)) rule.accept_env.emplace_back(meaning_.policy().text(name));
  rule.recorders = recorders_;
  rule.enforce_recorder = rule_.enforce_recorder;
  out.push_back(std::move(rule));
}

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
