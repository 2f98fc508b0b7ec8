// SPDX-License-Identifier: Apache-2.0
// The SSH rules of nodes, those of a policy rule made once for all its destinations.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lower/shared_form.h"
#include "compiler/reference/ssh.h"
#include "compiler/tables/class_set.h"

namespace aclc::tables {

class SshTables {
 public:
  explicit SshTables(const lower::SharedForm& form) : form_(form) {}
  ~SshTables();

  /// Nodes or members of groups have changed: what is kept is made again when it is asked for.
  void forget() { rules_.clear(); }
  /// The classes whose rules are about nodes of these classes, or of groups with other members: destinations, and where a rule
  /// speaks of the user's own name also sources. May name some too many.
  void concerned(const std::vector<identity::ClassId>& classes, const std::vector<identity::TermId>& terms,
                 ClassSet& out) const;

  /// Calls f(rules, index of the policy rule) for what each rule of the policy gives the node, in the order of the wire.
  template <class F>
  void visit(TailnetNodeId node, F&& f) {
    if (rules_.empty()) prepare_all();
    for (size_t i = 0; i < rules_.size(); ++i) {
      scratch_.clear();
      self_rules(*rules_[i], node, scratch_);
      if (!scratch_.empty()) f(scratch_, rules_[i]->index);
      const std::vector<wire::SshRule>& shared = shared_rules(*rules_[i], node);
      if (!shared.empty()) f(shared, rules_[i]->index);
    }
  }

  /// Of what visit() gives: whether it is a list that stays where it is, for all destinations of its policy rule.
  bool is_shared(const std::vector<wire::SshRule>& rules) const { return &rules != &scratch_ && &rules != &own_; }

 private:
  struct Source {
    identity::ClassId class_id;
    uint32_t times = 1;
  };
  struct Prepared {
    uint32_t index = 0;
    std::unique_ptr<reference::SshRuleMaker> maker;
    std::vector<Source> sources;  // by class
    std::vector<identity::TermId> destinations;
    bool self = false, others = false, localpart = false;
    std::optional<std::vector<wire::SshRule>> for_all;
  };

  void prepare_all();
  std::unique_ptr<Prepared> prepare(uint32_t index) const;
  void self_rules(const Prepared& rule, TailnetNodeId node, std::vector<wire::SshRule>& out) const;
  const std::vector<wire::SshRule>& shared_rules(Prepared& rule, TailnetNodeId node);
  void like(const Prepared& rule, UserId user, std::vector<wire::SshRule>& out) const;

  const lower::SharedForm& form_;
  std::vector<std::unique_ptr<Prepared>> rules_;  // check before accept
  std::vector<wire::SshRule> scratch_, own_;
};

}  // namespace aclc::tables
