// SPDX-License-Identifier: Apache-2.0
#include "cli/findings.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/cases.h"
#include "cli/files.h"

namespace aclc::cli {

std::string counted(size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string counts_text(const Counts& counts) {
  std::string out;
  const auto add = [&](size_t n, std::string_view noun) {
    if (n == 0) return;
    if (!out.empty()) out += ", ";
    out += counted(n, noun);
  };
  add(counts.errors, "error");
  add(counts.warnings, "warning");
  add(counts.notes, "note");
  return out;
}

bool fails(Run& run, const OutputOptions& output) {
  const Counts counts = run.findings.counts();
  return counts.errors > 0 || (output.fail_on >= Severity::kWarning && counts.warnings > 0) ||
         (output.fail_on >= Severity::kNote && counts.notes > 0);
}

std::string trouble_of(Exit status, Console& console) {
  if (status != Exit::kTrouble) return {};
  const std::string why = console.take_complaints();
  return fmt::format("not all that was asked for could be looked at: {}", why.empty() ? "its findings say why" : why);
}

bool write_report(const std::string& path, std::string_view text, Console& console) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) {
    const auto done = replace_file(path, text);
    if (!done) console.complain(done.error().message);
    return static_cast<bool>(done);
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0;
  if (written) {
    Console to(fd);
    to.print(text);
    written = to.flush();
  }
  if (!written) console.complain(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  if (fd >= 0) ::close(fd);
  return written;
}

namespace {

/// The documentation that stands in the case of that name.
SarifHelp documentation(std::string_view slug) {
  for (const EmbeddedCase& e : embedded_cases()) {
    if (e.name != slug) continue;
    const auto c = parse_case(e.text);
    if (!c) break;
    std::string text = c.value().documentation;
    while (text.ends_with('\n')) text.pop_back();
    std::string summary = text.substr(0, text.find(". "));
    summary = summary.substr(0, summary.find("\n\n"));
    for (char& ch : summary) {
      if (ch == '\n') ch = ' ';
    }
    return {std::move(summary), std::move(text)};
  }
  return {};
}

std::string rendered(Run& run, const OutputOptions& output, const Showing& showing, const Console& console) {
  const auto& findings = run.findings.sorted();
  switch (output.format) {
    case Format::kJson:
      return render_json(run.sources, findings, showing.ok, showing.more);
    case Format::kSarif:
      return render_sarif(run.sources, findings, showing.ok, {std::string(version()), documentation}, showing.trouble);
    case Format::kGithub:
      return render_github(run.sources, findings);
    case Format::kJunit: {
      std::vector<Diagnostic> others;
      for (const Diagnostic& d : findings) {
        if (showing.tests.empty() || d.kind != Kind::kTestFailed) others.push_back(d);
      }
      return render_junit(run.sources, others, showing.files, showing.tests, output.fail_on, showing.trouble);
    }
    case Format::kText:
    case Format::kMarkdown:  // no command shows findings so
      break;
  }
  TextStyle style;
  style.colour = output.file.empty() ? output.coloured(console) : output.colour == "always";
  style.upstream = showing.upstream;
  style.max_shown = showing.max_shown;
  return render_text(run.sources, findings, style) + showing.text;
}

/// Adds to what stands there already: the page of a job is written by all of its steps.
bool add_summary(const std::string& path, std::string text, Console& console) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
    auto before = read_file(path);
    if (!before) {
      console.complain(before.error().message);
      return false;
    }
    text = before.value() + text;
  }
  return write_report(path, text, console);
}

}  // namespace

bool show_findings(Run& run, const OutputOptions& output, const Showing& showing, Console& console) {
  const std::string counts = counts_text(run.findings.counts());
  const std::string line = fmt::format("{}{}{}", counts, counts.empty() || showing.summary.empty() ? "" : " · ", showing.summary);
  const std::string last = showing.summary.empty() ? "" : line + "\n";
  std::string text = rendered(run, output, showing, console);
  bool written = true;
  if (output.file.empty()) {
    console.print(text);
    if (output.format == Format::kText) console.print(last);
  } else {
    if (output.format == Format::kText) text += last;
    written = write_report(output.file, text, console);
    console.print(last);
  }
  if (output.summary.empty()) return written;
  std::string page = fmt::format("### {}: {}\n\n", showing.title, showing.ok ? "ok" : "failed");
  for (const std::string& part : {render_markdown(run.sources, run.findings.sorted()), showing.markdown}) {
    if (!part.empty()) page += part + "\n";
  }
  if (!line.empty()) page += markdown_text(line) + "\n\n";
  return add_summary(output.summary, std::move(page), console) && written;
}

Exit show_trouble(Run& run, const OutputOptions& output, std::string title, Console& console) {
  if (output.format == Format::kText && output.summary.empty()) return Exit::kTrouble;
  Showing showing;
  showing.ok = false;
  showing.title = std::move(title);
  showing.trouble = trouble_of(Exit::kTrouble, console);
  showing.markdown = output.summary.empty() ? "" : markdown_text(showing.trouble) + "\n";
  show_findings(run, output, showing, console);
  return Exit::kTrouble;
}

}  // namespace aclc::cli
