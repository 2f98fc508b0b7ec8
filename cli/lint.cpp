// SPDX-License-Identifier: Apache-2.0
// aclc lint: what is valid but wrong, risky, dead or useless.
#include "compiler/lint/lint.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <ctime>
#include <memory>

#include "base/nearest.h"
#include "base/text/json_quote.h"
#include "cli/command.h"
#include "cli/diff.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "cli/watch.h"
#include "compiler/lint/config.h"
#include "parser/diagnostics/fixes.h"
#include "parser/diagnostics/lint_kinds.h"

namespace aclc::cli {
namespace {

/// A round mends what does not stand in another fix's way.
constexpr int kFixRounds = 100;

struct Options {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string config;
  std::string today;
  std::vector<std::string> only;
  bool no_config = false, print_config = false, list = false, fix = false, dry_run = false, unsafe = false, quiet = false, watch = false;
  size_t max_findings = 200;
};

/// The configuration that counts for a policy, or where one would first be looked for.
std::string watched_config(const std::string& policy) {
  std::string found = find_lint_config(policy);
  if (!found.empty()) return found;
  const size_t slash = policy.rfind('/');
  return (slash == std::string::npos ? "" : policy.substr(0, slash + 1)) + ".aclc.hujson";
}

std::string list_text() {
  std::string out;
  std::optional<LintCategory> category;
  for (const LintRule& rule : lint_rules()) {
    if (category != rule.category) out += fmt::format("{}{}\n", category ? "\n" : "", category_name(rule.category));
    category = rule.category;
    out += fmt::format("  {:<24} {:<8} {}{}\n", rule.slug(), rule.by_default ? severity_name(info(rule.kind).severity) : "off", rule.summary,
                       rule.needs_tailnet ? " (--tailnet)" : "");
  }
  return out;
}

std::string list_json() {
  std::string out = "{\"rules\": [";
  for (const LintRule& rule : lint_rules()) {
    out += &rule == lint_rules().data() ? "\n  " : ",\n  ";
    out += fmt::format("{{\"slug\": \"{}\", \"category\": \"{}\", \"severity\": \"{}\", \"default\": {}, \"tailnet\": {}, \"summary\": ",
                       rule.slug(), category_name(rule.category), severity_name(info(rule.kind).severity), rule.by_default,
                       rule.needs_tailnet);
    append_json_string(out, rule.summary);
    out += '}';
  }
  return out + "]}\n";
}

/// What one look at a policy found; nothing of lint's where the check found errors.
struct Look {
  std::vector<Diagnostic> findings;
  size_t rules = 0;
  bool valid = false;
};

Look look(Run& run, SourceId policy, const Options& o, LintOptions options) {
  Look out;
  run.findings = DiagnosticEngine();
  const Analysis a = analyse(run, policy, o.policy.pipeline);
  out.rules = a.policy.acls.size() + a.policy.grants.size() + a.policy.ssh.size();
  out.valid = !run.findings.has_errors();
  if (!out.valid) {
    for (const Diagnostic& d : run.findings.sorted()) {
      if (d.severity == Severity::kError) out.findings.push_back(d);
    }
    return out;
  }
  options.target = o.policy.pipeline.target;
  options.tailnet = run.tailnet ? &*run.tailnet : nullptr;
  std::optional<TestReport> report;
  const auto level = options.levels.find(lint_kind::kUntestedRule);
  if (level != options.levels.end() && level->second != LintLevel::kOff) {
    report = run_tests(a.policy, a.definitions, options.tailnet);
    options.tests = &*report;
  }
  // A name that is defined nowhere makes another look unused: without it lint's findings would mislead.
  std::vector<Diagnostic> unknown;
  for (const Diagnostic& d : run.findings.sorted()) {
    if (o.only.empty() && d.kind == Kind::kUnknownGroup && d.source == policy) unknown.push_back(d);
  }
  run.findings = DiagnosticEngine();
  run.findings.set_source(policy);
  for (Diagnostic& d : unknown) run.findings.report(std::move(d));
  lint(a.policy, a.tree, a.definitions, options, run.findings);
  out.findings = run.findings.sorted();
  return out;
}

class Lint {
 public:
  Lint(const Options& o, Console& console) : o_(o), console_(console) {}

  Exit run() {
    if (o_.list) {
      console_.print(o_.output.format == Format::kJson ? list_json() : list_text());
      return Exit::kYes;
    }
    if (o_.print_config) {
      console_.print(lint_config_guide());
      return Exit::kYes;
    }
    if (!fits_together() || !set_today() || !know_only()) return Exit::kTrouble;
    std::vector<SourceId> policies;
    for (const std::string& path : o_.policy.paths) {
      const auto id = open_one_of(run_, path, o_.policy, o_.output, console_);
      if (!id) {
        status_ = Exit::kTrouble;
        ++unread_;
        continue;
      }
      policies.push_back(*id);
    }
    if (!open_tailnet(run_, o_.tailnet, o_.policy, o_.output, console_)) return show_trouble(run_, o_.output, "aclc lint", console_);
    for (const Diagnostic& d : run_.findings.sorted()) {
      if (d.severity == Severity::kError) found_.push_back(d);
    }
    size_t next = 0;
    for (const std::string& path : o_.policy.paths) {
      if (next < policies.size() && name_of(path) == run_.sources[policies[next]].name()) one(path, policies[next++]);
    }
    if (looked_at_.empty() && found_.empty() && o_.output.format == Format::kText) return status_;
    return show();
  }

 private:
  std::string name_of(const std::string& path) const { return path == "-" ? o_.policy.stdin_filename : path; }

  bool fits_together() {
    if (o_.fix) return true;
    if (o_.dry_run) console_.complain("--dry-run shows what --fix would change: give --fix, too");
    if (o_.unsafe) console_.complain("--unsafe-fixes says which fixes --fix applies: give --fix, too");
    return !o_.dry_run && !o_.unsafe;
  }

  bool set_today() {
    options_.today = static_cast<int64_t>(std::time(nullptr)) / 86400;
    if (o_.today.empty()) return true;
    options_.today = parse_day(o_.today);
    if (options_.today && o_.today.size() == 10) return true;
    console_.complain(fmt::format("--today: `{}` is no date, write YYYY-MM-DD", o_.today));
    return false;
  }

  bool know_only() {
    std::vector<std::string_view> slugs;
    for (const LintRule& rule : lint_rules()) slugs.push_back(rule.slug());
    for (const std::string& slug : o_.only) {
      if (std::find(slugs.begin(), slugs.end(), slug) != slugs.end()) continue;
      const std::string_view near = nearest(slug, slugs);
      console_.complain(near.empty() ? fmt::format("no rule is called `{}`; `aclc lint --list` shows them", slug)
                                     : fmt::format("no rule is called `{}`; did you mean `{}`?", slug, near));
      return false;
    }
    return true;
  }

  /// Rules that --only leaves out are off, those that it names are on.
  void restrict_levels(LintOptions& options) const {
    if (o_.only.empty()) return;
    for (const LintRule& rule : lint_rules()) {
      if (rule.kind == lint_kind::kLintUndecided) continue;  // it is about those rules
      if (std::find(o_.only.begin(), o_.only.end(), rule.slug()) == o_.only.end()) {
        options.levels[rule.kind] = LintLevel::kOff;
        continue;
      }
      const auto level = options.levels.find(rule.kind);
      if (level != options.levels.end() && level->second != LintLevel::kOff) continue;
      const Severity severity = info(rule.kind).severity;
      options.levels[rule.kind] = severity == Severity::kError     ? LintLevel::kError
                                  : severity == Severity::kWarning ? LintLevel::kWarning
                                                                   : LintLevel::kNote;
    }
  }

  /// False: it could not be read, or says what cannot be understood.
  bool configure(const std::string& policy, LintOptions& options) {
    const std::string path = o_.no_config ? "" : !o_.config.empty() ? o_.config : find_lint_config(policy == "-" ? "" : policy);
    if (path.empty()) return true;
    auto text = read_file(path);
    if (!text) {
      console_.complain(text.error().message);
      return false;
    }
    const SourceId id = run_.sources.add(path, std::move(text.value()));
    DiagnosticEngine engine;
    read_lint_config(run_.sources[id].text(), id, options, engine);
    const auto& faults = engine.sorted();
    found_.insert(found_.end(), faults.begin(), faults.end());
    return !engine.has_errors();
  }

  void one(const std::string& path, SourceId id) {
    LintOptions options = options_;
    if (!configure(path, options)) {
      status_ = Exit::kTrouble;
      return;
    }
    restrict_levels(options);
    if (o_.fix) {
      if (const auto mended = mend(path, id, options)) id = *mended;
    }
    Look found = look(run_, id, o_, options);
    looked_at_.push_back(id);
    if (!found.valid) invalid_.push_back(id);
    rules_ += found.rules;
    found_.insert(found_.end(), std::make_move_iterator(found.findings.begin()), std::make_move_iterator(found.findings.end()));
  }

  /// The policy with fixes applied as long as it stays valid: written, or with --dry-run shown as a difference. What it then is.
  /// What came from standard input goes to standard output, changed or not.
  std::optional<SourceId> mend(const std::string& path, SourceId id, const LintOptions& options) {
    const std::string before(run_.sources[id].text());
    std::string now = before;
    size_t applied = 0;
    for (int round = 0; round < kFixRounds; ++round) {
      Run run;
      run.tailnet = std::move(run_.tailnet);
      const SourceId mine = run.sources.add(name_of(path), now);
      const Look found = look(run, mine, o_, options);
      run_.tailnet = std::move(run.tailnet);
      if (!found.valid) break;
      Mended mended = apply_fixes(now, found.findings, mine, o_.unsafe ? FixSafety::kUnsafe : FixSafety::kSafe);
      if (mended.applied == 0 || mended.text == now) break;
      // A fix that makes the policy invalid is none.
      Run after;
      const SourceId changed = after.sources.add(name_of(path), mended.text);
      analyse(after, changed, o_.policy.pipeline);
      if (after.findings.has_errors()) break;
      applied += mended.applied;
      now = std::move(mended.text);
    }
    if (to_stdout(path)) console_.print(now);
    if (now == before) return std::nullopt;
    fixed_ += applied;
    if (o_.dry_run) {
      show_diff(unified_diff(name_of(path), before, now));
    } else if (path != "-") {
      if (const auto done = replace_file(path, now); !done) {
        console_.complain(done.error().message);
        status_ = Exit::kTrouble;
        return std::nullopt;
      }
    }
    return run_.sources.add(name_of(path), std::move(now));
  }

  /// Whether the policy itself goes to standard output, so that findings have to go elsewhere.
  bool to_stdout(const std::string& path) const { return path == "-" && o_.fix && !o_.dry_run; }

  /// Beside findings in text; never into a document that programs read.
  void show_diff(std::string diff) {
    if (o_.output.format == Format::kText || !o_.output.file.empty()) {
      console_.print(diff);
      return;
    }
    if (diff.ends_with('\n')) diff.pop_back();
    console_.note(diff);
  }

  Exit show() {
    run_.findings = DiagnosticEngine();
    size_t fixable = 0;
    for (Diagnostic& d : found_) {
      // --fix changes policies, and not a configuration or a tailnet.
      const auto is_among = [&](const std::vector<SourceId>& ids) { return std::find(ids.begin(), ids.end(), d.source) != ids.end(); };
      const bool of_policy = (is_among(looked_at_) && !is_among(invalid_)) || !d.source.valid();
      fixable += of_policy && !d.fixes.empty() && d.fixes.front().safety == FixSafety::kSafe ? 1 : 0;
      run_.findings.report(std::move(d));
    }
    if (fails(run_, o_.output)) status_ = worse(status_, Exit::kNo);
    Showing showing;
    showing.ok = status_ == Exit::kYes;
    showing.trouble = trouble_of(status_, console_);
    showing.title = "aclc lint";
    showing.files = looked_at_;
    showing.max_shown = o_.max_findings;
    if (!o_.quiet) {
      std::string& line = showing.summary;
      if (status_ == Exit::kYes) line = "ok · ";
      if (looked_at_.size() + unread_ > 1) line += counted(looked_at_.size(), "policy file") + " · ";
      if (unread_ > 0) line += fmt::format("{} could not be read · ", unread_);
      line += counted(rules_, "rule");
      if (!invalid_.empty()) line += " · lint looks at a policy once aclc check has no errors";
      if (fixed_ > 0) line += fmt::format(" · {} {} {}", fixed_, fixed_ == 1 ? "fix" : "fixes", o_.dry_run ? "not written" : "applied");
      if (fixable > 0 && !o_.fix) line += fmt::format(" · aclc lint --fix would mend {}", fixable);
    }
    Console beside(2, 2);
    const bool taken = std::any_of(o_.policy.paths.begin(), o_.policy.paths.end(), [&](const std::string& path) { return to_stdout(path); });
    return show_findings(run_, o_.output, showing, taken ? beside : console_) ? status_ : Exit::kTrouble;
  }

  const Options& o_;
  Console& console_;
  Run run_;
  LintOptions options_;
  std::vector<Diagnostic> found_;
  std::vector<SourceId> looked_at_;  ///< policies as they were looked at, so after fixes
  std::vector<SourceId> invalid_;    ///< of them, those that the check refuses: no fix is applied to them
  size_t unread_ = 0, rules_ = 0, fixed_ = 0;
  Exit status_ = Exit::kYes;
};

}  // namespace

Action define_lint(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  add_policy_options(app, o->policy, Takes::kMany);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_report_options(app, o->output);
  app.add_option("--config", o->config, "levels, budgets, protected destinations (default .aclc.hujson beside the policy or above; --print-config explains them)")->type_name("FILE");
  app.add_flag("--no-config", o->no_config, "look at no configuration");
  app.add_flag("--print-config", o->print_config, "a .aclc.hujson with every setting at its default, and what each means");
  app.add_flag("--list", o->list, "every rule with its category, level and meaning");
  app.add_option("--only", o->only, "these rules and no others, also those that are off")->type_name("SLUG")->delimiter(',');
  app.add_flag("--fix", o->fix, "mend in the file what has a safe fix, then look again; from - to standard output, with the findings on standard error");
  app.add_flag("--unsafe-fixes", o->unsafe, "with --fix: also fixes that may change what is meant");
  app.add_flag("--dry-run", o->dry_run, "with --fix: show what would change, and change nothing; on standard error where a machine reads the findings");
  app.add_option("--today", o->today, "the date that rules about dates go by (default the clock's)")->type_name("YYYY-MM-DD");
  app.add_flag("-q,--quiet", o->quiet, "no summary line");
  app.add_option("--max-findings", o->max_findings, "show at most so many in text, 0 for all (default 200)")->type_name("N");
  add_watch_option(app, o->watch);
  return [o, &console] {
    const auto once = [&] { return Lint(*o, console).run(); };
    if (!o->watch) return once();
    std::vector<std::string> files = o->policy.paths;
    if (!o->tailnet.path.empty()) files.push_back(o->tailnet.path);
    if (!o->config.empty()) {
      files.push_back(o->config);
    } else if (!o->no_config) {
      for (const std::string& path : o->policy.paths) files.push_back(watched_config(path));
    }
    return watch(files, console, once);
  };
}

}  // namespace aclc::cli
