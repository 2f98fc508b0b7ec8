// SPDX-License-Identifier: Apache-2.0
// What the families of checks share. Internal to compiler/check.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/check/positions.h"

namespace aclc::checks {

/// Passes on the first thousand findings of each kind: a policy with more of them is no better understood by all.
class LimitedSink final : public DiagnosticSink {
 public:
  explicit LimitedSink(DiagnosticSink& to) : to_(to) {}
  bool wanted(Kind kind) const { return reported_[static_cast<size_t>(kind)] < kMaxPerKind; }
  void report(Diagnostic d) override;

 private:
  static constexpr uint32_t kMaxPerKind = 1000;
  DiagnosticSink& to_;
  std::vector<uint32_t> reported_ = std::vector<uint32_t>(all_kinds().size());
};

struct Context {
  const Policy& policy;
  const SyntaxTree& tree;
  const Definitions& definitions;
  const CheckOptions& options;
  LimitedSink& sink;
  std::optional<std::string_view> domain;  ///< the tailnet's own, where it is known
  size_t& comparisons;  ///< left for "did you mean", which costs as many for each unknown name as there are known ones

  /// The selector as the author wrote it.
  std::string_view written(const Selector& s) const { return tree.text().substr(s.span.begin, s.span.length()); }
  Severity unknown_group() const {
    return options.synced_groups && options.target == Target::kTailscale ? Severity::kWarning : Severity::kError;
  }
};

/// Where to point for something that a rule does not have: its opening bracket.
inline Span opening(Span object) {
  return {object.begin, std::min(object.end, object.begin + 1)};
}

void check_acls(const Context& context);             // rules.cpp
void check_grants(const Context& context);           // rules.cpp
void check_ssh(const Context& context);              // ssh.cpp
void check_node_attrs(const Context& context);       // node_attrs.cpp
void check_groups(const Context& context);           // groups.cpp
void check_hosts(const Context& context);            // groups.cpp
void check_tag_owners(const Context& context);       // tags.cpp
void check_ipsets(const Context& context);           // ipsets.cpp
void check_postures(const Context& context);         // postures.cpp
void check_approvers(const Context& context);        // approvers.cpp
void check_tests(const Context& context);            // tests.cpp
void check_ssh_tests(const Context& context);        // tests.cpp
void check_member_spelling(const Context& context);  // names.cpp
void check_logins(const Context& context);           // logins.cpp

}  // namespace aclc::checks
