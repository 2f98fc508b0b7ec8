// SPDX-License-Identifier: Apache-2.0
// aclc test: every assertion of `tests` and `sshTests`.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "base/net/protocol.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/test_results.h"
#include "cli/watch.h"
#include "compiler/reach/advice.h"
#include "compiler/reach/ask.h"
#include "compiler/testrun/people.h"
#include "parser/diagnostics/display.h"

namespace aclc::cli {
namespace {

struct Options {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  bool coverage = false;
  bool quiet = false;
  bool watch = false;
};

/// What would have to be otherwise for an assertion to hold that wants access, as `aclc why` says it.
class Advice {
 public:
  Advice(const Run& run, const Analysis& analysis, std::string_view text)
      : analysis_(analysis), text_(text), given_(run.tailnet ? &*run.tailnet : nullptr) {}

  std::string for_failure(const AssertionResult& r) {
    if (r.passed || r.ssh || r.got != Expectation::kDeny || r.rule.empty() || left_ == 0) return "";
    --left_;
    const auto word = split_destination(r.destination);
    if (!word) return "";
    if (!reach_) {
      tailnet_.emplace(with_stand_ins(analysis_.policy, given_));
      reach_.emplace(world_.emplace(analysis_.policy, analysis_.definitions, *tailnet_));
    }
    auto src = find_endpoint(*world_, analysis_.definitions, r.source);
    auto dst = find_endpoint(*world_, analysis_.definitions, word->name);
    constexpr size_t kMostPairs = 10'000;
    if (!src || !dst || src->at.size() * dst->at.size() > kMostPairs) return "";
    const Answer answer = ask(*reach_, std::move(src).value(), std::move(dst).value(), word->port, r.protocol);
    // Of several devices the test may have met another.
    if (answer.all() || !answer.decision.has_rule() || reach_->rule_span(answer.decision.rule) != r.rule) return "";
    return advice_for(*world_, analysis_.definitions, answer, text_);
  }

 private:
  const Analysis& analysis_;
  std::string_view text_;
  const Tailnet* given_;
  std::optional<Tailnet> tailnet_;
  std::optional<reference::World> world_;
  std::optional<Reach> reach_;
  size_t left_ = 50;  // each is asked by itself, and who has more failures looks at the first
};

class Printer {
 public:
  Printer(const SourceBuffer& source, const TestReport& report) : source_(source), report_(report) {
    for (const AssertionResult& r : report.results) {
      sources_ = std::max(sources_, r.source.size());
      targets_ = std::max(targets_, target(r).size());
    }
    sources_ = std::min<size_t>(sources_, 40);
    targets_ = std::min<size_t>(targets_, 40);
  }

  std::string assertion(const AssertionResult& r, std::string_view advice) const {
    std::string out = fmt::format("  {:<4}  {:<{}} -> {:<{}}  {:<6}  {}\n", r.passed ? "ok" : "FAIL", printable(r.source), sources_, printable(target(r)),
                                  targets_, expectation_name(r.expected), reason(r));
    if (!r.passed) out += fmt::format("        asserted in line {}\n", line(r.at));
    if (!r.passed && !r.rule.empty()) out += fmt::format("        {}\n", quoted_rule(source_.text(), r.rule));
    if (!advice.empty()) out += fmt::format("        {}\n", advice);
    return out;
  }

  std::string coverage() const {
    std::string out;
    for (size_t i = 0; i < report_.rules.size(); ++i) {
      if (report_.exercised[i] || report_.rules[i].empty()) continue;
      out += fmt::format("  untested  line {}: {}\n", line(report_.rules[i]), quoted_rule(source_.text(), report_.rules[i]));
    }
    return out;
  }

  /// For the page of a job: those that failed.
  std::string markdown() const {
    std::string out;
    for (const AssertionResult& r : report_.results) {
      if (r.passed) continue;
      if (out.empty()) out = "| assertion | expected | why |\n|---|---|---|\n";
      out += fmt::format("| {} -> {} | {} | {} |\n", markdown_text(r.source), markdown_text(target(r)),
                         expectation_name(r.expected), markdown_text(reason(r)));
    }
    return out;
  }

  std::string summary() const {
    std::string out = report_.failed > 0 ? fmt::format("{} failed, {} passed", report_.failed, report_.passed)
                                         : fmt::format("{} passed", report_.passed);
    const auto rules = static_cast<size_t>(std::count_if(report_.rules.begin(), report_.rules.end(), [](Span s) { return !s.empty(); }));
    size_t untested = 0;
    for (size_t i = 0; i < report_.rules.size(); ++i) untested += !report_.exercised[i] && !report_.rules[i].empty();
    if (rules > 0) {
      out += untested == 0 ? fmt::format(" · every rule is exercised")
                           : fmt::format(" · {} of {} exercised by no test", untested, counted(rules, "rule"));
    }
    if (report_.on_stand_ins) out += " · no tailnet given: run on the users and tags that the policy names";
    return out;
  }

 private:
  static std::string target(const AssertionResult& r) {
    if (r.ssh) return fmt::format("{} as {}", r.destination, r.user);
    return r.protocol == 0 ? r.destination : fmt::format("{} {}", r.destination, protocol_name(r.protocol));
  }

  uint32_t line(Span span) const { return source_.position(span.begin).line; }

  std::string reason(const AssertionResult& r) const { return reason_of(r, source_); }

  const SourceBuffer& source_;
  const TestReport& report_;
  size_t sources_ = 0, targets_ = 0;
};

Exit run_test(const Options& o, Console& console) {
  Run run;
  const auto id = open_one_of(run, o.policy.paths.front(), o.policy, o.output, console);
  if (!id || !open_tailnet(run, o.tailnet, o.policy, o.output, console)) return show_trouble(run, o.output, "aclc test", console);
  const Analysis analysis = analyse(run, *id, o.policy.pipeline);
  Progress progress(console, "testing", analysis.policy.tests.size() + analysis.policy.ssh_tests.size());
  const auto report = test(run, analysis, [&](size_t done) { progress.step(done); });
  const Exit status = fails(run, o.output) ? Exit::kNo : Exit::kYes;
  const TestedPolicy tested{run.sources[*id].name(), report ? report->results.size() : 0};
  JsonMember tests{"tests", tests_json(report ? *report : TestReport(), {&tested, 1})};
  if (report && o.coverage) tests.second.insert(tests.second.size() - 1, untested_json(*report, run.sources[*id]));
  std::vector<JunitCase> cases;
  Showing showing;
  showing.ok = status == Exit::kYes;
  showing.trouble = trouble_of(status, console);
  showing.title = "aclc test";
  showing.more = {&tests, 1};
  showing.files = {&*id, 1};
  if (!report) {
    showing.summary = "tests are run once the policy is valid";
    return show_findings(run, o.output, showing, console) ? status : Exit::kTrouble;
  }
  const Printer printer(run.sources[*id], *report);
  showing.markdown = printer.markdown();
  add_junit_cases(*report, *id, run.sources[*id], cases);
  showing.tests = cases;
  if (o.output.format != Format::kText) return show_findings(run, o.output, showing, console) ? status : Exit::kTrouble;

  // In text the assertions stand for the findings about them.
  Advice advice(run, analysis, run.sources[*id].text());
  for (const AssertionResult& r : report->results) {
    if (!r.passed || !o.quiet) showing.text += printer.assertion(r, advice.for_failure(r));
  }
  if (report->results.empty()) showing.text += "the policy has no tests\n";
  if (o.coverage) showing.text += printer.coverage();
  if (!report->results.empty()) showing.summary = printer.summary();
  Run shown;
  shown.sources = std::move(run.sources);
  for (const Diagnostic& d : run.findings.sorted()) {
    if (d.kind != Kind::kTestFailed) shown.findings.report(d);
  }
  return show_findings(shown, o.output, showing, console) ? status : Exit::kTrouble;
}

}  // namespace

Action define_test(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_report_options(app, o->output);
  add_watch_option(app, o->watch);
  app.add_flag("--coverage", o->coverage, "also list the rules that no assertion exercises");
  app.add_flag("-q,--quiet", o->quiet, "failures only");
  return [o, &console] {
    if (!o->watch) return run_test(*o, console);
    std::vector<std::string> files = o->policy.paths;
    if (!o->tailnet.path.empty()) files.push_back(o->tailnet.path);
    return watch(files, console, [&] { return run_test(*o, console); });
  };
}

}  // namespace aclc::cli
