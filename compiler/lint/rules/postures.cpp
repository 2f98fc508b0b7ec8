// SPDX-License-Identifier: Apache-2.0
// Conditions that no device can satisfy, or that say something else than they seem to.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/lint/rules/rules.h"

namespace aclc::lints {
namespace {

/// What the assertions about one attribute leave open.
struct Attribute {
  std::optional<std::set<std::string>> allowed;  ///< values; nothing: any
  std::set<std::string> refused;
  std::optional<bool> set;
  std::optional<double> least, most;
  bool strict_least = false, strict_most = false;
  Span span;

  bool impossible() const {
    if (set && !*set && (allowed || least || most || !refused.empty())) return true;
    if (allowed && std::all_of(allowed->begin(), allowed->end(), [&](const std::string& v) { return refused.count(v) != 0; })) return true;
    return least && most && (*least > *most || (*least == *most && (strict_least || strict_most)));
  }
};

}  // namespace

void impossible_posture(LintContext& c) {
  for (const Posture& posture : c.policy.postures) {
    std::map<StringId, Attribute> attributes;
    for (const PostureAssertion& a : c.policy.at(posture.assertions)) {
      if (!a.valid) continue;
      Attribute& at = attributes[a.attribute.value];
      if (at.impossible()) continue;
      at.span = a.span;
      std::set<std::string> values;
      std::optional<double> number;
      for (const PostureValue& v : c.policy.at(a.values)) {
        values.insert(std::string(c.written(v.span)));
        if (v.type == PostureValue::Type::kNumber) number = v.number;
      }
      const auto allow = [&](std::set<std::string> only) {
        if (!at.allowed) {
          at.allowed = std::move(only);
          return;
        }
        std::set<std::string> both;
        std::set_intersection(at.allowed->begin(), at.allowed->end(), only.begin(), only.end(), std::inserter(both, both.end()));
        at.allowed = std::move(both);
      };
      switch (a.op) {
        case PostureOp::kEqual:
        case PostureOp::kIn: allow(std::move(values)); break;
        case PostureOp::kTrue: allow({"true"}); break;
        case PostureOp::kNotEqual:
        case PostureOp::kNotIn: at.refused.insert(values.begin(), values.end()); break;
        case PostureOp::kIsSet: at.set = at.set ? *at.set : true; break;
        case PostureOp::kNotSet:
          if (at.set && *at.set) allow({});
          at.set = false;
          break;
        case PostureOp::kGreater:
        case PostureOp::kGreaterEqual:
          if (number && (!at.least || *number >= *at.least)) {
            at.least = number;
            at.strict_least = a.op == PostureOp::kGreater;
          }
          break;
        case PostureOp::kLess:
        case PostureOp::kLessEqual:
          if (number && (!at.most || *number <= *at.most)) {
            at.most = number;
            at.strict_most = a.op == PostureOp::kLess;
          }
          break;
      }
    }
    for (const auto& [name, at] : attributes) {
      if (!at.impossible()) continue;
      c.report(diag::ImpossiblePosture(at.span, c.policy.text(posture.name), c.policy.text(name)).label(posture.name.span, "all assertions of a posture have to hold"));
    }
  }
}

void version_as_number(LintContext& c) {
  for (const Posture& posture : c.policy.postures) {
    for (const PostureAssertion& a : c.policy.at(posture.assertions)) {
      const std::string_view name = c.policy.text(a.attribute);
      if (!a.valid || (name != "node:tsVersion" && name != "node:osVersion")) continue;
      for (const PostureValue& v : c.policy.at(a.values)) {
        if (v.type != PostureValue::Type::kNumber) continue;
        const std::string text(c.written(v.span));
        c.report(diag::VersionAsNumber(v.span, text).fix(fmt::format("write `'{}'`", text), {{v.span, "'" + text + "'"}}, FixSafety::kUnsafe));
      }
    }
  }
}

}  // namespace aclc::lints
