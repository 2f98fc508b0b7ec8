// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>

#include "base/text/utf8.h"
#include "parser/diagnostics/places.h"
#include "parser/diagnostics/render.h"

namespace aclc {
namespace {

/// Text for an XML attribute or element; what XML 1.0 cannot hold becomes U+FFFD.
std::string xml(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    const bool allowed = c.valid && (c.value >= 0x20 || c.value == '\t' || c.value == '\n' || c.value == '\r') &&
                         c.value != 0xfffe && c.value != 0xffff;
    if (!allowed) {
      out += "\xef\xbf\xbd";
    } else if (c.value == '&') {
      out += "&amp;";
    } else if (c.value == '<') {
      out += "&lt;";
    } else if (c.value == '>') {
      out += "&gt;";
    } else if (c.value == '"') {
      out += "&quot;";
    } else if (c.value < 0x20) {
      out += fmt::format("&#{};", static_cast<uint32_t>(c.value));
    } else {
      out += text.substr(at, c.length);
    }
    at += c.length;
  }
  return out;
}

struct Suite {
  std::string cases;
  size_t tests = 0, failures = 0;

  void add(std::string_view name, std::string_view class_name, std::string_view body, bool failed) {
    ++tests;
    failures += failed ? 1 : 0;
    cases += fmt::format("    <testcase name=\"{}\" classname=\"{}\"", xml(name), xml(class_name));
    cases += body.empty() ? "/>\n" : fmt::format(">\n{}    </testcase>\n", body);
  }
};

std::string failure(std::string_view message, std::string_view type, std::string_view text) {
  return fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n", xml(message), xml(type), xml(text));
}

}  // namespace

std::string render_junit(const SourceMap& sources, std::span<const Diagnostic> findings, std::span<const SourceId> files,
                         std::span<const JunitCase> cases, Severity fail_on, std::string_view trouble) {
  Places places(sources);
  std::map<SourceId, Suite> suites;
  for (const SourceId file : files) suites[file];
  for (const JunitCase& c : cases) {
    suites[c.source].add(c.name, c.class_name, c.failure.empty() ? "" : failure(c.failure, c.class_name, c.failure), !c.failure.empty());
  }
  for (const Diagnostic& d : findings) {
    std::string where;
    if (d.source.valid()) {
      const LineColumn at = places.of(d.source, d.span.begin);
      where = fmt::format("{}:{}:{}", sources[d.source].name(), at.line, at.column);
    }
    std::string text = fmt::format("{}: {}: {}", where, severity_name(d.severity), d.message);
    if (!d.help_text.empty()) text += "\n" + d.help_text;
    const bool fails = d.severity <= fail_on;
    const std::string body = fails ? failure(d.message, d.slug(), text)
                                   : fmt::format("      <system-out>{}</system-out>\n", xml(text));
    suites[d.source].add(fmt::format("{} {}", d.slug(), where), d.slug(), body, fails);
  }
  if (!trouble.empty()) {
    suites[SourceId()].add("run", "aclc", fmt::format("      <error message=\"{}\" type=\"aclc\">{}</error>\n", xml(trouble), xml(trouble)), false);
  }
  std::string inner;
  size_t tests = 0, failures = 0;
  for (auto& [source, suite] : suites) {
    if (suite.tests == 0) suite.add("no findings", "aclc", "", false);
    tests += suite.tests;
    failures += suite.failures;
    const bool error = !source.valid() && !trouble.empty();
    inner += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\"{}>\n{}  </testsuite>\n",
                         source.valid() ? xml(sources[source].name()) : "aclc", suite.tests, suite.failures, error ? " errors=\"1\"" : "", suite.cases);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aclc\" tests=\"{}\" failures=\"{}\"{}>\n{}</testsuites>\n",
                     tests, failures, trouble.empty() ? "" : " errors=\"1\"", inner);
}

}  // namespace aclc
