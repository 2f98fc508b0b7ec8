// SPDX-License-Identifier: Apache-2.0
// What the files of code actions share. Internal to lsp/features.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/features.h"

namespace aclc::lsp {

/// Gathers the actions for one span of one text.
class Actions {
 public:
  Actions(const View& view, Span span, const std::vector<std::string>& only)
      : view_(view), a_(view.analysis), p_(a_.policy()), tree_(a_.tree()), span_(span), only_(only) {}

  std::vector<CodeAction> all();

 private:
  bool wanted(std::string_view kind) const;
  bool touches(Span s) const { return s.begin <= span_.end && span_.begin <= s.end; }
  CodeAction& add(std::string title, std::string kind, std::vector<Edit> edits);
  /// Leaves the action out where the edited text would have more errors than this one; null then.
  CodeAction* add_if_sound(std::string title, std::string kind, std::vector<Edit> edits);

  // actions.cpp: fixes of findings
  void fixes(const std::vector<Diagnostic>& findings);
  void fix_all();

  // actions_repairs.cpp: what only an editor offers for a finding, since somebody must look at it
  void repairs();
  void merge_duplicate(const Diagnostic& finding);
  void define_name(const Diagnostic& finding);
  void take_as_port(const Diagnostic& finding);
  NodeId member_named_at(Span name) const;

  // actions_rules.cpp: rules said in another way
  void acl_to_grant();
  void grant_to_acl();
  void all_acls_to_grants();
  void split_destinations();
  std::string grants_of(const AclRule& rule, const std::string& indent) const;
  std::vector<Edit> append_rule(std::string_view section_name, const std::string& rules, const std::string& indent) const;
  /// A rule with the comments that belong to it: those on the lines above and the one behind.
  struct Commented {
    Span all;              ///< what goes when the rule goes
    std::string comments;  ///< one a line, the indent after each
  };
  /// Nothing where one cannot tell whose a comment is.
  std::optional<Commented> with_comments(Span rule) const;

  // actions_lists.cpp: lists and groups
  void sort_list();
  void extract_group();
  void inline_group();
  NodeId list_around() const;
  std::span<const Selector> sources(Span& span) const;

  // actions_tests.cpp: what to do about a failed test
  void failed_tests();
  std::vector<Edit> move_destination(const AclTest& test, Span destination, std::string_view from, std::string_view to) const;

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
  /// The bytes of an element with the comma and the white space that go with it.
  Span element_span(Span element) const;
  std::string quoted_list(const std::vector<std::string>& items) const;
  NodeId section(std::string_view name) const;
  /// One step less of an indent.
  static std::string outer(const std::string& indent);
  /// A rule is rebuilt from its parts: comments inside would be lost.
  bool comment_inside(Span span) const;

  const View& view_;
  const Analysis& a_;
  const Policy& p_;
  const SyntaxTree& tree_;
  Span span_;
  const std::vector<std::string>& only_;
  std::vector<CodeAction> out_;
};

}  // namespace aclc::lsp
