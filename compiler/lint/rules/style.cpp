// SPDX-License-Identifier: Apache-2.0
// Layout, comments, spelling of fields: what says nothing about access but costs its readers.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text/utf8.h"
#include "compiler/check/insertion.h"
#include "compiler/lint/rules/rules.h"
#include "parser/syntax/format.h"
#include "parser/syntax/removal.h"

namespace aclc {

std::optional<int64_t> parse_day(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int y = 0, m = 0, d = 0;
  const auto number = [&](size_t at, size_t n, int& out) {
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + n, out);
    return error == std::errc() && end == text.data() + at + n;
  };
  if (!number(0, 4, y) || !number(5, 2, m) || !number(8, 2, d) || m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;
  const int64_t year = m <= 2 ? y - 1 : y;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

}  // namespace aclc

namespace aclc::lints {
namespace {

constexpr std::string_view kMarks[] = {"TODO", "FIXME", "XXX"};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where the word stands by itself, or npos.
size_t find_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return at;
  }
  return std::string_view::npos;
}

/// Marks that change the order in which text is shown (Unicode, "Bidirectional Algorithm").
bool is_bidi_control(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void rename(LintContext& c, NodeId object, std::string_view old_name, std::string_view now) {
  std::string scratch;
  if (!c.tree.is(object, NodeKind::kObject)) return;
  for (const NodeId member : c.tree.children(object)) {
    if (!c.tree.is(member, NodeKind::kMember)) continue;
    const NodeId name = c.tree.name_of(member);
    if (!c.tree.is(name, NodeKind::kString) || c.tree.string_value(name, scratch) != old_name) continue;
    const Span inside{c.tree[name].span.begin + 1, c.tree[name].span.end - 1};
    c.report(diag::LegacyFieldName(inside, old_name, now).fix(fmt::format("write `{}`", now), {{inside, std::string(now)}}));
  }
}

/// Takes out the rule that a comment is about, behind it or on the line below, and the comment. Empty where there is none, or two.
std::vector<Edit> removal_with(LintContext& c, const CommentSpan& comment) {
  const uint32_t line = c.line_of(comment.span), wanted = comment.alone ? line + 1 : line;
  std::vector<Span> about;
  const auto look = [&](const auto& rules) {
    for (const auto& r : rules) {
      const uint32_t at = comment.alone ? c.line_of(r.span) : c.line_of({r.span.end, r.span.end});
      if (at == wanted) about.push_back(r.span);
    }
  };
  look(c.policy.acls);
  look(c.policy.grants);
  look(c.policy.ssh);
  if (about.size() != 1 || c.line_of({comment.span.end, comment.span.end}) != line) return {};
  const std::vector<Span> its = comments_of_element(c.tree, about.front());
  return std::find(its.begin(), its.end(), comment.span) == its.end() ? std::vector<Edit>() : c.removal(about.front());
}

}  // namespace

void not_canonical(LintContext& c) {
  const std::string wanted = format(c.tree);
  const std::string_view text = c.tree.text();
  if (wanted == text) return;
  size_t at = 0;
  while (at < text.size() && at < wanted.size() && text[at] == wanted[at]) ++at;
  const auto place = static_cast<uint32_t>(std::min(at, text.size()));
  c.report(diag::NotCanonical({place, place})
               .help("`aclc fmt --write` lays it out as the hosted service does")
               .fix("lay out the file", {{{0, static_cast<uint32_t>(text.size())}, wanted}}));
}

void todo_comment(LintContext& c) {
  for (const CommentSpan& comment : c.comments()) {
    for (const std::string_view mark : kMarks) {
      const size_t at = find_word(c.written(comment.span), mark);
      if (at == std::string_view::npos) continue;
      const auto begin = comment.span.begin + static_cast<uint32_t>(at);
      c.report(diag::TodoComment({begin, begin + static_cast<uint32_t>(mark.size())}, mark));
    }
  }
}

void long_line(LintContext& c) {
  const uint32_t limit = c.options.budgets.line_columns;
  const std::string_view text = c.tree.text();
  for (size_t at = 0; at < text.size() && limit > 0;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const size_t columns = count_code_points(text.substr(at, end - at));
    if (columns > limit) {
      c.report(diag::LongLine({static_cast<uint32_t>(at), static_cast<uint32_t>(end)}, static_cast<int64_t>(columns), limit));
    }
    at = end + 1;
  }
}

void uncommented_rule(LintContext& c) {
  // A comment belongs to a rule if it stands on one of its lines or on the line before it.
  std::vector<bool> commented;
  for (const CommentSpan& comment : c.comments()) {
    for (uint32_t line = c.line_of(comment.span), last = c.line_of({comment.span.end, comment.span.end}); line <= last; ++line) {
      if (line >= commented.size()) commented.resize(size_t{line} + 1);
      commented[line] = true;
    }
  }
  const auto rule = [&](Span span) {
    const uint32_t first = c.line_of(span), last = c.line_of({span.end, span.end});
    for (uint32_t line = first - 1; line <= last; ++line) {
      if (line < commented.size() && commented[line]) return;
    }
    c.report(diag::UncommentedRule({span.begin, span.begin + 1}));
  };
  for (const AclRule& r : c.policy.acls) rule(r.span);
  for (const Grant& r : c.policy.grants) rule(r.span);
  for (const SshRule& r : c.policy.ssh) rule(r.span);
}

void legacy_field_name(LintContext& c) {
  for (const Section& section : c.policy.sections) {
    const std::string_view now = c.policy.text(section.name);
    const NodeId member = checks::find_field(c.tree, c.tree.root(), now);
    if (!member.valid()) continue;
    std::string scratch;
    const std::string written(c.tree.string_value(c.tree.name_of(member), scratch));
    if (written != now) rename(c, c.tree.root(), written, now);
  }
  for (const AclRule& r : c.policy.acls) {
    const NodeId object = checks::node_begun(c.tree, r.span.begin);
    rename(c, object, "users", "src");
    rename(c, object, "ports", "dst");
  }
  for (const AclTest& t : c.policy.tests) {
    const NodeId object = checks::node_begun(c.tree, t.span.begin);
    rename(c, object, "user", "src");
    rename(c, object, "allow", "accept");
  }
}

void bidi_character(LintContext& c) {
  const std::string_view text = c.tree.text();
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const CodePoint p = decode_utf8(text, at);
    if (p.valid && is_bidi_control(p.value)) {
      const Span span{static_cast<uint32_t>(at), static_cast<uint32_t>(at) + p.length};
      c.report(diag::BidiCharacter(span, fmt::format("U+{:04X}", static_cast<uint32_t>(p.value)))
                   .fix("remove it", {{span, ""}}, FixSafety::kUnsafe));
    }
    at += p.length;
  }
}

void expired_rule(LintContext& c) {
  if (!c.options.today) return;
  for (const CommentSpan& comment : c.comments()) {
    const std::string_view text = c.written(comment.span);
    size_t at = text.find("@expires");
    if (at == std::string_view::npos) continue;
    at = text.find_first_not_of(" \t:", at + 8);
    const auto date = at == std::string_view::npos ? std::nullopt : parse_day(text.substr(at));
    const Span span = comment.span;
    if (!date) {
      c.report(diag::ExpiredRule(span, "a date that cannot be read").help("write `@expires YYYY-MM-DD`"));
    } else if (*date < *c.options.today) {
      Diagnostic d = diag::ExpiredRule(span, fmt::format("a date that has passed, {}", text.substr(at, 10))).help("remove what it was about, or give it a later date");
      if (auto edits = removal_with(c, comment); !edits.empty()) d = std::move(d).fix("remove the rule", std::move(edits), FixSafety::kUnsafe);
      c.report(std::move(d));
    } else if (*date < *c.options.today + c.options.budgets.expiry_days) {
      const int64_t days = *date - *c.options.today;
      c.report(diag::ExpiredRule(span, days == 0 ? "a date that is today" : fmt::format("a date in {} day{}", days, days == 1 ? "" : "s"))
                   .as(Severity::kNote));
    }
  }
}

}  // namespace aclc::lints
