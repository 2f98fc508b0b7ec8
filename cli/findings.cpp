// SPDX-License-Identifier: Apache-2.0
#include "cli/findings.h"

#include <fmt/format.h>

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

void show_findings(Run& run, const OutputOptions& output, const Showing& showing, Console& console) {
  const auto& findings = run.findings.sorted();
  if (output.format == Format::kJson) {
    console.print(render_json(run.sources, findings, showing.ok, showing.more));
    return;
  }
  TextStyle style;
  style.colour = output.coloured(console);
  style.upstream = showing.upstream;
  style.max_shown = showing.max_shown;
  console.print(render_text(run.sources, findings, style));
  if (showing.summary.empty()) return;
  const std::string counts = counts_text(run.findings.counts());
  console.print(fmt::format("{}{}{}\n", counts, counts.empty() ? "" : " · ", showing.summary));
}

}  // namespace aclc::cli
