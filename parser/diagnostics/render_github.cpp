// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {
namespace {

/// What would end a workflow command, or one of its properties, is escaped (GitHub docs, "Workflow commands").
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view command_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "notice";
}

}  // namespace

std::string render_github(const SourceMap& sources, std::span<const Diagnostic> findings) {
  Places places(sources);
  std::string out;
  for (const Diagnostic& d : findings) {
    out += fmt::format("::{} ", command_of(d.severity));
    if (d.source.valid()) {
      const LineColumn begin = places.of(d.source, d.span.begin);
      const LineColumn end = places.of(d.source, d.span.end);
      out += fmt::format("file={},line={},endLine={},", escaped(sources[d.source].name(), true), begin.line, end.line);
      // Columns count only within one line.
      if (begin.line == end.line) out += fmt::format("col={},endColumn={},", begin.column, end.column);
    }
    std::string text = d.message;
    if (!d.help_text.empty()) text += "\n" + d.help_text;
    out += fmt::format("title={}::{}\n", escaped(d.slug(), true), escaped(text, false));
  }
  return out;
}

}  // namespace aclc
