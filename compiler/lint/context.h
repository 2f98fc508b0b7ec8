// SPDX-License-Identifier: Apache-2.0
// What the rules of lint share: the policy, where names are used, its rules in one list, and how to report. Internal to lint.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/check/positions.h"
#include "compiler/lint/devices.h"
#include "compiler/lint/lint.h"
#include "compiler/lint/model/coverage.h"
#include "compiler/lint/model/model.h"
#include "compiler/lint/model/questions.h"
#include "compiler/reference/world.h"
#include "parser/diagnostics/lint_kinds.h"

namespace aclc {

/// A selector somewhere in the policy.
struct Use {
  const Selector* selector;
  Position position;
  Span owner;  ///< the rule, entry or member that holds it
};

/// As a rule would write it.
Selector tag_called(StringId name);

/// A comment, from its `//` or `/*` to the end of its text.
struct CommentSpan {
  Span span;
  bool alone;  ///< nothing but white space stands before it on its line
};
/// In the order of the text.
std::vector<CommentSpan> comments_of(std::string_view text);

class LintContext {
 public:
  LintContext(const Policy& policy, const SyntaxTree& tree, const Definitions& definitions, const LintOptions& options,
              DiagnosticSink& sink);
  ~LintContext();

  const Policy& policy;
  const SyntaxTree& tree;
  const Definitions& definitions;
  const LintOptions& options;

  std::string_view text(const Selector& s) const { return policy.text(s); }
  /// As the author wrote it.
  std::string_view written(Span s) const { return tree.text().substr(s.begin, s.length()); }

  /// Whether the rule's findings are wanted.
  bool wanted(Kind kind) const;
  /// With the level that is configured; dropped where that is off.
  void report(Diagnostic d);
  /// Says that something was not looked at, or not to the end, and what to do about it.
  void leave_out(std::string what, std::string help);
  /// Leaves out, of each rule, findings above a number that nobody reads: says of which.
  void report_dropped();
  /// What the configuration says wrongly about this policy, whatever rules are wanted.
  void report_configuration(const ProtectedDestination& where, const ProtectedDestination::Written& what, std::string_view fault, std::string_view help);

  /// What a text of the configuration means here. Its name is invalid where the policy has no such word; kInvalid: it has no form
  /// of the language. Addresses are not among it.
  Selector selector_of(std::string_view text) const;

  // Made on first use.
  const std::vector<Use>& uses();
  const AccessModel& model();
  const RuleQuestions& questions();
  const RuleCoverage& coverage();
  /// Of the model and questions without what the tailnet makes certain today: what holds there holds for whoever joins, too. Rules
  /// have the numbers that they have in `model`; atoms have their own.
  const AccessModel& model_everywhere();
  const RuleQuestions& questions_everywhere();
  const std::vector<CommentSpan>& comments();
  const reference::World& world();  ///< only with a tailnet
  Devices& devices();               ///< likewise

  uint32_t line_of(Span s) const;
  /// `line 12`.
  std::string line_name(Span s) const;
  /// `lines 3, 7 and 12`; of more than a few the first ones and how many others.
  std::string line_names(const std::vector<Span>& spans) const;

  /// Edits that take an element of an array, or a member of an object, out of the text with what belongs to it
  /// (parser/syntax/removal.h).
  std::vector<Edit> removal(Span element) const;

 private:
  DiagnosticSink& sink_;
  std::unique_ptr<std::vector<Use>> uses_;
  /// A model and what is asked of it.
  struct Asked {
    Asked(const Policy& policy, const Definitions& definitions, const Tailnet* tailnet, std::span<const Selector> also)
        : model(policy, definitions, tailnet, also) {}
    AccessModel model;
    std::optional<RuleIndex> index;
    std::optional<RuleQuestions> questions;
  };
  std::unique_ptr<Asked> make_model(const Tailnet* tailnet) const;
  static const RuleQuestions& questions_of(Asked& asked);

  std::unique_ptr<Asked> model_, everywhere_;
  std::unique_ptr<RuleCoverage> coverage_;
  std::unique_ptr<std::vector<CommentSpan>> comments_;
  std::unique_ptr<reference::World> world_;
  std::unique_ptr<Devices> devices_;
  std::unique_ptr<LineIndex> lines_;
  std::vector<uint32_t> reported_;
};

}  // namespace aclc
