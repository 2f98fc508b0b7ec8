// SPDX-License-Identifier: Apache-2.0
// A policy built from a text, with everything that was reported on the way.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc {

struct Built : DiagnosticSink {
  explicit Built(std::string source, Target target = Target::kTailscale)
      : text(std::move(source)), tree(parse(text, *this)), policy(build_policy(tree, *this, target)) {}
  void report(Diagnostic d) override { found.push_back(std::move(d)); }

  std::string_view at(Span s) const { return std::string_view(text).substr(s.begin, s.length()); }
  std::vector<std::string> slugs() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : found) out.emplace_back(d.slug());
    return out;
  }
  /// `slug@text` of each finding.
  std::vector<std::string> marks() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : found) out.push_back(std::string(d.slug()) + "@" + std::string(at(d.span)));
    return out;
  }
  /// The text after the first fix of finding `index`.
  std::string fixed(size_t index = 0) const {
    std::vector<Edit> edits = found.at(index).fixes.at(0).edits;
    std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
    std::string out = text;
    for (const Edit& e : edits) out.replace(e.span.begin, e.span.length(), e.text);
    return out;
  }

  std::string text;
  std::vector<Diagnostic> found;
  SyntaxTree tree;
  Policy policy;
};

}  // namespace aclc
