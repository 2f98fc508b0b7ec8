// SPDX-License-Identifier: Apache-2.0
#include "cli/test_results.h"

#include <fmt/format.h>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"

namespace aclc::cli {
namespace {

constexpr size_t kQuoted = 100;  // bytes of a rule that are shown

}  // namespace

std::string tests_json(const TestReport& report, std::span<const TestedPolicy> policies) {
  std::string out = fmt::format("{{\"passed\": {}, \"failed\": {}, \"results\": [", report.passed, report.failed);
  size_t left = policies.empty() ? 0 : policies.front().results;
  for (const AssertionResult& r : report.results) {
    while (left == 0 && policies.size() > 1) {
      policies = policies.subspan(1);
      left = policies.front().results;
    }
    if (left > 0) --left;
    out += &r == &report.results.front() ? "\n  " : ",\n  ";
    out += "{\"path\": ";
    append_json_string(out, policies.empty() ? std::string_view() : policies.front().path);
    out += fmt::format(", \"section\": \"{}\", \"test\": {}, \"src\": ", r.ssh ? "sshTests" : "tests", r.test);
    append_json_string(out, r.source);
    out += ", \"dst\": ";
    append_json_string(out, r.destination);
    if (r.ssh) {
      out += ", \"user\": ";
      append_json_string(out, r.user);
    }
    if (r.protocol != 0) out += fmt::format(", \"proto\": \"{}\"", protocol_name(r.protocol));
    out += fmt::format(", \"expected\": \"{}\", \"got\": \"{}\", \"passed\": {}, \"offset\": {}, \"length\": {}",
                       expectation_name(r.expected), expectation_name(r.got), r.passed, r.at.begin, r.at.length());
    if (!r.rule.empty()) out += fmt::format(", \"rule\": {{\"offset\": {}, \"length\": {}}}", r.rule.begin, r.rule.length());
    out += '}';
  }
  out += "]}";
  return out;
}

std::string untested_json(const TestReport& report, const SourceBuffer& policy) {
  std::string out;
  for (size_t i = 0; i < report.rules.size(); ++i) {
    const Span rule = report.rules[i];
    if (report.exercised[i] || rule.empty()) continue;
    out += fmt::format("{}\n  {{\"line\": {}, \"offset\": {}, \"length\": {}}}", out.empty() ? "" : ",", policy.position(rule.begin).line,
                       rule.begin, rule.length());
  }
  return fmt::format(", \"untested_rules\": [{}]", out);
}

std::string reason_of(const AssertionResult& r, const SourceBuffer& source) {
  const auto line = [&] { return source.position(r.rule.begin).line; };
  std::string out;
  if (r.got != Expectation::kDeny) {
    out = r.rule.empty() ? "everything is allowed: neither acls nor grants"
                         : fmt::format("{} by line {}", r.got == Expectation::kCheck ? "after a check" : "allowed", line());
  } else if (r.rule.empty() || r.passed) {
    out = "no rule allows it";
  } else {
    out = fmt::format("no rule allows it; nearest is line {}: {}", line(), missed_words(r.missed));
  }
  return r.witness.empty() ? out : fmt::format("{} (seen with {})", out, r.witness);
}

void add_junit_cases(const TestReport& report, SourceId policy, const SourceBuffer& source, std::vector<JunitCase>& out) {
  for (const AssertionResult& r : report.results) {
    std::string target = r.ssh ? fmt::format("{} as {}", r.destination, r.user) : r.destination;
    if (r.protocol != 0) target = fmt::format("{} {}", target, protocol_name(r.protocol));
    std::string failure;
    if (!r.passed) {
      failure = fmt::format("{} expected, got {}: {} ({}:{})", expectation_name(r.expected), expectation_name(r.got), reason_of(r, source),
                            source.name(), source.position(r.at.begin).line);
    }
    out.push_back({policy, fmt::format("{} -> {} {}", r.source, target, expectation_name(r.expected)), r.ssh ? "sshTests" : "tests",
                   std::move(failure)});
  }
}

std::string quoted_rule(std::string_view text, Span rule) {
  std::string out;
  bool blank = false;
  for (const char c : text.substr(rule.begin, rule.length())) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      blank = true;
      continue;
    }
    if (blank && !out.empty()) out += ' ';
    blank = false;
    out += c;
    if (out.size() >= kQuoted && (static_cast<unsigned char>(c) & 0x80) == 0) return out + "...";
  }
  return out;
}

}  // namespace aclc::cli
