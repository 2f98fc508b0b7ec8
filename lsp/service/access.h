// SPDX-License-Identifier: Apache-2.0
// Who can reach whom: the selectors on the other side of every rule that takes in what a name stands for, by the policy's words, by
// addresses, and by devices where there is a tailnet.
#pragma once

#include <vector>

#include "lsp/service/analysis.h"

namespace aclc::lsp {

/// Someone on the other side, and the places of the rules that say so.
struct Party {
  SelectorKind kind{};
  StringId name;
  Span example;              ///< one place where it stands
  std::vector<Span> because; ///< of the name that was asked for, in the rules
};

/// Names that stand for the same devices: the name itself, the groups and autogroups that hold it.
struct Aliases {
  std::vector<std::pair<SelectorKind, StringId>> names;
  bool holds(SelectorKind kind, StringId name) const;
};
Aliases aliases_of(const Analysis& analysis, SelectorKind kind, StringId name);

/// The sources of acls and grants whose destination takes in the name, in the order of the text. Rules of ssh and grants of
/// capabilities alone let no packet through, and so lead nobody there.
std::vector<Party> who_reaches(const Analysis& analysis, SelectorKind kind, StringId name);
/// The destinations of rules whose source takes in the name.
std::vector<Party> what_reaches(const Analysis& analysis, SelectorKind kind, StringId name);

}  // namespace aclc::lsp
