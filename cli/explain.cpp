// SPDX-License-Identifier: Apache-2.0
// aclc explain SLUG: from the case that tests the diagnostic, so that what it says is what happens.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "base/nearest.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "parser/diagnostics/diagnostic.h"

namespace aclc::cli {
namespace {

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (text.front() != '\n') out += "    ";
    out += text.substr(0, end);
    text.remove_prefix(end);
  }
  return out;
}

/// Without empty lines at either end, and ended by a line feed.
std::string_view trimmed(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with("\n\n")) text.remove_suffix(1);
  return text;
}

std::string explanation(const KindInfo& kind, const Case& c) {
  std::string out = fmt::format("{} ({})\n\n{}", kind.slug, severity_name(kind.severity), trimmed(c.documentation));
  for (const CaseFile& f : c.files) out += fmt::format("\n{}:\n{}", f.name, indented(f.bytes));
  if (!c.runs.empty()) {
    out += fmt::format("\n$ {}\n{}", c.runs.front().command, indented(c.runs.front().out + c.runs.front().err));
  }
  return out;
}

void list_all(Console& console) {
  size_t width = 0;
  for (const KindInfo& k : all_kinds()) width = std::max(width, k.slug.size());
  for (const KindInfo& k : all_kinds()) {
    console.print(fmt::format("{:<{}}  {:<7}  {}\n", k.slug, width, severity_name(k.severity), k.format));
  }
}

Exit explain(std::string_view slug, Console& console) {
  std::vector<std::string_view> slugs;
  for (const KindInfo& k : all_kinds()) {
    slugs.push_back(k.slug);
    if (k.slug != slug) continue;
    for (const EmbeddedCase& e : embedded_cases()) {
      if (e.name != slug) continue;
      const auto c = parse_case(e.text);
      if (!c) break;
      console.print(explanation(k, c.value()));
      return Exit::kYes;
    }
    console.complain(fmt::format("nothing is written about `{}` yet", slug));
    return Exit::kTrouble;
  }
  const std::string_view near = nearest(slug, slugs);
  console.complain(near.empty() ? fmt::format("no finding is named `{}`; `aclc explain --list` shows all", slug)
                                : fmt::format("no finding is named `{}`; did you mean `{}`?", slug, near));
  return Exit::kTrouble;
}

struct Options {
  std::vector<std::string> slugs;
  bool list = false;
};

}  // namespace

Action define_explain(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  app.add_option("SLUG", o->slugs, "what stands in brackets after a finding, for instance unknown-tag")->type_name("");
  app.add_flag("--list", o->list, "every slug with its severity and message");
  return [o, &console] {
    if (o->list) {
      list_all(console);
      return Exit::kYes;
    }
    if (o->slugs.empty()) {
      console.complain("which finding? name its slug, or give --list");
      return Exit::kTrouble;
    }
    Exit status = Exit::kYes;
    for (const std::string& slug : o->slugs) status = worse(status, explain(slug, console));
    return status;
  };
}

}  // namespace aclc::cli
