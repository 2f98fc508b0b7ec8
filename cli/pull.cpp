// SPDX-License-Identifier: Apache-2.0
// aclc pull: the policy in force, into a file.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/deployed.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/server_options.h"

namespace aclc::cli {
namespace {

struct Pull {
  PolicyOptions policy;
  ServerChoice server;
  RecordChoice record;
  OutputOptions output;
  bool yes = false;
  bool quiet = false;
};

void answer(const Pull& o, std::string_view done, const std::string& place, const std::string& digest, Console& console) {
  const std::string& path = o.policy.paths.front();
  if (o.output.format == Format::kJson) {
    const nlohmann::ordered_json json{{"ok", true}, {"answer", done}, {"path", path}, {"place", place}, {"digest", digest}};
    console.print(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else if (!o.quiet) {
    console.print(fmt::format("{:<9}  {} is what {} has · digest {}\n", done, path, place, short_digest(digest)));
  }
}

/// Whether the file may be replaced: it holds nothing that would be lost, or the user says so.
Exit may_replace(const Pull& o, const std::string& local, const std::string& deployed, const std::string& place, Console& console) {
  const std::string& path = o.policy.paths.front();
  const auto digest = digest_of(local, o.policy.pipeline);
  if (digest && digest == read_record(o.record, path, place)) return Exit::kYes;
  if (!o.yes && !o.quiet) console.note(shown_diff(path, local, deployed));
  switch (ask(fmt::format("replace {} by what {} has?", path, place), o.yes, console)) {
    case Consent::kGiven: return Exit::kYes;
    case Consent::kDenied: console.complain(fmt::format("{} was left as it is", path)); return Exit::kNo;
    case Consent::kNobodyToAsk: break;
  }
  console.complain(fmt::format("{} differs from what {} has, and there is no terminal to ask on: --yes replaces it", path, place));
  return Exit::kTrouble;
}

Exit pull(const Pull& o, Console& console) {
  const std::string& path = o.policy.paths.front();
  const FileKind kind = path == "-" ? FileKind::kNone : file_kind(path);
  if (kind == FileKind::kOther) {
    console.complain(fmt::format("{} is no plain file, and only such a one is replaced; - prints the policy", path));
    return Exit::kTrouble;
  }
  const auto fetched = fetch_deployed(o.server, o.policy.pipeline.target, console);
  if (!fetched) {
    console.complain(fetched.error().message);
    return Exit::kTrouble;
  }
  const std::string& place = fetched->place;
  const DeployedPolicy& deployed = fetched->policy;
  if (!deployed.exists) {
    console.complain(fmt::format("{} has no policy", place));
    return Exit::kNo;
  }
  const auto digest = digest_of(deployed.text, o.policy.pipeline);
  if (!digest) {
    console.complain(fmt::format("what {} answered is no policy; {} was left as it is", place, path));
    return Exit::kTrouble;
  }
  if (path == "-") {
    console.print(deployed.text);
    return Exit::kYes;
  }
  const auto local = kind == FileKind::kPlain ? read_file(path) : Result<std::string>(std::string());
  if (!local) {
    console.complain(local.error().message);
    return Exit::kTrouble;
  }
  std::string_view done = "unchanged";
  if (digest_of(*local, o.policy.pipeline) != digest) {
    if (!local->empty()) {
      const Exit may = may_replace(o, *local, deployed.text, place, console);
      if (may != Exit::kYes) return may;
    }
    const auto written = replace_file(path, deployed.text);
    if (!written) {
      console.complain(written.error().message);
      return Exit::kTrouble;
    }
    done = "pulled";
  }
  if (const auto recorded = write_record(o.record, path, place, *digest); !recorded) {
    console.complain(fmt::format("{}; the file itself is written", recorded.error().message));
    return Exit::kTrouble;
  }
  answer(o, done, place, *digest, console);
  return Exit::kYes;
}

}  // namespace

Action define_pull(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Pull>();
  add_policy_options(app, o->policy, Takes::kOne);
  app.get_option("POLICY")->description("file to write, - prints the policy instead (default policy.hujson)");
  add_server_options(app, o->server);
  add_record_options(app, o->record);
  add_output_options(app, o->output);
  app.add_flag("-y,--yes", o->yes, "replace a file that differs without asking");
  app.add_flag("-q,--quiet", o->quiet, "say nothing where all is well");
  return [o, &console] { return pull(*o, console); };
}

}  // namespace aclc::cli
