// SPDX-License-Identifier: Apache-2.0
#include "cli/checked.h"

#include "cli/files.h"
#include "cli/findings.h"

namespace aclc::cli {

Result<Analysis, Exit> open_checked(Run& run, const PolicyOptions& policy, const TailnetOptions& tailnet,
                                    const OutputOptions& output, std::string_view refusal, Console& console) {
  const auto id = open_policy(run, policy.paths.front(), policy, console);
  if (!id || !open_tailnet(run, tailnet, policy, console)) return Exit::kTrouble;
  const bool damaged = run.findings.has_errors();
  Analysis analysis = analyse(run, *id, policy.pipeline);
  if (!run.findings.has_errors()) return analysis;
  Showing showing;
  showing.ok = false;
  showing.summary = refusal;
  show_findings(run, output, showing, console);
  return damaged ? Exit::kTrouble : Exit::kNo;
}

}  // namespace aclc::cli
