// SPDX-License-Identifier: Apache-2.0
// The sink that a run ends in: collects findings, puts them in the order of their places, drops repeats and counts
// them.
#pragma once

#include <cstddef>
#include <vector>

#include "parser/diagnostics/diagnostic.h"

namespace aclc {

/// How many findings of each severity.
struct Counts {
  size_t errors = 0;
  size_t warnings = 0;
  size_t notes = 0;

  size_t& of(Severity severity) {
    return severity == Severity::kError ? errors : severity == Severity::kWarning ? warnings : notes;
  }
  size_t all() const { return errors + warnings + notes; }
  Counts& operator+=(const Counts& o) {
    errors += o.errors;
    warnings += o.warnings;
    notes += o.notes;
    return *this;
  }
};

/// Findings beyond the limit are counted and not kept. Reports may come in any order and from one thread at a time.
class DiagnosticEngine : public DiagnosticSink {
 public:
  static constexpr size_t kKept = 100'000;

  explicit DiagnosticEngine(size_t kept = kKept) : kept_(kept) {}

  /// The source of reports that name none, from now on.
  void set_source(SourceId source) { source_ = source; }

  void report(Diagnostic diagnostic) override;

  /// By source, then place; at one place findings with the hosted service's words first, else in the order of the reports.
  /// The same finding at the same place stands once.
  const std::vector<Diagnostic>& sorted();
  /// Of what is kept, repeats aside, and what was not kept.
  Counts counts();
  bool has_errors() { return counts().errors > 0; }

 private:
  size_t kept_;
  SourceId source_;
  std::vector<Diagnostic> all_;
  Counts dropped_;
  bool sorted_ = true;
};

}  // namespace aclc
