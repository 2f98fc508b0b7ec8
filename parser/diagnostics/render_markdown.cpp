// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "parser/diagnostics/display.h"
#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {

std::string markdown_text(std::string_view text) {
  std::string out;
  bool code = false;
  for (const char c : printable(text)) {
    if (c == '`') code = !code;
    // In a code span a backslash is itself; a bar ends a table's cell everywhere.
    if (c == '|' || (!code && std::string_view("\\*_[]<>#~").find(c) != std::string_view::npos)) out += '\\';
    out += c;
  }
  return code ? out + "`" : out;
}

std::string render_markdown(const SourceMap& sources, std::span<const Diagnostic> findings, size_t max_shown) {
  if (findings.empty()) return {};
  Places places(sources);
  std::string out = "| where | what | finding |\n|---|---|---|\n";
  const size_t shown = max_shown == 0 ? findings.size() : std::min(max_shown, findings.size());
  for (const Diagnostic& d : findings.first(shown)) {
    std::string where;
    if (d.source.valid()) {
      const LineColumn at = places.of(d.source, d.span.begin);
      where = fmt::format("{}:{}:{}", markdown_text(sources[d.source].name()), at.line, at.column);
    }
    std::string what = markdown_text(d.message);
    if (!d.help_text.empty()) what += "<br>" + markdown_text(d.help_text);
    out += fmt::format("| {} | {}: {} | `{}` |\n", where, severity_name(d.severity), what, d.slug());
  }
  if (shown < findings.size()) out += fmt::format("\n... and {} more\n", findings.size() - shown);
  return out;
}

}  // namespace aclc
