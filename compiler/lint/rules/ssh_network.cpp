// SPDX-License-Identifier: Apache-2.0
// ssh rules that let somebody log in whom no rule lets reach port 22: over every tailnet by classes of users and tags, and in a
// tailnet by its devices.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/net/protocol.h"
#include "compiler/lint/edits.h"
#include "compiler/lint/paths.h"
#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

constexpr uint16_t kSshPort = 22;

/// Who cannot reach the port.
struct Cut {
  bool all = false;     ///< nobody of the source can
  std::string who;      ///< one who cannot
  std::string whither;  ///< where, for one; empty where the destination says it
};

/// A rule that opens the port to those whom the ssh rule is for, in the list that the policy uses.
std::vector<Edit> opened(LintContext& c, const SshRule& rule, const Selector& src, const Selector& dst) {
  const bool acls = c.policy.grants.empty() && !c.policy.acls.empty();
  const auto stands = [&](const Selector& s, Position in_acl, Position in_grant) { return standing(s, acls ? in_acl : in_grant) == Standing::kYes; };
  if (!stands(src, Position::kAclSrc, Position::kGrantSrc) || !stands(dst, Position::kAclDst, Position::kGrantDst)) return {};
  std::string text = fmt::format("{{{}\"src\": [\"{}\"], ", acls ? "\"action\": \"accept\", " : "", c.written(src.span));
  text += acls ? fmt::format("\"proto\": \"tcp\", \"dst\": [\"{}:{}\"]", c.written(dst.span), kSshPort) : fmt::format("\"dst\": [\"{}\"], \"ip\": [\"tcp:{}\"]", c.written(dst.span), kSshPort);
  if (!rule.src_posture.names.empty()) text += fmt::format(", \"srcPosture\": {}", bracketed(strings_of(c, rule.src_posture.names)));
  return append_to_section(c, acls ? "acls" : "grants", text + "}");
}

void report(LintContext& c, const SshRule& rule, const Selector& src, const Selector& dst, const Cut& cut) {
  const std::string_view written = c.written(src.span);
  const std::string label = written == cut.who ? "the source" : cut.all ? fmt::format("`{}`, for one", cut.who) : fmt::format("`{}` is among them", cut.who);
  Diagnostic d = diag::SshWithoutNetwork(dst.span, cut.all ? written : std::string_view(cut.who), c.written(dst.span)).label(src.span, label);
  if (!cut.whither.empty()) d = std::move(d).label(dst.span, fmt::format("`{}`, for one", cut.whither));
  d = std::move(d).help("an ssh rule opens no port: add a grant or an acl for tcp 22");
  if (auto edits = opened(c, rule, src, dst); !edits.empty()) d = std::move(d).fix(fmt::format("open the port to `{}`", written), std::move(edits), FixSafety::kUnsafe);
  c.report(std::move(d));
}

std::optional<Cut> cut_everywhere(LintContext& c, const Selector& src, const Selector& dst) {
  const AccessModel& model = c.model();
  const AtomId from = model.find(src), to = model.find(dst);
  if (from == AccessModel::kNone || to == AccessModel::kNone) return std::nullopt;
  const auto reaches = [&](AtomId who) { return c.questions().touched(who, to, kTcp, kSshPort); };
  if (!model.is_defined_group(from)) return reaches(from) ? std::nullopt : std::optional(Cut{true, model.name(from), {}});
  const auto members = model.members(from);
  const auto first = std::find_if_not(members.begin(), members.end(), reaches);
  if (first == members.end()) return std::nullopt;
  return Cut{std::none_of(members.begin(), members.end(), reaches), model.name(*first), {}};
}

/// Of one tailnet. A user who has a device that reaches one of the destination's is let in.
class Here {
 public:
  explicit Here(LintContext& c) : c_(c), paths_(c.model(), c.world(), c.devices(), kSshPort) {}

  std::optional<Cut> cut(const Selector& src, const Selector& dst) {
    const reference::World& world = c_.world();
    const bool own = dst.kind == SelectorKind::kAutogroup && dst.autogroup == Autogroup::kSelf;
    const reference::NodeList& to = c_.devices().of(dst);
    if (to.empty() && !own) return std::nullopt;  // the rule has no effect here: that is another finding
    const auto [known, is_new] = reached_.try_emplace(std::string(c_.text(dst)));
    if (is_new) known->second = own ? paths_.to_own() : paths_.towards(to);
    const std::vector<bool>& reached = known->second;
    std::map<uint32_t, bool> users;
    std::optional<TailnetNodeId> without;
    bool any = false;
    const auto look = [&](auto&& f) {
      for (const TailnetNodeId id : c_.devices().of(src)) {
        const Node& node = world.node(id);
        if (own && (node.tagged() || !node.user.valid())) continue;
        f(id, node, reached[id.value]);
      }
    };
    look([&](TailnetNodeId, const Node& node, bool reaches) {
      any = any || reaches;
      if (!node.tagged() && node.user.valid()) users[node.user.value] |= reaches;
    });
    look([&](TailnetNodeId id, const Node& node, bool reaches) {
      const bool user = !node.tagged() && node.user.valid();
      if (!without && !(user ? users[node.user.value] : reaches)) without = id;
    });
    if (!without) return std::nullopt;
    const auto name = [&](TailnetNodeId id) { return std::string(world.tailnet().text(world.node(id).name)); };
    return Cut{!any, name(*without), own ? std::string() : name(to.front())};
  }

 private:
  LintContext& c_;
  PortPaths paths_;
  std::map<std::string, std::vector<bool>> reached_;  ///< by destination
};

}  // namespace

void ssh_without_network(LintContext& c) {
  if (c.policy.allows_all() || c.policy.ssh.empty()) return;
  std::optional<Here> here;
  if (c.options.tailnet != nullptr) here.emplace(c);
  for (const SshRule& r : c.policy.ssh) {
    for (const Selector& dst : c.policy.at(r.dst)) {
      for (const Selector& src : c.policy.at(r.src)) {
        const auto cut = here ? here->cut(src, dst) : cut_everywhere(c, src, dst);
        if (!cut) continue;
        report(c, r, src, dst, *cut);
        break;
      }
    }
  }
}

}  // namespace aclc::lints
