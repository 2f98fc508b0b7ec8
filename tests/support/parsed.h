// SPDX-License-Identifier: Apache-2.0
// A parsed text with everything that was reported about it.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "parser/syntax/parse.h"

namespace aclc {

struct Parsed : DiagnosticSink {
  explicit Parsed(std::string source, const ParseLimits& limits = {}) : text(std::move(source)), tree(parse(text, *this, limits)) {
    std::stable_sort(found.begin(), found.end(), [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  }
  Parsed(const Parsed&) = delete;  // the tree looks into the text
  Parsed& operator=(const Parsed&) = delete;
  void report(Diagnostic d) override { found.push_back(std::move(d)); }

  bool ok() const { return found.empty(); }
  std::string slugs() const {
    std::string out;
    for (const Diagnostic& d : found) out += (out.empty() ? "" : " ") + std::string(d.slug());
    return out;
  }
  std::string_view at(Span s) const { return std::string_view(text).substr(s.begin, s.length()); }
  /// The text after the first fix of every finding.
  std::string fixed() const {
    std::vector<Edit> edits;
    for (const Diagnostic& d : found) {
      if (!d.fixes.empty()) edits.insert(edits.end(), d.fixes[0].edits.begin(), d.fixes[0].edits.end());
    }
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
    std::string out = text;
    for (const Edit& e : edits) out.replace(e.span.begin, e.span.length(), e.text);
    return out;
  }

  std::string text;
  std::vector<Diagnostic> found;
  SyntaxTree tree;
};

}  // namespace aclc
