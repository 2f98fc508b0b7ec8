// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;

Json edit_json(const Edit& edit) {
  return {{"offset", edit.span.begin}, {"length", edit.span.length()}, {"text", edit.text}};
}

Json finding_json(const SourceMap& sources, const Diagnostic& d, Places& places) {
  Json out{{"slug", d.slug()}, {"severity", severity_name(d.severity)}, {"message", d.message}};
  if (!d.upstream_text.empty()) out["upstream"] = d.upstream_text;
  if (d.source.valid()) {
    const LineColumn begin = places.of(d.source, d.span.begin);
    const LineColumn end = places.of(d.source, d.span.end);
    out["path"] = sources[d.source].name();
    out["line"] = begin.line;
    out["column"] = begin.column;
    out["end_line"] = end.line;
    out["end_column"] = end.column;
    out["offset"] = d.span.begin;
    out["length"] = d.span.length();
  }
  if (!d.help_text.empty()) out["help"] = d.help_text;
  if (!d.labels.empty()) {
    Json labels = Json::array();
    for (const Label& label : d.labels) {
      const SourceId source = label.source.valid() ? label.source : d.source;
      const LineColumn at = sources[source].position(label.span.begin);
      labels.push_back(
          {{"path", sources[source].name()}, {"line", at.line}, {"column", at.column}, {"message", label.message}});
    }
    out["labels"] = std::move(labels);
  }
  if (!d.fixes.empty()) {
    Json fixes = Json::array();
    for (const Fix& fix : d.fixes) {
      Json edits = Json::array();
      for (const Edit& edit : fix.edits) edits.push_back(edit_json(edit));
      fixes.push_back({{"title", fix.title}, {"safe", fix.safety == FixSafety::kSafe}, {"edits", std::move(edits)}});
    }
    out["fixes"] = std::move(fixes);
  }
  return out;
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string render_json(const SourceMap& sources, std::span<const Diagnostic> findings, bool ok,
                        std::span<const JsonMember> more) {
  Places places(sources);
  std::string out = ok ? "{\"ok\": true,\n \"diagnostics\": [" : "{\"ok\": false,\n \"diagnostics\": [";
  bool first = true;
  for (const Diagnostic& d : findings) {
    out += first ? "\n  " : ",\n  ";
    out += dumped(finding_json(sources, d, places));
    first = false;
  }
  out += "]";
  for (const auto& [name, value] : more) out.append(",\n ").append(dumped(name)).append(": ").append(value);
  return out.append("}\n");
}

}  // namespace aclc
