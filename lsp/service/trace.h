// SPDX-License-Identifier: Apache-2.0
// May A reach B under this text? As `aclc why` answers it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "compiler/reach/ask.h"
#include "lsp/service/analysis.h"

namespace aclc::lsp {

struct Trace {
  Answer answer;
  Span rule;  ///< that allows, or that comes nearest; empty where there is none
  uint8_t protocol = 0;  ///< to name with the answer; 0: tcp or udp
  std::string advice;    ///< what would have to be otherwise, or what the answer leaves open; may be empty
};

/// Fails on names that mean nothing, and on a policy with errors.
Result<Trace> trace(const Analysis& analysis, std::string_view src, std::string_view dst, std::optional<uint16_t> port,
                    uint8_t protocol);

/// One line: "denied: alice@example.com -> db1, tcp or udp 5432; nearest: ..."
std::string trace_text(const Analysis& analysis, const Trace& trace);

}  // namespace aclc::lsp
