// SPDX-License-Identifier: Apache-2.0
// Where the text of a section is broken, a name that it seems not to define may stand in the broken part: one mistake is one
// message. Internal to compiler/check.
#pragma once

#include <bitset>

#include "parser/diagnostics/diagnostic.h"
#include "parser/policy/policy.h"
#include "parser/syntax/tree.h"

namespace aclc::checks {

/// Passes on what does not follow from broken text alone.
class FollowUpFilter final : public DiagnosticSink {
 public:
  FollowUpFilter(const Policy& policy, const SyntaxTree& tree, DiagnosticSink& to);
  void report(Diagnostic d) override;

 private:
  DiagnosticSink& to_;
  std::bitset<1024> silenced_;  ///< by kind
};

}  // namespace aclc::checks
