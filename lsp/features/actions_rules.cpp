// SPDX-License-Identifier: Apache-2.0
// Refactorings of rules: an acl as a grant and back, all of them at once, one rule for each destination.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/conversion.h"
#include "compiler/check/insertion.h"
#include "lsp/features/actions.h"
#include "lsp/protocol/writer.h"

namespace aclc::lsp {

/// The grants that say what an acl says, in the lines of a list with that indent; empty where they cannot, or would lose a comment.
std::string Actions::grants_of(const AclRule& rule, const std::string& indent) const {
  std::string out;
  if (comment_inside(rule.span)) return out;
  for (const std::string& grant : checks::grants_saying(p_, tree_, rule)) {
    if (!out.empty()) out += ",\n" + indent;
    out += grant;
  }
  return out;
}

/// Edits that put rules at the end of a section, which is made where there is none; empty where it is damaged.
std::vector<Edit> Actions::append_rule(std::string_view section_name, const std::string& rules, const std::string& indent) const {
  const NodeId list = section(section_name);
  if (!list.valid())
    return checks::add_member(tree_, tree_.root(), section_name, "[\n" + indent + rules + "\n" + outer(indent) + "]");
  if (!tree_.is(list, NodeKind::kArray) || (tree_[list].flags & kBroken)) return {};
  Span last{};
  for (const NodeId child : tree_.children(list)) last = tree_[child].span;
  // A comment behind the last rule would become the new one's.
  if (comment_inside({last.empty() ? tree_[list].span.begin : last.end, tree_[list].span.end})) return {};
  if (!last.empty()) return {{{last.end, last.end}, ",\n" + indent + rules}};
  const uint32_t inside = tree_[list].span.begin + 1;
  return {{{inside, inside}, "\n" + indent + rules + "\n" + outer(indent)}};
}

std::optional<Actions::Commented> Actions::with_comments(Span rule) const {
  const TextVersion& version = a_.version();
  const std::string_view text = a_.text();
  const auto trimmed = [](std::string_view s) {
    const size_t begin = s.find_first_not_of(" \t"), end = s.find_last_not_of(" \t\r\n");
    return begin == std::string_view::npos || end == std::string_view::npos ? std::string_view() : s.substr(begin, end + 1 - begin);
  };
  const auto is_whole = [](std::string_view s) {
    return s.starts_with("//") || (s.starts_with("/*") && s.size() > 3 && s.find("*/", 2) == s.size() - 2);
  };
  Commented out{element_span(rule), {}};
  const std::string indent = indent_of(rule.begin);
  uint32_t line = version.lines.line_of(rule.begin);
  const uint32_t start = version.lines.start(line);
  const bool own_line = start + indent.size() == rule.begin;
  if (own_line) {
    std::string above;
    uint32_t begin = start;
    while (line > 0 && is_whole(trimmed(version.line(line - 1)))) {
      begin = version.lines.start(--line);
      above.insert(0, std::string(trimmed(version.line(line))) + "\n" + indent);
    }
    if (line > 0 && trimmed(version.line(line - 1)).ends_with("*/")) return std::nullopt;
    if (!above.empty()) out.all.begin = begin;
    out.comments = std::move(above);
  } else if (a_.text({start, rule.begin}).find("*/") != std::string_view::npos) {
    return std::nullopt;
  }
  const uint32_t last = version.lines.line_of(rule.end);
  const uint32_t end = version.lines.start(last) + static_cast<uint32_t>(version.line(last).size());
  const std::string_view behind = trimmed(a_.text({rule.end, end}));
  const bool comma = behind.starts_with(',');
  const std::string_view comment = trimmed(behind.substr(comma ? 1 : 0));
  if (comment.find("//") == std::string_view::npos && comment.find("/*") == std::string_view::npos) return out;
  if (!is_whole(comment)) return std::nullopt;
  out.comments += std::string(comment) + "\n" + indent;
  out.all.end = end;
  if (own_line) {
    out.all.begin = std::min(out.all.begin, start);
    if (out.all.end < text.size() && text[out.all.end] == '\r') ++out.all.end;
    if (out.all.end < text.size() && text[out.all.end] == '\n') ++out.all.end;
  }
  return out;
}

void Actions::acl_to_grant() {
  const AclRule* rule = around(p_.acls);
  if (!rule) return;
  const std::string indent = indent_of(rule->span.begin), grants = grants_of(*rule, indent);
  if (grants.empty()) return;
  const auto commented = with_comments(rule->span);
  if (!commented) return;
  std::vector<Edit> edits = append_rule("grants", commented->comments + grants, indent);
  if (edits.empty()) return;
  edits.push_back({commented->all, ""});
  add_if_sound("convert to a grant", "refactor.rewrite", std::move(edits));
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
    std::string grants = grants_of(rule, indent_of(rule.span.begin));
    if (grants.empty()) return;
    edits.push_back({rule.span, std::move(grants)});
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
  const std::string indent = indent_of(grant->span.begin);
  std::string out;
  for (const auto& [proto, ports] : by_protocol) {
    std::vector<std::string> dst;
    for (const Selector& s : p_.at(grant->dst)) dst.push_back(fmt::format("{}:{}", a_.text(s.span), ports));
    if (!out.empty()) out += ",\n" + indent;
    out += fmt::format("{{\"action\": \"accept\", \"src\": {}, \"dst\": {}", quoted_list(texts(p_.at(grant->src))), quoted_list(dst));
    if (!proto.empty()) out += fmt::format(", \"proto\": {}", json_quote(proto));
    if (grant->src_posture.present)
      out += fmt::format(", \"srcPosture\": {}", quoted_list(texts(p_.at(grant->src_posture.names))));
    out += "}";
  }
  const auto commented = with_comments(grant->span);
  if (!commented) return;
  std::vector<Edit> edits = append_rule("acls", commented->comments + out, indent);
  if (edits.empty()) return;
  edits.push_back({commented->all, ""});
  add_if_sound("convert to an acl", "refactor.rewrite", std::move(edits));
}

void Actions::split_destinations() {
  const AclRule* rule = around(p_.acls);
  if (!rule || rule->broken || rule->src.empty() || rule->dst.count < 2 || rule->dst_span.empty()) return;
  const std::string_view text = a_.text(rule->span);
  const size_t at = rule->dst_span.begin - rule->span.begin;
  if (comment_inside(rule->span) || !(rule->span.begin <= rule->dst_span.begin && rule->dst_span.end <= rule->span.end)) return;
  std::string out;
  for (const Destination& d : p_.at(rule->dst)) {
    if (!out.empty()) out += ",\n" + indent_of(rule->span.begin);
    out.append(text.substr(0, at)).append("[" + json_quote(a_.text(d.span)) + "]");
    out.append(text.substr(at + rule->dst_span.length()));
  }
  add(fmt::format("split into {} rules, one for each destination", rule->dst.count), "refactor.rewrite",
      {{rule->span, std::move(out)}});
}

}  // namespace aclc::lsp
