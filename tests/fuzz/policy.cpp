// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy, parse to check: findings lie in the text, every renderer can print them, the policy can be dumped, and
// fixes keep what was in order: the safe ones break no syntax, and after any of them the text can be looked at again.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "compiler/pipeline/pipeline.h"
#include "parser/diagnostics/fixes.h"
#include "parser/diagnostics/render.h"
#include "parser/policy/dump.h"
#include "tests/support/parsed.h"

namespace {

using namespace aclc;

void lie_in_the_text(const Diagnostic& d, size_t size) {
  ACLC_CHECK(d.span.begin <= d.span.end && d.span.end <= size);
  ACLC_CHECK(!d.message.empty());
  for (const Label& l : d.labels) ACLC_CHECK(l.span.begin <= l.span.end && l.span.end <= size);
  for (const Fix& f : d.fixes) {
    ACLC_CHECK(!f.title.empty() && !f.edits.empty());
    for (const Edit& e : f.edits) ACLC_CHECK(e.span.begin <= e.span.end && e.span.end <= size);
  }
}

// The text after the fixes of all findings, up to a safety.
std::string look(const std::string& text, const PipelineOptions& options, FixSafety up_to) {
  Run run;
  const SourceId id = run.sources.add("policy.hujson", text);
  const Analysis a = analyse(run, id, options);
  const auto& findings = run.findings.sorted();
  for (const Diagnostic& d : findings) lie_in_the_text(d, text.size());
  (void)dump(a.policy);
  for (const bool colour : {false, true}) (void)render_text(run.sources, findings, {.colour = colour, .upstream = true, .max_shown = 0});
  ACLC_CHECK(nlohmann::json::accept(render_json(run.sources, findings, false)));
  return apply_fixes(text, findings, id, up_to).text;
}

}  // namespace

// The last byte chooses the options, so that the text can be read as it stands.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  PipelineOptions options;
  const uint8_t choice = size == 0 ? 0 : data[size - 1];
  options.target = (choice & 1) != 0 ? Target::kHeadscale : Target::kTailscale;
  options.synced_groups = (choice & 2) == 0;
  const bool well_formed = Parsed(text).ok();
  const std::string mended = look(text, options, FixSafety::kSafe);
  ACLC_CHECK(!well_formed || Parsed(mended).ok());
  (void)look(mended, options, FixSafety::kSafe);
  (void)look(look(text, options, FixSafety::kUnsafe), options, FixSafety::kUnsafe);
  return 0;
}
