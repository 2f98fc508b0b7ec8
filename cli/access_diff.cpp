// SPDX-License-Identifier: Apache-2.0
// aclc diff: who gains and who loses access between two policies.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/net/protocol.h"
#include "base/text/json_quote.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/findings.h"
#include "cli/options.h"
#include "cli/test_results.h"
#include "compiler/diff/diff.h"

extern char** environ;

namespace aclc::cli {
namespace {

struct Options {
  PolicyOptions policy;
  TailnetOptions tailnet;
  OutputOptions output;
  std::string before, after;
  bool exit_code = false;
};

/// What `git show REVISION:PATH` prints. No shell sees the words.
Result<std::string> git_show(const std::string& name, size_t max_bytes) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Failure{fmt::format("cannot run git: {}", std::strerror(errno))};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const char* words[] = {"git", "show", "--no-textconv", "--end-of-options", name.c_str(), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, "git", &actions, nullptr, const_cast<char**>(words), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  char buffer[1 << 16];
  ssize_t n = 0;
  while (failed == 0 && text.size() <= max_bytes) {
    n = ::read(ends[0], buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer, static_cast<size_t>(n));
  }
  ::close(ends[0]);
  if (failed != 0) return Failure{fmt::format("cannot run git: {}", std::strerror(failed))};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (text.size() > max_bytes) return Failure{fmt::format("{} is longer than {} bytes", name, max_bytes)};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Failure{fmt::format("cannot read {}: neither a file nor a REVISION:PATH that git knows here", name)};
  }
  return text;
}

bool is_file(const std::string& path) {
  struct stat status {};
  return path == "-" || ::stat(path.c_str(), &status) == 0;
}

std::optional<SourceId> open_side(Run& run, const std::string& path, const PolicyOptions& options, Console& console) {
  if (is_file(path) || path.find(':') == std::string::npos) return open_policy(run, path, options, console);
  auto text = git_show(path, options.pipeline.parse.max_bytes);
  if (!text) {
    console.complain(text.error().message);
    return std::nullopt;
  }
  return run.sources.add(path, std::move(text.value()));
}

std::string listed(const std::vector<std::string>& names, size_t most) {
  std::string out;
  for (size_t i = 0; i < std::min(names.size(), most); ++i) out += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most) out += fmt::format(" and {} more", names.size() - most);
  return out;
}

std::string packet(const AccessWitness& w) {
  const std::string dst = w.dst.is_v4() ? w.dst.to_text() : "[" + w.dst.to_text() + "]";
  return protocol_has_ports(w.protocol) ? fmt::format("{} {} -> {}:{}", protocol_name(w.protocol), w.src.to_text(), dst, w.port)
                                        : fmt::format("{} {} -> {}", protocol_name(w.protocol), w.src.to_text(), dst);
}

class Report {
 public:
  Report(const AccessDiff& diff, const SourceBuffer& before, const SourceBuffer& after, std::vector<std::string> notes)
      : diff_(diff), before_(before), after_(after), notes_(std::move(notes)) {}

  std::string text() const {
    std::string out;
    for (const AccessChange& c : diff_.changes) {
      out += fmt::format("{} {} -> {}  {}\n", c.gained ? "gained" : "lost  ", sources(c), destinations(c), c.access.to_text());
      for (const Span rule : c.rules) out += fmt::format("       by {}  {}\n", place(c, rule), quoted_rule(side(c).text(), rule));
      if (c.rules.empty()) out += fmt::format("       by neither acls nor grants in {}: everything is allowed\n", side(c).name());
      out += fmt::format("       as {}\n", packet(c.witness));
    }
    for (const OtherChange& o : diff_.others) out += fmt::format("changed {} of {}\n", o.what, listed(o.devices, kMost));
    for (const std::string& note : notes_) out += fmt::format("note   {}\n", note);
    return out + summary() + "\n";
  }

  std::string markdown() const {
    std::string out = "### Access changes\n\n";
    if (!diff_.changes.empty()) out += "| | who | to what | ports | by |\n|---|---|---|---|---|\n";
    for (const AccessChange& c : diff_.changes) {
      std::string by;
      for (const Span rule : c.rules) by += (by.empty() ? "" : "<br>") + fmt::format("{} `{}`", markdown_text(place(c, rule)), cell(quoted_rule(side(c).text(), rule)));
      out += fmt::format("| {} | {} | {} | {} | {} |\n", c.gained ? ":heavy_plus_sign: gains" : ":heavy_minus_sign: loses", markdown_text(sources(c)),
                         markdown_text(destinations(c)), markdown_text(c.access.to_text()), by);
    }
    if (!diff_.changes.empty()) out += "\n";
    for (const OtherChange& o : diff_.others) out += fmt::format("- {} of {} changed\n", markdown_text(o.what), markdown_text(listed(o.devices, kMost)));
    for (const std::string& note : notes_) out += fmt::format("- {}\n", markdown_text(note));
    if (!diff_.others.empty() || !notes_.empty()) out += "\n";
    return out + markdown_text(summary()) + "\n";
  }

  std::string json() const {
    std::string out = fmt::format("{{\"equal\": {}, \"devices\": {}, \"changes\": [", diff_.empty(), diff_.devices);
    for (const AccessChange& c : diff_.changes) {
      out += &c == &diff_.changes.front() ? "\n  {" : ",\n  {";
      out += fmt::format("\"kind\": \"{}\", \"sources\": {}, \"destinations\": {}, \"own_devices\": {}, \"source_devices\": {}, \"destination_devices\": {}",
                         c.gained ? "gained" : "lost", strings(c.sources), strings(c.destinations), c.own_devices, c.source_devices, c.destination_devices);
      out += fmt::format(", \"source_addresses\": {}, \"destination_addresses\": {}", strings(c.source_addresses.texts()), strings(c.destination_addresses.texts()));
      out += fmt::format(", \"tcp\": \"{}\", \"udp\": \"{}\", \"sctp\": \"{}\", \"protocols\": [", c.access.tcp.to_text(), c.access.udp.to_text(), c.access.sctp.to_text());
      bool first = true;
      for (unsigned i = 0; i < 256; ++i) {
        if (!c.access.others[i]) continue;
        out += fmt::format("{}{}", first ? "" : ", ", i);
        first = false;
      }
      out += fmt::format("], \"ping\": {}, \"witness\": {{\"src\": \"{}\", \"dst\": \"{}\", \"protocol\": {}, \"port\": {}}}, \"rules\": [", c.access.ping,
                         c.witness.src.to_text(), c.witness.dst.to_text(), c.witness.protocol, c.witness.port);
      for (const Span& rule : c.rules) {
        out += fmt::format("{}{{\"path\": ", &rule == &c.rules.front() ? "" : ", ");
        append_json_string(out, side(c).name());
        out += fmt::format(", \"line\": {}, \"offset\": {}, \"length\": {}}}", side(c).position(rule.begin).line, rule.begin, rule.length());
      }
      out += "]}";
    }
    out += "],\n \"others\": [";
    for (const OtherChange& o : diff_.others) {
      out += fmt::format("{}{{\"what\": \"{}\", \"devices\": {}}}", &o == &diff_.others.front() ? "" : ", ", o.what, strings(o.devices));
    }
    return out + "], \"notes\": " + strings(notes_) + "}\n";
  }

 private:
  static constexpr size_t kMost = 6;

  const SourceBuffer& side(const AccessChange& c) const { return c.gained ? after_ : before_; }
  std::string place(const AccessChange& c, Span rule) const { return fmt::format("{}:{}", side(c).name(), side(c).position(rule.begin).line); }

  static std::string cell(std::string text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '|') text.insert(i++, "\\");
      if (text[i] == '`') text[i] = '\'';
    }
    return text;
  }

  static std::string sources(const AccessChange& c) { return listed(c.sources, kMost); }
  static std::string destinations(const AccessChange& c) { return c.own_devices ? "their own devices" : listed(c.destinations, kMost); }

  static std::string strings(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& t : texts) {
      if (out.size() > 1) out += ", ";
      append_json_string(out, t);
    }
    return out + "]";
  }

  std::string summary() const {
    const auto gained = static_cast<size_t>(std::count_if(diff_.changes.begin(), diff_.changes.end(), [](const AccessChange& c) { return c.gained; }));
    const size_t lost = diff_.changes.size() - gained;
    if (diff_.empty()) return "equal: nobody gains or loses access";
    if (diff_.changes.empty()) return "nobody gains or loses access to a port";
    return fmt::format("{} gained, {} lost", gained, lost);
  }

  const AccessDiff& diff_;
  const SourceBuffer &before_, &after_;
  std::vector<std::string> notes_;
};

/// What a made-up tailnet cannot show.
std::vector<std::string> blind_spots(const Analysis& before, const Analysis& after) {
  std::vector<std::string> out = {"no tailnet given: over the users, tags and networks that the policies name"};
  std::vector<std::string> groups;
  bool postures = false;
  for (const Analysis* a : {&before, &after}) {
    for (const Selector& s : a->policy.selectors) {
      if (s.kind != SelectorKind::kGroup || a->definitions.group_of(s.name) != Definitions::kNone) continue;
      const std::string name(a->policy.text(s));
      if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.push_back(name);
    }
    const auto asks = [](const auto& rules) { return std::any_of(rules.begin(), rules.end(), [](const auto& r) { return !r.src_posture.names.empty(); }); };
    postures = postures || !a->policy.default_src_posture.names.empty() || asks(a->policy.acls) || asks(a->policy.grants);
  }
  if (!groups.empty()) out.push_back(fmt::format("nobody is in {}, which no policy defines", listed(groups, 6)));
  if (postures) out.push_back("rules that ask for a posture let no device in, since none has attributes");
  return out;
}

Exit run_diff(const Options& o, Console& console) {
  Run run;
  const auto before = open_side(run, o.before, o.policy, console);
  const auto after = open_side(run, o.after, o.policy, console);
  if (!before || !after || !open_tailnet(run, o.tailnet, o.policy, console)) return Exit::kTrouble;
  const Analysis a = analyse(run, *before, o.policy.pipeline), b = analyse(run, *after, o.policy.pipeline);
  if (run.findings.has_errors()) {
    Showing showing;
    showing.ok = false;
    showing.summary = "a difference needs two valid policies";
    show_findings(run, o.output, showing, console);
    return Exit::kTrouble;
  }
  std::optional<Tailnet> made;
  std::vector<std::string> notes;
  if (!run.tailnet) {
    made = universe_of(a.policy, b.policy);
    notes = blind_spots(a, b);
  }
  const AccessDiff diff = diff_access({a.policy, a.tree, a.definitions}, {b.policy, b.tree, b.definitions}, made ? *made : *run.tailnet);
  const Report report(diff, run.sources[*before], run.sources[*after], std::move(notes));
  const std::string text = o.output.format == Format::kMarkdown ? report.markdown()
                           : o.output.format == Format::kJson   ? report.json()
                                                                : report.text();
  if (o.output.file.empty()) {
    console.print(text);
  } else if (!write_report(o.output.file, text, console)) {
    return Exit::kTrouble;
  }
  return o.exit_code && !diff.empty() ? Exit::kNo : Exit::kYes;
}

}  // namespace

Action define_diff(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  app.add_option("OLD", o->before, "policy: a file, -, or REVISION:PATH as git knows it")->type_name("")->required();
  app.add_option("NEW", o->after, "policy: likewise")->type_name("")->required();
  add_dialect_options(app, o->policy);
  add_tailnet_options(app, o->tailnet, o->policy, Needed::kNo);
  add_output_options(app, o->output, {Format::kText, Format::kJson, Format::kMarkdown});
  app.add_option("-o,--output", o->output.file, "write it to FILE, whole or not at all")->type_name("FILE");
  app.add_flag("--exit-code", o->exit_code, "the answer is no where the policies differ");
  return [o, &console] { return run_diff(*o, console); };
}

}  // namespace aclc::cli
