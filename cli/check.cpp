// SPDX-License-Identifier: Apache-2.0
// aclc check: would the control plane take it?
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/test_results.h"
#include "cli/watch.h"
#include "parser/diagnostics/fixes.h"

namespace aclc::cli {
namespace {

/// A round mends what does not stand in another fix's way, so a policy with many faults in one place takes a few.
constexpr int kFixRounds = 20;  // of a thousand fixes of a kind; a file with more has another trouble

struct Check {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  bool fix = false;
  bool no_synced_groups = false;
  bool quiet = false;
  bool upstream = false;
  bool watch = false;
  size_t max_findings = 200;

  /// What was looked at, over all files.
  struct Totals {
    size_t policies = 0, unread = 0, rules = 0, tests = 0, fixed = 0;
    TestReport report;
    std::vector<JunitCase> tests_run;
    std::vector<TestedPolicy> tested;
    bool allows_all = false;
    bool more_to_fix = false;  ///< --fix stopped before all was mended
  };
};

/// Findings that --fix would mend: not those about a tailnet file or standard input, since it changes policy files only.
size_t fixable(const Check& o, Run& run) {
  const std::vector<Diagnostic>& findings = run.findings.sorted();
  const SafeFixes safe(findings);
  const bool from_stdin = std::find(o.policy.paths.begin(), o.policy.paths.end(), "-") != o.policy.paths.end();
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(), [&](const Diagnostic& d) {
    if (!safe.has(d) || (run.tailnet && d.source == run.tailnet->source)) return false;
    return !from_stdin || !d.source.valid() || run.sources[d.source].name() != o.policy.stdin_filename;
  }));
}

std::string summary(const Check& o, const Check::Totals& totals, Run& run) {
  std::string out = fails(run, o.output) || totals.unread > 0 ? "" : "ok · ";
  if (totals.policies + totals.unread > 1) out += counted(totals.policies, "policy file") + " · ";
  if (totals.unread > 0) out += fmt::format("{} could not be read · ", totals.unread);
  out += counted(totals.rules, "rule");
  // Of a policy with errors nobody knows what it will allow.
  if (totals.allows_all && !run.findings.has_errors()) out += " · neither acls nor grants: everything is allowed";
  const TestReport& report = totals.report;
  if (!report.results.empty()) {
    out += fmt::format(" · {} of {} passed", report.passed, counted(report.results.size(), "assertion"));
  }
  if (totals.tests > 0) out += fmt::format(" · {} not run", counted(totals.tests, "test"));
  if (totals.fixed > 0)
    out += fmt::format(" · {} applied", totals.fixed == 1 ? "1 fix" : fmt::format("{} fixes", totals.fixed));
  if (totals.more_to_fix) out += " · there is more to mend: run it again";
  const size_t more = o.fix ? 0 : fixable(o, run);
  if (more > 0) out += fmt::format(" · aclc check --fix would mend {}", more);
  return out;
}

/// How bad a text is. What is wrong with its form hides what else is: a better form may show more errors.
struct Badness {
  size_t syntax = 0, shape = 0, errors = 0;
  auto operator<=>(const Badness&) const = default;
};
Badness badness(const std::vector<Diagnostic>& findings) {
  Badness out;
  for (const Diagnostic& d : findings) {
    if (d.severity != Severity::kError) continue;
    ++out.errors;
    if (d.kind < Kind::kNotAnObject) ++out.syntax;
    if (d.kind == Kind::kWrongType || d.kind == Kind::kUnknownField) ++out.shape;
  }
  return out;
}

/// The text with every safe fix applied, as long as that does not make it worse; nothing where there is nothing to do. What
/// is left is what another run would mend.
std::optional<Mended> mend(const Check& o, const std::string& name, std::string_view text) {
  Mended best{std::string(text)}, now = best;
  std::optional<Badness> before;
  for (int round = 0; round < kFixRounds; ++round) {
    Run run;
    const SourceId id = run.sources.add(name, now.text);
    analyse(run, id, o.policy.pipeline);
    const Badness bad = badness(run.findings.sorted());
    if (before && bad > *before) break;
    before = bad;
    best = now;
    Mended mended = apply_fixes(now.text, run.findings.sorted(), id);
    best.left = mended.applied;
    if (mended.applied == 0 || mended.text == now.text) break;
    now.applied += mended.applied;
    now.text = std::move(mended.text);
  }
  if (best.text == text) return std::nullopt;
  return best;
}

/// False: the file could not be written, and the console said so.
bool fix_file(const Check& o, const std::string& path, Check::Totals& totals, Console& console) {
  auto text = read_file(path);
  if (!text) return true;  // opening it will say so
  const auto mended = mend(o, path, text.value());
  if (!mended) return true;
  const auto done = replace_file(path, mended->text);
  if (!done) {
    console.complain(done.error().message);
    return false;
  }
  totals.fixed += mended->applied;
  totals.more_to_fix |= mended->left > 0;
  return true;
}

Exit check(Check& o, Console& console) {
  Run run;
  Check::Totals totals;
  Exit status = Exit::kYes;
  o.policy.pipeline.synced_groups = !o.no_synced_groups;
  // Policies first, so that findings about them stand before those about the tailnet.
  std::vector<SourceId> policies;
  for (const std::string& path : o.policy.paths) {
    if (o.fix && path == "-") {
      console.complain("--fix changes files, and - is none");
      return Exit::kTrouble;
    }
    if (o.fix && !fix_file(o, path, totals, console)) status = Exit::kTrouble;
    if (const auto id = open_one_of(run, path, o.policy, o.output, console)) {
      policies.push_back(*id);
    } else {
      status = Exit::kTrouble;
      ++totals.unread;
    }
  }
  if (!open_tailnet(run, o.tailnet, o.policy, o.output, console)) return show_trouble(run, o.output, "aclc check", console);
  for (const SourceId id : policies) {
    const Analysis a = analyse(run, id, o.policy.pipeline);
    ++totals.policies;
    totals.allows_all |= a.policy.allows_all();
    totals.rules += a.policy.acls.size() + a.policy.grants.size() + a.policy.ssh.size();
    Progress progress(console, "testing", a.policy.tests.size() + a.policy.ssh_tests.size());
    if (auto report = test(run, a, [&](size_t done) { progress.step(done); })) {
      add_junit_cases(*report, id, run.sources[id], totals.tests_run);
      totals.tested.push_back({run.sources[id].name(), report->results.size()});
      totals.report.passed += report->passed;
      totals.report.failed += report->failed;
      std::move(report->results.begin(), report->results.end(), std::back_inserter(totals.report.results));
    } else {
      totals.tests += a.policy.tests.size() + a.policy.ssh_tests.size();
    }
  }
  if (fails(run, o.output)) status = worse(status, Exit::kNo);
  if (policies.empty() && o.output.format == Format::kText) return status;

  Showing showing;
  showing.ok = status == Exit::kYes;
  showing.trouble = trouble_of(status, console);
  showing.upstream = o.upstream;
  showing.max_shown = o.max_findings;
  const JsonMember tests{"tests", tests_json(totals.report, totals.tested)};
  showing.more = {&tests, 1};
  if (!o.quiet) showing.summary = summary(o, totals, run);
  showing.title = "aclc check";
  showing.files = policies;
  showing.tests = totals.tests_run;
  return show_findings(run, o.output, showing, console) ? status : Exit::kTrouble;
}

}  // namespace

Action define_check(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Check>();
  add_policy_options(app, o->policy, Takes::kMany);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_report_options(app, o->output);
  add_watch_option(app, o->watch);
  app.add_flag("--fix", o->fix, "mend in the file what has one obvious safe fix, then check again");
  app.add_flag("--no-synced-groups", o->no_synced_groups,
               "no identity provider adds groups: an undefined group is an error");
  app.add_flag("--upstream", o->upstream, "also show the hosted service's own words");
  app.add_flag("-q,--quiet", o->quiet, "no summary line");
  app.add_option("--max-findings", o->max_findings, "show at most so many in text, 0 for all (default 200)")
      ->type_name("N");
  return [o, &console] {
    if (!o->watch) return check(*o, console);
    std::vector<std::string> files = o->policy.paths;
    if (!o->tailnet.path.empty()) files.push_back(o->tailnet.path);
    return watch(files, console, [&] { return check(*o, console); });
  };
}

}  // namespace aclc::cli
