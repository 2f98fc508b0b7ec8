// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "lsp/features/features.h"
#include "lsp/protocol/writer.h"
#include "parser/diagnostics/lint_kinds.h"

namespace aclc::lsp {
namespace {

constexpr std::string_view kSyntaxPage = "https://tailscale.com/kb/1337/policy-syntax";

int severity_number(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return 1;
    case Severity::kWarning:
      return 2;
    case Severity::kNote:
      return 3;
  }
  return 3;
}

/// What could be removed without any change: shown faded.
constexpr Kind kUnnecessary[] = {
    Kind::kCheckPeriodUnused,      lint_kind::kUnusedGroup,     lint_kind::kUnusedHost,     lint_kind::kUnusedIpSet,     lint_kind::kUnusedPosture,
    lint_kind::kUnusedTag,         lint_kind::kUnusedRoute,     lint_kind::kUnusedIgnore,   lint_kind::kDuplicateMember, lint_kind::kDuplicateEntry,
    lint_kind::kRedundantEntry,    lint_kind::kDuplicatePort,   lint_kind::kDuplicateRule,  lint_kind::kCoveredRule,     lint_kind::kCoveredTogether,
    lint_kind::kDeadRule,          lint_kind::kSshShadowed,     lint_kind::kIdleNodeAttr,   lint_kind::kDuplicateTest,   lint_kind::kDuplicateAttribute};

/// What has a newer form: shown struck through.
constexpr Kind kDeprecated[] = {lint_kind::kLegacyFieldName, lint_kind::kLegacyMembers, lint_kind::kAclInsteadOfGrant};

/// Never over many lines, and never nothing: editors show an empty range badly or not at all.
Span visible(const TextVersion& version, Span span) {
  const uint32_t size = static_cast<uint32_t>(version.text.size());
  span.begin = std::min(span.begin, size);
  span.end = std::clamp(span.end, span.begin, size);
  const uint32_t line = version.lines.line_of(span.begin);
  const uint32_t start = version.lines.start(line);
  const uint32_t end = start + static_cast<uint32_t>(version.line(line).size());
  span.end = std::min(span.end, std::max(end, span.begin));
  if (!span.empty()) return span;
  if (span.begin < end) return {span.begin, span.begin + 1};
  if (span.begin > start) return {std::min(span.begin, end) - 1, std::min(span.begin, end)};
  return span;
}

}  // namespace

// Without its place, so that edits elsewhere leave it as it is; with the text it is about, so that edits there do not.
uint64_t identity(const TextVersion& version, const Diagnostic& finding) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
  const Span shown = visible(version, finding.span);
  add(finding.slug());
  add(finding.message);
  add(std::string_view(version.text).substr(shown.begin, shown.length()));
  return hash;
}

DiagnosticItem to_item(const View& view, const Diagnostic& finding) {
  const TextVersion& version = view.analysis.version();
  DiagnosticItem item;
  Span span = visible(version, finding.span);
  // Widen to whole characters: an end inside of one would be rounded down.
  while (span.end < version.text.size() && (static_cast<unsigned char>(version.text[span.end]) & 0xc0) == 0x80) ++span.end;
  item.range = view.at.range(span);
  item.severity = severity_number(finding.severity);
  item.code = std::string(finding.slug());
  item.href = std::string(kSyntaxPage);
  item.message = finding.message;
  if (!finding.help_text.empty()) item.message += "\n" + finding.help_text;
  const auto is_of = [&](const auto& kinds) { return std::find(std::begin(kinds), std::end(kinds), finding.kind) != std::end(kinds); };
  if (is_of(kUnnecessary)) item.tags.push_back(DiagnosticTag::kUnnecessary);
  if (is_of(kDeprecated)) item.tags.push_back(DiagnosticTag::kDeprecated);
  for (const Label& label : finding.labels) {
    if (label.source.valid()) continue;  // of another file
    item.related.push_back({{view.uri, view.at.range(visible(version, label.span))}, label.message});
  }
  item.data = fmt::format("{{\"finding\":\"{:016x}\"", identity(version, finding));
  if (!finding.upstream_text.empty()) item.data += ",\"upstream\":" + json_quote(finding.upstream_text);
  item.data += '}';
  return item;
}

std::vector<DiagnosticItem> diagnostics(const View& view, Tiers tiers) {
  std::vector<const Diagnostic*> shown;
  const auto add = [&](const std::vector<Diagnostic>& findings) {
    for (const Diagnostic& finding : findings) shown.push_back(&finding);
  };
  if (tiers != Tiers::kSlow) add(view.analysis.findings());
  if (tiers != Tiers::kFast) {
    if (view.verdicts) add(view.verdicts->findings);
    else if (view.former) add(*view.former);
  }
  const size_t left_out = shown.size() - std::min(shown.size(), kMaxDiagnostics);
  if (left_out > 0) {
    // The gravest are the last to be left out.
    std::stable_sort(shown.begin(), shown.end(), [](const Diagnostic* a, const Diagnostic* b) {
      const int x = severity_number(a->severity), y = severity_number(b->severity);
      return x != y ? x < y : a->span.begin < b->span.begin;
    });
    shown.resize(kMaxDiagnostics);
  }
  std::vector<DiagnosticItem> items;
  for (const Diagnostic* finding : shown) items.push_back(to_item(view, *finding));
  if (left_out > 0) {
    DiagnosticItem more;
    more.range = items.back().range;
    more.severity = 3;
    more.code = "more-findings";
    more.message = fmt::format("{} more findings are not shown", left_out);
    items.push_back(std::move(more));
  }
  return items;
}

}  // namespace aclc::lsp
