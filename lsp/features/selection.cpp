// SPDX-License-Identifier: Apache-2.0
// What to select next when the selection grows: name, selector, string, array, rule, section, text.
#include <algorithm>

#include "lsp/features/features.h"
#include "lsp/service/comments.h"
#include "lsp/service/place.h"

namespace aclc::lsp {
namespace {

/// Nobody grows a selection further; and each range nests one deeper in the answer's JSON, which clients read recursively.
constexpr size_t kMaxRanges = 100;

/// What is written inside one string: all the ports and one of them, a word of an assertion.
void add_parts(std::string_view text, const Place& place, uint32_t offset, std::vector<Span>& spans) {
  if (!place.field || offset < place.token.begin || offset > place.token.end) return;
  const auto between = [&](std::string_view ends) {
    Span part{offset, offset};
    while (part.begin > place.token.begin && ends.find(text[part.begin - 1]) == std::string_view::npos) --part.begin;
    while (part.end < place.token.end && ends.find(text[part.end]) == std::string_view::npos) ++part.end;
    if (!part.empty()) spans.push_back(part);
  };
  switch (place.field->value) {
    case Value::kDestination:
    case Value::kTestDestination:
    case Value::kNetCapability: {
      const size_t colon = text.substr(0, place.token.end).rfind(':');
      if (colon == std::string_view::npos || colon < place.token.begin || offset <= colon) return;
      spans.push_back({static_cast<uint32_t>(colon) + 1, place.token.end});
      return between(":,");
    }
    case Value::kAssertion:
    case Value::kIpSetElement:
      return between(" ");
    default:
      return;
  }
}

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
  if (place.quoted && place.leaf.valid()) add_parts(a.text(), place, offset, spans);
  // In a comment: it, between what stands around and nothing.
  for (const Comment& comment : comments(a.tree())) {
    if (comment.span.begin <= offset && offset <= comment.span.end) spans.push_back(comment.span);
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
