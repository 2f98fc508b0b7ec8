// SPDX-License-Identifier: Apache-2.0
// aclc explain SLUG: from the case that tests the diagnostic, so that what it says is what happens.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "base/nearest.h"
#include "base/text/json_quote.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/options.h"
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

struct Options {
  std::vector<std::string> slugs;
  bool list = false;
  OutputOptions output;
};

const KindInfo* find_kind(std::string_view slug) {
  const auto kinds = all_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const KindInfo& k) { return k.slug == slug; });
  return found == kinds.end() ? nullptr : &*found;
}

std::optional<Case> case_of(std::string_view slug) {
  for (const EmbeddedCase& e : embedded_cases()) {
    if (e.name != slug) continue;
    if (auto c = parse_case(e.text)) return std::move(c.value());
  }
  return std::nullopt;
}

std::string json_head(const KindInfo& kind) {
  return fmt::format("{{\"slug\": {}, \"severity\": {}, \"message\": {}", json_string(kind.slug), json_string(severity_name(kind.severity)),
                     json_string(kind.format));
}

std::string json_explanation(const KindInfo& kind, const Case& c) {
  std::string out = json_head(kind) + fmt::format(", \"documentation\": {}, \"files\": {{", json_string(trimmed(c.documentation)));
  for (const CaseFile& f : c.files) out += fmt::format("{}{}: {}", &f == c.files.data() ? "" : ", ", json_string(f.name), json_string(f.bytes));
  out += '}';
  if (!c.runs.empty()) {
    const CaseRun& run = c.runs.front();
    out += fmt::format(", \"command\": {}, \"output\": {}", json_string(run.command), json_string(run.out + run.err));
  }
  return out + "}";
}

void list_all(Format format, Console& console) {
  const auto kinds = all_kinds();
  if (format == Format::kJson) {
    std::vector<std::string> lines;
    for (const KindInfo& k : kinds) lines.push_back(json_head(k) + "}");
    return console.print(fmt::format("{{\"findings\": [\n{}\n]}}\n", fmt::join(lines, ",\n")));
  }
  size_t width = 0;
  for (const KindInfo& k : kinds) width = std::max(width, k.slug.size());
  for (const KindInfo& k : kinds) {
    console.print(fmt::format("{:<{}}  {:<7}  {}\n", k.slug, width, severity_name(k.severity), k.format));
  }
}

Exit explain(const Options& o, Console& console) {
  Exit status = Exit::kYes;
  std::vector<std::string> shown;
  for (const std::string& slug : o.slugs) {
    const KindInfo* kind = find_kind(slug);
    if (!kind) {
      std::vector<std::string_view> slugs;
      for (const KindInfo& k : all_kinds()) slugs.push_back(k.slug);
      const std::string_view near = nearest(slug, slugs);
      console.complain(near.empty() ? fmt::format("no finding is named `{}`; `aclc explain --list` shows all", slug)
                                    : fmt::format("no finding is named `{}`; did you mean `{}`?", slug, near));
      status = Exit::kTrouble;
    } else if (const auto c = case_of(slug)) {
      shown.push_back(o.output.format == Format::kJson ? json_explanation(*kind, *c) : explanation(*kind, *c));
    } else {
      console.complain(fmt::format("nothing is written about `{}` yet", slug));
      status = Exit::kTrouble;
    }
  }
  if (o.output.format == Format::kJson) {
    console.print(fmt::format("{{\"findings\": [{}]}}\n", fmt::join(shown, ",\n")));
  } else {
    for (const std::string& text : shown) console.print(text);
  }
  return status;
}

}  // namespace

Action define_explain(CLI::App& app, Console& console) {
  const auto o = std::make_shared<Options>();
  app.add_option("SLUG", o->slugs, "what stands in brackets after a finding, for instance unknown-tag")->type_name("");
  app.add_flag("--list", o->list, "every slug with its severity and message");
  add_output_options(app, o->output);
  return [o, &console] {
    if (o->list) {
      list_all(o->output.format, console);
      return Exit::kYes;
    }
    if (o->slugs.empty()) {
      console.complain("which finding? name its slug, or give --list");
      return Exit::kTrouble;
    }
    return explain(*o, console);
  };
}

}  // namespace aclc::cli
