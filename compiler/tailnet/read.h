// SPDX-License-Identifier: Apache-2.0
// Tailnet files -> Tailnet: this project's own format, the Tailscale API's devices and users, Headscale's node list,
// recognised by shape.
#pragma once

#include <string_view>

#include "compiler/tailnet/tailnet.h"
#include "parser/diagnostics/diagnostic.h"

namespace aclc {

struct TailnetLimits {
  size_t max_bytes = size_t{4} << 30;
  bool strict = false;  ///< unknown keys are errors instead of warnings
};

/// Total: what is wrong is reported with its place and left out.
Tailnet read_tailnet(std::string_view text, SourceId source, DiagnosticSink& sink, const TailnetLimits& limits = {});

}  // namespace aclc
