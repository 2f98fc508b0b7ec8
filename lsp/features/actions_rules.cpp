// SPDX-License-Identifier: Apache-2.0
// Refactorings of rules: an acl as a grant and back, all of them at once, one rule for each destination.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/check/conversion.h"
#include "compiler/check/insertion.h"
#include "lsp/features/actions.h"
#include "lsp/protocol/writer.h"
#include "parser/syntax/removal.h"

namespace aclc::lsp {

/// The grants that say what an acl says; none where they cannot, or would lose a comment.
std::vector<std::string> Actions::grants_of(const AclRule& rule) const {
  return comment_inside(rule.span) ? std::vector<std::string>() : checks::grants_saying(p_, tree_, rule);
}

std::vector<Edit> Actions::append_rules(std::string_view section_name, const NewRules& added, std::string_view like) const {
  const NodeId list = section(section_name);
  if (list.valid() && (!tree_.is(list, NodeKind::kArray) || (tree_[list].flags & kBroken))) return {};
  Span model{}, own_last{};
  for (const NodeId from : {section(like), list}) {
    if (!from.valid() || !tree_.is(from, NodeKind::kArray)) continue;
    for (const NodeId child : tree_.children(from)) model = tree_[child].span;
    if (from == list && !tree_.children(list).empty()) own_last = model;
  }
  const bool in_lines = !model.empty() && starts_line(model.begin);
  // On a line with others a comment to the line's end would swallow them, and one at its end would become the new rule's.
  const auto to_line_end = [](const std::string& c) { return c.starts_with("//"); };
  if (!in_lines && std::any_of(added.comments.begin(), added.comments.end(), to_line_end)) return {};
  if (!in_lines && !own_last.empty() && comment_inside({own_last.end, tree_[list].span.end})) return {};
  const std::string indent = in_lines ? indent_of(model.begin) : std::string();
  const std::string text = fmt::format("{}{}{}", fmt::join(added.comments, in_lines ? "\n" + indent : " "),
                                       added.comments.empty() ? "" : in_lines ? "\n" + indent : " ",
                                       fmt::join(added.rules, in_lines ? ",\n" + indent : ", "));
  if (!own_last.empty()) return checks::append_child(tree_, list, text);
  // The brackets as the list has them that the rules are like.
  const NodeId other = section(like);
  const std::string outer = other.valid() ? indent_of(tree_[other].span.begin) : std::string();
  const std::string inside = in_lines ? "\n" + indent + text + "\n" + outer : text;
  if (!list.valid()) return checks::add_member(tree_, tree_.root(), section_name, "[" + inside + "]");
  if (comment_inside(tree_[list].span)) return {};
  return {{tree_[list].span, "[" + inside + "]"}};
}

std::vector<Edit> Actions::move_rule(Span rule, std::string_view from, std::string_view to, std::vector<std::string> said) const {
  NewRules added{{}, std::move(said)};
  for (const Span comment : comments_of_element(tree_, rule)) added.comments.emplace_back(a_.text(comment));
  std::vector<Edit> edits = removal(tree_, rule);
  std::vector<Edit> more = append_rules(to, added, from);
  if (edits.empty() || more.empty()) return {};
  std::move(more.begin(), more.end(), std::back_inserter(edits));
  return edits;
}

void Actions::acl_to_grant() {
  const AclRule* rule = around(p_.acls);
  if (!rule) return;
  std::vector<std::string> grants = grants_of(*rule);
  if (grants.empty()) return;
  std::vector<Edit> edits = move_rule(rule->span, "acls", "grants", std::move(grants));
  if (!edits.empty()) add_if_sound("convert to a grant", "refactor.rewrite", std::move(edits));
}

void Actions::all_acls_to_grants() {
  // In place, so that comments and order stay; where grants exist already the two lists would have to be merged.
  if (p_.acls.size() < 2 || section("grants").valid() || !around(p_.acls)) return;
  std::vector<Edit> edits;
  for (const Section& s : p_.sections) {
    if (p_.text(s.name) == "acls") edits.push_back({s.name_span, "grants"});
  }
  if (edits.size() != 1 || a_.text(edits.front().span) != "acls") return;
  for (const AclRule& rule : p_.acls) {
    const std::vector<std::string> grants = grants_of(rule);
    if (grants.empty()) return;
    if (!later_) edits.push_back({rule.span, fmt::format("{}", fmt::join(grants, separator(rule.span)))});
  }
  add_if_sound("convert all acls to grants", "refactor.rewrite", std::move(edits));
}

void Actions::grant_to_acl() {
  const Grant* grant = around(p_.grants);
  if (!grant || grant->broken || grant->src.empty() || grant->dst.empty() || grant->ip.empty()) return;
  if (!grant->app.empty() || !grant->via.empty() || comment_inside(grant->span)) return;
  for (const Selector& s : p_.at(grant->dst)) {
    // An address of IPv6 would need brackets before its ports.
    const bool literal = s.kind == SelectorKind::kAddress || s.kind == SelectorKind::kPrefix || s.kind == SelectorKind::kRange;
    if (standing(s, Standpoint::kAclDst) != Standing::kYes || (literal && a_.text(s.span).find(':') != std::string_view::npos)) return;
  }
  for (const Selector& s : p_.at(grant->src)) {
    if (standing(s, Standpoint::kAclSrc) != Standing::kYes) return;
  }
  // One acl for each protocol, with all its ports.
  std::vector<std::pair<std::string, std::string>> by_protocol;
  for (const NetCapability& ip : p_.at(grant->ip)) {
    const std::string proto(ip.proto.present() ? a_.text(ip.proto.span) : std::string_view());
    auto found = std::find_if(by_protocol.begin(), by_protocol.end(), [&](const auto& row) { return row.first == proto; });
    if (found == by_protocol.end()) found = by_protocol.insert(by_protocol.end(), {proto, {}});
    std::string& ports = found->second;
    if (p_.at(ip.ports).empty()) ports = "*";
    for (const PortItem& item : p_.at(ip.ports)) {
      if (ports == "*") break;
      if (item.range.is_all() || (item.range.first == 0 && item.range.last == 0)) ports = "*";
      else ports += (ports.empty() ? "" : ",") + item.range.to_text();
    }
  }
  std::vector<std::string> acls;
  for (const auto& [proto, ports] : by_protocol) {
    std::vector<std::string> dst;
    for (const Selector& s : p_.at(grant->dst)) dst.push_back(fmt::format("{}:{}", a_.text(s.span), ports));
    std::string out = fmt::format("{{\"action\": \"accept\", \"src\": {}, \"dst\": {}", quoted_list(texts(p_.at(grant->src))), quoted_list(dst));
    if (!proto.empty()) out += fmt::format(", \"proto\": {}", json_quote(proto));
    if (grant->src_posture.present)
      out += fmt::format(", \"srcPosture\": {}", quoted_list(texts(p_.at(grant->src_posture.names))));
    acls.push_back(out + "}");
  }
  std::vector<Edit> edits = move_rule(grant->span, "grants", "acls", std::move(acls));
  if (!edits.empty()) add_if_sound("convert to an acl", "refactor.rewrite", std::move(edits));
}

void Actions::split_destinations() {
  const AclRule* rule = around(p_.acls);
  if (!rule || rule->broken || rule->src.empty() || rule->dst.count < 2 || rule->dst_span.empty()) return;
  const std::string_view text = a_.text(rule->span);
  const size_t at = rule->dst_span.begin - rule->span.begin;
  if (comment_inside(rule->span) || !(rule->span.begin <= rule->dst_span.begin && rule->dst_span.end <= rule->span.end)) return;
  std::string out;
  for (const Destination& d : p_.at(rule->dst)) {
    if (!out.empty()) out += separator(rule->span);
    out.append(text.substr(0, at)).append("[" + json_quote(a_.text(d.span)) + "]");
    out.append(text.substr(at + rule->dst_span.length()));
  }
  add(fmt::format("split into {} rules, one for each destination", rule->dst.count), "refactor.rewrite",
      {{rule->span, std::move(out)}});
}

}  // namespace aclc::lsp
