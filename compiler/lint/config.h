// SPDX-License-Identifier: Apache-2.0
// `.aclc.hujson`: what a project wants of lint.
//
//   {
//     "levels": {"any-source": "error", "style": "note", "no-tests": "off"},    // of a rule or a category
//     "budgets": {"reach": 5000, "entries": 500, "line-columns": 120, "prefix-v4": 12, "prefix-v6": 40, "expiry-days": 30},
//     "protected": {"tag:vault": ["group:security"]},                           // who alone may reach it
//     "environments": {"development": ["dev"], "production": ["prod"]},         // words in names
//     "management-ports": [22, 3389]
//   }
#pragma once

#include "compiler/lint/lint.h"

namespace aclc {

/// Reads into the options what the text says. What is wrong is reported with its place: unknown names with the nearest known one.
void read_lint_config(std::string_view text, SourceId source, LintOptions& options, DiagnosticSink& sink);

/// The configuration that a policy file goes by: beside it, or in a folder above up to the one that holds a repository. Empty where
/// there is none.
std::string find_lint_config(const std::string& policy);

}  // namespace aclc
