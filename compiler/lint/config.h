// SPDX-License-Identifier: Apache-2.0
// `.aclc.hujson`: what a project wants of lint. `lint_config_guide` (`aclc lint --print-config`) has all of it.
#pragma once

#include "compiler/lint/lint.h"

namespace aclc {

/// Reads into the options what the text says. What is wrong is reported with its place: unknown names with the nearest known one.
void read_lint_config(std::string_view text, SourceId source, LintOptions& options, DiagnosticSink& sink);

/// A configuration with every setting at its default and what it means, in the canonical layout.
std::string lint_config_guide();

/// The configuration that a policy file goes by: beside it, or in a folder above up to the one that holds a repository. Empty where
/// there is none.
std::string find_lint_config(const std::string& policy);

}  // namespace aclc
