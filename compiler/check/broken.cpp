// SPDX-License-Identifier: Apache-2.0
#include "compiler/check/broken.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace aclc::checks {
namespace {

struct Defines {
  std::string_view section;
  Kind kind;
};
constexpr std::array<Defines, 5> kDefines{{{"tagOwners", Kind::kUnknownTag},
                                           {"groups", Kind::kUnknownGroup},
                                           {"hosts", Kind::kUnknownHost},
                                           {"ipsets", Kind::kUnknownIpSet},
                                           {"postures", Kind::kUnknownPosture}}};

bool is_broken(const SyntaxNode& node) {
  return node.kind == NodeKind::kError || node.kind == NodeKind::kMissing || (node.flags & kBroken) != 0;
}

bool has_broken_part(const SyntaxTree& tree, NodeId id) {
  for (size_t i = id.value; i < tree[id].next; ++i) {
    if (is_broken(tree[NodeId(i)])) return true;
  }
  return false;
}

}  // namespace

FollowUpFilter::FollowUpFilter(const Policy& policy, const SyntaxTree& tree, DiagnosticSink& to) : to_(to) {
  ACLC_CHECK(all_kinds().size() <= silenced_.size());
  if (!tree.is(tree.root(), NodeKind::kObject)) return;
  const auto silence = [&](Kind kind) { silenced_.set(static_cast<size_t>(kind)); };
  // A section without a readable name may be any.
  for (const NodeId member : tree.children(tree.root())) {
    if (!is_broken(tree[tree.name_of(member)])) continue;
    for (const Defines& d : kDefines) silence(d.kind);
  }
  for (const Section& section : policy.sections) {
    for (const Defines& d : kDefines) {
      if (policy.text(section.name) == d.section && has_broken_part(tree, section.value)) silence(d.kind);
    }
  }
}

void FollowUpFilter::report(Diagnostic d) {
  if (!silenced_.test(static_cast<size_t>(d.kind))) to_.report(std::move(d));
}

}  // namespace aclc::checks
