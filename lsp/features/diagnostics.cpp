// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/protocol/writer.h"

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

/// Findings that say that something does nothing are shown faded.
bool is_unnecessary(std::string_view slug) {
  static constexpr std::string_view kParts[] = {"unused", "shadowed", "redundant", "duplicate-rule", "covered-rule", "empty-group"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return slug.find(part) != std::string_view::npos; });
}

bool is_deprecated(std::string_view slug) {
  return slug.find("legacy") != std::string_view::npos || slug.find("deprecated") != std::string_view::npos;
}

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
  if (is_unnecessary(finding.slug())) item.tags.push_back(DiagnosticTag::kUnnecessary);
  if (is_deprecated(finding.slug())) item.tags.push_back(DiagnosticTag::kDeprecated);
  for (const Label& label : finding.labels) {
    if (label.source.valid()) continue;  // of another file
    item.related.push_back({{view.uri, view.at.range(visible(version, label.span))}, label.message});
  }
  if (!finding.upstream_text.empty()) item.data = "{\"upstream\":" + json_quote(finding.upstream_text) + "}";
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
