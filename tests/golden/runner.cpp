// SPDX-License-Identifier: Apache-2.0
// Runs golden cases: writes a case's files to an empty folder, runs its commands there and compares what they say.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/cases.h"
#include "cli/diff.h"
#include "parser/diagnostics/diagnostic.h"
#include "tests/golden/process.h"

namespace aclc::test {
namespace {

namespace fs = std::filesystem;
using cli::Case;
using cli::CaseFile;
using cli::CaseRun;

struct Options {
  fs::path aclc, cases;
  std::string filter;
  bool update = false;
  bool slugs = false;
};

/// Slug -> the phase whose table has it, which is also the folder its case stands in.
const std::map<std::string, std::string>& phases() {
  static const std::map<std::string, std::string> table = [] {
    std::map<std::string, std::string> out;
    const char* phase = "";
#define DIAG(Name, slug, ...) out[slug] = phase;
    phase = "syntax";
#include "parser/diagnostics/kinds_syntax.def"
    phase = "policy";
#include "parser/diagnostics/kinds_policy.def"
    phase = "check";
#include "parser/diagnostics/kinds_check.def"
    phase = "tailnet";
#include "parser/diagnostics/kinds_tailnet.def"
    phase = "test";
#include "parser/diagnostics/kinds_test.def"
    phase = "lint";
#include "parser/diagnostics/kinds_lint.def"
#include "parser/diagnostics/kinds_lint_rules.def"
#undef DIAG
    return out;
  }();
  return table;
}

/// An empty folder that goes away.
struct Scratch {
  fs::path path;
  Scratch() {
    std::string pattern = fs::temp_directory_path() / "aclc-golden-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path = pattern;
  }
  ~Scratch() { fs::remove_all(path); }
};

class Runner {
 public:
  explicit Runner(Options options) : options_(std::move(options)) {}

  int run() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(options_.cases)) {
      if (!entry.is_regular_file()) continue;
      if (entry.path().extension() == ".case")
        paths.push_back(entry.path());
      else if (entry.path().filename() != "README.md")
        fail(entry.path(), "is no .case, so nothing runs it\n");
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      if (path.string().find(options_.filter) == std::string::npos) continue;
      ++seen_;
      one(path);
    }
    if (options_.slugs) demand_every_slug(paths);
    fmt::print("{} cases, {} differ{}\n", seen_, failed_, updated_ > 0 ? fmt::format(", {} rewritten", updated_) : "");
    if (seen_ == 0) return 2;
    return failed_ + updated_ > 0 ? 1 : 0;
  }

 private:
  std::string name(const fs::path& path) const { return fs::relative(path, options_.cases).string(); }

  void fail(const fs::path& path, std::string_view why) {
    ++failed_;
    fmt::print("FAIL {}: {}", name(path), why);
  }

  void one(const fs::path& path) {
    const std::string text = read_all(path);
    auto parsed = cli::parse_case(text);
    if (!parsed) return fail(path, parsed.error().message + "\n");
    const Case actual = perform(parsed.value());
    const std::string want = cli::print_case(parsed.value());
    const std::string got = cli::print_case(actual);
    if (want != got) {
      if (options_.update) {
        ++updated_;
        fmt::print("rewritten {}\n", name(path));
        write_all(path, got);
      } else {
        fail(path, "\n" + cli::unified_diff(name(path), want, got));
      }
    }
    about_slug(path, actual);
  }

  // A case that bears a slug's name documents it.
  void about_slug(const fs::path& path, const Case& actual) {
    const auto slug = phases().find(path.stem().string());
    if (slug == phases().end()) return;
    if (path.parent_path().filename() != slug->second) fail(path, fmt::format("belongs into {}/\n", slug->second));
    if (actual.documentation.size() < 40) fail(path, "does not say what the finding means\n");
    const std::string in_text = fmt::format("[{}]", slug->first);
    const std::string in_json = fmt::format("\"slug\":\"{}\"", slug->first);
    const bool emitted = std::any_of(actual.runs.begin(), actual.runs.end(), [&](const CaseRun& r) {
      const std::string all = r.out + r.err;
      return all.find(in_text) != std::string::npos || all.find(in_json) != std::string::npos;
    });
    if (!emitted) fail(path, fmt::format("no run of it emits {}\n", slug->first));
  }

  void demand_every_slug(const std::vector<fs::path>& paths) {
    std::set<std::string> have;
    for (const fs::path& p : paths) have.insert(p.stem().string());
    for (const auto& [slug, phase] : phases()) {
      if (!have.contains(slug)) fail(options_.cases / phase / (slug + ".case"), "is missing\n");
    }
  }

  /// The case with what really happens as its expectations.
  Case perform(Case c) {
    const Scratch scratch;
    const fs::path folder = scratch.path / "case";
    fs::create_directories(folder);
    for (const CaseFile& f : c.files) write_all(folder / f.name, f.bytes);
    for (CaseRun& r : c.runs) {
      const Outcome o = run_process({options_.aclc, r.words, folder, r.input.empty() ? fs::path() : folder / r.input});
      r.out = o.out;
      r.err = o.err;
      r.exit = o.exit;
      for (CaseFile& f : r.after) f.bytes = read_all(folder / f.name);
    }
    return c;
  }

  Options options_;
  int seen_ = 0, failed_ = 0, updated_ = 0;
};

int usage() {
  fmt::print(stderr, "usage: golden_runner --aclc PROGRAM --cases FOLDER [--filter TEXT] [--update] [--slugs]\n");
  return 2;
}

}  // namespace
}  // namespace aclc::test

int main(int argc, char** argv) {
  aclc::test::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (word == "--aclc")
      options.aclc = std::filesystem::absolute(value());
    else if (word == "--cases")
      options.cases = value();
    else if (word == "--filter")
      options.filter = value();
    else if (word == "--update")
      options.update = true;
    else if (word == "--slugs")
      options.slugs = true;
    else
      return aclc::test::usage();
  }
  if (options.aclc.empty() || options.cases.empty()) return aclc::test::usage();
  return aclc::test::Runner(options).run();
}
