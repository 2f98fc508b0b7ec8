// SPDX-License-Identifier: Apache-2.0
// What the files of code actions share. Internal to lsp/features.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/features.h"

namespace aclc::lsp {

/// Gathers the actions for one span of one text.
class Actions {
 public:
  Actions(const View& view, Span span, const std::vector<std::string>& only, const std::vector<AskedFinding>& asked, CostlyEdits costly)
      : view_(view), a_(view.analysis), p_(a_.policy()), tree_(a_.tree()), span_(span), only_(only), later_(costly == CostlyEdits::kLater) {
    find(asked);
  }

  std::vector<CodeAction> all();

 private:
  bool wanted(std::string_view kind) const;
  /// Looks up the findings that are asked about by what they are; of several alike it is the one nearest to the line.
  void find(const std::vector<AskedFinding>& asked);
  bool is_meant(const Diagnostic& finding) const {
    return touches(finding.span) || std::find(asked_.begin(), asked_.end(), &finding) != asked_.end();
  }
  bool touches(Span s) const { return s.begin <= span_.end && span_.begin <= s.end; }
  CodeAction& add(std::string title, std::string kind, std::vector<Edit> edits);
  /// Leaves the action out where the edited text would have more errors than this one; null then. That takes a look at all of the
  /// text: of what is no quick fix it is put off where the client can ask again.
  CodeAction* add_if_sound(std::string title, std::string kind, std::vector<Edit> edits);

  // actions.cpp: fixes of findings
  void fixes(const std::vector<Diagnostic>& findings);
  void fix_all();

  // actions_repairs.cpp: what only an editor offers for a finding, since somebody must look at it
  void repairs();
  void merge_duplicate(const Diagnostic& finding);
  void define_name(const Diagnostic& finding);
  NodeId member_named_at(Span name) const;

  // actions_rules.cpp: rules said in another way
  void acl_to_grant();
  void grant_to_acl();
  void all_acls_to_grants();
  void split_destinations();
  std::vector<std::string> grants_of(const AclRule& rule) const;
  /// Rules that are to stand at the end of a section, below comments.
  struct NewRules {
    std::vector<std::string> comments, rules;
  };
  /// Edits that put them there, laid out as those that stand there or else as those of the section `like`. The section is made
  /// where there is none. Empty where it is damaged or the layout has no place for the comments.
  std::vector<Edit> append_rules(std::string_view section_name, const NewRules& added, std::string_view like) const;
  /// The same with a rule and its comments taken from where they stand.
  std::vector<Edit> move_rule(Span rule, std::string_view from, std::string_view to, std::vector<std::string> said) const;

  // actions_lists.cpp: lists and groups
  void sort_list();
  void extract_group();
  void inline_group();
  NodeId list_around() const;
  std::span<const Selector> sources(Span& span) const;

  // actions_tests.cpp: what to do about a failed test
  void failed_tests();
  /// Takes an element, a destination or in sshTests a login, out of one list of a test and puts it at the end of another.
  std::vector<Edit> move_assertion(Span test, Span element, std::string_view from, std::string_view to) const;

  // actions_organize.cpp: sections in the order of the documentation
  void organize();

  // Pieces of text
  template <class Items>
  const typename Items::value_type* around(const Items& items) const {
    for (const auto& item : items) {
      if (item.span.begin <= span_.begin && span_.end <= item.span.end) return &item;
    }
    return nullptr;
  }
  template <class List>
  std::vector<std::string> texts(const List& list) const {
    std::vector<std::string> out;
    for (const auto& item : list) out.emplace_back(a_.text(item.span));
    return out;
  }
  /// White space from the start of the line to the offset.
  std::string indent_of(uint32_t offset) const;
  bool starts_line(uint32_t offset) const;
  /// What stands between an element like this one and the next: `, ` or a comma and a new line.
  std::string separator(Span element) const { return starts_line(element.begin) ? ",\n" + indent_of(element.begin) : ", "; }
  std::string quoted_list(const std::vector<std::string>& items) const;
  NodeId section(std::string_view name) const;
  /// A rule is rebuilt from its parts: comments inside would be lost.
  bool comment_inside(Span span) const;

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  const SyntaxTree& tree_;
  Span span_;
  const std::vector<std::string>& only_;
  bool later_;
  std::vector<const Diagnostic*> asked_;  ///< that stand outside of the span
  std::vector<CodeAction> out_;
};

}  // namespace aclc::lsp
