// SPDX-License-Identifier: Apache-2.0
// A policy's text -> the findings of the check, in the order of their places.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/check/check.h"
#include "parser/policy/build.h"
#include "parser/syntax/parse.h"

namespace aclc::test {

struct CollectingSink : DiagnosticSink {
  std::vector<Diagnostic> all;
  void report(Diagnostic d) override { all.push_back(std::move(d)); }
};

struct Findings {
  std::string text;
  std::vector<Diagnostic> all;

  std::vector<std::string> slugs() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : all) out.emplace_back(d.slug());
    return out;
  }
  /// "slug@the text that it points at".
  std::vector<std::string> places() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : all) out.push_back(std::string(d.slug()) + "@" + at(d));
    return out;
  }
  std::vector<std::string> upstreams() const {
    std::vector<std::string> out;
    for (const Diagnostic& d : all) {
      if (!d.upstream_text.empty()) out.push_back(d.upstream_text);
    }
    return out;
  }
  std::string at(const Diagnostic& d) const { return text.substr(d.span.begin, d.span.length()); }
};

/// Everything that building and checking find; the text must be good HuJSON.
inline Findings findings(std::string text, const CheckOptions& options = {}) {
  CollectingSink sink;
  const SyntaxTree tree = parse(text, sink);
  EXPECT_TRUE(sink.all.empty()) << text;
  const Policy policy = build_policy(tree, sink, options.target);
  check(policy, tree, define(policy), options, sink);
  std::stable_sort(sink.all.begin(), sink.all.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return {std::move(text), std::move(sink.all)};
}

/// The text after the edits of the fix.
inline std::string fixed(const Findings& f, const Fix& fix) {
  std::vector<Edit> edits = fix.edits;
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
  std::string out = f.text;
  for (const Edit& e : edits) out.replace(e.span.begin, e.span.length(), e.text);
  return out;
}

}  // namespace aclc::test
