// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "parser/syntax/format.h"
#include "tests/support/hujson_text.h"
#include "tests/support/parsed.h"
#include "tests/support/same_value.h"
#include "tests/support/well_formed.h"

namespace aclc {
namespace {

std::string random_text(uint32_t seed) { return HujsonText(seed).document(); }

void holds_together(const Parsed& p) {
  RC_ASSERT(p.tree.print() == p.text);
  RC_ASSERT(ill_formed(p.tree) == std::string());
}

RC_GTEST_PROP(Syntax, AnyBytesPrintAgain, (const std::vector<uint8_t>& bytes)) {
  holds_together(Parsed(std::string(bytes.begin(), bytes.end())));
}

RC_GTEST_PROP(Syntax, AnyTokensPrintAgain, (uint32_t seed, uint8_t length)) {
  holds_together(Parsed(HujsonText(seed).tokens(length)));
}

RC_GTEST_PROP(Syntax, ValidTextsHaveNoErrors, (uint32_t seed)) {
  const Parsed p(random_text(seed));
  RC_ASSERT(p.slugs() == std::string());
  holds_together(p);
  RC_ASSERT(p.tree.size() * sizeof(SyntaxNode) <= p.text.size() * 12 + sizeof(SyntaxNode));
}

RC_GTEST_PROP(Syntax, FormatKeepsTheMeaningAndIsItsOwnLayout, (uint32_t seed)) {
  const Parsed p(random_text(seed));
  RC_ASSERT(p.ok());
  const Parsed once(format(p.tree));
  RC_ASSERT(once.slugs() == std::string());
  RC_ASSERT(same_value(p.tree, once.tree));
  RC_ASSERT(format(once.tree) == once.text);
}

// Whatever the one mistake, what is said about it stays in proportion to it, and not to the text.
RC_GTEST_PROP(Syntax, OneMutationGivesFewMessages, (uint32_t seed)) {
  HujsonText source(seed);
  const std::string text = source.document();
  for (int i = 0; i < 20; ++i) {
    const Parsed p(source.mutated(text));
    holds_together(p);
    if (p.found.size() > 12) RC_FAIL(text + "\n" + p.text + "\n" + p.slugs());
  }
}

RC_GTEST_PROP(Syntax, FixesOfOneMutationMendIt, (uint32_t seed)) {
  HujsonText source(seed);
  const std::string text = source.document();
  for (int i = 0; i < 20; ++i) {
    const Parsed p(source.mutated(text));
    if (p.found.size() != 1 || p.found[0].fixes.empty()) continue;
    if (p.found[0].kind == Kind::kUnclosedComment) continue;  // nobody read what it swallowed
    const Parsed fixed(p.fixed());
    holds_together(fixed);
    // What looked like another mistake may leave one more behind, and no more.
    if (fixed.found.size() > 1) RC_FAIL(p.text + "\n" + p.slugs() + "\n" + fixed.text + "\n" + fixed.slugs());
  }
}

RC_GTEST_PROP(Syntax, NodesAreFoundAtTheirOffsets, (uint32_t seed)) {
  const Parsed p(random_text(seed));
  for (size_t i = 0; i < p.tree.size(); ++i) {
    const SyntaxNode& node = p.tree[NodeId(i)];
    if (node.kind == NodeKind::kMember || node.next != i + 1) continue;
    RC_ASSERT(p.tree.node_at(node.span.begin) == NodeId(i));
  }
}

}  // namespace
}  // namespace aclc
