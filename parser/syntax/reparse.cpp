// SPDX-License-Identifier: Apache-2.0
#include "parser/syntax/reparse.h"

#include <algorithm>

namespace aclc {
namespace {

struct Counter : DiagnosticSink {
  size_t count = 0;
  void report(Diagnostic) override { ++count; }
};

bool is_composite(const SyntaxNode& node) { return node.kind == NodeKind::kObject || node.kind == NodeKind::kArray; }

/// Both brackets stand outside of the damage.
bool surrounds(const SyntaxNode& node, const Damage& damage) {
  return is_composite(node) && node.span.begin < damage.begin && damage.old_end < node.span.end;
}

}  // namespace

void Damage::add(Span replaced, uint32_t length) {
  if (old_end == begin && new_end == begin) {
    *this = {replaced.begin, replaced.end, replaced.begin + length};
    return;
  }
  begin = std::min(begin, replaced.begin);
  if (replaced.end > new_end) {
    old_end += replaced.end - new_end;
    new_end = replaced.end;
  }
  new_end = new_end - replaced.length() + length;
}

std::optional<SyntaxTree> reparse(const SyntaxTree& before, const Damage& damage, std::string_view text, const ParseLimits& limits) {
  // Down to the smallest composite around the damage; `ancestors` are the nodes above it.
  std::vector<uint32_t> ancestors;
  uint32_t damaged = UINT32_MAX;
  size_t depth = 0, damaged_depth = 0, damaged_ancestors = 0;
  for (NodeId at = before.root();;) {
    if (is_composite(before[at])) {
      if (!surrounds(before[at], damage)) break;
      damaged = at.value;
      damaged_depth = ++depth;
      damaged_ancestors = ancestors.size();
    }
    NodeId inside;
    for (const NodeId child : before.children(at)) {
      const Span span = before[child].span;
      if (span.begin > damage.begin) break;
      if (damage.old_end <= span.end) inside = child;
    }
    if (!inside.valid()) break;
    ancestors.push_back(at.value);
    at = inside;
  }
  if (damaged == UINT32_MAX || damaged == before.root().value) return std::nullopt;
  ancestors.resize(damaged_ancestors);

  const SyntaxNode& old = before[NodeId(size_t{damaged})];
  const uint32_t delta = damage.new_end - damage.old_end;  // wraps around as meant
  const uint32_t begin = old.span.begin, end = old.span.end + delta;
  ParseLimits inner = limits;
  if (inner.max_depth < damaged_depth) return std::nullopt;
  inner.max_depth -= damaged_depth - 1;
  Counter faults;
  const SyntaxTree fresh = parse(text.substr(begin, end - begin), faults, inner);
  // Without a fault every bracket, string and comment that opens in it ends in it: what follows reads as it did.
  if (faults.count > 0 || fresh[fresh.root()].span != Span{0, end - begin} || fresh[fresh.root()].kind != old.kind) return std::nullopt;

  const SyntaxNode* const nodes = &before[before.root()];
  const uint32_t size = static_cast<uint32_t>(before.size());
  const uint32_t more = static_cast<uint32_t>(fresh.size()) - (old.next - damaged);  // wraps around as meant
  std::vector<SyntaxNode> out;
  out.reserve(size + more);
  out.assign(nodes, nodes + damaged);
  for (const uint32_t ancestor : ancestors) {
    out[ancestor].span.end += delta;
    out[ancestor].next += more;
  }
  for (size_t i = 0; i < fresh.size(); ++i) {
    SyntaxNode node = fresh[NodeId(i)];
    node.span = {node.span.begin + begin, node.span.end + begin};
    node.next += damaged;
    out.push_back(node);
  }
  for (uint32_t i = old.next; i < size; ++i) {
    SyntaxNode node = nodes[i];
    node.span = {node.span.begin + delta, node.span.end + delta};
    node.next += more;
    out.push_back(node);
  }
  return SyntaxTree(text, std::move(out));
}

}  // namespace aclc
