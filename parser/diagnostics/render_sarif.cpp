// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {
namespace {

using Json = nlohmann::ordered_json;

/// A path as a URI reference (RFC 3986): what could be read as a scheme, a query or an escape is escaped.
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/+@,=").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class SarifRenderer {
 public:
  SarifRenderer(const SourceMap& sources, const SarifTool& tool) : sources_(sources), tool_(tool), places_(sources) {}

  std::string run(std::span<const Diagnostic> findings, bool ok, std::string_view trouble) {
    Json results = Json::array();
    for (const Diagnostic& d : findings) results.push_back(result(d));
    Json driver{{"name", "aclc"}, {"version", tool_.version}, {"semanticVersion", tool_.version}, {"rules", rules_}};
    // A finding is no failure of the tool: a run that looked at everything was successful whatever it found.
    Json invocation{{"executionSuccessful", trouble.empty()}, {"exitCode", !trouble.empty() ? 2 : ok ? 0 : 1}};
    if (!trouble.empty()) {
      invocation["toolExecutionNotifications"] = Json::array({{{"level", "error"}, {"message", {{"text", trouble}}}}});
    }
    Json run{{"tool", {{"driver", std::move(driver)}}},
             {"invocations", Json::array({std::move(invocation)})},
             {"columnKind", "unicodeCodePoints"},
             {"results", std::move(results)}};
    const Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                   {"version", "2.1.0"},
                   {"runs", Json::array({std::move(run)})}};
    return log.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  size_t rule_index(const Diagnostic& d) {
    const auto [known, is_new] = index_.try_emplace(d.kind, rules_.size());
    if (!is_new) return known->second;
    const KindInfo& kind = info(d.kind);
    const SarifHelp help = tool_.help ? tool_.help(kind.slug) : SarifHelp();
    Json rule{{"id", kind.slug}};
    if (!help.summary.empty()) rule["shortDescription"] = {{"text", help.summary}};
    rule["help"] = {{"text", help.text.empty() ? fmt::format("aclc explain {}", kind.slug) : help.text}};
    rule["defaultConfiguration"] = {{"level", severity_name(kind.severity)}};
    rules_.push_back(std::move(rule));
    return known->second;
  }

  Json region(SourceId source, Span span) {
    const LineColumn begin = places_.of(source, span.begin);
    const LineColumn end = places_.of(source, span.end);
    return {{"startLine", begin.line},     {"startColumn", begin.column}, {"endLine", end.line},
            {"endColumn", end.column},     {"byteOffset", span.begin},    {"byteLength", span.length()}};
  }

  Json artifact(SourceId source) const { return {{"uri", uri_of(sources_[source].name())}}; }

  Json location(SourceId source, Span span) {
    return {{"physicalLocation", {{"artifactLocation", artifact(source)}, {"region", region(source, span)}}}};
  }

  Json fix_json(const Diagnostic& d, const Fix& fix) {
    Json replacements = Json::array();
    for (const Edit& e : fix.edits) {
      Json replacement{{"deletedRegion", region(d.source, e.span)}};
      if (!e.text.empty()) replacement["insertedContent"] = {{"text", e.text}};
      replacements.push_back(std::move(replacement));
    }
    return {{"description", {{"text", fix.title}}},
            {"artifactChanges",
             Json::array({{{"artifactLocation", artifact(d.source)}, {"replacements", std::move(replacements)}}})}};
  }

  Json result(const Diagnostic& d) {
    const size_t index = rule_index(d);
    std::string text = d.message;
    if (!d.help_text.empty()) text += "\n" + d.help_text;
    Json out{{"ruleId", d.slug()},
             {"ruleIndex", index},
             {"level", severity_name(d.severity)},
             {"message", {{"text", std::move(text)}}}};
    if (!d.source.valid()) return out;
    out["locations"] = Json::array({location(d.source, d.span)});
    Json related = Json::array();
    for (const Label& label : d.labels) {
      Json at = location(label.source.valid() ? label.source : d.source, label.span);
      at["id"] = related.size() + 1;
      at["message"] = {{"text", label.message}};
      related.push_back(std::move(at));
    }
    if (!related.empty()) out["relatedLocations"] = std::move(related);
    Json fixes = Json::array();
    for (const Fix& fix : d.fixes) {
      if (!fix.edits.empty()) fixes.push_back(fix_json(d, fix));
    }
    if (!fixes.empty()) out["fixes"] = std::move(fixes);
    if (!d.upstream_text.empty()) out["properties"] = {{"upstream", d.upstream_text}};
    return out;
  }

  const SourceMap& sources_;
  const SarifTool& tool_;
  Places places_;
  Json rules_ = Json::array();
  std::map<Kind, size_t> index_;
};

}  // namespace

std::string render_sarif(const SourceMap& sources, std::span<const Diagnostic> findings, bool ok, const SarifTool& tool, std::string_view trouble) {
  return SarifRenderer(sources, tool).run(findings, ok, trouble);
}

}  // namespace aclc
