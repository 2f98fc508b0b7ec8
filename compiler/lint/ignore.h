// SPDX-License-Identifier: Apache-2.0
// Comments that silence findings: `// aclc:ignore SLUG, SLUG -- REASON`. Internal to lint.
//
// On a line with something else it is about findings on that line; on a line of its own about those in the value or member that
// begins next. `aclc:ignore-file` is about the whole file. The reason is required.
#pragma once

#include <string>
#include <vector>

#include "compiler/lint/context.h"

namespace aclc {

class Ignores {
 public:
  /// Comments that are wrong are reported to the context.
  explicit Ignores(LintContext& context);

  /// Whether a comment silences the finding; it then counts as used.
  bool silences(const Diagnostic& d);
  /// Reports comments that silenced nothing.
  void report_unused();

 private:
  struct Ignore {
    Kind kind;
    Span where;    ///< findings that begin there
    Span comment;  ///< the slug in it
    bool used = false;
  };
  void read(const CommentSpan& comment);

  LintContext& context_;
  std::vector<Ignore> ignores_;
};

}  // namespace aclc
