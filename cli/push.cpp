// SPDX-License-Identifier: Apache-2.0
// aclc push: puts this policy in force, if it is sound and nobody changed the one in force meanwhile.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/access_report.h"
#include "cli/command.h"
#include "cli/deployed.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/git.h"
#include "cli/server_options.h"
#include "cli/test_results.h"

namespace aclc::cli {
namespace {

constexpr size_t kMostShown = 50;  ///< changes of access of each sort
constexpr size_t kFewestDigits = 12;  ///< of a digest that --replace takes
constexpr size_t kMostVersions = 100;  ///< of the policy that git is asked for

struct Push {
  PolicyOptions policy;
  TailnetOptions tailnet;
  ServerChoice server;
  RecordChoice record;
  OutputOptions output;
  std::vector<std::string> base;
  std::string replace;  ///< the digest, or first digits of it, of what may be replaced
  bool yes = false;
  bool dry_run = false;
  bool force = false;
  bool quiet = false;
};

/// What came of it, as it is told at the end.
struct Outcome {
  Exit exit = Exit::kTrouble;
  std::string_view answer;            ///< pushed, unchanged, would-push, refused, changed, unknown, declined; empty: trouble, said already
  std::string sentence;
  std::vector<std::string> messages;  ///< the server's
};

/// What may be in force without anybody having changed it elsewhere.
struct Known {
  std::vector<std::string> digests;
  std::string lacking;  ///< what would tell more and is not there, in words
};

/// One push, step by step; what a step finds stays for the next.
class Pushing {
 public:
  Pushing(const Push& o, Console& console) : o_(o), path_(o.policy.paths.front()), console_(console) {}

  Exit run() {
    Outcome outcome = judge_and_push();
    if (outcome.answer.empty()) return outcome.exit;
    tell(outcome);
    return outcome.exit;
  }

 private:
  Outcome judge_and_push();
  Outcome push_to_server(const Analysis& mine);
  void show_changes(const Analysis& mine);
  Outcome save();
  Result<Known> known_here();
  /// Whether --force, or --replace with its digest, gives up the policy in force.
  bool given_up() const { return o_.force || (!o_.replace.empty() && comparison_.deployed_digest.starts_with(o_.replace)); }
  std::string how_to_replace() const { return fmt::format("--replace {} replaces exactly this one", short_digest(comparison_.deployed_digest)); }
  Outcome trouble(const std::string& message) {
    console_.complain(message);
    return {};
  }
  Outcome finished(std::string_view answer, std::string sentence, std::vector<std::string> messages = {});
  void tell(const Outcome& outcome);

  const Push& o_;
  const std::string& path_;
  Console& console_;
  Run run_;
  Server server_;
  std::string place_, text_, diff_, tests_ = "null";
  std::string access_ = "null";  ///< JSON
  DeployedPolicy deployed_;
  Comparison comparison_;
  std::optional<SyntaxTree> tree_;
};

Outcome Pushing::judge_and_push() {
  const auto id = open_policy(run_, path_, o_.policy, console_);
  if (!id || !open_tailnet(run_, o_.tailnet, o_.policy, console_)) return {};
  const Analysis a = analyse(run_, *id, o_.policy.pipeline);
  // Always, also where the same text is deployed already: who is in which group may have changed since.
  if (const auto report = test(run_, a)) tests_ = tests_json(*report, std::array{TestedPolicy{path_, report->results.size()}});
  if (run_.findings.has_errors()) return {Exit::kNo, "refused", "nothing was pushed", {}};
  text_ = std::string(a.tree.text());
  return push_to_server(a);
}

/// The policy that went out or came in last; without a record of that the versions that the file had.
Result<Known> Pushing::known_here() {
  Known out;
  if (const auto recorded = read_record(o_.record, path_, place_)) out.digests.push_back(*recorded);
  // What has errors was never deployed.
  const auto add = [&](std::string_view text) {
    if (const auto digest = digest_of(text, o_.policy.pipeline)) out.digests.push_back(*digest);
  };
  for (const std::string& path : o_.base) {
    const auto text = read_file(path);
    if (!text) return text.error();
    add(*text);
  }
  if (!out.digests.empty() || !o_.base.empty() || path_ == "-") return out;
  const FileHistory history = history_of(path_, kMostVersions, o_.policy.pipeline.parse.max_bytes);
  for (const std::string& text : history.texts) add(text);
  if (!history.repository) {
    out.lacking = "no git repository here knows the versions that it had";
  } else if (history.texts.empty()) {
    out.lacking = "git has no version of the file";
  } else if (history.shallow) {
    out.lacking = "this clone is shallow and lacks the older versions (`git fetch --unshallow`; in a pipeline `fetch-depth: 0` or `GIT_DEPTH: 0`)";
  }
  return out;
}

/// Which lines change, and who gains and who loses access by that.
void Pushing::show_changes(const Analysis& mine) {
  const bool shown = o_.output.format == Format::kText && !o_.quiet;
  diff_ = shown_diff(path_, deployed_.text, text_);
  if (shown) console_.print(diff_);
  if (!deployed_.exists) return;
  Run theirs_run;  // of its own: what is wrong with the deployed policy is no finding about this one
  const SourceId source = theirs_run.sources.add(fmt::format("{} (in force)", place_), deployed_.text);
  const Analysis theirs = analyse(theirs_run, source, o_.policy.pipeline);
  if (theirs_run.findings.has_errors()) {
    console_.note("the policy in force has errors, so access under it cannot be compared");
  } else {
    const ComparedAccess compared = compare_access(theirs, mine, run_.tailnet);
    const AccessReport report(compared, theirs_run.sources[source], run_.sources[mine.source], kMostShown);
    access_ = report.json();
    if (shown) console_.print(printable_lines(report.text()));
  }
}

Outcome Pushing::push_to_server(const Analysis& mine) {
  auto fetched = fetch_deployed(o_.server, o_.policy.pipeline.target, console_);
  if (!fetched) return trouble(fetched.error().message);
  server_ = std::move(fetched->server);
  place_ = std::move(fetched->place);
  deployed_ = std::move(fetched->policy);
  tree_.emplace(mine.tree);
  comparison_ = compare(mine.tree, deployed_, o_.policy.pipeline);
  if (comparison_.sameness == Sameness::kUnreadable && !given_up()) {
    return trouble(fmt::format("what {} has in force is no policy that can be read (digest {}); nothing was pushed; {}", place_, short_digest(comparison_.deployed_digest), how_to_replace()));
  }
  if (comparison_.sameness == Sameness::kEqual) return finished("unchanged", fmt::format("{} is what {} has", path_, place_));
  show_changes(mine);

  const auto known = known_here();
  if (!known) return trouble(known.error().message);
  const bool is_known = !deployed_.exists || std::find(known->digests.begin(), known->digests.end(), comparison_.deployed_digest) != known->digests.end();
  if (!is_known && !given_up()) {
    const std::string now = fmt::format("it is {} now", short_digest(comparison_.deployed_digest)), ways = fmt::format("`aclc pull` takes it over, {}", how_to_replace());
    // Whoever is asked on a terminal has the change before his eyes. Where something is known, and it is another policy, it is an alarm.
    const bool nothing_known = known->digests.empty() || !known->lacking.empty();
    if (!nothing_known) return {Exit::kNo, "changed", fmt::format("somebody changed the policy of {} since it was last known here ({}); {}", place_, now, ways), {}};
    std::string sentence = fmt::format("whether somebody changed the policy of {} by hand cannot be told ({}){}{}", place_, now, known->lacking.empty() ? "" : ": ", known->lacking);
    if (o_.yes) return {Exit::kNo, "unknown", fmt::format("{}; nothing was pushed; {}", sentence, ways), {}};
    console_.note(sentence);
  }
  const auto verdict = server_.control_plane->check(text_);
  if (!verdict) return trouble(verdict.error().message);
  if (verdict->kind == ServerVerdict::Kind::kRefused) return {Exit::kNo, "refused", fmt::format("{} would not take it", place_), verdict->messages};
  for (const std::string& message : verdict->messages) console_.note(fmt::format("{} warns: {}", place_, message));
  if (o_.dry_run) return {Exit::kYes, "would-push", fmt::format("{} to {}", path_, place_), {}};
  switch (ask(fmt::format("push {} to {}?", path_, place_), o_.yes, console_)) {
    case Consent::kGiven: break;
    case Consent::kDenied: return {Exit::kNo, "declined", "nothing was pushed", {}};
    case Consent::kNobodyToAsk: return trouble("there is no terminal to ask on: --yes pushes without a question; nothing was pushed");
  }
  return save();
}

Outcome Pushing::save() {
  if (!server_.control_plane->saves_atomically()) console_.note(fmt::format("{} has no way to compare and save in one step: a change in this very moment would be lost", place_));
  const auto verdict = server_.control_plane->save(text_, deployed_);
  if (verdict && verdict->kind == ServerVerdict::Kind::kRefused) return {Exit::kNo, "refused", fmt::format("{} did not take it", place_), verdict->messages};
  // Whatever was answered, what is deployed now decides: an answer may be lost on the way, and a repeated save then finds
  // its own policy.
  const auto now = server_.control_plane->fetch();
  if (!now) {
    if (!verdict) console_.complain(verdict.error().message);
    return trouble(fmt::format("whether the policy is in force is not known: {}; `aclc drift` tells later", now.error().message));
  }
  if (now->exists && compare(*tree_, *now, o_.policy.pipeline).sameness == Sameness::kEqual) return finished("pushed", fmt::format("{} to {}", path_, place_));
  if (!verdict) return trouble(fmt::format("{}; nothing was pushed", verdict.error().message));
  return {Exit::kNo, "changed",
          verdict->kind == ServerVerdict::Kind::kChanged
              ? fmt::format("somebody changed the policy of {} in this moment; nothing was pushed", place_)
              : fmt::format("the policy was saved, but {} has another one now: somebody changed it right after", place_), {}};
}

Outcome Pushing::finished(std::string_view answer, std::string sentence, std::vector<std::string> messages) {
  sentence += fmt::format(" · digest {}", short_digest(comparison_.local_digest));
  Outcome out{Exit::kYes, answer, std::move(sentence), std::move(messages)};
  if (o_.dry_run) return out;
  if (const auto recorded = write_record(o_.record, path_, place_, comparison_.local_digest); !recorded) {
    console_.complain(fmt::format("{}; the policy itself is in force", recorded.error().message));
    out.exit = Exit::kTrouble;
  }
  return out;
}

void Pushing::tell(const Outcome& outcome) {
  if (o_.output.format == Format::kJson) {
    const nlohmann::ordered_json json{{"answer", outcome.answer}, {"place", place_}, {"digest", comparison_.local_digest}, {"deployed_digest", comparison_.deployed_digest},
                                      {"messages", outcome.messages}, {"diff", diff_}, {"access", nlohmann::ordered_json::parse(access_)}};
    const std::vector<JsonMember> more{{"tests", tests_}, {"push", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)}};
    show_findings(run_, o_.output, {.ok = outcome.exit == Exit::kYes, .more = more}, console_);
    return;
  }
  const bool findings = run_.findings.has_errors();
  show_findings(run_, o_.output, {.ok = outcome.exit == Exit::kYes, .summary = findings ? outcome.sentence : ""}, console_);
  for (const std::string& message : outcome.messages) console_.print(fmt::format("  {}\n", message));
  if (!findings) console_.print(fmt::format("{:<10}  {}\n", outcome.answer, outcome.sentence));
}

}  // namespace

Action define_push(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Push>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_server_options(app, o->server);
  add_record_options(app, o->record);
  add_output_options(app, o->output);
  app.add_option("--base", o->base, "a policy that may be in force (the last version, or one of several): refuse if another one is; in place of the versions that git knows")->type_name("FILE");
  app.add_flag("-y,--yes", o->yes, "push without asking, where the policy in force is known here: from the record, --base, or as a version in git");
  app.add_flag("--dry-run", o->dry_run, "all but the push itself");
  app.add_flag("--force", o->force, "replace whatever is in force");
  app.add_option("--replace", o->replace, "replace the policy with this digest, as a refusal tells it, although it is not known here or cannot be read")
      ->type_name("DIGEST")
      ->check([](const std::string& text) {
        const bool digits = text.size() >= kFewestDigits && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
        return digits ? std::string() : fmt::format("`{}` is no digest: {} to 64 digits 0-9 a-f", text, kFewestDigits);
      });
  app.add_flag("-q,--quiet", o->quiet, "the answer without what changes");
  return [o, &console] { return Pushing(*o, console).run(); };
}

}  // namespace aclc::cli
