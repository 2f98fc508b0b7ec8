// SPDX-License-Identifier: Apache-2.0
// aclc fmt: the canonical layout.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/diff.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "parser/syntax/format.h"

namespace aclc::cli {
namespace {

struct Fmt {
  PolicyOptions policy;
  OutputOptions output;
  bool write = false;
  bool check = false;
  bool diff = false;
};

/// What became of one file.
struct Formatted {
  std::string path;
  std::string text;
  bool changed = false;
};

std::string files_json(const std::vector<Formatted>& files, bool with_text) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Formatted& f : files) {
    nlohmann::ordered_json file{{"path", f.path}, {"changed", f.changed}};
    if (with_text) file["formatted"] = f.text;
    out.push_back(std::move(file));
  }
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Does with one formatted file what the options say.
Exit deliver(const Fmt& o, const Formatted& f, std::string_view before, Console& console) {
  const bool text = o.output.format == Format::kText;
  if (o.write && f.changed) {
    const auto done = replace_file(f.path, f.text);
    if (!done) {
      console.complain(done.error().message);
      return Exit::kTrouble;
    }
    if (text) console.print(fmt::format("{}: formatted\n", f.path));
  }
  if (o.diff && text) console.print(unified_diff(f.path, before, f.text));
  if (o.check && f.changed && text && !o.diff) console.print(fmt::format("{}: would be formatted\n", f.path));
  if (!o.write && !o.check && !o.diff && text) console.print(f.text);
  return f.changed && (o.check || o.diff) ? Exit::kNo : Exit::kYes;
}

void show(const Fmt& o, Run& run, const std::vector<Formatted>& files, bool ok, Console& console) {
  const bool prints_text = !o.write && !o.check && !o.diff;
  if (o.output.format == Format::kJson) {
    const std::vector<JsonMember> more{{"files", files_json(files, prints_text)}};
    show_findings(run, o.output, {.ok = ok, .more = more}, console);
    return;
  }
  const auto& findings = run.findings.sorted();
  if (findings.empty()) return;
  // Where the formatted text goes to standard output, nothing else may.
  console.flush();
  Console errors(2);
  show_findings(run, o.output, {.ok = ok, .summary = "left as it is"}, prints_text ? errors : console);
}

Exit format_all(Fmt& o, Console& console) {
  if (o.write && (o.check || o.diff)) {
    console.complain("--write changes files, --check and --diff do not: choose one");
    return Exit::kTrouble;
  }
  Run run;
  Exit status = Exit::kYes;
  std::vector<Formatted> files;
  for (const std::string& path : o.policy.paths) {
    if (o.write && path == "-") {
      console.complain("--write changes files, and - is none");
      return Exit::kTrouble;
    }
    const auto id = open_policy(run, path, o.policy, console);
    if (!id) {
      status = Exit::kTrouble;
      continue;
    }
    const Counts before = run.findings.counts();
    const SyntaxTree tree = parse_only(run, *id, o.policy.pipeline);
    if (run.findings.counts().errors > before.errors) {
      status = worse(status, Exit::kNo);
      continue;
    }
    const SourceBuffer& source = run.sources[*id];
    Formatted f{path == "-" ? source.name() : path, format(tree), false};
    f.changed = f.text != source.text();
    status = worse(status, deliver(o, f, source.text(), console));
    files.push_back(std::move(f));
  }
  show(o, run, files, status == Exit::kYes, console);
  return status;
}

}  // namespace

Action define_fmt(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Fmt>();
  add_policy_options(app, o->policy, Takes::kMany);
  add_output_options(app, o->output);
  app.add_flag("-w,--write", o->write, "change the files in place");
  app.add_flag("--check", o->check, "change nothing, exit 1 if a file would change");
  app.add_flag("--diff", o->diff, "change nothing, show what would change, exit 1 if anything");
  return [o, &console] { return format_all(*o, console); };
}

}  // namespace aclc::cli
