// SPDX-License-Identifier: Apache-2.0
// A policy that passed the check, with its tailnet: what commands start from that compile.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/command.h"
#include "cli/options.h"

namespace aclc::cli {

/// Reads policy and tailnet into the run and checks them. Errors are shown with `refusal` in their last line; the status is then
/// kTrouble where the tailnet is damaged, since one that is not as it was meant answers nothing, else kNo.
Result<Analysis, Exit> open_checked(Run& run, const PolicyOptions& policy, const TailnetOptions& tailnet,
                                    const OutputOptions& output, std::string_view refusal, Console& console);

}  // namespace aclc::cli
