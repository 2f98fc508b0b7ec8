// SPDX-License-Identifier: Apache-2.0
// aclc drift: is what is deployed what this file says?
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/access_report.h"
#include "cli/command.h"
#include "cli/deployed.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/server_options.h"
#include "deploy/digest/digest.h"

namespace aclc::cli {
namespace {

constexpr size_t kMostShown = 50;  ///< changes of access of each sort

struct Drift {
  PolicyOptions policy;
  ServerChoice server;
  OutputOptions output;
  bool exact = false;
  bool quiet = false;
};

std::string_view word(Sameness sameness) {
  switch (sameness) {
    case Sameness::kEqual: return "equal";
    case Sameness::kSameValues: return "same";
    case Sameness::kSameAccess: return "same-access";
    case Sameness::kDifferent: return "different";
    case Sameness::kUnreadable: return "unreadable";
  }
  return "";
}

std::string sentence(const Drift& o, const Comparison& c, const std::string& place) {
  const std::string& path = o.policy.paths.front();
  switch (c.sameness) {
    case Sameness::kEqual: return fmt::format("equal      {} is what {} has · digest {}\n", path, place, short_digest(c.local_digest));
    case Sameness::kSameValues:
      return fmt::format("same       {} and {} say the same; comments or the order of members differ · digests {} and {}\n", path, place,
                         short_digest(c.local_digest), short_digest(c.deployed_digest));
    case Sameness::kSameAccess:
      return fmt::format("rewritten  {} and {} are written differently; nobody that they name has access by one alone · digests {} and {}\n", path,
                         place, short_digest(c.local_digest), short_digest(c.deployed_digest));
    case Sameness::kDifferent:
      if (c.deployed_digest.empty()) return fmt::format("different  {} has no policy\n", place);
      return fmt::format("different  {} is not what {} has · digests {} and {}\n", path, place, short_digest(c.local_digest), short_digest(c.deployed_digest));
    case Sameness::kUnreadable: break;
  }
  return {};
}

/// Who gains and who loses access by the file, as `aclc diff` says it.
struct Changes {
  std::string text, json = "null";
  bool none = false;  ///< for certain, and nothing else differs
};

Changes changes_of(const Drift& o, std::string_view local, std::string_view deployed, const std::string& place) {
  Run before, after;  // of their own: what is wrong with a policy is not asked here
  const SourceId old = before.sources.add(fmt::format("{} (in force)", place), std::string(deployed));
  const SourceId now = after.sources.add(o.policy.paths.front(), std::string(local));
  const Analysis theirs = analyse(before, old, o.policy.pipeline), mine = analyse(after, now, o.policy.pipeline);
  if (before.findings.has_errors() || after.findings.has_errors()) return {};
  const ComparedAccess compared = compare_access(theirs, mine, std::nullopt);
  const AccessReport report(compared, before.sources[old], after.sources[now], kMostShown);
  return {printable_lines(report.text()), report.json(), compared.diff.empty() && !compared.blind && same_besides_access(theirs.tree, mine.tree)};
}

Exit drift(Drift& o, Console& console) {
  Run run;
  const auto id = open_policy(run, o.policy.paths.front(), o.policy, console);
  if (!id) return Exit::kTrouble;
  const SyntaxTree tree = parse_only(run, *id, o.policy.pipeline);
  if (run.findings.has_errors()) {
    show_findings(run, o.output, {.ok = false, .summary = "nothing was compared"}, console);
    return Exit::kTrouble;
  }
  const auto fetched = fetch_deployed(o.server, o.policy.pipeline.target, console);
  if (!fetched) {
    console.complain(fetched.error().message);
    return Exit::kTrouble;
  }
  const std::string& place = fetched->place;
  const DeployedPolicy& deployed = fetched->policy;
  Comparison c = compare(tree, deployed, o.policy.pipeline);
  if (c.sameness == Sameness::kUnreadable) {
    console.complain(fmt::format("what {} answered is no policy", place));
    return Exit::kTrouble;
  }
  Changes changes;
  if (c.sameness == Sameness::kDifferent && deployed.exists) {
    changes = changes_of(o, tree.text(), deployed.text, place);
    if (changes.none) c.sameness = Sameness::kSameAccess;
  }
  // That no difference of access was found is no proof: it is looked for among what the policies name.
  const bool yes = c.sameness == Sameness::kEqual || (c.sameness == Sameness::kSameValues && !o.exact);
  const std::string diff = c.sameness == Sameness::kEqual ? "" : shown_diff(o.policy.paths.front(), deployed.text, tree.text());
  if (o.output.format == Format::kJson) {
    const nlohmann::ordered_json json{{"answer", word(c.sameness)}, {"place", place}, {"digest", c.local_digest}, {"deployed_digest", c.deployed_digest}, {"diff", diff},
                                      {"access", nlohmann::ordered_json::parse(changes.json)}};
    const JsonMember member{"drift", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
    show_findings(run, o.output, {.ok = yes, .more = {&member, 1}}, console);
  } else {
    console.print(sentence(o, c, place));
    if (!o.quiet) console.print(diff);
    if (!o.quiet && c.sameness == Sameness::kDifferent) console.print(changes.text);
  }
  return yes ? Exit::kYes : Exit::kNo;
}

}  // namespace

Action define_drift(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Drift>();
  add_policy_options(app, o->policy, Takes::kOne);
  add_server_options(app, o->server);
  add_output_options(app, o->output);
  app.add_flag("--exact", o->exact, "other comments and another order of members are a difference too");
  app.add_flag("-q,--quiet", o->quiet, "the answer without the lines that differ");
  return [o, &console] { return drift(*o, console); };
}

}  // namespace aclc::cli
