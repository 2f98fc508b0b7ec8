// SPDX-License-Identifier: Apache-2.0
// What to select next when the selection grows: name, selector, string, array, rule, section, text.
#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/place.h"

namespace aclc::lsp {
namespace {

/// Nobody grows a selection further; and each range nests one deeper in the answer's JSON, which clients read recursively.
constexpr size_t kMaxRanges = 100;

}  // namespace

SelectionChain selection_range(const View& view, uint32_t offset) {
  const Analysis& a = view.analysis;
  std::vector<Span> spans;  // from the outside in
  spans.push_back({0, static_cast<uint32_t>(a.text().size())});
  const Place place = place_at(a.tree(), offset, a.options().target);
  for (const NodeId id : place.chain) {
    const SyntaxNode& node = a.tree()[id];
    spans.push_back(node.span);
    const bool composite = node.kind == NodeKind::kObject || node.kind == NodeKind::kArray;
    if ((composite || node.kind == NodeKind::kString) && node.span.length() >= 2 && !(node.flags & kUnclosed) &&
        node.span.begin < offset && offset < node.span.end)
      spans.push_back({node.span.begin + 1, node.span.end - 1});
  }
  if (const Occurrence* found = a.occurrences().at(offset)) {
    spans.push_back(found->span);
    const std::string_view text = a.text(found->span);
    if (const size_t colon = text.find(':'); colon != std::string_view::npos && found->kind != SelectorKind::kAddress &&
                                             found->kind != SelectorKind::kPrefix) {
      const uint32_t middle = found->span.begin + static_cast<uint32_t>(colon) + 1;
      spans.push_back(offset < middle ? Span{found->span.begin, middle - 1} : Span{middle, found->span.end});
    }
  }
  SelectionChain chain;
  Span outer = spans.front();
  std::vector<Span> nested{outer};
  for (const Span span : spans) {
    const bool fits = outer.begin <= span.begin && span.end <= outer.end && span != outer;
    if (!fits || offset < span.begin || offset > span.end) continue;
    nested.push_back(span);
    outer = span;
  }
  if (nested.size() > kMaxRanges) nested.erase(nested.begin() + 1, nested.end() - (kMaxRanges - 1));
  for (auto span = nested.rbegin(); span != nested.rend(); ++span) chain.ranges.push_back(view.at.range(*span));
  return chain;
}

}  // namespace aclc::lsp
