// SPDX-License-Identifier: Apache-2.0
// Quick fixes from the findings' own fixes, and refactorings of what stands under the cursor.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/insertion.h"
#include "lsp/features/features.h"
#include "lsp/protocol/writer.h"
#include "lsp/service/labels.h"
#include "lsp/service/place.h"
#include "parser/diagnostics/fixes.h"

namespace aclc::lsp {
namespace {

class Actions {
 public:
  Actions(const View& view, Span span, const std::vector<std::string>& only)
      : view_(view), a_(view.analysis), p_(a_.policy()), tree_(a_.tree()), span_(span), only_(only) {}

  std::vector<CodeAction> all() {
    if (wanted("quickfix")) fixes();
    if (wanted("source.fixAll.aclc") && !only_.empty()) fix_all();
    if (a_.broken()) return std::move(out_);  // no guesses about a text that is not whole
    if (wanted("refactor.rewrite")) {
      acl_to_grant();
      split_destinations();
      sort_list();
    }
    if (wanted("refactor.extract")) extract_group();
    if (wanted("refactor.inline")) inline_group();
    return std::move(out_);
  }

 private:
  /// A kind is asked for by itself or by the part before a dot.
  bool wanted(std::string_view kind) const {
    return only_.empty() || std::any_of(only_.begin(), only_.end(), [&](const std::string& o) {
             return kind == o || (kind.starts_with(o) && kind.size() > o.size() && kind[o.size()] == '.') ||
                    (o.starts_with(kind) && o.size() > kind.size() && o[kind.size()] == '.');
           });
  }
  bool touches(Span s) const { return s.begin <= span_.end && span_.begin <= s.end; }

  CodeAction& add(std::string title, std::string kind, std::vector<Edit> edits) {
    CodeAction action;
    action.title = std::move(title);
    action.kind = std::move(kind);
    DocumentEdit document{view_.uri, view_.version, {}};
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& x, const Edit& y) { return x.span.begin < y.span.begin; });
    const bool crlf = a_.version().terminator() == "\r\n";
    for (Edit& edit : edits) {
      std::string text;
      for (const char c : edit.text) {
        if (c == '\n' && crlf && (text.empty() || text.back() != '\r')) text += '\r';
        text += c;
      }
      document.edits.push_back({view_.at.range(edit.span), std::move(text)});
    }
    action.edit.documents.push_back(std::move(document));
    out_.push_back(std::move(action));
    return out_.back();
  }

  void fixes() {
    for (const Diagnostic& finding : a_.findings()) {
      if (!touches(finding.span)) continue;
      const auto safe = std::count_if(finding.fixes.begin(), finding.fixes.end(),
                                      [](const Fix& f) { return f.safety == FixSafety::kSafe; });
      for (const Fix& fix : finding.fixes) {
        CodeAction& action = add(fix.title, "quickfix", fix.edits);
        action.diagnostics.push_back(to_item(view_, finding));
        // Preferred is what an editor may apply unasked: only where there is one safe answer.
        action.preferred = fix.safety == FixSafety::kSafe && safe == 1;
      }
    }
  }

  void fix_all() {
    const Mended mended = apply_fixes(a_.text(), a_.findings(), SourceId());
    if (mended.applied == 0) return;
    const std::string_view before = a_.text(), after = mended.text;
    size_t head = 0;
    while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
    size_t tail = 0;
    while (tail + head < before.size() && tail + head < after.size() &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
      ++tail;
    // Not into a character, nor between CR and LF.
    while (head > 0 && head < before.size() &&
           ((static_cast<unsigned char>(before[head]) & 0xc0) == 0x80 || before[head] == '\n'))
      --head;
    while (tail > 0 && ((static_cast<unsigned char>(before[before.size() - tail]) & 0xc0) == 0x80 ||
                        before[before.size() - tail] == '\n'))
      --tail;
    add(fmt::format("apply {}", mended.applied == 1 ? "the safe fix" : fmt::format("all {} safe fixes", mended.applied)),
        "source.fixAll.aclc",
        {{{static_cast<uint32_t>(head), static_cast<uint32_t>(before.size() - tail)},
          std::string(after.substr(head, after.size() - tail - head))}});
  }

  template <class Items>
  const typename Items::value_type* around(const Items& items) const {
    for (const auto& item : items) {
      if (item.span.begin <= span_.begin && span_.end <= item.span.end) return &item;
    }
    return nullptr;
  }
  /// White space from the start of the line to the offset.
  std::string indent_of(uint32_t offset) const {
    const uint32_t line = a_.version().lines.line_of(offset);
    const std::string_view text = a_.version().line(line);
    const size_t end = text.find_first_not_of(" \t");
    return std::string(text.substr(0, end == std::string_view::npos ? text.size() : end));
  }
  /// The bytes of an element with the comma and the white space that go with it.
  Span element_span(Span element) const {
    const std::string_view text = a_.text();
    uint32_t end = element.end;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
    if (end < text.size() && text[end] == ',') {
      ++end;
      while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
      if (text.substr(end, 2) == "\r\n") ++end;
      if (end < text.size() && text[end] == '\n') {
        ++end;
        const std::string indent = indent_of(element.begin);
        uint32_t begin = element.begin;
        const uint32_t line = a_.version().lines.start(a_.version().lines.line_of(begin));
        if (line + indent.size() == begin) begin = line;
        return {begin, end};
      }
    }
    return {element.begin, end};
  }

  std::string quoted_list(const std::vector<std::string>& items) const {
    std::string out = "[";
    for (size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + json_quote(items[i]);
    return out + "]";
  }
  template <class List>
  std::vector<std::string> texts(const List& list) const {
    std::vector<std::string> out;
    for (const auto& item : list) out.emplace_back(a_.text(item.span));
    return out;
  }

  /// The grants that say what an acl says: one for each list of ports among its destinations.
  std::string grants_of(const AclRule& rule, const std::string& indent) const {
    std::vector<std::pair<std::string, std::vector<std::string>>> by_ports;  // `ip` list -> dst
    for (const Destination& d : p_.at(rule.dst)) {
      std::vector<std::string> ip;
      for (const PortItem& item : p_.at(d.ports)) {
        std::string ports = item.range.to_text();
        ip.push_back(rule.proto.present() ? fmt::format("{}:{}", a_.text(rule.proto.span), ports) : ports);
      }
      const std::string key = quoted_list(ip);
      auto found = std::find_if(by_ports.begin(), by_ports.end(), [&](const auto& row) { return row.first == key; });
      if (found == by_ports.end()) found = by_ports.insert(by_ports.end(), {key, {}});
      found->second.emplace_back(a_.text(d.selector.span));
    }
    std::string out;
    for (const auto& [ip, dst] : by_ports) {
      if (!out.empty()) out += ",\n" + indent;
      out += fmt::format("{{\"src\": {}, \"dst\": {}, \"ip\": {}", quoted_list(texts(p_.at(rule.src))), quoted_list(dst), ip);
      if (rule.src_posture.present)
        out += fmt::format(", \"srcPosture\": {}", quoted_list(texts(p_.at(rule.src_posture.names))));
      out += "}";
    }
    return out;
  }

  static bool whole(const AclRule& rule) { return !rule.broken && !rule.src.empty() && !rule.dst.empty(); }

  NodeId section(std::string_view name) const {
    for (const Section& s : p_.sections) {
      if (p_.text(s.name) == name) return s.value;
    }
    return {};
  }

  void acl_to_grant() {
    const AclRule* rule = around(p_.acls);
    if (!rule || !whole(*rule) || comment_inside(rule->span)) return;
    // What a grant refuses where an acl does not: a `/0`, and everybody as the source of `autogroup:self`.
    bool everybody = false;
    for (const Selector& s : p_.at(rule->src)) everybody |= s.kind == SelectorKind::kWildcard;
    for (const Destination& d : p_.at(rule->dst)) {
      if (d.selector.kind == SelectorKind::kPrefix && p_.prefix(d.selector).length == 0) return;
      if (d.selector.autogroup == Autogroup::kSelf && everybody) return;
    }
    const NodeId grants = section("grants");
    const std::string indent = indent_of(rule->span.begin);
    std::vector<Edit> edits{{element_span(rule->span), ""}};
    if (!grants.valid()) {
      edits = checks::add_member(tree_, tree_.root(), "grants", "[\n" + indent + grants_of(*rule, indent) + "\n" + outer(indent) + "]");
      if (edits.empty()) return;
      edits.push_back({element_span(rule->span), ""});
    } else {
      if (!tree_.is(grants, NodeKind::kArray) || (tree_[grants].flags & kBroken)) return;
      Span last{};
      for (const NodeId child : tree_.children(grants)) last = tree_[child].span;
      if (last.empty()) {
        const uint32_t inside = tree_[grants].span.begin + 1;
        edits.push_back({{inside, inside}, "\n" + indent + grants_of(*rule, indent) + "\n" + outer(indent)});
      } else {
        edits.push_back({{last.end, last.end}, ",\n" + indent + grants_of(*rule, indent)});
      }
    }
    add("convert to a grant", "refactor.rewrite", std::move(edits));
  }
  static std::string outer(const std::string& indent) {
    if (indent.ends_with('\t')) return indent.substr(0, indent.size() - 1);
    return indent.substr(0, indent.size() / 2);
  }
  bool comment_inside(Span span) const {
    // A rule is rebuilt from its parts: comments inside would be lost.
    const std::string_view text = a_.text(span);
    bool in_string = false;
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      if (in_string) {
        if (text[i] == '\\') ++i;
        else if (text[i] == '"') in_string = false;
      } else if (text[i] == '"') {
        in_string = true;
      } else if (text[i] == '/') {
        return true;
      }
    }
    return false;
  }

  void split_destinations() {
    const AclRule* rule = around(p_.acls);
    if (!rule || !whole(*rule) || rule->dst.count < 2 || rule->dst_span.empty()) return;
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

  /// The array of strings around the span.
  NodeId list_around() const {
    NodeId found;
    NodeId at = tree_.root();
    for (bool deeper = true; deeper;) {
      deeper = false;
      for (const NodeId child : tree_.children(at)) {
        const Span s = tree_[child].span;
        if (s.begin <= span_.begin && span_.end <= s.end) {
          at = child;
          deeper = true;
          if (tree_.is(at, NodeKind::kArray)) found = at;
          break;
        }
        if (s.begin > span_.end) break;
      }
    }
    if (!found.valid()) return {};
    for (const NodeId child : tree_.children(found)) {
      if (!tree_.is(child, NodeKind::kString)) return {};
    }
    return found;
  }

  /// Lists whose order says nothing; not ipsets, whose elements are applied in turn, nor parameters of unknown meaning.
  void sort_list() {
    const NodeId list = list_around();
    if (!list.valid() || (tree_[list].flags & kBroken)) return;
    const Place place = place_at(tree_, span_.begin, a_.options().target);
    if (!place.field || place.holder != list) return;
    switch (place.field->value) {
      case Value::kSelector:
      case Value::kDestination:
      case Value::kTestDestination:
      case Value::kTag:
      case Value::kPostureName:
      case Value::kLogin:
        break;
      default:
        return;
    }
    std::vector<Span> items;
    for (const NodeId child : tree_.children(list)) items.push_back(tree_[child].span);
    std::vector<std::string> sorted;
    for (const Span s : items) sorted.emplace_back(a_.text(s));
    std::sort(sorted.begin(), sorted.end());
    std::vector<Edit> edits;
    for (size_t i = 0; i < items.size(); ++i) {
      if (a_.text(items[i]) != sorted[i]) edits.push_back({items[i], sorted[i]});
    }
    if (edits.empty() || comment_inside(tree_[list].span)) return;
    add("sort the list", "refactor.rewrite", std::move(edits));
  }

  /// The list of selectors that the cursor is in, of rules' sources.
  std::span<const Selector> sources(Span& span) const {
    const auto in = [&](Span s) { return !s.empty() && s.begin <= span_.begin && span_.end <= s.end; };
    for (const AclRule& rule : p_.acls) {
      if (in(rule.src_span)) return span = rule.src_span, p_.at(rule.src);
    }
    for (const Grant& grant : p_.grants) {
      if (in(grant.src_span)) return span = grant.src_span, p_.at(grant.src);
    }
    for (const SshRule& rule : p_.ssh) {
      if (in(rule.src_span)) return span = rule.src_span, p_.at(rule.src);
    }
    return {};
  }

  void extract_group() {
    Span span{};
    const std::span<const Selector> list = sources(span);
    if (list.size() < 2 || comment_inside(span)) return;
    if (!std::all_of(list.begin(), list.end(), [](const Selector& s) { return s.kind == SelectorKind::kUser; })) return;
    std::string name = "group:new";
    for (int i = 2; p_.names.find(name).valid(); ++i) name = fmt::format("group:new{}", i);
    std::vector<Edit> edits = checks::add_definition(tree_, "groups", name, quoted_list(texts(list)));
    if (edits.empty()) return;
    // Every other list of exactly these users means the group as well.
    const std::vector<std::string> members = texts(list);
    const auto replace = [&](std::span<const Selector> other, Span at) {
      if (!at.empty() && texts(other) == members && !comment_inside(at)) edits.push_back({at, "[" + json_quote(name) + "]"});
    };
    for (const AclRule& rule : p_.acls) replace(p_.at(rule.src), rule.src_span);
    for (const Grant& grant : p_.grants) replace(p_.at(grant.src), grant.src_span);
    for (const SshRule& rule : p_.ssh) replace(p_.at(rule.src), rule.src_span);
    add(fmt::format("extract the {} users into `{}`", members.size(), name), "refactor.extract", std::move(edits));
  }

  void inline_group() {
    const Occurrence* o = a_.occurrences().at(span_.begin);
    if (!o || o->kind != SelectorKind::kGroup || o->definition || o->entry.section == field::kGroups) return;
    const uint32_t at = a_.definitions().group_of(o->name);
    if (at == Definitions::kNone || p_.groups[at].members.empty()) return;
    // Where the whole string is the group; `group:x:22` would need its ports repeated.
    const Span quotes{o->span.begin - 1, o->span.end + 1};
    if (quotes.end > a_.text().size() || a_.text()[quotes.begin] != '"' || a_.text()[quotes.end - 1] != '"') return;
    if (o->at == Standpoint::kTestSrc || o->at == Standpoint::kSshTestSrc) return;
    std::string text;
    for (const Selector& s : p_.at(p_.groups[at].members)) text += (text.empty() ? "" : ", ") + json_quote(a_.text(s.span));
    add(fmt::format("replace `{}` by its members", p_.text(o->name)), "refactor.inline", {{quotes, std::move(text)}});
  }

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  const SyntaxTree& tree_;
  Span span_;
  const std::vector<std::string>& only_;
  std::vector<CodeAction> out_;
};

}  // namespace

std::vector<CodeAction> code_actions(const View& view, Span span, const std::vector<std::string>& only) {
  return Actions(view, span, only).all();
}

}  // namespace aclc::lsp
