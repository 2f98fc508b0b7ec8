// SPDX-License-Identifier: Apache-2.0
// The source side of rules: selectors -> the list of SrcIPs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/reference/world.h"

namespace aclc::reference {

/// What SrcIPs holds, and the addresses that it covers.
struct SourceList {
  std::vector<std::string> texts;  ///< sorted as texts, each once
  AddressSet covered;              ///< everything where the list is `*`

  bool empty() const { return texts.empty(); }
};

using SourceListId = Id<SourceList>;

/// Lists of sources, each kept once: rules merge where theirs are the same.
class SourceLists {
 public:
  SourceListId add(SourceList list);
  const SourceList& operator[](SourceListId id) const { return lists_[id.value]; }

 private:
  std::vector<SourceList> lists_;
  std::map<std::vector<std::string>, SourceListId> known_;
};

/// Recorded answers: each selector adds texts of its own (an address of a node, a literal's ranges) and nothing is joined; `*`
/// adds the tailnet's ranges and every approved subnet route; `autogroup:danger-all` makes the whole list `*`. A posture takes
/// out nodes that fail it, never literals (Tailscale docs, "Device posture"); `*` then means the nodes that pass.
SourceList resolve_sources(const World& world, const std::vector<Selector>& selectors, const PostureRefs& posture);

/// The addresses of these nodes.
SourceList sources_of(const World& world, const NodeList& nodes);

}  // namespace aclc::reference
