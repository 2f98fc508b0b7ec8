// SPDX-License-Identifier: Apache-2.0
#include "parser/diagnostics/engine.h"

#include <algorithm>
#include <tuple>

namespace aclc {
namespace {

auto place(const Diagnostic& d) {
  return std::tuple(d.source, d.span.begin, d.span.end);
}

bool same(const Diagnostic& a, const Diagnostic& b) {
  return a.kind == b.kind && place(a) == place(b) && a.message == b.message;
}

}  // namespace

void DiagnosticEngine::report(Diagnostic diagnostic) {
  if (!diagnostic.source.valid()) diagnostic.source = source_;
  for (Label& label : diagnostic.labels) {
    if (!label.source.valid()) label.source = diagnostic.source;
  }
  if (all_.size() >= kept_) {
    ++dropped_.of(diagnostic.severity);
    return;
  }
  all_.push_back(std::move(diagnostic));
  sorted_ = false;
}

const std::vector<Diagnostic>& DiagnosticEngine::sorted() {
  if (sorted_) return all_;
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    // Of two at one place the one that the hosted service reports too comes first.
    return std::tuple(a.source, a.span.begin, a.upstream_text.empty()) <
           std::tuple(b.source, b.span.begin, b.upstream_text.empty());
  });
  // Repeats share their beginning, so only a run of equal beginnings has to be searched; and runs are short, but for a
  // text that was made to have one.
  constexpr size_t kLookBack = 32;
  std::vector<Diagnostic> kept;
  kept.reserve(all_.size());
  for (Diagnostic& d : all_) {
    bool repeated = false;
    for (size_t back = 0; back < std::min(kLookBack, kept.size()) && !repeated; ++back) {
      repeated = same(kept[kept.size() - 1 - back], d);
    }
    if (!repeated) kept.push_back(std::move(d));
  }
  all_ = std::move(kept);
  sorted_ = true;
  return all_;
}

Counts DiagnosticEngine::counts() {
  Counts out = dropped_;
  for (const Diagnostic& d : sorted()) ++out.of(d.severity);
  return out;
}

}  // namespace aclc
