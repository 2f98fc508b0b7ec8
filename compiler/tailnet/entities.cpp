// SPDX-License-Identifier: Apache-2.0
// Users and nodes as wholes: who is known, what may stand only once, what a node must have.
#include <algorithm>

#include "base/nearest.h"
#include "compiler/tailnet/reader.h"

namespace aclc {

namespace {

template <class IdT>
IdT& slot(std::vector<IdT>& by_name, StringId name) {
  if (name.value >= by_name.size()) by_name.resize(name.value + 1);
  return by_name[name.value];
}

constexpr std::string_view kRoles[] = {"owner", "admin", "it-admin", "network-admin", "billing-admin", "auditor", "member"};

}  // namespace

std::optional<Role> TailnetReader::role(const FileText& text) {
  const std::optional<Role> role = parse_role(text.value);
  if (role) return role;
  Diagnostic d = diag::UnknownRole(text.span, text.value);
  const std::string_view near = nearest(text.value, kRoles);
  if (!near.empty()) {
    d.fixes.push_back({"replace with `" + std::string(near) + "`", {{text.span, std::string(near)}}, FixSafety::kSafe});
  } else {
    d.help_text = "a role is owner, admin, it-admin, network-admin, billing-admin, auditor or member";
  }
  report(std::move(d));
  return std::nullopt;
}

UserId TailnetReader::add_user(const FileText& login, Role role) {
  const StringId name = intern(login.value);
  UserId& id = slot(user_by_login_, name);
  if (id.valid()) {
    report(diag::DuplicateUser(login.span, login.value).label(out_.users[id].span, "the first one", out_.source));
    return id;
  }
  return id = out_.users.add({name, role, login.span});
}

void TailnetReader::user_without(NodeId object, std::string_view key) {
  const Span span = tree_[object].span;
  if (!faulty_) report(diag::TailnetMissingKey(Span{span.begin, std::min(span.end, span.begin + 1)}, "a user", key));
}

UserId TailnetReader::user_of(std::string_view login, Span span, bool shared_in) {
  UserId& id = slot(user_by_login_, intern(login));
  // A list of nodes alone names its users by the way: all of them are members. No list has the user of another tailnet, whose nodes
  // say that they are shared in.
  if (!id.valid() && (!users_given_ || shared_in)) id = out_.users.add({intern(login), Role::kMember, span});
  return id;
}

void TailnetReader::add_node(Node node, Span object, const FileText& owner, bool owner_matters) {
  const Span at{object.begin, std::min(object.end, object.begin + 1)};
  std::vector<std::pair<Address, Span>> addresses = std::move(pending_);
  pending_.clear();
  if (!node.name.valid()) {
    if (!faulty_) report(diag::TailnetMissingKey(at, "a node", "name"));
    return;
  }
  const std::string_view name = out_.text(node.name);
  TailnetNodeId& known = slot(node_by_name_, node.name);
  if (known.valid()) {
    report(diag::DuplicateNode(node.span, name).label(out_.nodes[known].span, "the first one", out_.source));
    return;
  }
  if (node.tagged()) {
    if (!owner.value.empty() && owner_matters) report(diag::TaggedAndOwned(owner.span, name, owner.value));
  } else if (owner.value.empty()) {
    if (!faulty_) report(diag::NodeWithoutOwner(node.span, name).help("give it `user` or `tags`"));
    return;
  } else {
    node.user = user_of(owner.value, owner.span, node.shared_in);
    if (!node.user.valid()) {
      report(diag::UnknownNodeUser(owner.span, name, owner.value).help("add the user to `users`"));
      return;
    }
  }
  if (!node.ipv4 && !node.ipv6) {
    if (!faulty_) report(diag::NodeWithoutAddress(node.span, name));
    return;
  }
  for (const auto& [address, span] : addresses) {
    claims_.push_back({address, static_cast<uint32_t>(claims_.size()), span, TailnetNodeId(out_.nodes.size())});
  }
  known = out_.nodes.add(std::move(node));
}

void TailnetReader::check_approved(const Node& node, const std::vector<FileText>& approved) {
  for (const FileText& text : approved) {
    const std::optional<Prefix> prefix = Prefix::parse(text.value);
    if (!prefix) continue;
    const auto& advertised = node.routable_ips;
    if (std::find(advertised.begin(), advertised.end(), prefix->masked()) != advertised.end()) continue;
    report(diag::ApprovedNotAdvertised(text.span, text.value, out_.text(node.name))
               .help("a route is served only when its node advertises it: add it to `routable_ips`"));
  }
}

void TailnetReader::check_addresses() {
  std::sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
    return a.address != b.address ? a.address < b.address : a.order < b.order;
  });
  for (size_t i = 1; i < claims_.size(); ++i) {
    const Claim &first = claims_[i - 1], &second = claims_[i];
    if (first.address != second.address || first.node == second.node) continue;
    report(diag::DuplicateAddress(second.span, out_.text(out_.nodes[second.node].name), second.address.to_text(),
                                  out_.text(out_.nodes[first.node].name))
               .label(first.span, "it has it first", out_.source));
  }
}

}  // namespace aclc
