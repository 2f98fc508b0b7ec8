// SPDX-License-Identifier: Apache-2.0
// One of the two policies on the tailnet. Internal to compiler/diff.
#pragma once

#include "compiler/diff/diff.h"
#include "compiler/tables/planner.h"
#include "compiler/tables/ssh.h"

namespace aclc::diff {

struct Side {
  Side(const PolicyView& view, const Tailnet& tailnet)
      : tree(view.tree), form(reference::Meaning(view.policy, view.definitions, tailnet), view.tree), planner(form), ssh(form) {}
  Side(const Side&) = delete;

  const identity::Identity& identity() const { return form.identity(); }
  const Policy& policy() const { return form.meaning().policy(); }

  const SyntaxTree& tree;
  lower::SharedForm form;
  tables::Planner planner;
  tables::SshTables ssh;
  tables::Plan plan;  ///< of the node that was asked for last
};

}  // namespace aclc::diff
