// SPDX-License-Identifier: Apache-2.0
#include "compiler/lint/ignore.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"

namespace aclc {
namespace {

constexpr std::string_view kWord = "aclc:ignore";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trim(std::string_view s) {
  while (!s.empty() && is_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_space(s.back())) s.remove_suffix(1);
  return s;
}

const LintRule* rule_called(std::string_view slug) {
  for (const LintRule& rule : lint_rules()) {
    if (rule.slug() == slug) return &rule;
  }
  return nullptr;
}

/// The value or member that begins at or after the offset, the outermost of those that begin together.
Span next_node(const SyntaxTree& tree, uint32_t offset) {
  Span best{offset, offset};
  bool found = false;
  // Nodes stand in the order of their beginnings.
  size_t low = 0, high = tree.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (tree[NodeId(middle)].span.begin < offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (size_t i = low; i < tree.size(); ++i) {
    const Span span = tree[NodeId(i)].span;
    if (found && span.begin != best.begin) break;
    if (!found || span.end > best.end) best = span;
    found = true;
  }
  return best;
}

}  // namespace

Ignores::Ignores(LintContext& context) : context_(context) {
  for (const CommentSpan& comment : context.comments()) {
    if (context.written(comment.span).find(kWord) != std::string_view::npos) read(comment);
  }
}

void Ignores::read(const CommentSpan& comment) {
  std::string_view text = context_.written(comment.span);
  if (text.starts_with("/*") && text.ends_with("*/")) text.remove_suffix(2);
  const size_t at = text.find(kWord);
  // In the middle of other words it is spoken of, not used.
  if (text.substr(2, at - 2).find_first_not_of(" \t\n*") != std::string_view::npos) return;
  const auto place = [&](std::string_view part) {
    const auto begin = static_cast<uint32_t>(part.data() - context_.tree.text().data());
    return Span{begin, begin + static_cast<uint32_t>(part.size())};
  };
  const Span whole = place(text.substr(at, kWord.size()));
  std::string_view rest = text.substr(at + kWord.size());
  const bool file = rest.starts_with("-file");
  if (file) rest.remove_prefix(5);
  const size_t dashes = rest.find("--");
  if (dashes == std::string_view::npos || trim(rest.substr(dashes + 2)).empty()) {
    context_.report(diag::IgnoreForm(whole, "without a reason").help("write `aclc:ignore SLUG -- REASON`"));
    return;
  }
  Span where{0, UINT32_MAX};
  if (!file && comment.alone) {
    where = next_node(context_.tree, comment.span.end);
    if (where.empty()) {
      context_.report(diag::IgnoreForm(whole, "with nothing after it that it could be about"));
      return;
    }
  } else if (!file) {
    const std::string_view all = context_.tree.text();
    const size_t line = all.rfind('\n', comment.span.begin);
    where = {line == std::string_view::npos ? 0 : static_cast<uint32_t>(line + 1), comment.span.begin};
  }
  std::string_view names = trim(rest.substr(0, dashes));
  if (names.empty()) context_.report(diag::IgnoreForm(whole, "without the name of a rule").help("write `aclc:ignore SLUG -- REASON`"));
  while (!names.empty()) {
    const size_t comma = names.find(',');
    const std::string_view slug = trim(names.substr(0, comma));
    names = comma == std::string_view::npos ? std::string_view() : trim(names.substr(comma + 1));
    if (const LintRule* rule = rule_called(slug)) {
      ignores_.push_back({rule->kind, where, place(slug)});
      continue;
    }
    std::vector<std::string_view> slugs;
    for (const LintRule& r : lint_rules()) slugs.push_back(r.slug());
    const std::string_view near = nearest(slug, slugs);
    Diagnostic d = diag::IgnoreForm(place(slug), fmt::format("of `{}`, which is no rule", slug));
    if (!near.empty()) {
      d = std::move(d).help(fmt::format("did you mean `{}`?", near));
      d = std::move(d).fix(fmt::format("replace with `{}`", near), {{place(slug), std::string(near)}});
    }
    context_.report(std::move(d));
  }
}

bool Ignores::silences(const Diagnostic& d) {
  bool out = false;
  for (Ignore& i : ignores_) {
    if (i.kind != d.kind || (!i.where.contains(d.span.begin) && i.where.begin != d.span.begin)) continue;
    i.used = true;
    out = true;
  }
  return out;
}

namespace {

/// With the line, if nothing else stands on it, or else with the white space before it.
Edit comment_removal(std::string_view text, Span comment) {
  while (comment.begin > 0 && (text[comment.begin - 1] == ' ' || text[comment.begin - 1] == '\t')) --comment.begin;
  const bool alone = comment.begin == 0 || text[comment.begin - 1] == '\n';
  const size_t end = text.find_first_not_of(" \t\r", comment.end);
  if (alone && end != std::string_view::npos && text[end] == '\n') comment.end = static_cast<uint32_t>(end) + 1;
  return {comment, ""};
}

}  // namespace

void Ignores::report_unused() {
  for (const Ignore& i : ignores_) {
    // A rule that is off, or that needs a tailnet, may find something another time.
    const LintRule* rule = nullptr;
    for (const LintRule& r : lint_rules()) {
      if (r.kind == i.kind) rule = &r;
    }
    if (i.used || !context_.wanted(i.kind) || (rule->needs_tailnet && context_.options.tailnet == nullptr)) continue;
    Diagnostic d = diag::UnusedIgnore(i.comment, info(i.kind).slug).help("remove the comment, or its name from it");
    const auto& comments = context_.comments();
    const auto around = std::find_if(comments.begin(), comments.end(), [&](const CommentSpan& c) { return c.span.contains(i.comment.begin); });
    const auto there = [&](const Ignore& other) { return around->span.contains(other.comment.begin); };
    if (around != comments.end() && std::count_if(ignores_.begin(), ignores_.end(), there) == 1)
      d = std::move(d).fix("remove the comment", {comment_removal(context_.tree.text(), around->span)}, FixSafety::kUnsafe);
    context_.report(std::move(d));
  }
}

}  // namespace aclc
