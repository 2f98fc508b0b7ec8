// SPDX-License-Identifier: Apache-2.0
// An object where a member's name must stand: an entry that was put beside its list, or a list whose brackets are braces.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parser/syntax/builder.h"
#include "parser/syntax/look.h"

namespace aclc {
namespace {

using sv = std::string_view;

/// What only entries of one list of a policy have, in the order in which it tells.
struct Mark {
  sv member, list;
};
constexpr std::array<Mark, 11> kMarks{{{"users", "ssh"},
                                       {"target", "nodeAttrs"},
                                       {"attr", "nodeAttrs"},
                                       {"action", "acls"},
                                       {"ports", "acls"},
                                       {"ip", "grants"},
                                       {"app", "grants"},
                                       {"via", "grants"},
                                       {"check", "sshTests"},
                                       {"accept", "tests"},
                                       {"deny", "tests"}}};

/// The list that an object, whose text this is, is an entry of; empty where nothing in it says so.
sv list_of(sv object) {
  sv found;
  size_t best = kMarks.size();
  size_t depth = 0;
  for (size_t at = 0; (at = next_place(object, at)) < object.size();) {
    const char c = object[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') {
      ++at;
      continue;
    }
    const size_t end = string_end(object, at);
    const sv name = object.substr(at + 1, end - at - 2);
    at = end;
    if (depth != 1 || next_character(object, end) != ':') continue;
    for (size_t i = 0; i < best; ++i) {
      if (kMarks[i].member != name) continue;
      best = i;
      found = kMarks[i].list;
    }
  }
  return found;
}

bool begins_line(sv text, size_t at) {
  const sv blank = indentation(text, at);
  return blank.data() + blank.size() == text.data() + at;
}

/// Between two entries of a list, as before the one at `at`.
std::string separator(sv text, size_t at) {
  return begins_line(text, at) ? "\n" + std::string(indentation(text, at)) : " ";
}

/// Entries as they stand in a list whose entries are apart as `before` says.
std::string moved(sv text, size_t begin, size_t end, sv before) {
  const sv own = begins_line(text, begin) ? indentation(text, begin) : sv();
  std::string out;
  for (size_t at = begin; at < end; ++at) {
    out += text[at];
    if (text[at] != '\n' || before.front() != '\n' || text.substr(at + 1, own.size()) != own) continue;
    out += before.substr(1);
    at += own.size();
  }
  return out;
}

}  // namespace

bool TreeBuilder::entry_without_name(uint32_t at) {
  const bool between = top().expect == Expect::kNameOrClose || top().expect == Expect::kCommaOrClose;
  if (!in_object() || !between || replaying_ || stopped_) return false;
  if (at >= entries_end_) {
    const char inside = near_character(text_, at + 1);
    if ((inside != '"' && inside != '}') || searches_left_ == 0) return false;
    --searches_left_;
    if (list_in_braces(at)) {
      open_frame(NodeKind::kObject, at);
      return true;
    }
    bool reopened = false;
    if (!stray_entries(at, reopened)) return false;
    if (reopened) {
      open_frame(NodeKind::kObject, at);
      return true;
    }
  }
  quiet_ = false;
  begin_member(at);
  add(NodeKind::kMissing, at, at, kBroken);
  open_frame(NodeKind::kObject, at);
  return true;
}

bool TreeBuilder::list_in_braces(uint32_t at) {
  const uint32_t list = top().node;
  if (frames_.size() < 3 || nodes_.size() != list + 1) return false;
  const uint32_t open = nodes_[list].span.begin;
  // Another entry or the end of the list follows the first, and something the list: else it is a brace too many.
  const size_t first = closing_bracket(text_, at), close = closing_bracket(text_, open);
  if (first == sv::npos || close == sv::npos || next_character(text_, close + 1) == 0) return false;
  size_t next = next_place(text_, first + 1);
  if (text_[next] == ',') next = next_place(text_, next + 1);
  const bool balanced = closing_bracket(text_, nodes_[frames_[1].node].span.begin) != sv::npos;
  if (text_[next] != '{' && (next != close || !balanced)) return false;
  const uint32_t member = frames_[frames_.size() - 2].member;
  const SyntaxNode* name = member != kNone && nodes_[member + 1].kind == NodeKind::kString ? &nodes_[member + 1] : nullptr;
  Diagnostic d = diag::ListInBraces({open, open + 1}, name ? fmt::format("`{}`", shown(name->span.begin + 1, name->span.end - 1)) : "this");
  if (text_[close] == ']') {
    d = std::move(d).fix("open it with `[`", {{{open, open + 1}, "["}});
  } else {
    const auto last = static_cast<uint32_t>(close);
    d = std::move(d).fix("write `[` and `]`", {{{open, open + 1}, "["}, {{last, last + 1}, "]"}});
    braces_of_lists_.push_back(last);
  }
  report(std::move(d));
  floor_ = std::max(floor_, at);  // no repair reads the brace again
  nodes_[list].kind = NodeKind::kArray;
  top().expect = Expect::kValueOrClose;
  quiet_ = false;
  return true;
}

bool TreeBuilder::closes_list_in_braces(uint32_t at) {
  if (braces_of_lists_.empty() || braces_of_lists_.back() != at || nodes_[top().node].kind != NodeKind::kArray) return false;
  braces_of_lists_.pop_back();
  close_frame(at + 1, false);
  return true;
}

// Entries of a list among the sections, as where a rule is pasted below the bracket that ends the rules. Where another bracket follows
// them, the one before them is too many.
bool TreeBuilder::stray_entries(uint32_t at, bool& reopened) {
  constexpr size_t kLongest = 256 * 1024;  // to look ahead, and perhaps in vain
  if (frames_.size() != 2 || no_first_brace_) return false;
  size_t last = at, next = at;
  bool comma = false;
  sv list;
  while (next < text_.size() && text_[next] == '{') {
    const size_t close = closing_bracket(text_, next);
    if (close == sv::npos || text_[close] != '}' || close - at > kLongest) return false;
    const sv of_this = list_of(text_.substr(next, close + 1 - next));
    if (of_this.empty() || (!list.empty() && of_this != list)) return false;
    list = of_this;
    last = close + 1;
    next = next_place(text_, last);
    comma = next < text_.size() && text_[next] == ',';
    if (comma) next = next_place(text_, next + 1);
  }
  if (next < text_.size() && text_[next] == ']') return reopened = reopen_list(at, list);
  if (next >= text_.size() || (text_[next] != '"' && text_[next] != '}')) return false;
  entries_end_ = static_cast<uint32_t>(last);
  report_stray_entries(at, comma, static_cast<uint32_t>(next), list);
  return true;
}

bool TreeBuilder::reopen_list(uint32_t at, sv list) {
  const uint32_t object = top().node;
  uint32_t member = object + 1;
  while (member < nodes_.size() && nodes_[member].next < nodes_.size()) member = nodes_[member].next;
  if (member + 2 >= nodes_.size() || nodes_[member].kind != NodeKind::kMember) return false;
  const SyntaxNode& name = nodes_[member + 1];
  SyntaxNode& value = nodes_[member + 2];
  if (name.kind != NodeKind::kString || value.kind != NodeKind::kArray || (value.flags & (kBroken | kUnclosed)) != 0) return false;
  if (text_.substr(name.span.begin + 1, name.span.length() - 2) != list) return false;
  const Span bracket{value.span.end - 1, value.span.end};
  const auto after = static_cast<uint32_t>(next_place(text_, bracket.end));
  const bool comma = after < at && text_[after] == ',';
  const bool trails = (value.flags & kTrailingComma) != 0 || value.next == member + 3;
  const Edit edit{{bracket.begin, comma && trails ? after + 1 : bracket.end}, comma || trails ? "" : ","};
  Diagnostic d = diag::StrayBracket(bracket, "]").label({at, at + 1}, fmt::format("an entry of `{}`", list));
  d.message = fmt::format("`]` closes `{}` too early: its entries go on", list);
  report(std::move(d).fix("remove the bracket", {edit}));
  floor_ = std::max(floor_, at);  // no repair reads the bracket again
  value.flags = 0;
  top().member = member;
  top().expect = Expect::kValue;
  frames_.push_back({member + 2, kNone, Expect::kValueOrClose});
  quiet_ = false;
  return true;
}

void TreeBuilder::report_stray_entries(uint32_t at, bool comma, uint32_t next, sv list) {
  Diagnostic d = diag::StrayEntry({at, at + 1}, fmt::format("`{}`", list));
  d.help_text = fmt::format("entries of `{0}` stand in its list: `\"{0}\": [ ... ]`", list);
  const uint32_t last = entries_end_;

  // What is taken away: the entries, a comma of theirs, and lines that become empty.
  Edit away{{at, last}, ""};
  if (top().expect == Expect::kNameOrClose && comma) away.span.end = static_cast<uint32_t>(text_.find(',', last) + 1);
  if (top().expect == Expect::kCommaOrClose && !comma && text_[next] == '"') away.text = ",";
  const size_t rest = text_.find_first_not_of(" \t\r", away.span.end);
  if (away.text.empty() && begins_line(text_, at) && rest < text_.size() && text_[rest] == '\n') {
    away.span.begin -= static_cast<uint32_t>(indentation(text_, at).size());
    away.span.end = static_cast<uint32_t>(rest + 1);
  }

  // Where they go: to the end of the list before them, or to the beginning of the one that follows.
  for (uint32_t i = top().node + 1; i < nodes_.size(); i = nodes_[i].next) {
    if (nodes_[i].kind != NodeKind::kMember || nodes_[i].next <= i + 2 || i + 2 >= nodes_.size()) break;
    const SyntaxNode& name = nodes_[i + 1];
    const SyntaxNode& value = nodes_[i + 2];
    if (name.kind != NodeKind::kString || value.kind != NodeKind::kArray || (value.flags & (kBroken | kUnclosed)) != 0) continue;
    if (text_.substr(name.span.begin + 1, name.span.length() - 2) != list) continue;
    uint32_t tail = i + 3;
    for (uint32_t child = tail; child < value.next; child = nodes_[child].next) tail = child;
    std::vector<Edit> edits{away};
    if (value.next == i + 3) {
      edits.push_back({{value.span.begin + 1, value.span.begin + 1}, moved(text_, at, last, " ")});
    } else {
      // After the last entry's comma, and after what its line says about it.
      const bool trails = (value.flags & kTrailingComma) != 0;
      uint32_t to = nodes_[tail].span.end;
      if (trails) to = static_cast<uint32_t>(next_place(text_, to) + 1);
      const uint32_t comma_at = to;
      const std::string before = separator(text_, nodes_[tail].span.begin);
      const size_t remark = std::min(text_.find_first_not_of(" \t", to), text_.size());
      if (before.front() == '\n' && text_.substr(remark, 2) == "//") to = static_cast<uint32_t>(text_.find_first_of("\r\n", remark));
      const bool apart = !trails && to != comma_at;
      if (apart) edits.push_back({{comma_at, comma_at}, ","});
      edits.push_back({{to, to}, (trails || apart ? "" : ",") + before + moved(text_, at, last, before) + (trails ? "," : "")});
    }
    report(std::move(d)
               .label({name.span.begin + 1, name.span.end - 1}, "the list")
               .fix(fmt::format("move to the end of `{}`", list), std::move(edits), FixSafety::kUnsafe));
    return;
  }
  const size_t end = text_[next] == '"' ? string_end(text_, next) : text_.size();
  const size_t colon = next_place(text_, end);
  const size_t open = colon < text_.size() && text_[colon] == ':' ? next_place(text_, colon + 1) : text_.size();
  if (open < text_.size() && text_[open] == '[' && text_.substr(next + 1, end - next - 2) == list) {
    const auto to = static_cast<uint32_t>(open + 1);
    const std::string before = separator(text_, next_place(text_, open + 1));
    const std::string entries = moved(text_, at, last, before);
    const Edit put{{to, to}, before.front() == '\n' ? before + entries + "," : entries + ", "};
    d = std::move(d).fix(fmt::format("move to the beginning of `{}`", list), {away, put}, FixSafety::kUnsafe);
  }
  report(std::move(d));
}

}  // namespace aclc
